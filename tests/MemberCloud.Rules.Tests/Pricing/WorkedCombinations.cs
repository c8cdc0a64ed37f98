using MemberCloud.Coupons;
using MemberCloud.Pricing;
using static MemberCloud.Rules.Tests.Pricing.Carts;

namespace MemberCloud.Rules.Tests.Pricing;

/// <summary>Which coupons are used together, in which order, and what is said of the others.</summary>
public sealed class WorkedCombinations
{
    private static readonly QuoteInput Hundred = Of(Line("1", 100_00));

    [Theory]
    [InlineData(50_00, new[] { 2, 3 }, "1: beaten 2 3")]
    [InlineData(60_00, new[] { 1 }, "2: beaten 1, 3: beaten 1")]
    public void An_exclusive_coupon_stands_alone_where_that_costs_less(long off, int[] used, string why)
    {
        var quote = Hundred.Quote(Coupon(1, Off(off) with { Exclusive = true }), Coupon(2, Off(30_00)), Coupon(3, Off(25_00)));
        Assert.Equal(used, quote.Used());
        Assert.Equal(why, Whys(quote));
    }

    [Fact]
    public void Of_a_stack_group_one_is_used_and_groups_add_up()
    {
        var quote = Hundred.Quote(
            Coupon(1, Off(10_00) with { StackGroup = "a" }),
            Coupon(2, Off(12_00) with { StackGroup = "a" }),
            Coupon(3, Off(5_00) with { StackGroup = "b" }),
            Coupon(4, Off(1_00))
        );
        Assert.Equal([2, 3, 4], quote.Used());
        Assert.Equal("1: beaten 2", Whys(quote));
    }

    [Fact]
    public void A_template_without_a_group_is_a_group_of_its_own()
    {
        var first = Coupon(1, Off(10_00));
        var quote = Hundred.Quote(first, first with { Id = Id(2) }, Coupon(3, Off(10_00)));
        Assert.Equal([1, 3], quote.Used());
        Assert.Equal("2: beaten 1", Whys(quote));
    }

    [Fact]
    public void What_was_named_and_does_not_go_together_is_excluded()
    {
        QuoteCoupon[] coupons =
        [
            Coupon(1, Off(10_00) with { StackGroup = "a" }),
            Coupon(2, Off(12_00) with { StackGroup = "a" }),
            Coupon(3, Off(9_00) with { Exclusive = true }),
            Coupon(4, FreeShipping()),
        ];
        var quote = (Hundred with { AreNamed = true }).Quote(coupons);
        Assert.Equal([2], quote.Used());
        Assert.Equal("1: excluded 2, 3: excluded 2, 4: out_of_scope", Whys(quote));
    }

    /// <summary>220.00: 50 off one line leaves 170, which is no 200 any more; 200-30 alone would leave 190.</summary>
    [Fact]
    public void A_threshold_is_tested_on_what_item_coupons_leave()
    {
        var cart = Of(Line("1", 120_00, sku: "a"), Line("2", 100_00, sku: "b"));
        var quote = cart.Quote(Coupon(1, Off(30_00, from: 200_00) with { Priority = 1000 }), Coupon(2, Off(50_00).Only("a")));
        Assert.Equal([2], quote.Used());
        Assert.Equal("1: below_threshold 3000", Whys(quote));
        Assert.Equal(170_00, quote.Totals.Payable);
    }

    /// <summary>210.00: less 10 and less 20 there is no 200 for the third, which is worth more than both.</summary>
    [Fact]
    public void Coupons_that_would_spoil_a_better_one_are_left_out()
    {
        var cart = Of(Line("1", 210_00));
        var quote = cart.Quote(Coupon(1, Off(10_00)), Coupon(2, Off(20_00)), Coupon(3, Off(50_00, from: 200_00)));
        Assert.Equal([1, 3], quote.Used());
        Assert.Equal("2: beaten 1 3", Whys(quote));
    }

    [Theory]
    [InlineData(0, 0, 40_00)] // by template id: 20 off, then half
    [InlineData(1, 0, 40_00)]
    [InlineData(0, 1, 30_00)] // half, then 20 off
    public void The_higher_priority_is_worked_out_first(int amount, int percent, long payable)
    {
        var quote = Hundred.Quote(
            Coupon(1, Off(20_00) with { Priority = amount }),
            Coupon(2, Percent(5000) with { Priority = percent })
        );
        Assert.Equal(payable, quote.Totals.Payable);
    }

    /// <summary>20 off, then half, whichever of two equal coupons is the one that is used.</summary>
    [Fact]
    public void Coupons_of_two_versions_of_a_template_go_by_version()
    {
        var first = Coupon(1, Off(20_00) with { StackGroup = "a" });
        var second = first with { Id = Id(2), TemplateVersion = 2, Terms = Percent(5000) with { StackGroup = "b" } };
        Assert.Equal(40_00, Hundred.Quote(first, second).Totals.Payable);
        Assert.Equal(40_00, Hundred.Quote(first with { Id = Id(3) }, second).Totals.Payable);
        Assert.Equal([1, 2], Hundred.Quote(first, second, first with { Id = Id(3) }).Used());
    }

