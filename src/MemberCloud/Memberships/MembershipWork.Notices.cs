using MemberCloud.Shared;

namespace MemberCloud.Memberships;

/// <summary>What members are told before they are charged.</summary>
public sealed partial class MembershipWork
{
    private readonly List<RenewalNotice> notices = [];

    /// <summary>Tells the member of the next renewal as it stands now.</summary>
    public void Tell(MembershipCase one)
    {
        var m = one.Row;
        var next = plans.NextOf(m);
        var notice = new RenewalNotice
        {
            TenantId = tenant.Id,
            Id = Ids.New(),
            MemberId = m.MemberId,
            MembershipId = m.Id,
            PlanId = next.PlanId,
            PlanVersion = next.Version,
            Amount = next.Price,
            DueAt = m.PaidUntil,
            CreatedAt = now,
        };
        notices.Add(notice);
        (m.NoticedFor, m.NoticedPlan, m.NoticedVersion, m.NoticedAmount) = (m.PaidUntil, next.PlanId, next.Version, next.Price);
        (m.NoticedAt, m.ProvedAt) = (now, null);
        Touch(one);
        events.Add(
            Data.OutboxEvent.Of(
                tenant.Id,
                "membership.renewal_notice",
                m.MemberId,
                NoticeEvent.Of(notice, next.Plan.Name, tenant.Currency),
                now
            )
        );
    }

    /// <summary>It is proved that a notice arrived. It counts while what it said is still so.</summary>
    public void Prove(MembershipCase one, RenewalNotice notice)
    {
        var m = one.Row;
        if (
            m.ProvedAt is not null
            || m.NoticedFor != notice.DueAt
            || m.NoticedPlan != notice.PlanId
            || m.NoticedVersion != notice.PlanVersion
            || m.NoticedAmount != notice.Amount
        )
            return;
        m.ProvedAt = notice.ProvedAt;
        Touch(one);
    }
}

/// <summary>What <c>membership.renewal_notice</c> says; deliver it, then say so with <c>POST /v1/notices/{id}/delivered</c>.</summary>
/// <param name="Amount">Minor units that will be charged.</param>
/// <param name="RenewsAt">When, at the earliest.</param>
/// <param name="HowToCancel">The member's own call that ends it.</param>
public sealed record NoticeEvent(
    string NoticeId,
    string MemberId,
    string MembershipId,
    string PlanId,
    string Plan,
    long Amount,
    string Currency,
    DateTime RenewsAt,
    string HowToCancel
)
{
    public static NoticeEvent Of(RenewalNotice n, string plan, string currency) =>
        new(
            Ids.Show(IdPrefix.Notice, n.Id),
            Ids.Show(IdPrefix.Member, n.MemberId),
            Ids.Show(IdPrefix.Membership, n.MembershipId),
            Ids.Show(IdPrefix.Plan, n.PlanId),
            plan,
            n.Amount,
            currency,
            n.DueAt,
            $"POST /v1/me/memberships/{Ids.Show(IdPrefix.Membership, n.MembershipId)}/cancel"
        );
}
