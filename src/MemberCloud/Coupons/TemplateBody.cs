using System.ComponentModel.DataAnnotations;
using MemberCloud.Shared;

namespace MemberCloud.Coupons;

/// <summary>What a coupon does to a cart.</summary>
public enum CouponKind
{
    /// <summary>Takes an amount off.</summary>
    AmountOff,

    /// <summary>Takes a part off, at most max_off.</summary>
    PercentOff,

    /// <summary>Eligible pieces, dearest first, cost a fixed price, never more than before.</summary>
    FixedPrice,

    /// <summary>Takes the shipping off.</summary>
    FreeShipping,

    /// <summary>Pieces of the named SKUs in the cart cost nothing.</summary>
    Gift,

    /// <summary>Of every n eligible pieces, dearest first, the cheapest gets a part off.</summary>
    NthItem,
}

/// <summary>Whether the discount is worked out on each line or on the order.</summary>
public enum CouponLevel
{
    /// <summary>On the order.</summary>
    Order,

    /// <summary>On each line.</summary>
    Item,
}

/// <summary>What becomes of a redeemed coupon when its order is cancelled or refunded whole.</summary>
public enum ReturnPolicy
{
    /// <summary>It comes back with the end it had; past that end it is expired.</summary>
    OnFullRefund,

    /// <summary>It stays used.</summary>
    Never,

    /// <summary>It comes back, for return_extend_days at least.</summary>
    ExtendDays,
}

/// <summary>What becomes of the discount when what is kept after a refund no longer meets the threshold.</summary>
public enum PartialRefund
{
    /// <summary>The member keeps it.</summary>
    Keep,

    /// <summary>What it took off the pieces that are kept is deducted from the refund, not below 0; it is paid out when they go back too.</summary>
    Reclaim,
}

