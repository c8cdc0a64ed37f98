using MemberCloud.Coupons;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>A past order as an offer looks at it.</summary>
/// <param name="Buyer">Who bought it: with the tier of then, and the tags of now.</param>
/// <param name="Lines">At what was paid for them.</param>
/// <param name="Used">Terms of the coupons it used that are of other templates.</param>
public sealed record PastCart(
    DateTime At,
    CouponHolder Buyer,
    IReadOnlyList<PastLine> Lines,
    long Shipping,
    string? Channel,
    string? Store,
    IReadOnlyList<TemplateBody> Used
);

/// <summary>A line that was sold.</summary>
/// <param name="Net">What was paid for it, minor units.</param>
/// <param name="ListPrice">Of one piece, as the catalogue says now; null when it does not.</param>
/// <param name="Cost">Of one piece to the brand, as the catalogue says now; null when it does not.</param>
public sealed record PastLine(
    string Sku,
    string? Category,
    string? Brand,
    long Quantity,
    long Net,
    long? ListPrice = null,
    long? Cost = null
);

/// <summary>What an offer did to the goods of the orders that got something, minor units.</summary>
/// <param name="Sales">What was paid for those orders' goods.</param>
/// <param name="SalesKnown">Of that, for goods whose cost is known.</param>
/// <param name="CostKnown">What those cost the brand.</param>
/// <param name="OffKnown">What the offer takes off those.</param>
/// <param name="Tiers">By the tier at the time.</param>
public sealed record OfferSums(long Sales, long SalesKnown, long CostKnown, long OffKnown, IReadOnlyList<TierSums> Tiers)
{
    public static OfferSums? Add(OfferSums? one, OfferSums? other) =>
        one is null || other is null
            ? one ?? other
            : checked(
                new(
                    one.Sales + other.Sales,
                    one.SalesKnown + other.SalesKnown,
                    one.CostKnown + other.CostKnown,
                    one.OffKnown + other.OffKnown,
                    [
                        .. one
                            .Tiers.Concat(other.Tiers)
                            .GroupBy(t => t.TierId)
                            .Select(g => new TierSums(g.Key, g.Sum(t => t.Orders), g.Sum(t => t.Off))),
                    ]
                )
            );
}

/// <summary>What orders of members of one tier got off.</summary>
/// <param name="TierId">Null: of members on no tier.</param>
public sealed record TierSums(Guid? TierId, long Orders, long Off);

/// <summary>
/// What coupons and price lists would have taken off past orders, by the functions that quotes are made with. An order keeps what it got: an offer takes off what was paid,
/// and a coupon that does not go with those the order used takes nothing. Windows, states and days of validity do not count: the range that is looked at stands for them. Pure.
/// </summary>
public static class OfferTrials
{
    /// <summary>A coupon, had the member had one: as many as the limits per member let anybody have, each used on the first order it takes something off.</summary>
    public static Gain Coupon(
        TemplateBody terms,
        PastCart cart,
        IReadOnlyDictionary<string, long> used,
        Rounding rounding,
        LocalTime local
    )
    {
        var periods = Periods(terms.Limits, cart.At, local).ToList();
        Gain With(int taken, long given, long withheld, OfferSums? goods) =>
            new(given, withheld, periods.ToDictionary(p => p.Period, p => used.GetValueOrDefault(p.Period) + taken), goods);

        if (!CouponRules.IsFor(terms.Audience, cart.Buyer, cart.At, local) || !cart.Used.All(u => GoTogether(terms, u)))
            return With(0, 0, 0, null);
        var coupon = new QuoteCoupon(Guid.Empty, Guid.Empty, 1, cart.At, terms);
        QuoteLine[] lines = [.. cart.Lines.Select(AsPaid)];
        var quote = PricingRules.Compute(
            new(lines, cart.Shipping, cart.Channel, cart.Store, [coupon], AreNamed: false, null, 0, rounding)
        );
        var off = quote.Totals.CouponDiscount;
        if (periods.Exists(p => used.GetValueOrDefault(p.Period) >= p.Limit))
            return With(0, 0, off, null);
        return off == 0
            ? With(0, 0, 0, null)
            : With(1, off, 0, Goods(cart, off, [.. quote.Lines.Select((l, i) => cart.Lines[i].Net - l.Net)]));
    }

