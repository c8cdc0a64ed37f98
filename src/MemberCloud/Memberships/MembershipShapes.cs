using MemberCloud.Billing;
using MemberCloud.Shared;

namespace MemberCloud.Memberships;

/// <summary>A stretch of time.</summary>
/// <param name="StartsAt">Its first instant.</param>
/// <param name="EndsAt">The first instant after it.</param>
public sealed record PeriodShape(DateTime StartsAt, DateTime EndsAt);

/// <summary>What comes next of itself.</summary>
/// <param name="At">When, at the earliest.</param>
/// <param name="Amount">Minor units.</param>
public sealed record RenewalShape(DateTime At, long Amount);

/// <summary>A membership as of now, whether or not a job has run.</summary>
/// <param name="Id"><c>mbs_...</c></param>
/// <param name="Plan">The plan's name in the version agreed to.</param>
/// <param name="PlanVersion">What the member agreed to.</param>
/// <param name="Reason">Why it is past due, suspended or over; null otherwise.</param>
/// <param name="CurrentPeriod">The period under way; null where none is.</param>
/// <param name="PaidUntil">The end of what is paid, or of the trial: later than the period's where terms were bought ahead.</param>
/// <param name="AutoRenew">Whether it goes on by itself.</param>
/// <param name="CancelAtEnd">It was cancelled, and ends with its period.</param>
/// <param name="NextPlanId">The plan it goes over to at the end of what is paid.</param>
/// <param name="NextRenewal">What is charged next, and when at the earliest; null where nothing is.</param>
/// <param name="Currency">Of all amounts, ISO 4217.</param>
/// <param name="PaymentMethod">What is charged, <c>pm_...</c></param>
/// <param name="PerksUntil">Until when perks go on if nothing more happens; null: they are off.</param>
/// <param name="AmountDue">Minor units that are owed now; null where nothing is.</param>
/// <param name="NextAction">What the member has to do before a payment goes on.</param>
/// <param name="PausedAt">Since when its time stands still; null where it runs.</param>
/// <param name="EndedAt">When it came to its end.</param>
public sealed record MembershipShape(
    string Id,
    string MemberId,
    string PlanId,
    string Plan,
    int PlanVersion,
    string Family,
    MembershipState State,
    MembershipReason? Reason,
    PeriodShape? CurrentPeriod,
    DateTime? PaidUntil,
    bool AutoRenew,
    bool CancelAtEnd,
    string? NextPlanId,
    RenewalShape? NextRenewal,
    string Currency,
    string Gateway,
    string? PaymentMethod,
    DateTime? PerksUntil,
    long? AmountDue,
    PaymentAction? NextAction,
    DateTime? PausedAt,
    DateTime CreatedAt,
    DateTime? EndedAt
)
{
    public static MembershipShape Of(
        Membership m,
        Plans plans,
        Tenancy.TenantInfo tenant,
        DateTime now,
        long? due,
        PaymentAction? action
    )
    {
        var plan = plans.AgreedBy(m);
        var state = MembershipRules.StateAt(m, plan, now, tenant.Local);
        var live = MembershipRules.IsLive(state);
        var runs = state is MembershipState.Trialing or MembershipState.Active or MembershipState.PastDue;
        var period = MembershipTerms.PeriodAt(m, plan.Term, now, tenant.Local);
        var until = runs ? MembershipRules.PerksUntil(m, plan, tenant.Local) : null;
        var renews = runs && MembershipRules.Renews(m);
        return new(
            Ids.Show(IdPrefix.Membership, m.Id),
            Ids.Show(IdPrefix.Member, m.MemberId),
            Ids.Show(IdPrefix.Plan, m.PlanId),
            plan.Name,
            m.PlanVersion,
            m.Family,
            state,
            m.Reason,
            runs ? new(period.From, period.Until) : null,
            m.State == MembershipState.PendingPayment ? null : m.PaidUntil,
            m.AutoRenew,
            m.CancelAtEnd,
            m.NextPlanId is { } next ? Ids.Show(IdPrefix.Plan, next) : null,
            renews ? new(m.RenewAt > m.PaidUntil ? m.RenewAt.Value : m.PaidUntil, plans.NextOf(m).Price) : null,
            tenant.Currency,
            m.Gateway,
            m.MethodId is { } method ? Ids.Show(IdPrefix.PaymentMethod, method) : null,
            until,
            live ? due : null,
            live ? action : null,
            m.PausedAt,
            m.CreatedAt,
            m.EndedAt ?? (live ? null : m.ExpireAt)
        );
    }
}

/// <summary>What a cancellation or a refund came to.</summary>
/// <param name="Refunded">Minor units that go back.</param>
public sealed record MembershipMovedShape(MembershipShape Membership, long Refunded);

/// <summary>What a change of plan comes to.</summary>
/// <param name="AppliesAt">now, or the end of what is paid.</param>
/// <param name="Credit">For the days that were paid and are left, minor units; null for one at the end.</param>
/// <param name="Charge">Of the new plan for the same days.</param>
/// <param name="Pay">What is paid: the charge less the credit, not below 0.</param>
/// <param name="DryRun">Nothing was changed: this is what it would come to.</param>
public sealed record PlanChangeShape(
    DateTime AppliesAt,
    long? Credit,
    long? Charge,
    long? Pay,
    string Currency,
    bool DryRun,
    MembershipShape Membership
);

/// <summary>A notice of a renewal.</summary>
/// <param name="Id"><c>ntc_...</c></param>
/// <param name="Kind">membership.renewal.</param>
/// <param name="Plan">The plan's name.</param>
/// <param name="Amount">Minor units that will be charged.</param>
/// <param name="RenewsAt">When, at the earliest.</param>
/// <param name="HowToCancel">The member's own call that ends it.</param>
/// <param name="ProvedAt">When it arrived; null: nobody knows, and nothing is charged before.</param>
/// <param name="ProvedBy">What proves it: the brand's report, or that the member read it.</param>
public sealed record NoticeShape(
    string Id,
    string Kind,
    string MemberId,
    string MembershipId,
    string PlanId,
    string Plan,
    long Amount,
    string Currency,
    DateTime RenewsAt,
    string HowToCancel,
    DateTime CreatedAt,
    DateTime? ProvedAt,
    NoticeProof? ProvedBy,
    string? Channel
)
{
    public static NoticeShape Of(RenewalNotice n, Plans plans, string currency)
    {
        var said = NoticeEvent.Of(n, plans.Of(n.PlanId, n.PlanVersion).Name, currency);
        return new(
            said.NoticeId,
            "membership.renewal",
            said.MemberId,
            said.MembershipId,
            said.PlanId,
            said.Plan,
            said.Amount,
            currency,
            said.RenewsAt,
            said.HowToCancel,
            n.CreatedAt,
            n.ProvedAt,
            n.Proof,
            n.Channel
        );
    }
}
