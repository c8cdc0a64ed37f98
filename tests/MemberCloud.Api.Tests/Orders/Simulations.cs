using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Orders;
using MemberCloud.Points;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Orders;

/// <summary>A rule tried on past orders says what it would have issued, and issues nothing.</summary>
public sealed class Simulations(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-06-10T12:00:00Z";
    private const string Year = """{ "from": "2026-01-01T00:00:00Z", "to": "2026-06-11T00:00:00Z" }""";

    private static object Rule(string more, bool active) =>
        """{ "name": "r", "trigger": "order.completed", "currency": "points", "settle": { "after_days": 0 }, """
        + $"{more}, \"active\": {(active ? "true" : "false")} }}";

    private static readonly string[] Tags = ["vip"];

    /// <summary>Some orders of five members over five months; 9 of them complete, one cancelled, one only paid.</summary>
    private static async Task OrdersAsync(Brand brand)
    {
        await brand.Member("ann", new { tags = Tags });
        (string Who, string At, long Net)[] orders =
        [
            ("ann", "2026-01-15T04:00:00Z", 10_050),
            ("ann", "2026-01-15T05:00:00Z", 7_000),
            ("bob", "2026-02-01T04:00:00Z", 99_999),
            ("cat", "2026-02-02T04:00:00Z", 0),
            ("ann", "2026-03-01T04:00:00Z", 30_000),
            ("dan", "2026-03-31T16:30:00Z", 12_345),
            ("bob", "2026-05-01T04:00:00Z", 5_000),
            ("bob", "2026-05-01T05:00:00Z", 6_000),
            ("eve", "2026-06-10T11:59:59Z", 100),
        ];
        foreach (var (who, at, net) in orders)
            await brand.Report(brand.Order(who, at, net));
        await brand.Report(brand.Order("eve", "2026-05-05T00:00:00Z", 50_000, no: "paid", completed: null));
        await brand.Report(brand.Order("eve", "2026-05-06T00:00:00Z", 50_000, no: "gone", paid: null, completed: null));
        (await brand.Post("/v1/orders/gone/cancel", new { })).Must(200);
    }

    private static async Task<Answer> SimulateAsync(Brand brand, string rule, string range = Year)
    {
        var begun = (await brand.Post($"/v1/earning-rules/{rule}/simulate", range)).Must(202);
        var id = begun.Text("simulation_id");
        Assert.Equal("running", (await brand.Get($"/v1/simulations/{id}")).Must(200).Text("state"));
        (await brand.Post("/v1/jobs/simulations.run/run")).Must(200);
        var done = (await brand.Get($"/v1/simulations/{id}")).Must(200);
        Assert.Equal("done", done.Text("state"));
        return done;
    }

    private static Task<List<PointsEntry>> EntriesAsync(Brand brand) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            s => s.GetRequiredService<MemberCloud.Data.MemberCloudDb>().Set<PointsEntry>().AsNoTracking().ToListAsync()
        );

    /// <summary>Rules, each simulated on one brand and in force on its twin.</summary>
    public static IEnumerable<object[]> Rules =>
        [
            [""" "formula": { "per_amount": { "unit": 100, "points": 1 } } """],
            [""" "formula": { "fixed": 40 }, "caps": { "per_event": 35, "per_day": 50, "per_month": 60, "per_member": 85 } """],
            [
                """ "formula": { "per_amount": { "unit": 100, "points": 2 } }, "conditions": { "min_amount": 6000 }, "budget": 900 """,
            ],
            [""" "formula": { "fixed": 10 }, "conditions": { "first_order": true } """],
            [""" "formula": { "fixed": 10 }, "conditions": { "tags": ["vip"], "from": "2026-01-15T04:30:00Z" } """],
            [""" "formula": { "fixed": 10 }, "conditions": { "skus": ["milk"] } """],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Rules))]
    public async Task A_draft_would_have_issued_what_its_twin_did_issue(string engine, string rule)
    {
        var (brand, twin) = (await NewBrand(engine, Now), await NewBrand(engine, Now));
        await twin.Rule(Rule(rule, active: true));
        await OrdersAsync(brand);
        await OrdersAsync(twin);
        var draft = await brand.Rule(Rule(rule, active: false));

        var done = await SimulateAsync(brand, draft);

        Assert.Empty(await EntriesAsync(brand));
        var issued = await EntriesAsync(twin);
        Assert.Equal(issued.Sum(e => e.DeltaAvailable), done.Number("points"));
        Assert.Equal(9, done.Number("orders"));
        Assert.Equal(issued.Sum(e => e.DeltaAvailable), done.Each("months", "points").Sum(p => int.Parse(p, null)));
        if (rule.Contains("budget", StringComparison.Ordinal))
            return;
        Assert.Equal(issued.Count, done.Number("orders_earning"));
        Assert.Equal(issued.DistinctBy(e => e.MemberId).Count(), done.Number("members"));
    }

    [SkippableTheory, EveryEngine]
    public async Task It_says_what_caps_and_budget_withhold_month_by_month_and_the_largest(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await OrdersAsync(brand);
        var rule = await brand.Rule(
            Rule(
                """ "formula": { "per_amount": { "unit": 100, "points": 1 } }, "caps": { "per_day": 150 }, "budget": 500 """,
                true
            )
        );

        var done = await SimulateAsync(brand, rule);

        // ann 100 + 50 (of 70) and 150 (of 300); bob 150 (of 999), 50 + 60; dan 123; eve 1: 684, of which the budget pays 500.
        Assert.Equal(
            (500L, 20L + 150 + 849, 184L),
            (done.Number("points"), done.Number("cut_by_caps"), done.Number("cut_by_budget"))
        );
        Assert.Equal(["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"], done.Each("months", "month"));
        Assert.Equal(["150", "150", "150", "50", "0", "0"], done.Each("months", "points"));
        Assert.Equal((8L, 4L), (done.Number("orders_earning"), done.Number("members")));
        Assert.Equal(["150", "150", "123"], done.Each("largest", "points").Take(3));
        Assert.StartsWith("order-", done.Text("largest.0.order_no"), StringComparison.Ordinal);
        Assert.Equal([done.Text("id")], (await brand.Get("/v1/simulations")).Each("data", "id"));
    }

    // silver from 15 February on: once before, twice after, though the member is silver now.
    [SkippableTheory, EveryEngine]
    public async Task A_member_counts_with_the_tier_of_the_orders_time(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-20T00:00:00Z");
        await brand.Tier("base", 0, 0);
        var silver = await brand.Tier("silver", 1, 100, multiplier: 20_000);
        await brand.Report(brand.Order("ann", "2026-01-20T00:00:00Z"));
        await brand.StandAt("2026-02-15T00:00:00Z");
        (await brand.Earn(await brand.Member("ann"), 100, "growth")).Must(201);
        await brand.StandAt("2026-02-20T00:00:00Z");
        await brand.Report(brand.Order("ann", "2026-02-20T00:00:00Z"));
        await brand.Report(brand.Order("bob", "2026-02-20T00:00:00Z"));
        const string formula = """ "formula": { "fixed": 10, "tier_multiplier": true } """;
        var doubled = await brand.Rule(Rule(formula, active: false));
        var only = await brand.Rule(Rule($$"""{{formula}}, "conditions": { "tier_ids": ["{{silver}}"] } """, active: false));

        Assert.Equal(40, (await SimulateAsync(brand, doubled)).Number("points"));
        Assert.Equal(20, (await SimulateAsync(brand, only)).Number("points"));
    }

    // worker one  |-x  |-x           batches of two orders; x = gone before anything is noted
    // worker two       |--...        on the same simulation at the same time
    [SkippableTheory, EveryEngine]
    public async Task Two_workers_that_die_between_batches_look_at_every_order_once(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await OrdersAsync(brand);
        var rule = await brand.Rule(Rule(""" "formula": { "fixed": 40 }, "caps": { "per_day": 50 } """, active: true));
        var id = (await brand.Post($"/v1/earning-rules/{rule}/simulate", Year)).Must(202).Text("simulation_id");
        Task<JobOutcome> Batch(int _) =>
            brand.Cloud.Host.InsideAsync(
                brand.Id,
                s => s.GetRequiredService<SimulationJob>().RunAsync(default, 2, CancellationToken.None)
            );

        for (var i = 0; i < 10 && (await AtOnce(2, Batch)).Any(o => o.More); i++) { }

        var done = (await brand.Get($"/v1/simulations/{id}")).Must(200);
        Assert.Equal(("done", 9L, 8L), (done.Text("state"), done.Number("orders"), done.Number("orders_earning")));
        Assert.Equal(8 * 40 - 30 - 30, done.Number("points")); // ann and bob buy twice on a day
    }

    [SkippableTheory, EveryEngine]
    public async Task One_that_cannot_be_finished_says_so_and_lets_others_run(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await OrdersAsync(brand);
        var rule = await brand.Rule(Rule(""" "formula": { "fixed": 40 } """, active: true));
        var broken = (await brand.Post($"/v1/earning-rules/{rule}/simulate", Year)).Must(202).Text("simulation_id");
        await brand.Cloud.Tamper($"UPDATE simulations SET body = '[]' WHERE {brand.Mine}");

        var ran = (await brand.Post("/v1/jobs/simulations.run/run")).Must(200);

        Assert.Equal(1, ran.Number("failed"));
        Assert.Equal(320, (await SimulateAsync(brand, rule)).Number("points"));
        await brand.Cloud.Tamper(
            $"UPDATE simulations SET body = (SELECT body FROM earning_rules WHERE {brand.Mine}) WHERE {brand.Mine}"
        );
        var shown = (await brand.Get($"/v1/simulations/{broken}")).Must(200);
        Assert.Equal("failed", shown.Text("state"));
        Assert.StartsWith(broken, shown.Text("reason"), StringComparison.Ordinal);
    }

    [SkippableTheory, EveryEngine]
    public async Task At_most_three_run_at_once_however_many_are_asked_for(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var rule = await brand.Rule(Rule(""" "formula": { "fixed": 1 } """, active: true));

        var begun = await AtOnce(8, _ => brand.Post($"/v1/earning-rules/{rule}/simulate", Year));

        Assert.Equal(3, begun.Count(a => a.Status == 202));
        Assert.All(begun.Where(a => a.Status != 202), a => a.MustRefuse(409, "too_many_simulations"));
        (await brand.Post("/v1/jobs/simulations.run/run")).Must(200);
        (await brand.Post($"/v1/earning-rules/{rule}/simulate", Year)).Must(202);
    }

    /// <summary>From, to, and the code.</summary>
    public static IEnumerable<object[]> Ranges =>
        [
            ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "out_of_order"],
            ["2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", "out_of_order"],
            ["2021-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "out_of_range"],
            ["1969-01-01T00:00:00Z", "1970-01-01T00:00:01Z", "out_of_range"],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Ranges))]
    public async Task A_range_that_cannot_be_and_a_rule_without_orders_are_refused(
        string engine,
        string from,
        string to,
        string code
    )
    {
        var brand = await NewBrand(engine, Now);
        var rule = await brand.Rule(Rule(""" "formula": { "fixed": 1 } """, active: true));
        var joined = await brand.Rule(
            """{ "name": "j", "trigger": "member.joined", "currency": "points", "formula": { "fixed": 1 } }"""
        );

        (await brand.Post($"/v1/earning-rules/{rule}/simulate", new { from, to })).MustRefuse(400, code);
        (await brand.Post($"/v1/earning-rules/{rule}/simulate", new { from })).MustRefuse(400, "required");
        (await brand.Post($"/v1/earning-rules/{joined}/simulate", Year)).MustRefuse(422, "rule_not_simulated");
        (await brand.Post($"/v1/earning-rules/{rule[..^1]}/simulate", Year)).MustRefuse(404, "not_found");
        (await brand.Get("/v1/simulations/sim_00000000000000000000000000")).MustRefuse(404, "not_found");
        Assert.Empty((await brand.Get("/v1/simulations")).Each("data", "id"));
    }
}
