using FsCheck.Fluent;
using MemberCloud.Earning;
using MemberCloud.Orders;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Orders;

public sealed class SimulationRulesTests
{
    private static readonly LocalTime NewYork = LocalTime.Of("America/New_York");
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly Guid[] Members = [.. Enumerable.Range(0, 4).Select(_ => Ids.New())];

    private static readonly RuleBody Rule = new(
        "r",
        EarningRules.OrderPaid,
        "points",
        new(PerAmount: new(100, 1)),
        Caps: new(PerEvent: 60, PerDay: 70, PerMonth: 150, PerMember: 400),
        Active: false
    );

    private sealed record Bought(int Member, DateTime At, long Net);

    private static Fact FactOf(Bought one) =>
        new(EarningRules.OrderPaid, Members[one.Member], one.At, [new("tea", null, one.Net)], null, null, [], false);

    private static SimulationSums Simulate(IEnumerable<Bought> orders) =>
        orders
            .OrderBy(o => Members[o.Member])
            .ThenBy(o => o.At)
            // Between any two orders the row goes to the database and back.
            .Aggregate(
                SimulationSums.Nothing,
                (sums, o) =>
                    SimulationRules.Add(
                        Json.Read<SimulationSums>(Json.Write(sums)),
                        new(Members[o.Member], o.At, Ids.New()),
                        NewYork,
                        used => SimulationRules.Earned(Rule, FactOf(o), used, NewYork)
                    )
            );

    [Fact]
    public void It_adds_up_what_orders_in_order_of_time_would_have_earned_under_the_caps()
    {
        var orders = Gen.Choose(0, 3)
            .SelectMany(m => Gen.Choose(0, 2_400), (m, h) => (m, h))
            .SelectMany(o => Gen.Choose(0, 9_000), (o, net) => new Bought(o.m, Start.AddHours(o.h), net));
        Cases.ForAll(
            orders.ListOf().Select(l => l.DistinctBy(o => (o.Member, o.At)).ToList()),
            list =>
            {
                var used = new Dictionary<(int, string), long>();
                var earned = new List<(Bought Order, long Points, long Cut)>();
                foreach (var one in list.OrderBy(o => o.At))
                {
                    var full = one.Net / 100;
                    var periods = EarningRules.CapPeriods(Rule.Caps, one.At, NewYork).ToList();
                    var points = Math.Min(
                        Math.Min(full, 60),
                        periods.Min(p => p.Limit - used.GetValueOrDefault((one.Member, p.Period)))
                    );
                    periods.ForEach(p => used[(one.Member, p.Period)] = used.GetValueOrDefault((one.Member, p.Period)) + points);
                    earned.Add((one, points, full - points));
                }
                var paying = earned.Where(e => e.Points > 0).ToList();

                var sums = Simulate(list);

                Assert.Equal((list.Count, paying.Count), (sums.Orders, sums.Earning));
                Assert.Equal(paying.DistinctBy(e => e.Order.Member).Count(), sums.Members);
                Assert.Equal((earned.Sum(e => e.Points), earned.Sum(e => e.Cut)), (sums.Given, sums.CutByCaps));
                Assert.Equal(sums.Given, sums.Months.Sum(m => m.Given));
                Assert.Equal(sums.Earning, sums.Months.Sum(m => m.Orders));
                Assert.Equal(paying.Select(e => e.Points).OrderDescending().Take(10), sums.Largest.Select(e => e.Given));
            },
            300
        );
    }

    [Theory]
    [InlineData(null, "2026-01:60 2026-02:40 2026-04:50")]
    [InlineData(150L, "2026-01:60 2026-02:40 2026-04:50")]
    [InlineData(80L, "2026-01:60 2026-02:20 2026-04:0")]
    [InlineData(0L, "2026-01:0 2026-02:0 2026-04:0")]
    public void A_budget_is_spent_in_order_of_time(long? budget, string expected)
    {
        SimulationMonth[] months = [new("2026-04", 1, 50), new("2026-01", 2, 60), new("2026-02", 1, 40)];

        Assert.Equal(
            expected,
            string.Join(' ', SimulationRules.WithinBudget(months, budget).Select(m => $"{m.Month}:{m.Given}"))
        );
    }

    [Theory]
    [InlineData(null, "2026-01:2:60 2026-02:1:40 2026-04:3:50")]
    [InlineData(6L, "2026-01:2:60 2026-02:1:40 2026-04:3:50")]
    [InlineData(4L, "2026-01:2:60 2026-02:1:40 2026-04:1:16")] // a third of 50
    [InlineData(1L, "2026-01:1:30 2026-02:0:0 2026-04:0:0")]
    public void A_stock_is_given_out_in_order_of_time(long? stock, string expected)
    {
        SimulationMonth[] months = [new("2026-04", 3, 50), new("2026-01", 2, 60), new("2026-02", 1, 40)];

        Assert.Equal(
            expected,
            string.Join(' ', SimulationRules.WithinStock(months, stock).Select(m => $"{m.Month}:{m.Orders}:{m.Given}"))
        );
    }

    [Fact]
    public void Sums_written_before_offers_could_be_tried_are_read()
    {
        const string old = """
            {"orders":2,"earning":1,"members":1,"points":7,"cut_by_caps":3,"months":[{"month":"2026-01","orders":1,"points":7}],
             "largest":[],"at":null,"member_earns":false,"used":{}}
            """;

        var sums = Json.Read<SimulationSums>(old);

        Assert.Equal((7, 7, false, null), (sums.Given, sums.Months[0].Given, sums.IsCut, sums.Offer));
    }
}
