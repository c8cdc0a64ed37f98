using MemberCloud.Coupons;

namespace MemberCloud.Pricing;

/// <summary>
/// What a cart costs a member, and why: member prices, then item coupons, then order coupons, then points, then shipping. The one decision behind quotes, checkouts and
/// what-ifs. Pure: no clock, no database, no await.
/// </summary>
public static class PricingRules
{
    public static Quote Compute(QuoteInput input)
    {
        var lines = QuoteLine.InOrder(input.Lines);
        List<FitLine> goods = [.. lines.Select(l => new FitLine(l.Sku, l.Category, l.Brand, l.Quantity))];
        var untouched = CartWork.Of(lines, input.Shipping);
        var fitted = FittedCoupon.InOrder(input.Coupons).Select(c => FittedCoupon.Of(c, input, goods, untouched)).ToList();
        var (best, isOptimal) = BestCoupons.Of(fitted.FindAll(c => c.WhyNot is null), untouched, input);
        var unused = fitted.Except(best).Select(c => Explain(c, best, untouched, input)).ToList();
        return Apply(input, lines, untouched, best) with
        {
            Refused = unused.FindAll(u => u.Why != Refusal.Beaten),
            Beaten = unused.FindAll(u => u.Why == Refusal.Beaten),
            IsOptimal = isOptimal,
        };
    }

    private static Quote Apply(
        QuoteInput input,
        IReadOnlyList<QuoteLine> lines,
        CartWork untouched,
        IReadOnlyList<FittedCoupon> best
    )
    {
        var cart = untouched.Copy();
        List<Adjustment>[] adjustments = [.. lines.Select(MemberPriceOf)];
        var (applied, onShipping) = (new List<AppliedCoupon>(), new List<Adjustment>());
        foreach (var coupon in best)
        {
            var before = cart.Nets.ToArray();
            var off = cart.Apply(coupon, input.Rounding);
            applied.Add(new(coupon.Coupon, off));
            Adjustment Of(long amount) => new(AdjustmentSource.Coupon, coupon.Coupon.Id, coupon.Coupon.TemplateVersion, amount);
            Note(adjustments, before, cart, Of);
            if (coupon.IsForShipping)
                onShipping.Add(Of(-off));
        }
        var usable = PointsRules.Usable(input.Points, cart.Goods);
        var used = PointsRules.Used(input.Points, input.Wish, cart.Goods);
        var paidWithPoints = PointsRules.Worth(input.Points, used);
        var nets = cart.Nets.ToArray();
        cart.TakeOffAll(paidWithPoints);
        Note(adjustments, nets, cart, amount => new(AdjustmentSource.Points, null, null, amount));

        var priced = lines
            .Select((l, i) => new QuotedLine(l.Id, l.ListPrice * l.Quantity, adjustments[i], cart.Nets[i]))
            .ToDictionary(l => l.Id);
        var list = priced.Values.Sum(l => l.List);
        var totals = new QuoteTotals(
            list,
            list - untouched.Goods,
            applied.Sum(a => a.Amount),
            paidWithPoints,
            untouched.Shipping,
            cart.Goods + cart.Shipping
        );
        return new([.. input.Lines.Select(l => priced[l.Id])], onShipping, totals, applied, [], [], usable, used, true);
    }

    private static List<Adjustment> MemberPriceOf(QuoteLine line) =>
        line.Price is { } price && price.UnitPrice < line.ListPrice && price.Pieces > 0
            ?
            [
                new(
                    AdjustmentSource.PriceList,
                    price.ListId,
                    price.Version,
                    (price.UnitPrice - line.ListPrice) * Math.Min(price.Pieces, line.Quantity)
                ),
            ]
            : [];

    /// <summary>What each line costs less than before is an adjustment.</summary>
    private static void Note(List<Adjustment>[] adjustments, long[] before, CartWork cart, Func<long, Adjustment> of)
    {
        for (var i = 0; i < adjustments.Length; i++)
        {
            if (cart.Nets[i] != before[i])
                adjustments[i].Add(of(cart.Nets[i] - before[i]));
        }
    }

    /// <summary>Why a coupon is not among the best.</summary>
    private static UnusedCoupon Explain(
        FittedCoupon coupon,
        IReadOnlyList<FittedCoupon> best,
        CartWork untouched,
        QuoteInput input
    )
    {
        if (coupon.WhyNot is { } never)
            return new(coupon.Coupon, never, coupon.Missing, []);
        var instead = best.Where(b => !b.GoesWith(coupon)).Select(b => b.Coupon.Id).ToList();
        if (instead.Count > 0)
            return new(coupon.Coupon, input.AreNamed ? Refusal.Excluded : Refusal.Beaten, null, instead);
        var cart = untouched.Copy();
        foreach (
            var earlier in FittedCoupon
                .InOrder(best.Append(coupon).Select(c => c.Coupon))
                .TakeWhile(c => c.Id != coupon.Coupon.Id)
        )
            cart.Apply(best.First(b => b.Coupon.Id == earlier.Id), input.Rounding);
        if (cart.Refuses(coupon) is { } no)
            return new(coupon.Coupon, no.Refusal, no.Missing, []);
        return cart.Apply(coupon, input.Rounding) == 0
            ? new(coupon.Coupon, Refusal.OutOfScope, null, [])
            : new(coupon.Coupon, Refusal.Beaten, null, [.. best.Select(b => b.Coupon.Id)]);
    }
}
