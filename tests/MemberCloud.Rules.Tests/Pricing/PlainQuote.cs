using MemberCloud.Coupons;
using MemberCloud.Pricing;

namespace MemberCloud.Rules.Tests.Pricing;

/// <summary>
/// What a cart costs, worked out the long way: every set of its coupons is tried, one after the other. Shares types with the product and
/// no decision: what the two agree on was decided twice.
/// </summary>
internal static class PlainQuote
{
    public static Quote Of(QuoteInput input) => With(input, Best(input), isOptimal: true);

    /// <summary>The quote that uses these coupons, whether or not others would be better.</summary>
    public static Quote With(QuoteInput input, IReadOnlyCollection<QuoteCoupon> used, bool isOptimal)
    {
        var cart = Try(input, used) ?? throw new ArgumentException("A coupon does not apply.", nameof(used));
        var unused = input.Coupons.Where(c => !used.Contains(c)).Select(c => Why(input, [.. InTurn(used)], c)).ToList();
        var lines = cart.Lines.Select(l => new QuotedLine(l.Asked.Id, l.List, l.Adjustments, l.Net)).ToList();
        var list = lines.Sum(l => l.List);
        var cheaper = -lines.Sum(l => l.Adjustments.Where(a => a.Source == AdjustmentSource.PriceList).Sum(a => a.Amount));
        return new(
            [.. input.Lines.Select(asked => lines.Single(l => l.Id == asked.Id))],
            cart.ShippingAdjustments,
            new(list, cheaper, cart.Applied.Sum(a => a.Amount), cart.PointsDiscount, input.Shipping, cart.Payable),
            cart.Applied,
            [.. unused.Where(u => u.Why != Refusal.Beaten)],
            [.. unused.Where(u => u.Why == Refusal.Beaten)],
            cart.PointsUsable,
            cart.PointsUsed,
            isOptimal
        );
    }

    public static bool AppliesAlone(QuoteInput input, QuoteCoupon coupon) => new PlainCart(input).Use(coupon) is null;

    /// <summary>What it comes to with these; null when they do not go together, or one of them does not apply.</summary>
    public static long? Payable(QuoteInput input, IReadOnlyCollection<QuoteCoupon> used) => Try(input, used)?.Payable;

    private static QuoteCoupon[] Best(QuoteInput input)
    {
        QuoteCoupon[]? best = null;
        var lowest = long.MaxValue;
        var coupons = InTurn(input.Coupons).ToList();
        for (var set = 0; set < 1 << coupons.Count; set++)
        {
            var used = coupons.Where((_, i) => (set & (1 << i)) != 0).ToArray();
            if (TryInTurn(input, used)?.Payable is not { } payable)
                continue;
            if (best is null || payable < lowest || (payable == lowest && Saves(input, used, best)))
                (best, lowest) = (used, payable);
        }
        return best!;
    }

    /// <summary>Of two that cost the same: the one with fewer coupons, then the one that leaves the member the coupon that ends later.</summary>
    private static bool Saves(QuoteInput input, QuoteCoupon[] used, QuoteCoupon[] other)
    {
        if (used.Length != other.Length)
            return used.Length < other.Length;
        foreach (var coupon in input.Coupons.OrderByDescending(c => c.EndsAt).ThenByDescending(c => c.Id))
        {
            if (used.Contains(coupon) != other.Contains(coupon))
                return other.Contains(coupon);
        }
        return false;
    }

    private static PlainCart? Try(QuoteInput input, IEnumerable<QuoteCoupon> used) => TryInTurn(input, [.. InTurn(used)]);

    private static PlainCart? TryInTurn(QuoteInput input, QuoteCoupon[] used)
    {
        if (used.Any(a => used.Any(b => a.Id != b.Id && !GoTogether(a, b))))
            return null;
        var cart = new PlainCart(input);
        foreach (var coupon in used)
        {
            if (cart.Use(coupon) is not null)
                return null;
        }
        cart.PayWithPoints();
        return cart;
    }

    private static bool GoTogether(QuoteCoupon a, QuoteCoupon b)
    {
        var isOneGroup =
            a.Terms.StackGroup is null && b.Terms.StackGroup is null
                ? a.TemplateId == b.TemplateId
                : a.Terms.StackGroup == b.Terms.StackGroup;
        return !isOneGroup && !a.Terms.Exclusive && !b.Terms.Exclusive;
    }

    private static IEnumerable<QuoteCoupon> InTurn(IEnumerable<QuoteCoupon> coupons) =>
        coupons
            .OrderBy(c => IsOfItems(c.Terms) ? 0 : 1)
            .ThenByDescending(c => c.Terms.Priority)
            .ThenBy(c => c.TemplateId)
            .ThenBy(c => c.TemplateVersion)
            .ThenBy(c => c.Id);

    private static bool IsOfItems(TemplateBody terms) =>
        terms.Level is { } level
            ? level == CouponLevel.Item
            : terms.Kind is CouponKind.FixedPrice or CouponKind.Gift or CouponKind.NthItem
                || terms.Scope?.Include?.Skus is { Count: > 0 };

    private static UnusedCoupon Why(QuoteInput input, List<QuoteCoupon> used, QuoteCoupon coupon)
    {
        if (new PlainCart(input).Use(coupon) is { } alone)
            return new(coupon, alone.Why, alone.Missing, []);
        var against = used.Where(u => !GoTogether(u, coupon)).Select(u => u.Id).ToList();
        if (against.Count > 0)
            return new(coupon, input.AreNamed ? Refusal.Excluded : Refusal.Beaten, null, against);

        var cart = new PlainCart(input);
        foreach (var earlier in InTurn([.. used, coupon]).TakeWhile(c => c != coupon))
            cart.Use(earlier);
        return cart.Use(coupon) is { } then
            ? new(coupon, then.Why, then.Missing, [])
            : new(coupon, Refusal.Beaten, null, [.. used.Select(u => u.Id)]);
    }
}
