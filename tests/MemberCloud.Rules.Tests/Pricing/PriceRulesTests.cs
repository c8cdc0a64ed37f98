using System.Collections.Frozen;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Pricing;

public sealed class PriceRulesTests
{
    private static readonly Guid Gold = Guid.Parse("01900000-0000-7000-8000-000000000001");
    private static readonly Guid Silver = Guid.Parse("01900000-0000-7000-8000-000000000002");
    private static readonly Guid Plus = Guid.Parse("01900000-0000-7000-8000-000000000003");
    private static readonly PriceBuyer Ann = new([Gold], [Plus], ["vip", "press"]);
    private static readonly DateTime Now = At("2026-03-10T04:00:00Z");

    private static DateTime At(string text) => DateTime.Parse(text, null, System.Globalization.DateTimeStyles.AdjustToUniversal);

    private static Guid Id(int n) => Guid.Parse($"01900000-0000-7000-8000-{n:x12}");

    private static PricedAudience For(Guid[]? tiers = null, Guid[]? plans = null, string[]? tags = null) =>
        new(
            tiers is null && plans is null && tags is null,
            (tiers ?? []).ToFrozenSet(),
            (plans ?? []).ToFrozenSet(),
            (tags ?? []).ToFrozenSet()
        );

    private static PricedList List(int id, int priority = 0, PricedAudience? audience = null, bool active = true) =>
        new(Id(id), 1, $"list {id}", priority, audience ?? For(), null, null, active);

    private static ListedPrice Price(PricedList list, params PriceTerms[] breaks) => new(list, "tea", breaks);

    private static PriceTerms Costs(long amount, int from = 1, PriceLimit? limit = null) =>
        new(from, PriceKind.Price, amount, limit);

    private static PricedLine? Choose(IReadOnlyList<ListedPrice> prices, long quantity = 1, long taken = 0, long list = 1_000) =>
        PriceRules.Choose(prices, Ann, list, quantity, quantity, _ => taken, Now, Rounding.HalfAwayFromZero);

    [Theory]
    [InlineData(PriceKind.Price, 800, 1_000, 800)]
    [InlineData(PriceKind.Price, 0, 1_000, 0)]
    [InlineData(PriceKind.Price, 1_000, 1_000, 1_000)]
    [InlineData(PriceKind.Price, 1_200, 1_000, 1_000)] // being a member never costs more
    [InlineData(PriceKind.AmountOff, 250, 1_000, 750)]
    [InlineData(PriceKind.AmountOff, 1_000, 1_000, 0)]
    [InlineData(PriceKind.AmountOff, 1_001, 1_000, 0)] // not below 0
    [InlineData(PriceKind.PercentOff, 1_000, 39_900, 35_910)] // 399.00 less 10 %
    [InlineData(PriceKind.PercentOff, 10_000, 1_000, 0)]
    [InlineData(PriceKind.PercentOff, 5_000, 8_333, 4_166)] // 50 % of 83.33 is 41.67 off, 41.66 left
    [InlineData(PriceKind.PercentOff, 1, 4_999, 4_999)]
    [InlineData(PriceKind.PercentOff, 1, 0, 0)]
    [InlineData(PriceKind.PercentOff, 9_999, Money.Max, 100_000_000)]
    public void An_entry_makes_a_unit_price(PriceKind kind, long amount, long list, long expected) =>
        Assert.Equal(expected, PriceRules.UnitPrice(new(1, kind, amount), list, Rounding.HalfAwayFromZero));

    [Theory]
    [InlineData(Rounding.HalfAwayFromZero, 25, 22)] // 2.5 off is 3 off
    [InlineData(Rounding.HalfEven, 25, 23)] // 2.5 off is 2 off
    [InlineData(Rounding.HalfAwayFromZero, 35, 31)]
    [InlineData(Rounding.HalfEven, 35, 31)]
    public void The_discount_is_rounded_as_the_brand_rounds(Rounding rounding, long list, long expected) =>
        Assert.Equal(expected, PriceRules.UnitPrice(new(1, PriceKind.PercentOff, 1_000), list, rounding));

    [Fact]
    public void Twenty_five_at_399_00_less_ten_percent_come_to_8977_50()
    {
        var line = Choose([Price(List(1), new PriceTerms(1, PriceKind.PercentOff, 1_000))], quantity: 25, list: 39_900)!;

        Assert.Equal((35_910, 25, 897_750), (line.UnitPrice, line.Pieces, line.UnitPrice * line.Pieces));
    }

    public static TheoryData<string, PricedAudience, bool> Audiences { get; } =
        new()
        {
            { "everyone", For(), true },
            { "the tier", For(tiers: [Gold]), true },
            { "one of the tiers", For(tiers: [Silver, Gold]), true },
            { "another tier", For(tiers: [Silver]), false },
            { "the plan", For(plans: [Plus]), true },
            { "another plan", For(plans: [Gold]), false },
            { "a tag", For(tags: ["press", "staff"]), true },
            { "other tags", For(tags: ["VIP"]), false },
            { "another tier, or the tag", For(tiers: [Silver], tags: ["vip"]), true },
            { "another tier, or the plan", For(tiers: [Silver], plans: [Plus]), true },
            { "nothing of it", For(tiers: [Silver], plans: [Silver], tags: ["staff"]), false },
        };

