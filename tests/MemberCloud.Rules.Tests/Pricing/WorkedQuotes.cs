using MemberCloud.Coupons;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using static MemberCloud.Rules.Tests.Pricing.Carts;

namespace MemberCloud.Rules.Tests.Pricing;

/// <summary>Quotes worked by hand, by name: what coupons and points take off which line.</summary>
public sealed class WorkedQuotes
{
    [Theory]
    [InlineData(100, new long[] { 100, 100, 100 }, new long[] { 34, 33, 33 })] // 100 over [1,1,1]
    [InlineData(1000, new long[] { 9999, 1, 5000 }, new long[] { 667, 0, 333 })]
    [InlineData(1, new long[] { 333, 333, 334 }, new long[] { 0, 0, 1 })]
    [InlineData(2, new long[] { 5, 5, 5, 5 }, new long[] { 1, 1, 0, 0 })]
    [InlineData(500, new long[] { 0, 200, 100 }, new long[] { 0, 200, 100 })] // more than all of it
    public void Amount_off_is_split_by_largest_remainder(long off, long[] prices, long[] expected)
    {
        var cart = Of([.. prices.Select((price, i) => Line($"{i + 1}", price))]);
        Assert.Equal(expected, cart.Quote(Coupon(1, Off(off))).Discounts());
    }

    [Fact]
    public void The_earlier_line_is_the_one_with_the_lower_id_however_it_is_asked_for()
    {
        var cart = Of(Line("10", 100), Line("9", 100), Line("2", 100));
        Assert.Equal([33, 33, 34], cart.Quote(Coupon(1, Off(100))).Discounts());
    }

    [Fact]
    public void Nothing_is_split_over_lines_that_cost_nothing()
    {
        var quote = Of(Line("1", 0), Line("2", 50).At(0)).Quote(Coupon(1, Off(100)));
        Assert.Equal("out_of_scope", quote.Why(1));
        Assert.Equal([0, 0], quote.Nets());
    }

    /// <summary>10 % of 399.00 is 39.90 with nothing to round: a piece at a time, all at once or over 25 lines, it is the same.</summary>
    [Fact]
    public void Price_25_times_399_less_10_percent_is_one_total_everywhere()
    {
        var listed = Of(Line("1", 399_00, 25).At(399_00 - Money.Percent(399_00, 1000, Rounding.HalfAwayFromZero)));
        var couponed = Of(Line("1", 399_00, 25)).Quote(Coupon(1, Percent(1000)));
        var lines = Of([.. Enumerable.Range(1, 25).Select(i => Line($"{i}", 399_00))]).Quote(Coupon(1, Percent(1000)));
        Assert.All([listed.Quote(), couponed, lines], q => Assert.Equal(8_977_50, q.Totals.Payable));
        Assert.All(lines.Lines, l => Assert.Equal(359_10, l.Net));
    }

    /// <summary>Where a piece's 10 % is half a cent, a price list rounds each piece's price and a coupon the total, once.</summary>
    [Theory]
    [InlineData(Rounding.HalfAwayFromZero, 12, 13)]
    [InlineData(Rounding.HalfEven, 15, 13)]
    public void Price_3_times_5_cents_less_10_percent_is_rounded_by_piece_in_a_price_list_and_once_by_a_coupon(
        Rounding rounding,
        long listed,
        long couponed
    )
    {
        var unit = 5 - Money.Percent(5, 1000, rounding);
        Assert.Equal(listed, (Of(Line("1", 5, 3).At(unit)) with { Rounding = rounding }).Quote().Totals.Payable);
        var cart = Of(Line("1", 5, 3)) with { Rounding = rounding };
        Assert.Equal(couponed, cart.Quote(Coupon(1, Percent(1000))).Totals.Payable);
    }

    [Theory]
    [InlineData(Rounding.HalfAwayFromZero, 41_67, 41_66)]
    [InlineData(Rounding.HalfEven, 41_66, 41_67)]
    public void Half_of_83_33_is_the_discount_that_is_rounded(Rounding rounding, long off, long left)
    {
        var quote = (Of(Line("1", 83_33)) with { Rounding = rounding }).Quote(Coupon(1, Percent(5000)));
        Assert.Equal((off, left), (quote.Totals.CouponDiscount, quote.Totals.Payable));
    }

    [Theory]
    [InlineData(110_00, 190_00, null)] // 220 at list price
    [InlineData(100_00, 170_00, null)] // exactly 200
    [InlineData(99_99, 199_98, "below_threshold 2")] // two cents short
    [InlineData(95_00, 190_00, "below_threshold 1000")]
    public void A_threshold_of_200_looks_at_what_the_member_pays(long memberPrice, long payable, string? why)
    {
        var quote = Of(Line("1", 110_00, 2).At(memberPrice)).Quote(Coupon(1, Off(30_00, from: 200_00)));
        Assert.Equal(payable, quote.Totals.Payable);
        if (why is not null)
            Assert.Equal(why, quote.Why(1));
    }