    /// <summary>A price list: what pieces cost less by it than what was paid. Where the catalogue has no list price, what was paid is one.</summary>
    /// <param name="prices">What the list says of the SKUs, by SKU.</param>
    public static Gain PriceList(
        IReadOnlyDictionary<string, ListedPrice> prices,
        PastCart cart,
        IReadOnlyDictionary<string, long> used,
        Rounding rounding,
        LocalTime local
    )
    {
        var buyer = new PriceBuyer(cart.Buyer.TierId is { } tier ? [tier] : [], [], cart.Buyer.Tags);
        var pieces = cart.Lines.GroupBy(l => l.Sku, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(l => l.Quantity));
        var current = Enum.GetValues<LimitPer>()
            .ToDictionary(per => per, per => $"{per} {PriceRules.PeriodOf(per, cart.At, local)} ");
        // Time only goes on: of the days and months behind nothing is asked any more.
        var taken = used.Where(u => current.Values.Any(p => u.Key.StartsWith(p, StringComparison.Ordinal))).ToDictionary();
        var (off, withheld) = (new long[cart.Lines.Count], 0L);
        foreach (var (i, line) in cart.Lines.Index())
        {
            if (!prices.TryGetValue(line.Sku, out var price))
                continue;
            var list = Math.Max(line.ListPrice ?? 0, Ceiling(line));
            PricedLine? After(long had) =>
                PriceRules.Choose([price], buyer, list, pieces[line.Sku], line.Quantity, _ => had, cart.At, rounding);
            if (After(0) is not { } first)
                continue;
            var period = first.Terms.Limit is { Per: { } per } ? current[per] + line.Sku : null;
            var before = period is null ? 0 : taken.GetValueOrDefault(period);
            var chosen = After(before)!;
            if (period is not null)
                taken[period] = before + chosen.Pieces;
            off[i] = Off(line, chosen);
            withheld += Off(line, chosen with { Pieces = line.Quantity }) - off[i];
        }
        var sum = off.Sum();
        return new(sum, withheld, taken, sum == 0 ? null : Goods(cart, sum, off));
    }

    private static IEnumerable<(string Period, long Limit)> Periods(CouponLimits? limits, DateTime at, LocalTime local)
    {
        var (day, week, month) = CouponRules.Periods(at, local);
        (string Period, long? Limit)[] all =
        [
            ("ever", limits?.PerMember),
            ($"day {day}", limits?.PerMemberPerDay),
            ($"week {week}", limits?.PerMemberPerWeek),
            ($"month {month}", limits?.PerMemberPerMonth),
        ];
        return all.Where(p => p.Limit is not null).Select(p => (p.Period, p.Limit!.Value));
    }

    private static bool GoTogether(TemplateBody one, TemplateBody other) =>
        !one.Exclusive && !other.Exclusive && (string.IsNullOrEmpty(one.StackGroup) || one.StackGroup != other.StackGroup);

    /// <summary>A line at what was paid for it: where that does not come out even some pieces cost one less, as if by a member price.</summary>
    private static QuoteLine AsPaid(PastLine line, int place)
    {
        var (unit, dearer) = Math.DivRem(line.Net, line.Quantity);
        return new QuoteLine(
            $"{place}",
            line.Sku,
            line.Quantity,
            Ceiling(line),
            line.Category,
            line.Brand,
            dearer == 0 ? null : new(Guid.Empty, 1, "", unit, line.Quantity - dearer)
        );
    }

    /// <summary>What the dearest piece of a line cost.</summary>
    private static long Ceiling(PastLine line) => (line.Net + line.Quantity - 1) / line.Quantity;

    /// <summary>Pieces at the member price are the dearest; who paid less already gets nothing more.</summary>
    private static long Off(PastLine line, PricedLine chosen)
    {
        var (unit, dearer) = Math.DivRem(line.Net, line.Quantity);
        var paid = (chosen.Pieces * unit) + Math.Min(chosen.Pieces, dearer);
        return Math.Max(0, paid - (chosen.Pieces * chosen.UnitPrice));
    }

    private static OfferSums Goods(PastCart cart, long off, long[] offLines)
    {
        var known = cart.Lines.Index().Where(l => l.Item.Cost is not null).ToList();
        return new(
            cart.Lines.Sum(l => l.Net),
            known.Sum(l => l.Item.Net),
            known.Sum(l => checked(l.Item.Cost!.Value * l.Item.Quantity)),
            known.Sum(l => offLines[l.Index]),
            [new(cart.Buyer.TierId, 1, off)]
        );
    }
}
