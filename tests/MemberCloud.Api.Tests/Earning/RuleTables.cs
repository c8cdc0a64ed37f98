using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Earning;

/// <summary>What a rule may say, row by row, through the API.</summary>
public sealed class RuleTables(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T12:00:00Z";
    private const string Bought = "2026-03-10T03:00:00Z";

    /// <summary>Order: tea (drinks) 60.00 and cake (food) 40.00, channel app, store S1, a gold member tagged vip. 1 point per unit.</summary>
    public static IEnumerable<object[]> Conditions =>
        [
            ["{}", 100],
            ["""{ "min_amount": 10000 }""", 100],
            ["""{ "min_amount": 10001 }""", 0],
            ["""{ "skus": ["tea"] }""", 60],
            ["""{ "skus": ["milk"] }""", 0],
            ["""{ "categories": ["food"] }""", 40],
            ["""{ "categories": ["food"], "min_amount": 4001 }""", 0],
            ["""{ "skus": ["tea"], "categories": ["food"] }""", 0],
            ["""{ "channels": ["app", "web"] }""", 100],
            ["""{ "channels": ["web"] }""", 0],
            ["""{ "stores": ["S1"] }""", 100],
            ["""{ "stores": ["S2"] }""", 0],
            ["""{ "tier_ids": ["{gold}"] }""", 100],
            ["""{ "tier_ids": ["{base}"] }""", 0],
            ["""{ "tags": ["vip", "new"] }""", 100],
            ["""{ "tags": ["new"] }""", 0],
            ["""{ "first_order": true }""", 100],
            ["""{ "from": "2026-03-10T03:00:00Z" }""", 100],
            ["""{ "from": "2026-03-10T03:00:01Z" }""", 0],
            ["""{ "until": "2026-03-10T03:00:01Z" }""", 100],
            ["""{ "until": "2026-03-10T03:00:00Z" }""", 0],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Conditions))]
    public async Task An_order_earns_where_the_conditions_hold(string engine, string conditions, long points)
    {
        var brand = await NewBrand(engine, Now);
        var (low, gold) = (await brand.Tier("base", 0, 0), await brand.Tier("gold", 1, 100));
        var ann = await brand.Member("ann", new { tags = new[] { "vip" } });
        (await brand.Earn(ann, 100, "growth")).Must(201);
        var rule =
            """{ "name": "r", "trigger": "order.completed", "currency": "points", "formula": { "per_amount": { "unit": 100, "points": 1 } }, "conditions": """
            + conditions
            + "}";
        await brand.Rule(rule.Replace("{gold}", gold, StringComparison.Ordinal).Replace("{base}", low, StringComparison.Ordinal));

        object[] lines =
        [
            new
            {
                id = "1",
                sku = "tea",
                quantity = 2,
                net = 6_000,
                category = "drinks",
            },
            new
            {
                id = "2",
                sku = "cake",
                quantity = 1,
                net = 4_000,
                category = "food",
            },
        ];
        await brand.Report(brand.Order("ann", Bought, lines: lines, channel: "app", store: "S1"));

        Assert.Equal($"0/{points}", await brand.Balance(ann));
    }

    /// <summary>A gold member (one and a half times) buys for 99.99.</summary>
    public static IEnumerable<object[]> Formulas =>
        [
            ["""{ "fixed": 15 }""", 9_999, 15],
            ["""{ "fixed": 15, "tier_multiplier": true }""", 9_999, 22],
            ["""{ "per_amount": { "unit": 100, "points": 1 } }""", 9_999, 99],
            ["""{ "per_amount": { "unit": 100, "points": 1 }, "tier_multiplier": true }""", 9_999, 149],
            ["""{ "per_amount": { "unit": 300, "points": 2 } }""", 1_000, 6],
            ["""{ "per_amount": { "unit": 300, "points": 2 }, "tier_multiplier": true }""", 1_000, 10],
            ["""{ "per_amount": { "unit": 1, "points": 1000000 } }""", 1_000_000_000_000, 1_000_000_000_000],
            ["""{ "per_amount": { "unit": 100, "points": 1 } }""", 99, 0],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Formulas))]
    public async Task A_formula_multiplies_before_its_one_rounding_down(string engine, string formula, long net, long points)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Tier("base", 0, 0);
        await brand.Tier("gold", 1, 100, multiplier: 15_000);
        var ann = await brand.Member("ann");
        (await brand.Earn(ann, 100, "growth")).Must(201);
        await brand.Rule("""{ "name": "r", "trigger": "order.completed", "currency": "points", "formula": """ + formula + "}");

        await brand.Report(brand.Order("ann", Bought, net));

        Assert.Equal($"0/{points}", await brand.Balance(ann));
    }

    /// <summary>Orders worth 40 points each, at 10 March, 10 March, 11 March and 1 April local.</summary>
    public static IEnumerable<object[]> Caps =>
        [
            ["{}", 160],
            ["""{ "per_event": 25 }""", 100],
            ["""{ "per_day": 50 }""", 130],
            ["""{ "per_month": 90 }""", 130],
            ["""{ "per_member": 95 }""", 95],
            ["""{ "per_event": 30, "per_day": 50, "per_month": 60, "per_member": 85 }""", 85],
            ["""{ "per_day": 0 }""", 0],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Caps))]
    public async Task Caps_hold_for_the_event_the_local_day_the_local_month_and_ever(string engine, string caps, long points)
    {
        var brand = await NewBrand(engine, "2026-04-10T00:00:00Z");
        await brand.Rule(
            """{ "name": "r", "trigger": "order.completed", "currency": "points", "formula": { "fixed": 40 }, "settle": { "after_days": 365 }, "caps": """
                + caps
                + "}"
        );

        // Shanghai: 15:59:59Z is still the 10th, 16:00:00Z is the 11th; 31 March 16:00Z is 1 April.
        foreach (
            var at in new[] { "2026-03-10T03:00:00Z", "2026-03-10T15:59:59Z", "2026-03-10T16:00:00Z", "2026-03-31T16:00:00Z" }
        )
            await brand.Report(brand.Order("ann", at));

        Assert.Equal($"0/{points}", await brand.Balance(await brand.Member("ann")));
    }

    /// <summary>Completed at an instant, available at, gone at.</summary>
    public static IEnumerable<object?[]> Lives =>
        [
            ["""{ "after_days": 0 }""", """{ "policy": "never" }""", "2026-01-31T04:00:00Z", "2026-01-31T04:00:00Z", null],
            [
                """{ "after_days": 0 }""",
                """{ "policy": "months", "months": 1 }""",
                "2026-01-31T04:00:00Z",
                "2026-01-31T04:00:00Z",
                "2026-02-28T16:00:00Z",
            ],
            [
                """{ "after_days": 7 }""",
                """{ "policy": "months", "months": 12 }""",
                "2026-01-31T04:00:00Z",
                "2026-02-07T04:00:00Z",
                "2027-02-07T16:00:00Z",
            ],
            [
                """{ "after_days": 0 }""",
                """{ "policy": "months", "months": 12 }""",
                "2028-02-29T04:00:00Z",
                "2028-02-29T04:00:00Z",
                "2029-02-28T16:00:00Z",
            ],
            [
                """{ "after_days": 0 }""",
                """{ "policy": "year_end", "years": 1 }""",
                "2026-12-31T15:59:59Z",
                "2026-12-31T15:59:59Z",
                "2027-12-31T16:00:00Z",
            ],
            [
                """{ "after_days": 0 }""",
                """{ "policy": "year_end", "years": 1 }""",
                "2026-12-31T16:00:00Z",
                "2026-12-31T16:00:00Z",
                "2028-12-31T16:00:00Z",
            ],
            [
                """{ "after_days": 0 }""",
                """{ "policy": "year_end", "years": 0 }""",
                "2026-03-01T00:00:00Z",
                "2026-03-01T00:00:00Z",
                "2026-12-31T16:00:00Z",
            ],
            [
                """{ "after_days": 0 }""",
                """{ "policy": "inactive", "months": 2 }""",
                "2026-12-31T04:00:00Z",
                "2026-12-31T04:00:00Z",
                "2027-02-28T16:00:00Z",
            ],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Lives))]
    public async Task Points_settle_and_end_by_the_rules_policies(
        string engine,
        string settle,
        string expiry,
        string completed,
        string available,
        string? gone
    )
    {
        var brand = await NewBrand(engine, completed);
        await brand.Rule(
            """{ "name": "r", "trigger": "order.completed", "currency": "points", "formula": { "fixed": 40 }, "settle": """
                + settle
                + """, "expiry": """
                + expiry
                + "}"
        );
        var ann = (await brand.Report(brand.Order("ann", completed))).Text("member_id");
        await brand.StandAt(available);

        var points = await brand.Points(ann);

        Assert.Equal(40, points.Number("available"));
        Assert.Equal(available, points.Text("lots.0.available_at"));
        Assert.Equal(gone, (string?)points.At("lots.0.expires_at"));
        if (gone is null)
            return;
        await brand.StandAt(gone);
        Assert.Equal("0/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Points_that_end_with_inactivity_live_on_with_every_purchase(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-10T04:00:00Z");
        await brand.Rule(
            new
            {
                name = "r",
                trigger = "order.completed",
                currency = "points",
                formula = new { @fixed = 40 },
                settle = new { after_days = 0 },
                expiry = new { policy = "inactive", months = 2 },
            }
        );
        var ann = (await brand.Report(brand.Order("ann", "2026-01-10T04:00:00Z"))).Text("member_id");
        await brand.MoveTo("2026-02-20T04:00:00Z");
        (await brand.Spend(ann, 10)).Must(201);

        await brand.MoveTo("2026-04-20T15:00:00Z");
        Assert.Equal("30/0", await brand.Balance(ann));
        Assert.Equal("2026-04-20T16:00:00Z", (await brand.Points(ann)).Text("lots.0.expires_at"));
        await brand.MoveTo("2026-04-20T16:00:00Z");

        Assert.Equal("0/0", await brand.Balance(ann));
        Assert.Equal("2026-04-20T16:00:00Z", (await brand.Entries(ann)).Text("data.0.occurred_at"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Joining_counts_by_the_channel_the_member_came_by(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Rule(
            new
            {
                name = "r",
                trigger = "member.joined",
                currency = "points",
                formula = new { @fixed = 10 },
                conditions = new { channels = new[] { "wechat" } },
            }
        );

        Assert.Equal("10/0", await brand.Balance(await brand.Member("ann", new { channel = "wechat" })));
        Assert.Equal("0/0", await brand.Balance(await brand.Member("bob", new { channel = "store" })));
        Assert.Equal("0/0", await brand.Balance(await brand.Member("cat")));
    }
}