    [Theory]
    [InlineData(null, 30_00)] // it names its sku: of items, so first
    [InlineData(CouponLevel.Item, 30_00)]
    [InlineData(CouponLevel.Order, 40_00)]
    public void Coupons_of_items_come_before_those_of_the_order(CouponLevel? level, long payable)
    {
        var quote = Hundred.Quote(
            Coupon(1, Off(20_00) with { Priority = 1000 }),
            Coupon(2, Percent(5000).Only("a") with { Level = level })
        );
        Assert.Equal(payable, quote.Totals.Payable);
    }

    [Fact]
    public void Free_shipping_is_taken_once_and_tests_its_threshold_like_any_other()
    {
        var cart = Hundred with { Shipping = 8_00 };
        var first = cart.Quote(Coupon(1, FreeShipping()), Coupon(2, FreeShipping(), endsOn: 2));
        Assert.Equal([1], first.Used());
        Assert.Equal("2: out_of_scope", Whys(first)); // nothing is left at its turn
        var second = cart.Quote(Coupon(1, FreeShipping(), endsOn: 2), Coupon(2, FreeShipping()));
        Assert.Equal([2], second.Used());
        Assert.Equal("1: beaten 2", Whys(second)); // at its turn it would have been the one

        var atLeast = FreeShipping() with { Threshold = new(Amount: 95_00) };
        var behind = cart.Quote(Coupon(1, Off(10_00)), Coupon(2, atLeast));
        Assert.Equal([1], behind.Used());
        Assert.Equal("2: below_threshold 500", Whys(behind));
        Assert.Equal([2, 1], cart.Quote(Coupon(1, Off(10_00)), Coupon(2, atLeast with { Priority = 1 })).Used());
    }

    [Fact]
    public void Of_sets_that_cost_the_same_the_one_with_fewer_coupons_is_used()
    {
        var quote = Hundred.Quote(Coupon(1, Off(60_00)), Coupon(2, Off(40_00)), Coupon(3, Off(100_00)));
        Assert.Equal([3], quote.Used());
        Assert.Equal("1: beaten 3, 2: beaten 3", Whys(quote));
    }

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(2, 1, 2)] // the one that ends later is kept
    [InlineData(1, 1, 1)] // ending together: the lower id is used
    public void Of_two_alike_the_one_that_ends_sooner_is_used(int firstEnds, int secondEnds, int used)
    {
        var terms = Off(10_00) with { StackGroup = "a" };
        Assert.Equal([used], Hundred.Quote(Coupon(1, terms, firstEnds), Coupon(2, terms, secondEnds)).Used());
        var one = Coupon(1, terms, firstEnds);
        Assert.Equal([used], Hundred.Quote(one, one with { Id = Id(2), EndsAt = Coupon(2, terms, secondEnds).EndsAt }).Used());
    }

    /// <summary>Any two make it free. The one that ends last is kept first, then of those ending before it the one with the higher id.</summary>
    [Fact]
    public void Of_many_pairs_the_one_that_keeps_the_latest_is_used()
    {
        int[] ends = [3, 2, 2, 1];
        var quote = Hundred.Quote([.. ends.Select((day, i) => Coupon(i + 1, Off(50_00), day))]);
        Assert.Equal([2, 4], quote.Used());
    }

    [Fact]
    public void Where_points_pay_for_all_of_it_no_coupon_is_used_up()
    {
        var quote = (Hundred with { Points = new(1, 1, 10_000, 1, 0, 1_000_000) }).Quote(Coupon(1, Off(10_00)));
        Assert.Empty(quote.Applied);
        Assert.Equal("1: beaten", Whys(quote));
        Assert.Equal(100_00, quote.PointsUsed);
    }

    [Theory]
    [InlineData(12, true)]
    [InlineData(13, false)]
    public void More_than_12_candidates_are_said_not_to_be_tried_one_by_one(int coupons, bool isOptimal)
    {
        var quote = Hundred.Quote([.. Enumerable.Range(1, coupons).Select(i => Coupon(i, Off(1_00)))]);
        Assert.Equal(isOptimal, quote.IsOptimal);
        Assert.Equal(100_00 - (coupons * 1_00), quote.Totals.Payable);
    }

    [Fact]
    public void Coupons_that_do_not_fit_are_no_candidates()
    {
        var none = Enumerable.Range(1, 40).Select(i => Coupon(i, Off(1).Only("z")));
        var some = Enumerable.Range(41, 12).Select(i => Coupon(i, Off(1)));
        Assert.True(Hundred.Quote([.. none, .. some]).IsOptimal);
    }

    private static string Whys(Quote quote) =>
        string.Join(
            ", ",
            quote
                .Refused.Concat(quote.Beaten)
                .Select(u => int.Parse(u.Coupon.Id.ToString()[24..]))
                .Order()
                .Select(n => $"{n}: {quote.Why(n)}")
        );
}
