using MemberCloud.Coupons;
using MemberCloud.Orders;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Orders;

/// <summary>What coupons and price lists would have taken off past orders.</summary>
public sealed class OfferTrialsTests
{
    private static readonly LocalTime Shanghai = LocalTime.Of("Asia/Shanghai");
    private static readonly Guid Gold = Ids.New();
    private static readonly Dictionary<string, long> Nothing = [];

    /// <summary>Tea 2 x 50.00 (cost 20.00 each), milk 3 for 10.00 (cost unknown); shipping 8.00.</summary>
    private static PastCart Cart(string at = "2026-03-02T04:00:00Z", params TemplateBody[] used) =>
        new(
            DateTime.Parse(at, null, System.Globalization.DateTimeStyles.AdjustToUniversal),
            new(Guid.Empty, new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), false, Gold, ["vip"], []),
            [new("tea", "drinks", null, 2, 100_00, 60_00, 20_00), new("milk", "food", null, 3, 10_00)],
            8_00,
            "app",
            null,
            used
        );

    private static TemplateBody Off(long amount) => new("t", CouponKind.AmountOff, new(DaysAfterClaim: 1), AmountOff: amount);

    private static TemplateBody Drinks(TemplateBody terms) => terms with { Scope = new(new(Categories: ["drinks"])) };

    private static Gain Try(TemplateBody terms, PastCart? cart = null, IReadOnlyDictionary<string, long>? used = null) =>
        OfferTrials.Coupon(terms, cart ?? Cart(), used ?? Nothing, Rounding.HalfAwayFromZero, Shanghai);

    public static IEnumerable<object[]> Coupons =>
        [
            [Off(30_00), 30_00],
            [Off(500_00), 110_00], // no more than was paid
            [Drinks(Off(10_00)), 10_00],
            [Off(30_00) with { Threshold = new(Amount: 110_00) }, 30_00],
            [Off(30_00) with { Threshold = new(Amount: 110_01) }, 0],
            [new TemplateBody("t", CouponKind.PercentOff, new(DaysAfterClaim: 1), PercentOffBp: 1_000), 11_00],
            [new TemplateBody("t", CouponKind.FreeShipping, new(DaysAfterClaim: 1)), 8_00],
            // Milk is 3.34, 3.33, 3.33: the dearest is the gift.
            [new TemplateBody("t", CouponKind.Gift, new(DaysAfterClaim: 1), Gift: new(["milk"])), 3_34],
            [Off(30_00) with { Audience = new(Tags: ["new"]) }, 0],
            [Off(30_00) with { Audience = new(Tags: ["vip"], TierIds: [Ids.Show(IdPrefix.Tier, Gold)]) }, 30_00],
            [Off(30_00) with { Audience = new(NewMemberDays: 60) }, 0], // joined 60 days and some hours ago
            [Off(30_00) with { Audience = new(NewMemberDays: 61) }, 30_00],
            [Off(30_00) with { Validity = new(Until: new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)) }, 30_00], // the range stands for it
        ];

    [Theory, MemberData(nameof(Coupons))]
    public void A_coupon_takes_off_what_was_paid_as_a_quote_says(TemplateBody terms, long off) =>
        Assert.Equal(off, Try(terms).Given);

    [Theory]
    [InlineData("order", "order", false, false, 0)] // one of a group
    [InlineData("order", "a", false, false, 5_00)]
    [InlineData("", "", false, false, 5_00)] // two groups of their own
    [InlineData(null, null, false, false, 5_00)]
    [InlineData("a", "b", true, false, 0)]
    [InlineData("a", "b", false, true, 0)]
    public void An_order_keeps_the_coupons_it_used(string? mine, string? its, bool alone, bool itsAlone, long off)
    {
        var used = Off(1) with { StackGroup = its, Exclusive = itsAlone };
        Assert.Equal(off, Try(Off(5_00) with { StackGroup = mine, Exclusive = alone }, Cart(used: used)).Given);
    }

    // Shanghai: 15:59 and 16:01 UTC are two days.
    [Fact]
    public void Limits_per_member_withhold_what_is_above_them()
    {
        var terms = Off(5_00) with { Limits = new(PerMember: 3, PerMemberPerDay: 1) };
        string[] orders =
        [
            "2026-03-02T04:00:00Z",
            "2026-03-02T15:59:00Z",
            "2026-03-02T16:01:00Z",
            "2026-03-04T04:00:00Z",
            "2026-03-05T04:00:00Z",
        ];
        var (used, given) = ((IReadOnlyDictionary<string, long>)Nothing, new List<(long, long)>());
        foreach (var at in orders)
        {
            var gain = Try(terms, Cart(at), used);
            given.Add((gain.Given, gain.Withheld));
            used = gain.Used;
        }
        Assert.Equal([(5_00, 0), (0, 5_00), (5_00, 0), (5_00, 0), (0, 5_00)], given);
    }

    [Fact]
    public void Margin_counts_goods_whose_cost_is_known()
    {
        // 22.00 less in all, split 20.00 to 2.00.
        var goods = Try(Off(22_00)).Goods!;
        Assert.Equal((110_00, 100_00, 40_00, 20_00), (goods.Sales, goods.SalesKnown, goods.CostKnown, goods.OffKnown));
        Assert.Equal([new TierSums(Gold, 1, 22_00)], goods.Tiers);
    }

    private static readonly PricedAudience Everyone = new(true, [], [], []);

    private static ListedPrice List(string sku, PricedAudience audience, params PriceTerms[] breaks) =>
        new(new(Ids.New(), 1, "l", 0, audience, null, null, true), sku, breaks);

    private static Gain Try(IReadOnlyDictionary<string, long> used, PastCart cart, params ListedPrice[] prices) =>
        OfferTrials.PriceList(
            prices.ToDictionary(p => p.Sku, StringComparer.Ordinal),
            cart,
            used,
            Rounding.HalfAwayFromZero,
            Shanghai
        );

    private static Gain Try(params ListedPrice[] prices) => Try(Nothing, Cart(), prices);

    [Fact]
    public void A_price_list_takes_off_what_was_paid_above_its_price()
    {
        Assert.Equal(20_00, Try(List("tea", Everyone, new PriceTerms(1, PriceKind.Price, 40_00))).Given);
        Assert.Equal(0, Try(List("tea", Everyone, new PriceTerms(1, PriceKind.Price, 55_00))).Given); // paid less already
        // Of the catalogue's 60.00: 48.00; they paid 50.00.
        Assert.Equal(4_00, Try(List("tea", Everyone, new PriceTerms(1, PriceKind.PercentOff, 2_000))).Given);
        // The catalogue has no price of milk: 1.00 less than the 3.34 that the dearest cost is 2.34 each.
        Assert.Equal(10_00 - (3 * 2_34), Try(List("milk", Everyone, new PriceTerms(1, PriceKind.AmountOff, 1_00))).Given);
        Assert.Equal(0, Try(List("milk", Everyone, new PriceTerms(4, PriceKind.Price, 0))).Given); // from 4 pieces on
    }

    [Fact]
    public void A_price_list_is_for_its_audience_as_it_was()
    {
        var price = new PriceTerms(1, PriceKind.Price, 40_00);
        Assert.Equal(20_00, Try(List("tea", Everyone with { Everyone = false, TierIds = [Gold] }, price)).Given);
        Assert.Equal(0, Try(List("tea", Everyone with { Everyone = false, TierIds = [Ids.New()] }, price)).Given);
        Assert.Equal(20_00, Try(List("tea", Everyone with { Everyone = false, Tags = ["vip"] }, price)).Given);
        Assert.Equal(0, Try(List("tea", Everyone with { Everyone = false, Tags = ["new"] }, price)).Given);
    }

    [Fact]
    public void What_exceeds_a_purchase_limit_is_withheld()
    {
        var price = List("tea", Everyone, new PriceTerms(1, PriceKind.Price, 40_00, new(3, LimitPer.Month)));
        var first = Try(Nothing, Cart("2026-03-02T04:00:00Z"), price);
        var second = Try(first.Used, Cart("2026-03-31T04:00:00Z"), price);
        var third = Try(second.Used, Cart("2026-04-01T04:00:00Z"), price);
        Assert.Equal([(20_00, 0), (10_00, 10_00), (20_00, 0)], new[] { first, second, third }.Select(g => (g.Given, g.Withheld)));
        Assert.Single(third.Used);
    }

    [Fact]
    public void What_two_orders_show_adds_up()
    {
        var (one, two) = (Try(Off(22_00)).Goods, Try(Drinks(Off(10_00))).Goods);
        var sum = OfferSums.Add(one, two)!;
        Assert.Equal((220_00, 200_00, 80_00, 30_00), (sum.Sales, sum.SalesKnown, sum.CostKnown, sum.OffKnown));
        Assert.Equal([new TierSums(Gold, 2, 32_00)], sum.Tiers);
        Assert.Same(one, OfferSums.Add(null, one));
        Assert.Same(one, OfferSums.Add(one, null));
    }
}