    /// <summary>a 100.00, b 30.00 x 3, c 20.00 x 2: 230.00, and 12.00 to ship it.</summary>
    [Fact]
    public void Each_kind_takes_off_what_it_says()
    {
        (TemplateBody Terms, long[] Off)[] table =
        [
            (Off(50_00), [21_74, 19_56, 8_70]),
            (Off(50_00).Only("b", "c"), [0, 34_62, 15_38]),
            (Off(999_00), [100_00, 90_00, 40_00]),
            (Percent(1000), [10_00, 9_00, 4_00]),
            (Percent(1000, atMost: 5_00), [2_17, 1_96, 87]),
            (Percent(10_000), [100_00, 90_00, 40_00]),
            (For(25_00), [75_00, 0, 0]),
            (For(25_00, pieces: 3), [75_00, 10_00, 0]),
            (For(25_00, pieces: 10), [75_00, 15_00, 0]),
            (For(25_00).Only("b"), [0, 5_00, 0]),
            (Gift("b"), [0, 30_00, 0]),
            (Gift("b", 5), [0, 90_00, 0]),
            (Gift("b").Only("a"), [0, 30_00, 0]), // bought beside what it asks for
            (Nth(2, 5000), [0, 15_00, 0]),
            (Nth(2, 5000, repeats: 5), [0, 30_00, 10_00]), // 100 30, 30 30, 20 20
            (Nth(5, 10_000, repeats: 2), [0, 0, 20_00]), // one full group
            (FreeShipping(), [0, 0, 0]),
            (FreeShipping().Only("c"), [0, 0, 0]),
        ];
        var cart = Of(Line("1", 100_00, sku: "a"), Line("2", 30_00, 3, "b"), Line("3", 20_00, 2, "c")) with { Shipping = 12_00 };
        Assert.All(
            table,
            row =>
            {
                var quote = cart.Quote(Coupon(1, row.Terms));
                Assert.Equal(row.Off, quote.Discounts());
                var shipping = row.Terms.Kind == CouponKind.FreeShipping ? 12_00 : 0;
                Assert.Equal(row.Off.Sum() + shipping, quote.Totals.CouponDiscount);
                Assert.Equal(242_00 - row.Off.Sum() - shipping, quote.Totals.Payable);
            }
        );
    }

    [Fact]
    public void A_coupon_that_does_not_fit_the_cart_says_why()
    {
        (TemplateBody Terms, string Why)[] table =
        [
            (Off(1).Only("z"), "out_of_scope"),
            (Gift("z"), "out_of_scope"),
            (Gift("a").Only("z"), "out_of_scope"),
            (FreeShipping(), "out_of_scope"), // nothing to take off
            (For(50_00), "out_of_scope"), // costs less already
            (Percent(1), "out_of_scope"), // a hundredth of 0.40: rounded to nothing
            (Off(1) with { Scope = new(Include: new(Channels: ["app"])) }, "out_of_scope"),
            (Off(1) with { Scope = new(Exclude: new(Stores: ["north"])) }, "out_of_scope"),
            (Nth(3, 5000), "below_threshold 1"),
            (Off(1) with { Threshold = new(Quantity: 10) }, "below_threshold 8"),
            (Off(1, from: 41), "below_threshold 1"),
            (Nth(4, 5000) with { Threshold = new(Quantity: 3) }, "below_threshold 2"),
        ];
        var cart = Of(Line("1", 20, 2)) with { Store = "north" };
        Assert.All(table, row => Assert.Equal(row.Why, cart.Quote(Coupon(1, row.Terms)).Why(1)));
    }

    [Fact]
    public void Pieces_at_member_price_are_pieces_of_their_own()
    {
        var cart = Of(Line("1", 100_00, 3).At(80_00, pieces: 2)); // 80 80 100
        Assert.Equal([50_00], cart.Quote(Coupon(1, For(50_00))).Discounts());
        Assert.Equal([80_00], cart.Quote(Coupon(1, Nth(2, 10_000))).Discounts());
        Assert.Equal([260_00 - 3 * 50_00], cart.Quote(Coupon(1, For(50_00, pieces: 3))).Discounts());
    }

    /// <summary>Three of 1.00 less 2.00 are 0.34, 0.33 and 0.33.</summary>
    [Fact]
    public void The_first_pieces_of_a_line_carry_the_odd_cents()
    {
        var first = Off(2_00) with { Level = CouponLevel.Item, Priority = 1 };
        var quote = Of(Line("1", 1_00, 3)).Quote(Coupon(1, first), Coupon(2, Gift("a")));
        Assert.Equal([66], quote.Nets());
        Assert.Equal([2_00, 34], quote.Applied.Select(a => a.Amount));
    }

