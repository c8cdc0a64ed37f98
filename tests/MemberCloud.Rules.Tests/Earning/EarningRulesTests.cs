using FsCheck.Fluent;
using MemberCloud.Earning;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Earning;

public sealed class EarningRulesTests
{
    private static readonly DateTime At = new(2026, 3, 10, 4, 0, 0, DateTimeKind.Utc);

    private static Fact Order(params long[] nets) =>
        new(
            EarningRules.OrderPaid,
            Guid.Empty,
            At,
            [.. nets.Select((net, i) => new FactLine($"sku-{i}", "tea", net))],
            null,
            null,
            [],
            false
        )
        {
            Benefits = new([], [], 15_000),
        };

    private static RuleBody Rule(RuleFormula formula, RuleCaps? caps = null, RuleConditions? conditions = null) =>
        new("r", EarningRules.OrderPaid, "points", formula, conditions, caps);

    private static RuleFormula Per(long unit, long points, bool tier = false) =>
        new(PerAmount: new(unit, points), TierMultiplier: tier);

    [Theory]
    [InlineData(new long[] { 99_99 }, 100, 1, false, 99)]
    [InlineData(new long[] { 33_33, 33_33, 33_33 }, 100, 1, false, 99)] // one floor per order, not one per line
    [InlineData(new long[] { 50, 50 }, 100, 1, false, 1)]
    [InlineData(new long[] { 99_99 }, 100, 1, true, 149)] // one and a half times 99.99 is 149.985: multiplied before the floor
    [InlineData(new long[] { 99_99 }, 100, 2, true, 298)]
    [InlineData(new long[] { 0 }, 100, 1, false, 0)]
    public void Points_per_amount_have_one_floor_over_the_eligible_lines(
        long[] nets,
        long unit,
        long points,
        bool tier,
        long expected
    ) => Assert.Equal(expected, EarningRules.Compute(Rule(Per(unit, points, tier)), Order(nets))!.Amount);

    [Theory]
    [InlineData(new long[] { 0 }, 0)]
    [InlineData(new long[] { 0, 0 }, 0)]
    [InlineData(new long[] { 0, 1 }, 15)] // the eligible line is a gift, the order is not
    [InlineData(new long[] { 1, 0 }, 15)]
    public void An_order_of_0_earns_0_by_a_fixed_formula_too(long[] nets, long expected)
    {
        var rule = Rule(new(15), conditions: new(Skus: ["sku-0"]));

        Assert.Equal(expected, EarningRules.Compute(rule, Order(nets))!.Amount);
    }

    [Theory]
    [InlineData(null, 150)]
    [InlineData(100L, 100)]
    [InlineData(0L, 0)]
    [InlineData(151L, 150)]
    public void An_event_earns_at_most_its_cap(long? cap, long expected) =>
        Assert.Equal(expected, EarningRules.Compute(Rule(Per(1, 1, true), new(PerEvent: cap)), Order(100))!.Amount);

    [Theory]
    [InlineData(40, new long[] { }, 40)]
    [InlineData(40, new long[] { 100, 41 }, 40)]
    [InlineData(40, new long[] { 100, 15 }, 15)]
    [InlineData(40, new long[] { -5, 15 }, 0)]
    public void Caps_leave_what_the_tightest_of_them_has_left(long amount, long[] left, long expected) =>
        Assert.Equal(expected, EarningRules.WithinCaps(amount, left));

    public static TheoryData<string, RuleFormula, RuleCaps?, long?, bool> Limits =>
        new()
        {
            { "check_in", Per(1, 1), null, null, true },
            { "custom:x", Per(1, 1), new(), null, true },
            { "profile.completed", Per(1, 1), null, null, true },
            { "review", Per(1, 1), new(PerEvent: 0), null, false },
            { "review", Per(1, 1), new(PerDay: 9), null, false },
            { "share", Per(1, 1), new(PerMonth: 9), null, false },
            { "referral", Per(1, 1), new(PerMember: 9), null, false },
            { "check_in", Per(1, 1), null, 0, false },
            { "check_in", new(5), null, null, false },
            { "order.paid", Per(1, 1), null, null, false },
            { "order.completed", Per(1, 1), null, null, false },
            { "member.joined", Per(1, 1), null, null, false }, // there is no amount: it gives nothing
        };

    [Theory, MemberData(nameof(Limits))]
    public void Points_per_what_is_only_reported_need_a_limit(
        string trigger,
        RuleFormula formula,
        RuleCaps? caps,
        long? budget,
        bool isBoundless
    ) => Assert.Equal(isBoundless, EarningRules.IsBoundless(new("r", trigger, "points", formula, null, caps, budget)));

    [Fact]
    public void However_facts_are_spread_no_cap_is_passed_and_none_withholds_more_than_it_must()
    {
        var local = LocalTime.Of("America/New_York");
        var facts = Gen.Choose(0, 400).Select(h => At.AddHours(h)).ListOf();
        Cases.ForAll(
            facts.Select(list => list.Order().ToList()),
            times =>
            {
                var caps = new RuleCaps(PerDay: 50, PerMonth: 170, PerMember: 400);
                var used = new Dictionary<string, long>();
                foreach (var at in times)
                {
                    var periods = EarningRules.CapPeriods(caps, at, local).ToList();
                    var left = periods.ConvertAll(p => p.Limit - used.GetValueOrDefault(p.Period));
                    var amount = EarningRules.WithinCaps(40, left);
                    periods.ForEach(p => used[p.Period] = used.GetValueOrDefault(p.Period) + amount);
                    Assert.True(amount == 40 || periods.Exists(p => used[p.Period] == p.Limit));
                    Assert.All(periods, p => Assert.InRange(used[p.Period], 0, p.Limit));
                }
            },
            200
        );
    }
}
