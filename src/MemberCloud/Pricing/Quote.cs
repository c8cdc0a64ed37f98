using MemberCloud.Coupons;

namespace MemberCloud.Pricing;

/// <summary>What takes something off a line.</summary>
public enum AdjustmentSource
{
    /// <summary>A member price: source_id is the price list.</summary>
    PriceList,

    /// <summary>A coupon: source_id is the coupon.</summary>
    Coupon,

    /// <summary>Points used as money.</summary>
    Points,

    /// <summary>A perk that takes the shipping off: source_id is the perk.</summary>
    Perk,
}

/// <summary>What one source does to one line, or to the shipping.</summary>
/// <param name="SourceId">The price list, the coupon or the perk; null for points.</param>
/// <param name="Version">The version of the price list, or of the coupon's template.</param>
/// <param name="Amount">Minor units, below 0: what it takes off.</param>
public sealed record Adjustment(AdjustmentSource Source, Guid? SourceId, int? Version, long Amount);

/// <summary>A line, priced.</summary>
/// <param name="List">List price times quantity, minor units.</param>
/// <param name="Adjustments">In the order they were made.</param>
/// <param name="Net">What is left: list + the sum of the adjustments.</param>
public sealed record QuotedLine(string Id, long List, IReadOnlyList<Adjustment> Adjustments, long Net);

/// <summary>What it comes to, minor units.</summary>
/// <param name="List">All lines at list price.</param>
/// <param name="MemberDiscount">What price lists take off, and perks off the shipping.</param>
/// <param name="CouponDiscount">What coupons take off, the shipping too.</param>
/// <param name="PointsDiscount">What points take off.</param>
/// <param name="Shipping">Before a coupon or a perk takes it off.</param>
/// <param name="Payable">List - discounts + shipping.</param>
public sealed record QuoteTotals(
    long List,
    long MemberDiscount,
    long CouponDiscount,
    long PointsDiscount,
    long Shipping,
    long Payable
);

/// <summary>A coupon that is used.</summary>
/// <param name="Amount">What it takes off in all, minor units.</param>
public sealed record AppliedCoupon(QuoteCoupon Coupon, long Amount);

/// <summary>A coupon that is not used.</summary>
/// <param name="Missing">For below_threshold: minor units, or pieces.</param>
/// <param name="By">For excluded and beaten: the coupons that are used instead.</param>
public sealed record UnusedCoupon(QuoteCoupon Coupon, Refusal Why, long? Missing, IReadOnlyList<Guid> By);

/// <summary>What a cart costs, and why.</summary>
/// <param name="Lines">In the order they were asked for.</param>
/// <param name="Shipping">What takes the shipping off.</param>
/// <param name="Applied">In the order they were applied.</param>
/// <param name="Refused">Those that cannot be used on this cart, or not with the ones that are.</param>
/// <param name="Beaten">Those that could, and would have cost more.</param>
/// <param name="PointsUsable">As many points as may be used.</param>
/// <param name="PointsUsed">As many as are.</param>
/// <param name="IsOptimal">No combination of the coupons costs less.</param>
public sealed record Quote(
    IReadOnlyList<QuotedLine> Lines,
    IReadOnlyList<Adjustment> Shipping,
    QuoteTotals Totals,
    IReadOnlyList<AppliedCoupon> Applied,
    IReadOnlyList<UnusedCoupon> Refused,
    IReadOnlyList<UnusedCoupon> Beaten,
    long PointsUsable,
    long PointsUsed,
    bool IsOptimal
);