/// <summary>What coupons are made from. Every change makes a new version; coupons given out keep the one they were made from.</summary>
/// <param name="Name">For the brand's staff, up to 100 characters.</param>
/// <param name="Kind">What it does to a cart.</param>
/// <param name="Validity">From when and how long a coupon can be used.</param>
/// <param name="AmountOff">For amount_off: minor units, 1 to 10^12.</param>
/// <param name="PercentOffBp">For percent_off: basis points, 1 to 10,000 (all of it).</param>
/// <param name="MaxOff">For percent_off: the most it takes off, minor units; null = no cap.</param>
/// <param name="FixedPrice">For fixed_price: what an eligible piece costs, minor units.</param>
/// <param name="MaxPieces">For fixed_price: how many pieces, 1 unless given.</param>
/// <param name="Gift">For gift: which pieces cost nothing.</param>
/// <param name="NthItem">For nth_item: which piece gets how much off.</param>
/// <param name="Level">item before order. item where the scope names SKUs or the kind is fixed_price, gift or nth_item, else order, unless given.</param>
/// <param name="Threshold">What the eligible lines must come to; null = nothing.</param>
/// <param name="Scope">Which lines it looks at; null = all.</param>
/// <param name="Audience">Which members may have it; null = all.</param>
/// <param name="Stock">How many can be given out and not be made void, 0 to 10^9; null = no limit.</param>
/// <param name="Limits">How many one member may have.</param>
/// <param name="StackGroup">Of coupons of one group an order takes one. order unless given; null, shown as "" = the template is a group of its own.</param>
/// <param name="Exclusive">Goes with no other coupon.</param>
/// <param name="Priority">-1,000 to 1,000; higher is worked out first. 0 unless given.</param>
/// <param name="Claimable">Whether members see it among their offers; the brand's own claim ignores it. True unless given.</param>
/// <param name="OpensAt">Not to be claimed before this instant (a drop opens at a second); null = at once. Staff may issue before.</param>
/// <param name="PointsPrice">Points that POST .../exchange takes for one, 1 to 10^9; null = not for points.</param>
/// <param name="Texts">What members read, by language; zh-CN and en. The name where there is none.</param>
/// <param name="ReturnPolicy">on_full_refund unless given.</param>
/// <param name="ReturnExtendDays">For extend_days: local days from the refund, 1 to 365.</param>
/// <param name="PartialRefund">keep unless given.</param>
/// <param name="Code">One code for everyone, 4 to 30 of A-Z, 0-9 and hyphen, of no other template that has not ended; null = none.</param>
public sealed record TemplateBody(
    [property: Required, Text(100, IsName = true, Plain = true)] string Name,
    [property: Required] CouponKind? Kind,
    [property: Required] CouponValidity Validity,
    [property: Range(1, Money.Max)] long? AmountOff = null,
    [property: Range(1, 10_000)] int? PercentOffBp = null,
    [property: Range(1, Money.Max)] long? MaxOff = null,
    [property: Range(0, Money.Max)] long? FixedPrice = null,
    [property: Range(1, 1000)] int? MaxPieces = null,
    CouponGift? Gift = null,
    CouponNthItem? NthItem = null,
    CouponLevel? Level = null,
    CouponThreshold? Threshold = null,
    CouponScope? Scope = null,
    CouponAudience? Audience = null,
    [property: Range(0, 1_000_000_000)] long? Stock = null,
    CouponLimits? Limits = null,
    [property: Text(40, Min = 0, Plain = true)] string? StackGroup = "order",
    bool Exclusive = false,
    [property: Range(-1000, 1000)] int Priority = 0,
    bool Claimable = true,
    [property: Instant] DateTime? OpensAt = null,
    [property: Range(1, 1_000_000_000)] long? PointsPrice = null,
    CouponTexts? Texts = null,
    ReturnPolicy ReturnPolicy = ReturnPolicy.OnFullRefund,
    [property: Range(1, 365)] int? ReturnExtendDays = null,
    PartialRefund PartialRefund = PartialRefund.Keep,
    [property: Text(30, Min = 4)] string? Code = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check() => TemplateChecks.Check(this);

    /// <summary>Where it is worked out, whether or not the template says so.</summary>
    internal CouponLevel LevelOrDefault =>
        Level
        ?? (
            Kind is CouponKind.FixedPrice or CouponKind.Gift or CouponKind.NthItem || Scope?.Include?.Skus is { Count: > 0 }
                ? CouponLevel.Item
                : CouponLevel.Order
        );
}

/// <summary>From when and how long: days after claim, or a window.</summary>
/// <param name="DaysAfterClaim">Local days from being given out, same wall time, 1 to 3650.</param>
/// <param name="From">The first instant of the window; at once unless given.</param>
/// <param name="Until">The first instant after the window.</param>
public sealed record CouponValidity(
    [property: Range(1, 3650)] int? DaysAfterClaim = null,
    [property: Instant] DateTime? From = null,
    [property: Instant] DateTime? Until = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (DaysAfterClaim is null == (Until is null))
            yield return new("", "one_of", "A validity is either days_after_claim or a window with its until.");
        if (DaysAfterClaim is not null && From is not null)
            yield return new("/from", "one_of", "from goes with until.");
        if (From >= Until)
            yield return new("/until", "out_of_order", "A window ends after it begins.");
    }
}

/// <summary>Pieces that cost nothing.</summary>
/// <param name="Skus">Which, 1 to 500.</param>
/// <param name="Quantity">How many at most, 1 unless given.</param>
public sealed record CouponGift(
    [property: Required, MinLength(1), MaxLength(500)] IReadOnlyList<string> Skus,
    [property: Range(1, 1000)] int Quantity = 1
);

/// <summary>Of every n eligible pieces the cheapest.</summary>
/// <param name="N">2 to 100.</param>
/// <param name="PercentOffBp">What is taken off it, basis points, 1 to 10,000.</param>
/// <param name="MaxRepeats">Groups of n at most, 1 unless given.</param>
public sealed record CouponNthItem(
    [property: Range(2, 100)] int N,
    [property: Range(1, 10_000)] int PercentOffBp,
    [property: Range(1, 1000)] int MaxRepeats = 1
);