    [Theory, MemberData(nameof(Audiences))]
    public void A_list_is_for_its_tiers_or_plans_or_tags(string whom, PricedAudience audience, bool applies) =>
        Assert.True(applies == PriceRules.Applies(List(1, audience: audience), Ann, Now), whom);

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("2026-03-10T04:00:00Z", null, true)] // from that instant on
    [InlineData("2026-03-10T04:00:00.000001Z", null, false)]
    [InlineData(null, "2026-03-10T04:00:00Z", false)] // the end is outside
    [InlineData(null, "2026-03-10T04:00:00.000001Z", true)]
    [InlineData("2026-03-01T00:00:00Z", "2026-03-31T00:00:00Z", true)]
    [InlineData("2026-03-01T00:00:00Z", "2026-03-31T00:00:00Z", false, false)]
    public void A_list_counts_in_its_window_while_it_is_active(string? from, string? until, bool applies, bool active = true)
    {
        var list = List(1, active: active) with
        {
            StartsAt = from is null ? null : At(from),
            EndsAt = until is null ? null : At(until),
        };

        Assert.Equal(applies, PriceRules.Applies(list, Ann, Now));
    }

    [Fact]
    public void Nothing_applies_where_nothing_is_listed_or_nothing_is_for_the_member()
    {
        Assert.Null(Choose([]));
        Assert.Null(Choose([Price(List(1, audience: For(tags: ["staff"])), Costs(1))]));
        Assert.Null(Choose([Price(List(1), Costs(1, from: 3))], quantity: 2));
    }

    [Theory]
    [InlineData("1:0:900 2:0:800", 2)] // the lowest price
    [InlineData("1:5:900 2:0:800", 1)] // priority goes before price
    [InlineData("1:5:1200 2:0:800", 1)] // even where it saves nothing
    [InlineData("2:0:800 1:0:800", 1)] // the lowest id, in whatever order
    [InlineData("1:0:800 2:0:800", 1)]
    [InlineData("1:-1:100 2:0:900 3:-1:50", 2)]
    public void The_highest_priority_is_taken_then_the_lowest_price_then_the_lowest_id(string lists, int expected)
    {
        var prices = lists
            .Split(' ')
            .Select(l => l.Split(':').Select(int.Parse).ToArray())
            .Select(l => Price(List(l[0], l[1]), Costs(l[2])))
            .ToList();

        Assert.Equal(Id(expected), Choose(prices)!.Price.List.Id);
        Assert.Equal(Id(expected), Choose([.. Enumerable.Reverse(prices)])!.Price.List.Id);
    }

    [Theory]
    [InlineData(1, 900)]
    [InlineData(2, 900)]
    [InlineData(3, 800)]
    [InlineData(9, 800)]
    [InlineData(10, 850)] // the break that is reached says the price, lower or not
    public void Of_one_list_the_highest_break_that_is_reached_counts(long quantity, long price)
    {
        Assert.Equal(price, Choose([Price(List(1), Costs(900), Costs(800, 3), Costs(850, 10))], quantity)!.UnitPrice);
        Assert.Equal(price, Choose([Price(List(1), Costs(850, 10), Costs(900), Costs(800, 3))], quantity)!.UnitPrice);
    }

    [Theory]
    [InlineData(3, 5, 0, 3)] // three of five at the member price
    [InlineData(3, 2, 0, 2)]
    [InlineData(3, 3, 0, 3)]
    [InlineData(3, 5, 2, 1)]
    [InlineData(3, 5, 3, 0)] // used up: all pay list price
    [InlineData(3, 5, 4, 0)] // more was had before the limit was lowered
    public void What_exceeds_the_limit_pays_list_price(int limit, long quantity, long taken, long pieces)
    {
        var line = Choose([Price(List(1), Costs(800, 1, new(limit, LimitPer.Day)))], quantity, taken)!;

        Assert.Equal((800, pieces), (line.UnitPrice, line.Pieces));
    }

    [Fact]
    public void A_used_up_list_gives_no_way_to_the_next()
    {
        var line = Choose([Price(List(1, 5), Costs(800, 1, new(3, LimitPer.Day))), Price(List(2), Costs(900))], 5, taken: 3)!;

        Assert.Equal((Id(1), 0), (line.Price.List.Id, line.Pieces));
    }

    [Fact]
    public void Breaks_go_by_the_whole_cart_and_pieces_by_the_line()
    {
        var prices = new[] { Price(List(1), Costs(900), Costs(800, 3, new(10, LimitPer.Member))) };

        var line = PriceRules.Choose(prices, Ann, 1_000, 4, 2, _ => 9, Now, Rounding.HalfAwayFromZero)!;

        Assert.Equal((800, 1), (line.UnitPrice, line.Pieces));
    }

    [Theory]
    [InlineData(LimitPer.Day, "2026-03-10T15:59:59Z", 20260310)]
    [InlineData(LimitPer.Day, "2026-03-10T16:00:00Z", 20260311)] // midnight in Shanghai
    [InlineData(LimitPer.Week, "2026-03-10T04:00:00Z", 20260309)] // Monday
    [InlineData(LimitPer.Week, "2026-03-15T15:59:59Z", 20260309)] // Sunday
    [InlineData(LimitPer.Week, "2026-03-15T16:00:00Z", 20260316)]
    [InlineData(LimitPer.Month, "2026-03-31T15:59:59Z", 202603)]
    [InlineData(LimitPer.Month, "2026-03-31T16:00:00Z", 202604)]
    [InlineData(LimitPer.Member, "2026-03-31T16:00:00Z", 0)]
    public void A_limit_counts_in_the_brands_local_period(LimitPer per, string at, int period) =>
        Assert.Equal(period, PriceRules.PeriodOf(per, At(at), LocalTime.Of("Asia/Shanghai")));
}
