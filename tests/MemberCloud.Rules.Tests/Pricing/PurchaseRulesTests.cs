using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Pricing;

/// <summary>How much of a limited price a member had: in a day, a week, a month, ever.</summary>
public sealed class PurchaseRulesTests
{
    private static readonly LocalTime Shanghai = LocalTime.Of("Asia/Shanghai");
    private static readonly Guid Mine = Ids.New();
    private static readonly Guid Other = Ids.New();

    /// <summary>Tuesday, 10 March 2026, 12:00 there.</summary>
    private static readonly DateTime Noon = At("2026-03-10T04:00:00Z");

    private static DateTime At(string text) => DateTime.Parse(text, null, System.Globalization.DateTimeStyles.AdjustToUniversal);

    private static PurchaseCount Bought(params (string At, long Pieces)[] pieces)
    {
        var count = new PurchaseCount { Sku = "tea" };
        foreach (var (at, n) in pieces)
            PurchaseRules.Add(count, n, At(at), Shanghai);
        return count;
    }

    private static string Taken(PurchaseCount count, DateTime at) =>
        string.Join(
            ' ',
            new[] { LimitPer.Day, LimitPer.Week, LimitPer.Month, LimitPer.Member }.Select(per =>
                PurchaseRules.Taken(count, per, at, Shanghai)
            )
        );

    [Theory]
    [InlineData("2026-03-10T04:00:00Z", "3 3 3 3")]
    [InlineData("2026-03-10T15:59:59Z", "3 3 3 3")] // the last second of the local day
    [InlineData("2026-03-10T16:00:00Z", "0 3 3 3")]
    [InlineData("2026-03-15T16:00:00Z", "0 0 3 3")] // the next Monday
    [InlineData("2026-03-31T16:00:00Z", "0 0 0 3")]
    public void Pieces_count_in_their_local_periods(string at, string expected) =>
        Assert.Equal(expected, Taken(Bought(("2026-03-10T04:00:00Z", 3)), At(at)));

    [Fact]
    public void Who_bought_nothing_has_taken_nothing() =>
        Assert.Equal(0, PurchaseRules.Taken(null, LimitPer.Day, Noon, Shanghai));

    [Fact]
    public void A_later_period_begins_anew_and_an_earlier_one_is_not_counted_again()
    {
        var count = Bought(("2026-03-10T04:00:00Z", 3), ("2026-03-10T16:00:00Z", 2));
        Assert.Equal("2 5 5 5", Taken(count, At("2026-03-11T00:00:00Z")));
        // A host whose clock is a little behind.
        PurchaseRules.Add(count, 1, At("2026-03-10T15:59:59Z"), Shanghai);
        Assert.Equal("2 6 6 6", Taken(count, At("2026-03-11T00:00:00Z")));
    }

    [Theory]
    [InlineData("2026-03-10T04:00:00Z", "1 1 1 1")] // given back on the day
    [InlineData("2026-03-09T04:00:00Z", "3 1 1 1")] // of what was bought the day before: the day has its own
    [InlineData("2026-02-20T04:00:00Z", "3 3 3 1")]
    public void What_is_given_back_is_free_in_the_periods_it_was_bought_in(string boughtAt, string expected)
    {
        var count = Bought(("2026-03-10T04:00:00Z", 3));
        PurchaseRules.Add(count, -2, At(boughtAt), Shanghai);
        Assert.Equal(expected, Taken(count, Noon));
    }

    [Fact]
    public void Nothing_goes_below_nothing()
    {
        var count = Bought(("2026-03-10T04:00:00Z", 1));
        PurchaseRules.Add(count, -5, Noon, Shanghai);
        Assert.Equal("0 0 0 0", Taken(count, Noon));
    }

    // |-- mine: 2 until 12:15 --|
    //         |-- other: 1 until 12:30 ---------|
    [Fact]
    public void What_is_set_aside_counts_until_its_time_is_over_and_then_is_cleared_away()
    {
        var count = Bought(("2026-03-10T03:00:00Z", 1));
        PurchaseRules.Hold(count, new(Mine, 2, Noon, Noon.AddMinutes(15)));
        PurchaseRules.Hold(count, new(Other, 1, Noon.AddMinutes(5), Noon.AddMinutes(30)));

        Assert.Equal("4 4 4 4", Taken(count, Noon.AddMinutes(14)));
        Assert.Equal("2 2 2 2", Taken(count, Noon.AddMinutes(15)));
        Assert.Equal("1 1 1 1", Taken(count, Noon.AddMinutes(30)));
        PurchaseRules.Hold(count, new(Ids.New(), 1, Noon.AddMinutes(20), Noon.AddMinutes(40)));
        Assert.Equal(2, PurchaseRules.HoldsOf(count).Count);
    }

    [Fact]
    public void What_is_set_aside_is_bought_or_free_again_once()
    {
        var count = Bought();
        PurchaseRules.Hold(count, new(Mine, 2, Noon, Noon.AddMinutes(15)));
        PurchaseRules.Hold(count, new(Other, 3, Noon, Noon.AddMinutes(15)));

        Assert.True(PurchaseRules.Buy(count, Mine, Shanghai));
        Assert.False(PurchaseRules.Buy(count, Mine, Shanghai));
        Assert.Equal(("5 5 5 5", 2), (Taken(count, Noon), count.Total));
        PurchaseRules.Release(count, Other);
        PurchaseRules.Release(count, Other);
        Assert.Equal(("2 2 2 2", "[]"), (Taken(count, Noon), count.Held));
    }

    // Set aside at 23:59, bought after midnight: of the day it was set aside in.
    [Fact]
    public void A_purchase_is_of_the_day_in_which_it_was_set_aside()
    {
        var count = Bought();
        PurchaseRules.Hold(count, new(Mine, 2, At("2026-03-10T15:59:00Z"), At("2026-03-10T16:14:00Z")));
        Assert.Equal("0 2 2 2", Taken(count, At("2026-03-10T16:01:00Z")));
        PurchaseRules.Buy(count, Mine, Shanghai);
        Assert.Equal("0 2 2 2", Taken(count, At("2026-03-10T16:01:00Z")));
    }

    [Fact]
    public void Two_members_who_are_one_count_together_until_they_part()
    {
        var (kept, gone) = (Bought(("2026-03-10T04:00:00Z", 1)), Bought(("2026-03-09T04:00:00Z", 3)));

        PurchaseRules.Join(kept, gone, +1);
        Assert.Equal("1 4 4 4", Taken(kept, Noon));
        PurchaseRules.Join(kept, gone, -1);
        Assert.Equal(("1 1 1 1", 3), (Taken(kept, Noon), gone.Total));
    }

    [Fact]
    public void Keys_have_one_order()
    {
        var (one, two) = (new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]));
        PurchaseKey[] sorted = [new(one, one, "B"), new(one, one, "a"), new(one, two, "A"), new(two, one, "A")];

        Assert.Equal(sorted, sorted.Reverse().Order());
        Assert.Equal(1, ((IComparable)sorted[0]).CompareTo(null));
        Assert.Equal(0, ((IComparable)sorted[0]).CompareTo(sorted[0]));
    }
}
