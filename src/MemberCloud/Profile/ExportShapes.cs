using MemberCloud.Checkouts;
using MemberCloud.Coupons;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Orders;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tiers;

namespace MemberCloud.Profile;

/// <summary>All that is held on a person. Long lists are sent as they are read.</summary>
/// <param name="Accounts">What is written, by currency; what is due is not counted as done.</param>
/// <param name="Lots">Points by when they were earned, what is gone included.</param>
/// <param name="Entries">Every line of the ledger, oldest first.</param>
/// <param name="Caps">What limits of earning rules were used up.</param>
/// <param name="Tier">Where the member stands; null on the entry tier.</param>
/// <param name="Holds">Points set aside, then and now.</param>
/// <param name="Coupons">Every coupon the member got, oldest first.</param>
/// <param name="Checkouts">Every checkout, oldest first, with its quote.</param>
/// <param name="ClaimReviews">Claims of coupons that were looked at first, oldest first.</param>
/// <param name="Merged">Members who were merged into this one, with what is held on them; the lists hold theirs too.</param>
public sealed record ExportShape(
    DateTime ExportedAt,
    MemberShape Member,
    IReadOnlyList<ExportedIdentity> Identities,
    IReadOnlyList<ConsentShape> Consents,
    IAsyncEnumerable<ExportedAccount> Accounts,
    IAsyncEnumerable<ExportedLot> Lots,
    IAsyncEnumerable<PointsEntryShape> Entries,
    IAsyncEnumerable<ExportedCap> Caps,
    IAsyncEnumerable<OrderShape> Orders,
    IAsyncEnumerable<ExportedEvent> Events,
    ExportedStanding? Tier,
    IAsyncEnumerable<TierHistoryShape> TierHistory,
    IAsyncEnumerable<HoldShape> Holds,
    IAsyncEnumerable<CouponShape> Coupons,
    IAsyncEnumerable<CheckoutShape> Checkouts,
    IAsyncEnumerable<ReviewShape> ClaimReviews,
    IReadOnlyList<MemberShape> Merged
);

/// <summary>Who the member is in a channel, and since when that is known.</summary>
public sealed record ExportedIdentity(string Channel, string Subject, DateTime BoundAt);

/// <summary>One currency.</summary>
public sealed record ExportedAccount(string Currency, long Available, long Pending, long Held, long Debt, DateTime ActiveAt)
{
    public static ExportedAccount Of(PointsAccount a) => new(a.Currency, a.Available, a.Pending, a.Held, a.Debt, a.ActiveAt);
}

/// <summary>Points that were earned together.</summary>
/// <param name="Amount">What was earned.</param>
/// <param name="Remaining">What is left.</param>
/// <param name="Reversed">What was taken back with its source.</param>
public sealed record ExportedLot(
    string Id,
    string Currency,
    LotState State,
    long Amount,
    long Remaining,
    long Reversed,
    ReferenceShape Source,
    DateTime EarnedAt,
    DateTime? AvailableAt,
    DateTime? ExpiresAt
)
{
    public static ExportedLot Of(PointsLot l) =>
        new(
            Ids.Show(IdPrefix.Lot, l.Id),
            l.Currency,
            l.State,
            l.Amount,
            l.Remaining,
            l.Reversed,
            new(l.SourceType, l.SourceId),
            l.EarnedAt,
            l.AvailableAt,
            l.ExpiresAt
        );
}

/// <summary>What one rule gave in one period (day:2026-03-10, month:2026-03, ever).</summary>
public sealed record ExportedCap(string RuleId, string Period, long Used)
{
    public static ExportedCap Of(EarningCap c) => new(Ids.Show(IdPrefix.Rule, c.RuleId), c.Period, c.Used);
}

/// <summary>An event the brand reported, and what it earned.</summary>
public sealed record ExportedEvent(string Id, DateTime OccurredAt, IReadOnlyList<EventEarned> Earned)
{
    public static ExportedEvent Of(ReportedEvent e) => new(e.EventId, e.OccurredAt, Json.Read<EventShape>(e.Earned).Earned);
}

/// <summary>Where a member stands.</summary>
public sealed record ExportedStanding(string? TierId, DateTime Since, DateTime? ValidUntil)
{
    public static ExportedStanding Of(TierStanding s) =>
        new(s.TierId is { } tier ? Ids.Show(IdPrefix.Tier, tier) : null, s.Since, s.ValidUntil);
}