/// <summary>What the eligible lines must come to: an amount or a number of pieces.</summary>
/// <param name="Amount">Minor units, 1 to 10^12.</param>
/// <param name="Quantity">Pieces, 1 to 10^6.</param>
public sealed record CouponThreshold(
    [property: Range(1, Money.Max)] long? Amount = null,
    [property: Range(1, 1_000_000)] long? Quantity = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (Amount is null == (Quantity is null))
            yield return new("", "one_of", "A threshold is either an amount or a quantity.");
    }
}

/// <summary>Which lines a coupon looks at.</summary>
/// <param name="Include">Lines that count; null or empty lists ask for nothing.</param>
/// <param name="Exclude">Lines that do not, whatever include says.</param>
public sealed record CouponScope(ScopePart? Include = null, ScopePart? Exclude = null);

/// <summary>One side of a scope: a line matches when each list that is not empty names it.</summary>
/// <param name="Skus">Up to 500.</param>
/// <param name="Categories">Up to 200.</param>
/// <param name="Brands">Up to 200, of goods.</param>
/// <param name="Channels">Up to 100.</param>
/// <param name="Stores">Up to 500.</param>
public sealed record ScopePart(
    [property: MaxLength(500)] IReadOnlyList<string>? Skus = null,
    [property: MaxLength(200)] IReadOnlyList<string>? Categories = null,
    [property: MaxLength(200)] IReadOnlyList<string>? Brands = null,
    [property: MaxLength(100)] IReadOnlyList<string>? Channels = null,
    [property: MaxLength(500)] IReadOnlyList<string>? Stores = null
);

/// <summary>Which members may have a coupon; every condition that is given must hold.</summary>
/// <param name="TierIds">On one of these tiers.</param>
/// <param name="PlanIds">With a membership of one of these plans, in force.</param>
/// <param name="Tags">With at least one of these tags.</param>
/// <param name="NewMemberDays">Joined within so many local days, 1 to 3650.</param>
public sealed record CouponAudience(
    [property: MaxLength(50)] IReadOnlyList<string>? TierIds = null,
    [property: MaxLength(50)] IReadOnlyList<string>? PlanIds = null,
    [property: MaxLength(50)] IReadOnlyList<string>? Tags = null,
    [property: Range(1, 3650)] int? NewMemberDays = null
);

/// <summary>How many of the template's coupons one member may have, counted as given out and not made void; null = no limit.</summary>
/// <param name="PerMember">Ever, 1 to 10^6.</param>
/// <param name="PerMemberPerDay">In a local day.</param>
/// <param name="PerMemberPerWeek">In a local week, from Monday.</param>
/// <param name="PerMemberPerMonth">In a local month.</param>
public sealed record CouponLimits(
    [property: Range(1, 1_000_000)] long? PerMember = null,
    [property: Range(1, 1_000_000)] long? PerMemberPerDay = null,
    [property: Range(1, 1_000_000)] long? PerMemberPerWeek = null,
    [property: Range(1, 1_000_000)] long? PerMemberPerMonth = null
);

/// <summary>What members read.</summary>
/// <param name="Zh">In Chinese.</param>
/// <param name="En">In English.</param>
public sealed record CouponTexts(
    [property: System.Text.Json.Serialization.JsonPropertyName("zh-CN")] CouponText? Zh = null,
    [property: System.Text.Json.Serialization.JsonPropertyName("en")] CouponText? En = null
);

/// <summary>A title and the rules, plain text.</summary>
/// <param name="Title">Up to 60 characters.</param>
/// <param name="Rules">Up to 1,000 characters.</param>
public sealed record CouponText(
    [property: Text(60, Min = 0, IsName = true, Plain = true)] string? Title = null,
    [property: Text(1000, Min = 0, IsName = true, Plain = true)] string? Rules = null
);
