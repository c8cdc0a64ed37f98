using System.ComponentModel.DataAnnotations;
using MemberCloud.Coupons;
using MemberCloud.Members;
using MemberCloud.Shared;

namespace MemberCloud.Pricing;

/// <summary>A cart, and what is to be used on it.</summary>
/// <param name="Lines">1 to 1,000.</param>
/// <param name="MemberId">Either this or external_id.</param>
/// <param name="ExternalId">The brand's own id of the member; one that is unknown is quoted as somebody new.</param>
/// <param name="Shipping">What shipping costs, minor units; 0 unless given.</param>
/// <param name="Coupons">best (of all the member has), or the coupons to use, up to 60; best unless given.</param>
/// <param name="Points">How many points to use, 0 to 10^12, or max; 0 unless given.</param>
/// <param name="Channel">Where it is sold: coupons and earning rules may ask.</param>
/// <param name="Store">Where it is sold: coupons and earning rules may ask.</param>
/// <param name="Currency">The brand's; any other is refused.</param>
/// <param name="At">What it would cost at another instant; such a quote has no hash and cannot be checked out.</param>
public sealed record QuoteRequest(
    [property: Required, MinLength(1), MaxLength(1000)] IReadOnlyList<QuoteLineRequest> Lines,
    [property: Text(60)] string? MemberId = null,
    [property: Text(Member.ExternalIdLength, InPath = true)] string? ExternalId = null,
    [property: Range(0, Money.Max)] long Shipping = 0,
    CouponWish? Coupons = null,
    PointsWish? Points = null,
    [property: Text(100)] string? Channel = null,
    [property: Text(100)] string? Store = null,
    [property: RegularExpression("[A-Z]{3}")] string? Currency = null,
    [property: Instant] DateTime? At = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (MemberId is null == (ExternalId is null))
            yield return new("/member_id", "one_of", "Name the member by member_id or by external_id.");
        if (Lines.DistinctBy(l => l.Id, StringComparer.Ordinal).Count() != Lines.Count)
            yield return new("/lines", "duplicate", "Two lines have the same id.");
        if (Points?.Points is < 0 or > Money.Max)
            yield return new("/points", "out_of_range", "Points are 0 to 10^12.");
        if (Coupons?.Ids is not { } ids)
            yield break;
        if (ids.Count > BestCoupons.Most)
            yield return new("/coupons", "too_many", $"At most {BestCoupons.Most} coupons are named.");
        if (ids.Distinct(StringComparer.Ordinal).Count() != ids.Count)
            yield return new("/coupons", "duplicate", "A coupon is named twice.");
    }
}

/// <summary>A line of a cart.</summary>
/// <param name="Id">Unique within the cart. Lines are computed in the order of their ids, the shorter first, whatever order they come in.</param>
/// <param name="Quantity">Pieces, 1 to 10^6.</param>
/// <param name="ListPrice">Of one piece, minor units; the catalogue's unless given.</param>
/// <param name="Category">The catalogue's unless given.</param>
/// <param name="Brand">The brand of the goods; the catalogue's unless given.</param>
public sealed record QuoteLineRequest(
    [property: Required, Text(100)] string Id,
    [property: Required, Text(Product.SkuLength)] string Sku,
    [property: Required, Range(1, 1_000_000)] long Quantity,
    [property: Range(0, Money.Max)] long? ListPrice = null,
    [property: Text(100)] string? Category = null,
    [property: Text(100)] string? Brand = null
);

/// <summary>What a cart costs the member now, and why.</summary>
/// <param name="Hash">Of the quote and what it was made with; null for another instant.</param>
/// <param name="ExpiresAt">Until when it can be checked out.</param>
/// <param name="Lines">In the order asked.</param>
/// <param name="ShippingAdjustments">What takes the shipping off.</param>
/// <param name="Earns">What the order would earn when it is paid and completed, before caps over days and budgets.</param>
/// <param name="Nudges">What would make it cheaper.</param>
/// <param name="PlansSave">What the member's paid plans save on this cart, minor units.</param>
/// <param name="Optimal">No combination of the member's coupons costs less. Certain for up to 12 that could be used.</param>
public sealed record QuoteShape(
    string? Hash,
    DateTime ExpiresAt,
    string Currency,
    string? MemberId,
    IReadOnlyList<QuoteLineShape> Lines,
    IReadOnlyList<AdjustmentShape> ShippingAdjustments,
    QuoteTotals Totals,
    QuoteCoupons Coupons,
    QuotePoints Points,
    IReadOnlyList<QuoteEarning> Earns,
    IReadOnlyList<Nudge> Nudges,
    bool Optimal,
    long PlansSave
);

