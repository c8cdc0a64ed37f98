using MemberCloud.Coupons;
using MemberCloud.Shared;

namespace MemberCloud.Pricing;

/// <summary>All that decides what a cart costs a member. Whoever has it can compute the quote anywhere, any time.</summary>
/// <param name="Lines">In any order: they are computed in the order of their ids (shorter first, then by code point), which "the earlier line" means.</param>
/// <param name="Shipping">Minor units.</param>
/// <param name="Channel">Where it is sold; null = not said.</param>
/// <param name="Store">Where it is sold; null = not said.</param>
/// <param name="Coupons">Those the member could use now as far as the coupons themselves go, in any order.</param>
/// <param name="AreNamed">The caller named these coupons: what does not go together is excluded rather than beaten.</param>
/// <param name="Points">The brand's terms and what the member has; null = points are no money here.</param>
/// <param name="Wish">Points to be used; null = as many as may be.</param>
/// <param name="Rounding">The brand's.</param>
public sealed record QuoteInput(
    IReadOnlyList<QuoteLine> Lines,
    long Shipping,
    string? Channel,
    string? Store,
    IReadOnlyList<QuoteCoupon> Coupons,
    bool AreNamed,
    PointsMoney? Points,
    long? Wish,
    Rounding Rounding
)
{
    /// <summary>Perks that take the shipping off, in the order in which they are used. One order uses one.</summary>
    public IReadOnlyList<FreeShipping> FreeShipping { get; init; } = [];

    /// <summary>The perk that takes the shipping off goods of so much; null = none does.</summary>
    public FreeShipping? FreeShippingOf(long goods) => FreeShipping.FirstOrDefault(p => goods >= p.MinAmount);
}

/// <summary>A perk of orders without shipping, of which the member has some left.</summary>
/// <param name="Name">As members read it.</param>
/// <param name="MinAmount">Of goods after coupons, before points, minor units.</param>
public sealed record FreeShipping(Guid PerkId, string Name, long MinAmount);

/// <summary>A line of the cart.</summary>
/// <param name="Quantity">Pieces, 1 to 10^6.</param>
/// <param name="ListPrice">Of one piece, minor units.</param>
/// <param name="Price">The member's, where a price list has one that is lower.</param>
public sealed record QuoteLine(
    string Id,
    string Sku,
    long Quantity,
    long ListPrice,
    string? Category = null,
    string? Brand = null,
    MemberPrice? Price = null
)
{
    /// <summary>The order in which lines are computed, whatever order they came in.</summary>
    public static IReadOnlyList<QuoteLine> InOrder(IEnumerable<QuoteLine> lines) =>
        [.. lines.OrderBy(l => l.Id.Length).ThenBy(l => l.Id, StringComparer.Ordinal)];
}

/// <summary>What a price list makes of some pieces of a line; the others pay list price.</summary>
/// <param name="UnitPrice">Minor units, at most the list price.</param>
/// <param name="Pieces">How many pay it, up to the line's quantity.</param>
/// <param name="Limit">What of the price list's purchase limit this line found; null where there is none.</param>
public sealed record MemberPrice(Guid ListId, int Version, string Name, long UnitPrice, long Pieces, PurchaseLimit? Limit = null);

/// <summary>A purchase limit as a line found it: what was bought or set aside before, and what earlier lines take, is off.</summary>
/// <param name="Left">Pieces that were left for this line.</param>
public sealed record PurchaseLimit(int Quantity, LimitPer Per, long Left);

/// <summary>A coupon in hand, and its template as it was when it was given out.</summary>
/// <param name="EndsAt">Of two equal ones the sooner-ending is used.</param>
public sealed record QuoteCoupon(Guid Id, Guid TemplateId, int TemplateVersion, DateTime EndsAt, TemplateBody Terms);

/// <summary>Points as money.</summary>
/// <param name="Points">So many points ...</param>
/// <param name="Amount">... are so many minor units; a part of a minor unit is not given.</param>
/// <param name="CapBp">At most this part of what the goods cost after coupons, basis points.</param>
/// <param name="Step">Points are used in multiples of this.</param>
/// <param name="MinPayable">What of the goods is paid in money at least, minor units.</param>
/// <param name="Available">What the member has.</param>
public sealed record PointsMoney(long Points, long Amount, int CapBp, long Step, long MinPayable, long Available);
