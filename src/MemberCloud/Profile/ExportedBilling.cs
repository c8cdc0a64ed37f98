using MemberCloud.Billing;
using MemberCloud.Memberships;
using MemberCloud.Shared;

namespace MemberCloud.Profile;

/// <summary>A paid membership as it is written, with the consent it rests on.</summary>
/// <param name="PlanVersion">What the member agreed to.</param>
/// <param name="PaidUntil">The end of what is paid, or of the trial.</param>
/// <param name="AutoRenew">Whether it goes on by itself.</param>
/// <param name="CancelAtEnd">It was cancelled, and ends with its period.</param>
/// <param name="ConsentTextVersion">Which text the member saw.</param>
/// <param name="ConsentAt">When the member agreed to it.</param>
/// <param name="ConsentChannel">Where.</param>
/// <param name="EndedAt">When it came to its end.</param>
public sealed record ExportedMembership(
    string Id,
    string PlanId,
    int PlanVersion,
    MembershipState State,
    MembershipReason? Reason,
    DateTime CreatedAt,
    DateTime PaidUntil,
    bool AutoRenew,
    bool CancelAtEnd,
    string ConsentTextVersion,
    DateTime ConsentAt,
    string ConsentChannel,
    DateTime? EndedAt
)
{
    public static ExportedMembership Of(Membership m) =>
        new(
            Ids.Show(IdPrefix.Membership, m.Id),
            Ids.Show(IdPrefix.Plan, m.PlanId),
            m.PlanVersion,
            m.State,
            m.Reason,
            m.CreatedAt,
            m.PaidUntil,
            m.AutoRenew,
            m.CancelAtEnd,
            m.ConsentText,
            m.ConsentAt,
            m.ConsentChannel,
            m.EndedAt
        );
}

/// <summary>A payment the brand took and reported.</summary>
/// <param name="PaidReference">The brand's own number of it.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Refunded">Of it what was given back, minor units.</param>
/// <param name="PaidAt">When.</param>
public sealed record ExportedPayment(string MembershipId, string PaidReference, long Amount, long Refunded, DateTime PaidAt)
{
    public static ExportedPayment Of(Payment p) =>
        new(Ids.Show(IdPrefix.Membership, p.MembershipId), p.Reference, p.Amount, p.Refunded, p.PaidAt);
}

/// <summary>An attempt to take money, or to give it back.</summary>
/// <param name="InvoiceId">What for, <c>inv_...</c></param>
/// <param name="IsRefund">true: money that goes back.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Code">Why it failed, in the gateway's words.</param>
/// <param name="StartedAt">When it was begun.</param>
/// <param name="EndedAt">When its end was known; null: not yet.</param>
public sealed record ExportedAttempt(
    string InvoiceId,
    string Gateway,
    bool IsRefund,
    long Amount,
    AttemptState State,
    string? Code,
    DateTime StartedAt,
    DateTime? EndedAt
)
{
    public static ExportedAttempt Of(PaymentAttempt a) =>
        new(
            Ids.Show(IdPrefix.Invoice, a.InvoiceId),
            a.Gateway,
            a.RefundOf is not null,
            a.Amount,
            a.State,
            a.Code,
            a.StartedAt,
            a.EndedAt
        );
}

/// <summary>What the member was told of a renewal.</summary>
/// <param name="Amount">Minor units that would be charged.</param>
/// <param name="RenewsAt">When, at the earliest.</param>
/// <param name="ProvedAt">When it arrived; null: nobody knows.</param>
public sealed record ExportedNotice(
    string Id,
    string MembershipId,
    long Amount,
    DateTime RenewsAt,
    DateTime CreatedAt,
    DateTime? ProvedAt
)
{
    public static ExportedNotice Of(RenewalNotice n) =>
        new(
            Ids.Show(IdPrefix.Notice, n.Id),
            Ids.Show(IdPrefix.Membership, n.MembershipId),
            n.Amount,
            n.DueAt,
            n.CreatedAt,
            n.ProvedAt
        );
}

/// <summary>A trial the member had.</summary>
/// <param name="At">When it began.</param>
public sealed record ExportedTrial(string Family, DateTime At)
{
    public static ExportedTrial Of(TrialUse t) => new(t.Family, t.At);
}
