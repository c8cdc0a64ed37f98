using MemberCloud.Coupons;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Pricing;

/// <summary>Random carts: the quote is the one that trying every set of coupons finds, whole, and it adds up.</summary>
public sealed class QuoteProperties
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1";

    [Fact]
    public void Carts_with_up_to_8_coupons_or_12_in_the_long_run_are_quoted_as_trying_every_set_says() =>
        ForAll(IsLong ? 100_000 : 2_000, seed => new RandomCarts(seed).UpTo(IsLong ? 12 : 8), QuotedAsPlain);

    [Fact]
    public void Carts_with_12_coupons_that_could_be_used_are_quoted_as_trying_every_set_says() =>
        ForAll(IsLong ? 1_000 : 50, seed => new RandomCarts(seed).Candidates(12), QuotedAsPlain);

    [Fact]
    public void Quotes_add_up_and_nothing_is_below_0() =>
        ForAll(IsLong ? 100_000 : 2_000, seed => new RandomCarts(seed).UpTo(12), AddsUp);

    [Fact]
    public void The_order_of_lines_and_coupons_changes_nothing() =>
        ForAll(
            IsLong ? 100_000 : 1_000,
            seed => new RandomCarts(seed).UpTo(12),
            cart =>
            {
                var shuffled = new RandomCarts(cart.Lines.Count).Shuffled(cart);
                return Difference(Quoted(cart), Quoted(shuffled));
            }
        );

    [Fact]
    public void More_than_12_coupons_cost_no_more_than_the_best_one_and_are_explained_all_the_same() =>
        ForAll(
            IsLong ? 5_000 : 100,
            seed => new RandomCarts(seed).Candidates(24 + (seed % 8)),
            cart =>
            {
                // Of several of one template and version only one can be used, and any will do.
                var candidates = cart.Coupons.Where(c => PlainQuote.AppliesAlone(cart, c));
                if (candidates.DistinctBy(c => (c.TemplateId, c.TemplateVersion)).Count() <= 12)
                    return null;
                var quote = PricingRules.Compute(cart);
                var single = cart.Coupons.Min(c => PlainQuote.Payable(cart, [c]));
                if (quote.Totals.Payable > single)
                    return $"{quote.Totals.Payable} is payable, with a single coupon {single}";
                var used = quote.Applied.Select(a => a.Coupon).ToList();
                return Difference(QuoteText.Of(PlainQuote.With(cart, used, isOptimal: false)), QuoteText.Of(quote));
            }
        );

    /// <summary>Properties of carts in which nothing happens say nothing.</summary>
    [Fact]
    public void Random_carts_show_every_kind_every_reason_and_coupons_that_work_together()
    {
        var quotes = Enumerable.Range(1, 1_000).Select(seed => PlainQuote.Of(new RandomCarts(seed).UpTo(6))).ToList();
        var applied = quotes.SelectMany(q => q.Applied).CountBy(a => a.Coupon.Terms.Kind!.Value).ToDictionary();
        Assert.All(Enum.GetValues<CouponKind>(), kind => Assert.InRange(applied.GetValueOrDefault(kind), 50, int.MaxValue));
        var reasons = quotes.SelectMany(q => q.Refused.Concat(q.Beaten)).CountBy(u => u.Why).ToDictionary();
        Refusal[] why = [Refusal.OutOfScope, Refusal.BelowThreshold, Refusal.Excluded, Refusal.Beaten];
        Assert.All(why, reason => Assert.InRange(reasons.GetValueOrDefault(reason), 50, int.MaxValue));
        Assert.InRange(quotes.Count(q => q.Applied.Count > 1), 150, int.MaxValue);
        Assert.InRange(quotes.Count(q => q.PointsUsed > 0), 50, int.MaxValue);
        Assert.InRange(quotes.Count(q => q.Totals.MemberDiscount > 0), 50, int.MaxValue);
    }

    private static string? QuotedAsPlain(QuoteInput cart) => Difference(QuoteText.Of(PlainQuote.Of(cart)), Quoted(cart));

    private static string? AddsUp(QuoteInput cart)
    {
        var quote = PricingRules.Compute(cart);
        var (totals, lines) = (quote.Totals, quote.Lines.SelectMany(l => l.Adjustments).ToList());
        var all = lines.Concat(quote.Shipping).ToList();
        (string What, bool Holds)[] facts =
        [
            ("lines come as asked for", quote.Lines.Select(l => l.Id).SequenceEqual(cart.Lines.Select(l => l.Id))),
            (
                "a line is its list price and its adjustments",
                quote.Lines.All(l => l.Net == l.List + l.Adjustments.Sum(a => a.Amount))
            ),
            (
                "nothing is below 0",
                quote.Lines.All(l => l.Net >= 0) && totals.Payable >= 0 && totals.List == quote.Lines.Sum(l => l.List)
            ),
            ("adjustments take off", all.TrueForAll(a => a.Amount < 0)),
            ("payable is what lines and shipping come to", totals.Payable == quote.Lines.Sum(l => l.Net) + Left(cart, quote)),
            ("payable is list - discounts + shipping", totals.Payable == LessDiscounts(totals)),
            ("member prices add up", totals.MemberDiscount == Off(all, AdjustmentSource.PriceList)),
            ("coupons add up", totals.CouponDiscount == Off(all, AdjustmentSource.Coupon)),
            ("points add up", totals.PointsDiscount == Off(all, AdjustmentSource.Points)),
            (
                "each coupon adds up",
                quote.Applied.All(a => a.Amount == -all.Where(o => o.SourceId == a.Coupon.Id).Sum(o => o.Amount))
            ),
            ("points are there", quote.PointsUsed <= quote.PointsUsable && quote.PointsUsable <= (cart.Points?.Available ?? 0)),
            ("every coupon is said once", Named(quote).Order().SequenceEqual(cart.Coupons.Select(c => c.Id).Order())),
        ];
        return facts.Where(f => !f.Holds).Select(f => f.What).FirstOrDefault();
    }

    private static long Left(QuoteInput cart, Quote quote) => cart.Shipping + quote.Shipping.Sum(a => a.Amount);

    private static long LessDiscounts(QuoteTotals t) =>
        t.List - t.MemberDiscount - t.CouponDiscount - t.PointsDiscount + t.Shipping;

    private static long Off(List<Adjustment> all, AdjustmentSource by) => -all.Where(a => a.Source == by).Sum(a => a.Amount);

    private static IEnumerable<Guid> Named(Quote quote) =>
        quote.Applied.Select(a => a.Coupon.Id).Concat(quote.Refused.Concat(quote.Beaten).Select(u => u.Coupon.Id));

    private static string Quoted(QuoteInput cart) => QuoteText.Of(PricingRules.Compute(cart));

    private static string? Difference(string expected, string was) =>
        expected == was ? null : $"expected\n{expected}\nbut it was\n{was}";

    /// <summary>Fails with the seed and the cart, made as small as it can be.</summary>
    /// <param name="wrong">What is wrong with the cart's quote; null = nothing.</param>
    private static void ForAll(int count, Func<int, QuoteInput> made, Func<QuoteInput, string?> wrong)
    {
        var seed = ParallelEnumerable.Range(1, count).AsOrdered().FirstOrDefault(s => WrongOrThrown(made(s)) is not null);
        if (seed == 0)
            return;
        var cart = made(seed);
        while (Smaller(cart).FirstOrDefault(c => WrongOrThrown(c) is not null) is { } smaller)
            cart = smaller;
        Assert.Fail($"Seed {seed}, made smaller:\n{QuoteText.Of(cart)}\n{WrongOrThrown(cart)}");

        string? WrongOrThrown(QuoteInput cart)
        {
            try
            {
                return wrong(cart);
            }
            catch (Exception e)
            {
                return e.ToString();
            }
        }
    }

    private static IEnumerable<QuoteInput> Smaller(QuoteInput cart) =>
        [
            .. Cases.WithoutOne([.. cart.Coupons]).Select(coupons => cart with { Coupons = coupons }),
            .. Cases.WithoutOne([.. cart.Lines]).Where(lines => lines.Length > 0).Select(lines => cart with { Lines = lines }),
            .. Simpler(cart).Where(simpler => QuoteText.Of(simpler) != QuoteText.Of(cart)),
        ];

    private static IEnumerable<QuoteInput> Simpler(QuoteInput cart) =>
        [
            cart with
            {
                Points = null,
            },
            cart with
            {
                Wish = null,
            },
            cart with
            {
                Shipping = 0,
            },
            cart with
            {
                Rounding = Rounding.HalfAwayFromZero,
            },
            .. cart.Lines.Select(l => cart with { Lines = [.. cart.Lines.Select(o => o == l ? l with { Price = null } : o)] }),
            .. cart.Lines.Select(l =>
                cart with
                {
                    Lines = [.. cart.Lines.Select(o => o == l ? l with { Quantity = 1, Price = null } : o)],
                }
            ),
        ];
}
