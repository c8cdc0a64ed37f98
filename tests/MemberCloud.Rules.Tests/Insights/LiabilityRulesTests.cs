using MemberCloud.Insights;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Insights;

/// <summary>What outstanding points are worth. The worked figures are those of IFRS 15, illustrative example 52.</summary>
public sealed class LiabilityRulesTests
{
    private const Rounding Half = Rounding.HalfAwayFromZero;

    // Customers pay 100,000 and get 10,000 points, each worth 1 off a later purchase; 9,500 are expected to be redeemed.
    [Fact]
    public void Sales_100000_with_9500_of_10000_points_expected_to_be_redeemed_are_goods_91324_and_liability_8676()
    {
        var rate = new RedemptionRate(9_500, RedemptionBasis.Given);
        var price = LiabilityRules.Worth(10_000, rate, pointValue: 10_000, Half);

        Assert.Equal(9_500, price);
        Assert.Equal((91_324, 8_676), LiabilityRules.Allocate(100_000, 100_000, price, Half));
    }

    [Fact]
    public void Of_a_liability_of_8676_4500_redeemed_of_9500_expected_recognise_4110() =>
        Assert.Equal(4_110, LiabilityRules.Recognised(8_676, 4_500, 9_500, Half));

    // At the end of the second period 8,500 were redeemed in all, and 9,700 are expected now.
    [Fact]
    public void A_changed_estimate_is_caught_up_with() =>
        Assert.Equal(3_493, LiabilityRules.Recognised(8_676, 8_500, 9_700, Half) - 4_110);

    [Theory]
    [InlineData(9_500, 9_500, 8_676)] // all that was expected
    [InlineData(9_600, 9_500, 8_676)] // more than expected: never more than was deferred
    [InlineData(0, 9_500, 0)]
    [InlineData(0, 0, 8_676)] // nothing will ever be redeemed
    public void Revenue_to_date_ends_at_what_was_deferred(long redeemed, long expected, long recognised) =>
        Assert.Equal(recognised, LiabilityRules.Recognised(8_676, redeemed, expected, Half));

    [Fact]
    public void Goods_and_points_that_are_worth_nothing_leave_the_price_with_the_goods() =>
        Assert.Equal((100, 0), LiabilityRules.Allocate(100, 0, 0, Half));

    [Theory]
    [InlineData(10_000, 10_000, 10_000, 10_000)] // 100 points = 1.00
    [InlineData(150, 8_000, 5_000, 60)] // half a minor unit each, 120 of 150 redeemed
    [InlineData(1, 5_000, 10_000, 1)] // half of one: rounded once, away from zero
    [InlineData(3, 3_333, 3_333, 0)] // 0.33
    [InlineData(1_000_000_000_000, 10_000, 1_000_000, 100_000_000_000_000)]
    public void Points_are_worth_their_expected_number_at_the_price_of_one(long points, int bp, long value, long minor) =>
        Assert.Equal(minor, LiabilityRules.Worth(points, new(bp, RedemptionBasis.Given), value, Half));

    [Fact]
    public void What_is_not_expected_to_be_redeemed_is_breakage() =>
        Assert.Equal(83, LiabilityRules.Expected(111, new(7_500, RedemptionBasis.Given))); // 83.25

    [Fact]
    public void Redemption_is_what_was_redeemed_of_what_is_gone() =>
        Assert.Equal(new(6_429, RedemptionBasis.History), LiabilityRules.Estimate([new(600, 400), new(300, 100)])); // 900 of 1,400

    [Fact]
    public void Without_a_month_that_has_matured_all_points_are_expected_to_be_redeemed()
    {
        Assert.Equal(new(10_000, RedemptionBasis.NoHistory), LiabilityRules.Estimate([]));
        Assert.Equal(new(10_000, RedemptionBasis.NoHistory), LiabilityRules.Estimate([new(0, 0)]));
    }

    [Theory]
    [InlineData(1_000, 0, true)]
    [InlineData(1_000, 10, true)] // 1 %: one wallet that never ends keeps no month back
    [InlineData(1_000, 11, false)]
    [InlineData(0, 0, false)]
    public void A_month_has_matured_when_hardly_anything_is_left_of_it(long earned, long open, bool mature) =>
        Assert.Equal(mature, LiabilityRules.IsMature(earned, open));

    [Theory]
    [InlineData(-5, 10, 0)] // more was restored than spent
    [InlineData(10, -5, 10_000)]
    public void What_came_back_never_makes_a_rate_beyond_its_bounds(long redeemed, long expired, int bp) =>
        Assert.Equal(new(bp, RedemptionBasis.History), LiabilityRules.Estimate([new(redeemed, expired)]));
}