    [Theory]
    [InlineData(10_000, 1, 0, 1_000_000, null, 100_00, 100_00)] // all of it
    [InlineData(5000, 1, 0, 1_000_000, null, 50_00, 50_00)] // half of it
    [InlineData(3333, 100, 0, 1_000_000, null, 33_00, 33_00)] // 33.33 in steps of 100
    [InlineData(10_000, 1, 99_00, 1_000_000, null, 1_00, 1_00)] // 99 in money at least
    [InlineData(10_000, 1, 101_00, 1_000_000, null, 0, 0)] // more in money than it costs
    [InlineData(10_000, 1, 0, 70, null, 70, 70)] // what the member has
    [InlineData(10_000, 100, 0, 70, null, 0, 0)] // less than a step
    [InlineData(10_000, 100, 0, 1_000_000, 250L, 100_00, 200)] // asked for 250, in steps
    [InlineData(10_000, 1, 0, 1_000_000, 0L, 100_00, 0)] // none asked for
    [InlineData(5000, 1, 0, 1_000_000, 99_999L, 50_00, 50_00)] // more asked for than may be
    public void Points_pay_up_to_a_part_in_steps_and_leave_a_minimum(
        int capBp,
        long step,
        long minPayable,
        long available,
        long? wish,
        long usable,
        long used
    )
    {
        var cart = Of(Line("1", 100_00)) with { Points = new(100, 1_00, capBp, step, minPayable, available), Wish = wish };
        var quote = (cart with { Shipping = 8_00 }).Quote();
        Assert.Equal((usable, used), (quote.PointsUsable, quote.PointsUsed));
        Assert.Equal((used, 108_00 - used), (quote.Totals.PointsDiscount, quote.Totals.Payable));
    }

    [Fact]
    public void Three_points_to_the_cent_give_no_part_of_a_cent()
    {
        var quote = (Of(Line("1", 1_00)) with { Points = new(3, 1, 10_000, 1, 0, 200) }).Quote();
        Assert.Equal((198, 66), (quote.PointsUsed, quote.Totals.PointsDiscount));
    }

    [Theory]
    [InlineData(150, 100, 1, 250L, 249, 166)] // 250 are worth 166.67: 249 are worth as much
    [InlineData(100, 1, 1, 199L, 100, 1)]
    [InlineData(100, 1, 1, 99L, 0, 0)] // worth nothing: none is used
    [InlineData(100, 1, 30, 199L, 120, 1)] // 180 in steps of 30; 120 are worth a cent too
    [InlineData(1, 3, 1, 7L, 7, 21)]
    public void Points_that_are_worth_nothing_stay_with_the_member(
        long points,
        long amount,
        long step,
        long wish,
        long used,
        long discount
    )
    {
        var cart = Of(Line("1", 1_000_00)) with { Points = new(points, amount, 10_000, step, 0, 10_000), Wish = wish };
        var quote = cart.Quote();
        Assert.Equal((used, discount), (quote.PointsUsed, quote.Totals.PointsDiscount));
    }

    [Fact]
    public void Points_pay_for_what_coupons_leave_line_by_line()
    {
        var cart = Of(Line("1", 1_00, sku: "a"), Line("2", 1_00, sku: "b")) with { Points = new(1, 1, 5000, 1, 0, 1_000) };
        var quote = cart.Quote(Coupon(1, Off(50).Only("a")));
        Assert.Equal((75, 25, 50), (quote.PointsUsed, quote.Lines[0].Net, quote.Lines[1].Net));
        Assert.Equal([75, 50], quote.Discounts());
    }

    /// <summary>2 x 99.00, one of them at 79.00; 20.00 off; 15.80 of the rest in points; 6.00 shipping for nothing.</summary>
    [Fact]
    public void A_quote_names_every_source()
    {
        var cart = Of(Line("1", 99_00, 2).At(79_00, pieces: 1)) with { Shipping = 6_00, Points = new(1, 1, 1000, 1, 0, 9_999) };
        var quote = cart.Quote(Coupon(1, Off(20_00)), Coupon(2, FreeShipping()));
        Assert.Equal(
            [
                new(AdjustmentSource.PriceList, Id(900), 1, -20_00),
                new(AdjustmentSource.Coupon, Id(1), 1, -20_00),
                new(AdjustmentSource.Points, null, null, -15_80),
            ],
            quote.Lines.Single().Adjustments
        );
        Assert.Equal([new(AdjustmentSource.Coupon, Id(2), 1, -6_00)], quote.Shipping);
        Assert.Equal(new(198_00, 20_00, 26_00, 15_80, 6_00, 142_20), quote.Totals);
        Assert.True(quote.IsOptimal);
    }
}