/// <summary>A line, priced.</summary>
/// <param name="List">List price times quantity, minor units.</param>
/// <param name="Adjustments">In the order they were made.</param>
/// <param name="Net">List and the adjustments together.</param>
/// <param name="Limit">What of the price list's purchase limit was left; null where there is none.</param>
public sealed record QuoteLineShape(
    string Id,
    long List,
    IReadOnlyList<AdjustmentShape> Adjustments,
    long Net,
    LimitShape? Limit
);

/// <summary>A purchase limit as a line found it.</summary>
/// <param name="Quantity">Pieces that one member may have at the price.</param>
/// <param name="Left">Pieces of them that were left for this line: less what the member bought before, what open checkouts set aside, and earlier lines.</param>
/// <param name="Code">limit_reached: the line has more pieces than were left, and those pay list price; null otherwise.</param>
public sealed record LimitShape(int Quantity, LimitPer Per, long Left, string? Code)
{
    internal static LimitShape? Of(QuoteLine line) =>
        line.Price?.Limit is { } limit
            ? new(limit.Quantity, limit.Per, limit.Left, limit.Left < line.Quantity ? "limit_reached" : null)
            : null;
}

/// <summary>What one source takes off.</summary>
/// <param name="SourceId">The price list <c>plst_...</c> or the coupon <c>cpn_...</c> or the perk <c>perk_...</c>; null for points.</param>
/// <param name="Version">Of the price list, or of the coupon's template.</param>
/// <param name="Amount">Minor units, below 0.</param>
/// <param name="Reason">The name of the price list, of the coupon's template or of the perk, as members read it.</param>
public sealed record AdjustmentShape(AdjustmentSource Source, string? SourceId, int? Version, long Amount, string Reason);

/// <summary>What became of the coupons.</summary>
/// <param name="Applied">In the order they were applied.</param>
/// <param name="Refused">Those that cannot be used on this cart, or not with the others.</param>
/// <param name="Beaten">Those that could, and would have cost more.</param>
public sealed record QuoteCoupons(
    IReadOnlyList<AppliedShape> Applied,
    IReadOnlyList<RefusedShape> Refused,
    IReadOnlyList<RefusedShape> Beaten
);

/// <summary>A coupon that is used.</summary>
/// <param name="CouponId"><c>cpn_...</c></param>
/// <param name="Amount">What it takes off in all, minor units.</param>
public sealed record AppliedShape(string CouponId, string TemplateId, long Amount);

/// <summary>A coupon that is not used.</summary>
/// <param name="CouponId"><c>cpn_...</c></param>
/// <param name="Code">Of the list of refusals.</param>
/// <param name="Message">The same as a sentence in the member's language.</param>
/// <param name="Missing">For below_threshold: minor units, or pieces.</param>
/// <param name="By">For excluded and beaten: the coupons used instead.</param>
public sealed record RefusedShape(string CouponId, Refusal Code, string Message, long? Missing, IReadOnlyList<string> By);

/// <summary>Points as money.</summary>
/// <param name="Usable">As many as may be used on this cart.</param>
/// <param name="Used">As many as are.</param>
public sealed record QuotePoints(long Usable, long Used);

/// <summary>What the order would earn in one currency.</summary>
/// <param name="Currency">points, growth, another of the brand's own, or coupons.</param>
/// <param name="Amount">How much of it.</param>
public sealed record QuoteEarning(string Currency, long Amount);

/// <summary>Something that would make the cart cheaper.</summary>
/// <param name="Code">threshold_gap: a coupon asks for more. plan_saves: a paid plan that the member does not have would make it cheaper.</param>
/// <param name="Message">A sentence in the member's language.</param>
/// <param name="Saves">What it would take off then, minor units; null where that depends on what is added.</param>
/// <param name="Needs">What is missing: minor units, or pieces; of a plan what its first term costs, minor units.</param>
/// <param name="CouponId">The coupon; empty for a plan.</param>
/// <param name="PlanId">The plan <c>plan_...</c>; null for a coupon.</param>
public sealed record Nudge(string Code, string Message, long? Saves, long Needs, string CouponId, string? PlanId);
