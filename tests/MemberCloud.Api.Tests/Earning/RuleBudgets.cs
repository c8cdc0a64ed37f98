using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Earning;

/// <summary>What a rule may issue in all, and to one member: never more, and never less than still fits.</summary>
public sealed class RuleBudgets(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T12:00:00Z";
    private const string Bought = "2026-03-10T03:00:00Z";

    private static Task<string> Rule(Brand brand, string trigger, long points, object? budget, object? caps = null) =>
        brand.Rule(
            new
            {
                name = "r",
                trigger,
                currency = "points",
                formula = new { @fixed = points },
                settle = new { after_days = 0 },
                budget,
                caps,
            }
        );

    private static async Task<long> CheckIn(Brand brand, string id, string member)
    {
        var answer = await brand.Post(
            "/v1/events",
            new
            {
                id,
                type = "check_in",
                external_id = member,
                occurred_at = Bought,
            },
            key: null
        );
        return answer
            .Must(200)
            .Each("earned", "amount")
            .Sum(a => long.Parse(a, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task<string> State(Brand brand, string rule)
    {
        var shown = (await brand.Get($"/v1/earning-rules/{rule}")).Must(200);
        return $"{shown.At("budget_used")?.ToString() ?? "-"}/{shown.At("budget")?.ToString() ?? "-"}";
    }

    [SkippableTheory, EveryEngine]
    public async Task A_budget_pays_in_full_while_it_can_then_what_is_left_then_nothing(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var rule = await Rule(brand, "check_in", 40, 100);
        Assert.Equal("0/100", await State(brand, rule));

        var earned = new List<long>();
        for (var i = 0; i < 4; i++)
            earned.Add(await CheckIn(brand, $"e-{i}", $"m-{i}"));

        Assert.Equal([40, 40, 20, 0], earned);
        Assert.Equal("100/100", await State(brand, rule));
        Assert.Equal("100", (await brand.Get("/v1/earning-rules")).Each("data", "budget_used")[0]);
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_budget_is_raised_lowered_below_what_is_used_and_lifted(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var rule = await Rule(brand, "check_in", 40, null);
        var said = new List<string>();
        var n = 0;
        async Task Set(string budget)
        {
            (await brand.Patch($"/v1/earning-rules/{rule}", $$"""{ "budget": {{budget}} }""")).Must(200);
            var earned = await CheckIn(brand, $"e-{++n}", "ann");
            said.Add($"{earned} {await State(brand, rule)}");
        }

        await CheckIn(brand, "e-0", "ann"); // before there was a budget: not counted
        await Set("50");
        await Set("50");
        await Set("70");
        await Set("30");
        await Set("0");
        await Set("null");
        await Set("90");
        await Set("95");
        (await brand.Patch($"/v1/earning-rules/{rule}", new { name = "other" })).Must(200);

        Assert.Equal(["40 40/50", "10 50/50", "20 70/70", "0 70/30", "0 70/0", "40 -/-", "20 90/90", "5 95/95"], said);
        Assert.Equal("95/95", await State(brand, rule));
        Assert.Equal("175/0", await brand.Balance(await brand.Member("ann")));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_is_reversed_comes_back_to_budget_and_caps(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var rule = await Rule(brand, "order.paid", 40, 100, new { per_day = 60 });
        Task<Answer> Order(string no, string who) => brand.Report(brand.Order(who, Bought, no: no, completed: null));
        await Order("1", "ann");
        await Order("2", "ann");
        await Order("3", "bob");
        Assert.Equal("100/100", await State(brand, rule));

        (await brand.Post("/v1/orders/1/cancel", new { })).Must(200);
        Assert.Equal("60/100", await State(brand, rule));
        await Order("4", "ann");
        Assert.Equal("100/100", await State(brand, rule));
        Assert.Equal("0/60", await brand.Balance(await brand.Member("ann")));

        // Lowered below what is used: what comes back fills that first.
        (await brand.Patch($"/v1/earning-rules/{rule}", new { budget = 70 })).Must(200);
        (await brand.Post("/v1/orders/4/cancel", new { })).Must(200);
        Assert.Equal("60/70", await State(brand, rule));
        await Order("5", "cat");
        Assert.Equal(("70/70", "0/10"), (await State(brand, rule), await brand.Balance(await brand.Member("cat"))));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_refund_in_part_gives_back_its_part(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var rule = await Rule(brand, "order.paid", 40, 100, new { per_member = 50 });
        object[] lines =
        [
            new
            {
                id = "1",
                sku = "tea",
                quantity = 4,
                net = 4_000,
            },
        ];
        await brand.Report(brand.Order("ann", Bought, no: "1", lines: lines));

        (
            await brand.Post("/v1/orders/1/refunds", new { refund_no = "a", lines = new[] { new { id = "1", quantity = 1 } } })
        ).Must(201);
        Assert.Equal("30/100", await State(brand, rule));

        await brand.Report(brand.Order("ann", Bought));
        Assert.Equal("50/100", await State(brand, rule));
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_64_racers_for_a_budget_of_100_none_gets_beyond_it_and_all_that_fits_is_issued(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var rule = await Rule(brand, "check_in", 7, 100);

        var earned = await AtOnce(64, i => CheckIn(brand, $"e-{i}", $"m-{i}"));

        Assert.Equal(100, earned.Sum());
        Assert.Equal(14, earned.Count(e => e == 7));
        Assert.Equal("100/100", await State(brand, rule));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_64_racers_for_one_members_day_exactly_the_cap_is_issued(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await Rule(brand, "check_in", 7, null, new { per_day = 100 });

        var earned = await AtOnce(64, i => CheckIn(brand, $"e-{i}", "ann"));

        Assert.Equal(100, earned.Sum());
        Assert.Equal("100/0", await brand.Balance(await brand.Member("ann")));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Earnings_cancellations_and_a_budget_that_moves_at_once_leave_it_equal_to_what_members_hold(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var rule = await Rule(brand, "order.paid", 9, 200);
        Task<Answer> Order(int i) => brand.Report(brand.Order($"m-{i % 8}", Bought, no: $"o-{i}", completed: null));
        for (var i = 0; i < 16; i++)
            await Order(i);

        Task<Answer> Set(long budget) => brand.Patch($"/v1/earning-rules/{rule}", new { budget });
        var setting = Task.Run(async () =>
        {
            for (var i = 0; i < 12; i++)
                (await Set(150 + i * 5 % 40)).Must(200);
        });
        await AtOnce(
            32,
            async i => i % 2 == 0 ? await Order(100 + i) : (await brand.Post($"/v1/orders/o-{i / 2}/cancel", new { })).Must(200)
        );
        await setting;
        (await Set(160)).Must(200);
        for (var i = 200; i < 212; i++)
            await Order(i);

        var held = 0L;
        for (var i = 0; i < 8; i++)
            held += (await brand.Points(await brand.Member($"m-{i}"))).Number("pending");
        Assert.Equal("160/160", await State(brand, rule));
        Assert.Equal(160, held);
        await brand.LedgerIsClean();
    }

    /// <summary>What a rule cannot say, and the code it is refused with.</summary>
    public static IEnumerable<object[]> Wrong =>
        [
            ["check_in", """ "formula": { "fixed": 1 }, "caps": { "per_day": -1 } """, 400, "out_of_range"],
            ["check_in", """ "formula": { "fixed": 1 }, "budget": -1 """, 400, "out_of_range"],
            ["check_in", """ "formula": { "fixed": 1 }, "budget": 1000000000001 """, 400, "out_of_range"],
            ["check_in", """ "formula": { "fixed": 1 }, "budget": 0.5 """, 400, "bad_type"],
            ["order.paid", """ "formula": { "per_amount": { "unit": 0, "points": 1 } } """, 400, "out_of_range"],
            ["order.paid", """ "formula": { "per_amount": { "unit": 1, "points": 0 } } """, 400, "out_of_range"],
            [
                "order.paid",
                """ "formula": { "fixed": 1 }, "conditions": { "from": "2026-02-01T00:00:00Z", "until": "2026-02-01T00:00:00Z" } """,
                400,
                "out_of_order",
            ],
            ["custom:scan", """ "formula": { "per_amount": { "unit": 1, "points": 1 } } """, 422, "rule_without_limit"],
            ["review", """ "formula": { "per_amount": { "unit": 1, "points": 1 } }, "caps": {} """, 422, "rule_without_limit"],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Wrong))]
    public async Task A_rule_that_makes_no_sense_is_refused_and_nothing_changes(
        string engine,
        string trigger,
        string rest,
        int status,
        string code
    )
    {
        var brand = await NewBrand(engine, Now);
        var good = await Rule(brand, "order.paid", 1, 5);

        (
            await brand.Post(
                "/v1/earning-rules",
                $$"""{ "name": "r", "trigger": "{{trigger}}", "currency": "points", {{rest}} }"""
            )
        ).MustRefuse(status, code);
        if (status == 400)
            (await brand.Patch($"/v1/earning-rules/{good}", $"{{ {rest} }}")).MustRefuse(status, code);

        Assert.Equal([good], (await brand.Get("/v1/earning-rules")).Each("data", "id"));
        Assert.Equal((1L, "0/5"), ((await brand.Get($"/v1/earning-rules/{good}")).Number("version"), await State(brand, good)));
    }

    [SkippableTheory, EveryEngine]
    public async Task Points_per_a_reported_amount_need_a_cap_or_a_budget_and_keep_it(string engine)
    {
        var brand = await NewBrand(engine, Now);
        object With(object? caps = null, long? budget = null) =>
            new
            {
                name = "receipts",
                trigger = "custom:receipt",
                currency = "points",
                formula = new { per_amount = new { unit = 100, points = 1 } },
                caps,
                budget,
            };

        await brand.Rule(With(new { per_event = 10 }));
        await brand.Rule(With(new { per_member = 10 }));
        var rule = await brand.Rule(With(budget: 10));

        (await brand.Patch($"/v1/earning-rules/{rule}", """{ "budget": null }""")).MustRefuse(422, "rule_without_limit");
        Assert.Equal("0/10", await State(brand, rule));
    }
}
