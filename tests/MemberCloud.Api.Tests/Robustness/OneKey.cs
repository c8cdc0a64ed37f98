using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Robustness;

/// <summary>Fifty requests at once with one Idempotency-Key are one request.</summary>
public sealed class OneKey(Clouds clouds) : ApiTests(clouds)
{
    private const int Copies = 50;
    private const string Order =
        """{ "order_no": "A-1", "external_id": "bob", "occurred_at": "2026-01-09T00:00:00Z", "paid_at": "2026-01-09T00:00:00Z", """
        + """ "completed_at": "2026-01-09T00:00:00Z", "currency": "CNY", "lines": [{ "id": "1", "sku": "tea", "quantity": 1, "net": 5000 }] }""";

    /// <summary>Name, method, path ({member} is one), body, the same with another value.</summary>
    public static IEnumerable<object[]> Writes =>
        [
            [
                "earn",
                "POST",
                "members/{member}/points/earn",
                """{ "amount": 7, "reference": { "type": "t", "id": "i" } }""",
                "7",
                "8",
            ],
            [
                "spend",
                "POST",
                "members/{member}/points/spend",
                """{ "amount": 3, "reference": { "type": "t", "id": "i" } }""",
                "3",
                "4",
            ],
            ["order", "POST", "orders", Order, "5000", "5001"],
            [
                "event",
                "POST",
                "events",
                """{ "id": "e-1", "type": "check_in", "external_id": "cat", "occurred_at": "2026-01-09T00:00:00Z" }""",
                "e-1",
                "e-2",
            ],
            ["member", "PUT", "members/by-external-id/dan", """{ "name": "Dan" }""", "Dan", "Don"],
            ["change", "PATCH", "members/{member}", """{ "name": "Ann" }""", "Ann", "Eve"],
            ["tier", "POST", "tiers", """{ "name": "Gold", "rank": 1, "growth_threshold": 100 }""", "100", "200"],
            ["currency", "POST", "currencies", """{ "code": "beans", "name": "Beans" }""", "Beans", "Peas"],
            ["key", "POST", "keys", """{ "name": "till", "scopes": ["points:read"] }""", "till", "shop"],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Writes))]
    public async Task Fifty_at_once_have_one_effect_and_one_answer(
        string engine,
        string what,
        string method,
        string path,
        string body,
        string from,
        string to
    )
    {
        var brand = await NewBrand(engine);
        await brand.PointPerUnit(settleDays: 0);
        await brand.Rule(
            new
            {
                name = "check-in",
                trigger = "check_in",
                currency = "points",
                formula = new { @fixed = 5 },
            }
        );
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 100);
        var target = $"/v1/{path.Replace("{member}", ann, StringComparison.Ordinal)}";
        Task<Answer> Send(string asked) => brand.Send(new HttpMethod(method), target, asked, "once");

        var answers = await AtOnce(Copies, _ => Send(body));

        Assert.True(answers[0].Status is 200 or 201, answers[0].Raw);
        Assert.Single(answers.Select(a => (a.Status, a.Raw, a.MediaType)).Distinct());
        (await Send(body.Replace(from, to, StringComparison.Ordinal))).MustRefuse(422, "idempotency_key_reused");
        await HappenedOnceAsync(brand, ann, what);
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_removal_with_a_key_is_answered_alike_each_time(string engine)
    {
        var brand = await NewBrand(engine);
        var tier = await brand.Tier("Gold", 1, 100);
        var key = (await brand.Post("/v1/keys", new { name = "old", scopes = new[] { "points:read" } })).Must(201).Text("id");

        foreach (var path in new[] { $"/v1/tiers/{tier}", $"/v1/keys/{key}" })
        {
            var answers = await AtOnce(10, _ => brand.Send(HttpMethod.Delete, path, null, path[4..9]));
            Assert.All(answers, a => a.Must(204));
            (await brand.Delete(path)).MustRefuse(404, "not_found");
        }
        (await brand.Send(HttpMethod.Delete, "/v1/tiers/none", null, "tiers")).MustRefuse(422, "idempotency_key_reused");
    }

    private static async Task HappenedOnceAsync(Brand brand, string ann, string what)
    {
        async Task<int> Rows(string path) => (await brand.Get(path)).Must(200).At("data")!.AsArray().Count;
        async Task<string> BalanceOf(string externalId) => await brand.Balance(await brand.Member(externalId));
        switch (what)
        {
            case "earn":
                Assert.Equal("107/0", await brand.Balance(ann));
                break;
            case "spend":
                Assert.Equal("97/0", await brand.Balance(ann));
                break;
            case "order":
                Assert.Equal("50/0", await BalanceOf("bob"));
                break;
            case "event":
                Assert.Equal("5/0", await BalanceOf("cat"));
                break;
            case "member" or "change":
                Assert.Equal(what == "member" ? 2 : 1, await Rows("/v1/members"));
                break;
            case "tier":
                Assert.Equal(1, (await brand.Get("/v1/tiers")).Each("data", "name").Count(n => n == "Gold"));
                break;
            case "currency":
                Assert.Equal(3, await Rows("/v1/currencies"));
                break;
            case "key":
                Assert.Equal(2, await Rows("/v1/keys"));
                break;
            default:
                Assert.Fail(what);
                break;
        }
    }
}
