using MemberCloud.Billing;
using MemberCloud.Checkouts;
using MemberCloud.Coupons;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Orders;
using MemberCloud.Perks;
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
/// <param name="Memberships">Every paid membership, oldest first.</param>
/// <param name="Invoices">Every invoice and credit note, oldest first.</param>
/// <param name="Payments">Every payment the brand reported, oldest first.</param>
/// <param name="PaymentAttempts">Every attempt to charge, or to give back, oldest first.</param>
/// <param name="PaymentMethods">How the member pays, as the gateways call it.</param>
/// <param name="Notices">What the member was told of renewals.</param>
/// <param name="Trials">The families of plans the member had a trial of.</param>
/// <param name="PerkGrants">What was granted of perks, by period.</param>
/// <param name="PerkReservations">Perks set aside and used, with the codes handed out.</param>
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
    IAsyncEnumerable<ExportedMembership> Memberships,
    IAsyncEnumerable<InvoiceShape> Invoices,
    IAsyncEnumerable<ExportedPayment> Payments,
    IAsyncEnumerable<ExportedAttempt> PaymentAttempts,
    IAsyncEnumerable<PaymentMethodShape> PaymentMethods,
    IAsyncEnumerable<ExportedNotice> Notices,
    IAsyncEnumerable<ExportedTrial> Trials,
    IAsyncEnumerable<ExportedPerkGrant> PerkGrants,
    IAsyncEnumerable<PerkReservationShape> PerkReservations,
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

/// <summary>What was granted of a perk for one period.</summary>
/// <param name="PerkId"><c>perk_...</c></param>
/// <param name="Period">For example m2026-03.</param>
/// <param name="Amount">How much was given.</param>
/// <param name="Used">How much of it was used.</param>
/// <param name="Reserved">How much of it is set aside.</param>
/// <param name="StartsAt">When the period began.</param>
/// <param name="EndsAt">The first instant at which it can no longer be used; null = it has no end.</param>
public sealed record ExportedPerkGrant(
    string PerkId,
    string Period,
    long Amount,
    long Used,
    long Reserved,
    DateTime StartsAt,
    DateTime? EndsAt
)
{
    public static ExportedPerkGrant Of(PerkGrant g) =>
        new(Ids.Show(IdPrefix.Perk, g.PerkId), g.Period, g.Amount, g.Used, g.Reserved, g.StartsAt, g.EndsAt);
}

/// <summary>Where a member stands.</summary>
public sealed record ExportedStanding(string? TierId, DateTime Since, DateTime? ValidUntil)
{
    public static ExportedStanding Of(TierStanding s) =>
        new(s.TierId is { } tier ? Ids.Show(IdPrefix.Tier, tier) : null, s.Since, s.ValidUntil);
}
