using MemberCloud.Coupons;

namespace MemberCloud.Pricing;

/// <summary>
/// What a cart costs a member, and why: member prices, then item coupons, then order coupons, then points, then shipping (perks). The one decision behind quotes, checkouts and
/// what-ifs. Pure: no clock, no database, no await.
/// </summary>
public static class PricingRules
{
    public static Quote Compute(QuoteInput input)
    {
        var lines = QuoteLine.InOrder(input.Lines);
        List<FitLine> goods = [.. lines.Select(l => new FitLine(l.Sku, l.Category, l.Brand, l.Quantity))];
        var untouched = CartWork.Of(lines, input.Shipping);
        var fitted = Fitted(input, goods, untouched);
        var (best, isOptimal) = BestCoupons.Of(fitted.FindAll(c => c.WhyNot is null), untouched, input);
        var unused = Explain(fitted, best, untouched, input);
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

        var byPerk = cart.Shipping > 0 ? input.FreeShippingOf(nets.Sum()) : null;
        if (byPerk is not null)
            onShipping.Add(new(AdjustmentSource.Perk, byPerk.PerkId, null, -cart.ShipFree()));
        var priced = lines
            .Select((l, i) => new QuotedLine(l.Id, l.ListPrice * l.Quantity, adjustments[i], cart.Nets[i]))
            .ToDictionary(l => l.Id);
        var list = priced.Values.Sum(l => l.List);
        var totals = new QuoteTotals(
            list,
            list - untouched.Goods - onShipping.Where(s => s.Source == AdjustmentSource.Perk).Sum(s => s.Amount),
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

    /// <summary>Coupons in the order in which they are applied. Those of one template look at the cart alike.</summary>
    private static List<FittedCoupon> Fitted(QuoteInput input, IReadOnlyList<FitLine> goods, CartWork untouched)
    {
        var known = new Dictionary<(Guid Template, int Version), FittedCoupon>();
        var fitted = new List<FittedCoupon>();
        foreach (var coupon in FittedCoupon.InOrder(input.Coupons))
        {
            var template = (coupon.TemplateId, coupon.TemplateVersion);
            if (!known.TryGetValue(template, out var same))
                known[template] = same = FittedCoupon.Of(coupon, input, goods, untouched);
            fitted.Add(same with { Coupon = coupon });
        }
        return fitted;
    }

    /// <summary>Why the others are not among the best, each at its turn among those. Both lists are in the order of the turns.</summary>
    private static List<UnusedCoupon> Explain(
        List<FittedCoupon> fitted,
        IReadOnlyList<FittedCoupon> best,
        CartWork untouched,
        QuoteInput input
    )
    {
        var (cart, trial, turn, unused) = (untouched.Copy(), untouched.Copy(), 0, new List<UnusedCoupon>());
        foreach (var coupon in fitted)
        {
            if (turn < best.Count && best[turn].Coupon.Id == coupon.Coupon.Id)
            {
                cart.Apply(coupon, input.Rounding);
                turn++;
                continue;
            }
            trial.Take(cart);
            unused.Add(Explain(coupon, best, trial, input));
        }
        return unused;
    }

    private static UnusedCoupon Explain(FittedCoupon coupon, IReadOnlyList<FittedCoupon> best, CartWork atTurn, QuoteInput input)
    {
        if (coupon.WhyNot is { } never)
            return new(coupon.Coupon, never, coupon.Missing, []);
        var instead = best.Where(b => !b.GoesWith(coupon)).Select(b => b.Coupon.Id).ToList();
        if (instead.Count > 0)
            return new(coupon.Coupon, input.AreNamed ? Refusal.Excluded : Refusal.Beaten, null, instead);
        if (atTurn.Refuses(coupon) is { } no)
            return new(coupon.Coupon, no.Refusal, no.Missing, []);
        return atTurn.Apply(coupon, input.Rounding) == 0
            ? new(coupon.Coupon, Refusal.OutOfScope, null, [])
            : new(coupon.Coupon, Refusal.Beaten, null, [.. best.Select(b => b.Coupon.Id)]);
    }
}
