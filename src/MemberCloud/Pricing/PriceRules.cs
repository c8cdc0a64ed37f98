using MemberCloud.Coupons;
using MemberCloud.Members;
using MemberCloud.Shared;

namespace MemberCloud.Pricing;

/// <summary>Whose prices are asked for.</summary>
/// <param name="TierIds">The tiers the member is on, by growth or by a plan.</param>
/// <param name="PlanIds">The plans the member has a membership of, in force.</param>
/// <param name="Tags">The member's tags; may be left out where no list asks for any (<see cref="PriceBook.AsksTags"/>).</param>
public sealed record PriceBuyer(
    IReadOnlyCollection<Guid> TierIds,
    IReadOnlyCollection<Guid> PlanIds,
    IReadOnlyCollection<string> Tags
)
{
    /// <param name="tier">By growth.</param>
    /// <param name="plans">In force or not any more.</param>
    /// <param name="tags">The member's.</param>
    /// <param name="at">When.</param>
    public static PriceBuyer Of(Guid? tier, IEnumerable<PlanHolding> plans, IReadOnlyCollection<string> tags, DateTime at)
    {
        var held = plans.Where(p => p.IsInForce(at)).ToList();
        return new([.. held.Select(p => p.TierId).Append(tier).OfType<Guid>()], [.. held.Select(p => p.PlanId)], tags);
    }
}

/// <summary>What one line, or one SKU, gets from price lists.</summary>
/// <param name="Price">The list that was chosen, and the SKU.</param>
/// <param name="Terms">The entry of that list that the quantity reaches.</param>
/// <param name="UnitPrice">Of each piece at the member price, minor units; never above the list price, never below 0.</param>
/// <param name="Pieces">How many pieces have that price; the others pay list price. 0 when the limit is used up.</param>
public sealed record PricedLine(ListedPrice Price, PriceTerms Terms, long UnitPrice, long Pieces);

/// <summary>Which price list a piece is priced by, and what it makes of the list price. Pure.</summary>
public static class PriceRules
{
    /// <summary>
    /// The price of some pieces of a SKU; null = no list applies and all pay list price. Of the lists that apply the one of the highest priority is taken, then the lowest
    /// unit price, then the lowest id. A list that is taken is taken even where it saves nothing: its priority is the brand's word.
    /// </summary>
    /// <param name="prices">What lists say of the SKU, in any order.</param>
    /// <param name="buyer">Whose price.</param>
    /// <param name="listPrice">Of one piece, minor units.</param>
    /// <param name="quantity">Pieces of the SKU in the whole cart: what quantity breaks go by.</param>
    /// <param name="pieces">Those of them that are priced here: one line's, or all.</param>
    /// <param name="taken">How many the member has had from the list that was chosen, of this SKU in its limit's period, earlier lines of the cart included. Asked only where there is a limit.</param>
    /// <param name="at">When.</param>
    /// <param name="rounding">The brand's.</param>
    public static PricedLine? Choose(
        IReadOnlyList<ListedPrice> prices,
        PriceBuyer buyer,
        long listPrice,
        long quantity,
        long pieces,
        Func<PricedLine, long> taken,
        DateTime at,
        Rounding rounding
    )
    {
        PricedLine? best = null;
        foreach (var price in prices)
        {
            if (!Applies(price.List, buyer, at) || Reached(price.Breaks, quantity) is not { } terms)
                continue;
            var one = new PricedLine(price, terms, UnitPrice(terms, listPrice, rounding), pieces);
            if (best is null || Beats(one, best))
                best = one;
        }
        return best?.Terms.Limit is { } limit
            ? best with
            {
                Pieces = Math.Min(pieces, Math.Max(0, limit.Quantity - taken(best))),
            }
            : best;
    }

    /// <summary>A list counts when it is active, at an instant in its window (the end is outside), for a member of its audience.</summary>
    public static bool Applies(PricedList list, PriceBuyer buyer, DateTime at) =>
        list.Active
        && !(at < list.StartsAt)
        && !(at >= list.EndsAt)
        && (
            list.Audience.Everyone
            || buyer.TierIds.Any(list.Audience.TierIds.Contains)
            || buyer.PlanIds.Any(list.Audience.PlanIds.Contains)
            || buyer.Tags.Any(list.Audience.Tags.Contains)
        );

    /// <summary>Of the breaks of one list the highest that the quantity reaches; null = none, the list says nothing of so few.</summary>
    public static PriceTerms? Reached(IReadOnlyList<PriceTerms> breaks, long quantity)
    {
        PriceTerms? reached = null;
        foreach (var terms in breaks)
            if (terms.MinQuantity <= quantity && !(terms.MinQuantity < reached?.MinQuantity))
                reached = terms;
        return reached;
    }

    /// <summary>
    /// What an entry makes of a list price. Of a percent the discount is rounded, once per piece; an amount off leaves 0 at least; a price above the list price
    /// leaves the list price: being a member never costs more.
    /// </summary>
    public static long UnitPrice(PriceTerms terms, long listPrice, Rounding rounding) =>
        terms.Kind switch
        {
            PriceKind.Price => Math.Min(listPrice, terms.Amount),
            PriceKind.AmountOff => Math.Max(0, listPrice - terms.Amount),
            PriceKind.PercentOff => listPrice - Money.Percent(listPrice, (int)terms.Amount, rounding),
        };

    /// <summary>The period a limit counts in, at an instant: the local day (yyyyMMdd), the Monday of the local week, the local month (yyyyMM); 0 = ever.</summary>
    public static int PeriodOf(LimitPer per, DateTime at, LocalTime local)
    {
        var (day, week, month) = CouponRules.Periods(at, local);
        return per switch
        {
            LimitPer.Day => day,
            LimitPer.Week => week,
            LimitPer.Month => month,
            LimitPer.Member => 0,
        };
    }

    private static bool Beats(PricedLine one, PricedLine best)
    {
        var (mine, its) = (one.Price.List, best.Price.List);
        var order = its.Priority.CompareTo(mine.Priority);
        order = order != 0 ? order : one.UnitPrice.CompareTo(best.UnitPrice);
        return (order != 0 ? order : mine.Id.CompareTo(its.Id)) < 0;
    }
}
