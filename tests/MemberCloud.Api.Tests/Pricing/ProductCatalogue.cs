using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Pricing;

/// <summary>The catalogue: what a product may say, who sees its cost, its pages.</summary>
public sealed class ProductCatalogue(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task Products_are_made_changed_and_removed_each_for_itself(string engine)
    {
        var brand = await NewBrand(engine, currency: "JPY");
        const string Both = """
            { "products": [
              { "sku": "a/1", "name": "Green tea", "category": "Tea", "brand": "Ours", "tags": ["new", "green"], "list_price": 500, "cost": 200 },
              { "sku": "A/1", "name": "Pot" }
            ] }
            """;

        var made = (await brand.Put("/v1/products", Both)).Must(200);
        Assert.Equal(["201", "201"], made.Each("results", "status"));
        Assert.Equal(["200", "200"], (await brand.Put("/v1/products", Both)).Must(200).Each("results", "status"));

        var tea = (await brand.Get("/v1/products/a%2F1")).Must(200);
        Assert.Equal(
            ("a/1", "Green tea", "Tea", "Ours", 500, 200, "JPY"),
            (
                tea.Text("sku"),
                tea.Text("name"),
                tea.Text("category"),
                tea.Text("brand"),
                (int)tea.Number("list_price"),
                (int)tea.Number("cost"),
                tea.Text("currency")
            )
        );
        Assert.Equal("""["new","green"]""", tea.At("tags")!.ToJsonString());
        Assert.Null((await brand.Get("/v1/products/A%2F1")).Must(200).At("list_price"));

        // Absent stays, null clears, tags are replaced.
        (
            await brand.Put(
                "/v1/products",
                """{ "products": [{ "sku": "a/1", "list_price": 600, "brand": null, "tags": ["old"] }] }"""
            )
        ).Must(200);
        tea = (await brand.Get("/v1/products/a%2F1")).Must(200);
        Assert.Equal((600, "Green tea", "old"), ((int)tea.Number("list_price"), tea.Text("name"), tea.Text("tags.0")));
        Assert.Null(tea.At("brand"));

        (await brand.Delete("/v1/products/a%2F1")).Must(204);
        (await brand.Delete("/v1/products/a%2F1")).MustRefuse(404, "not_found");
        Assert.Equal(["A/1"], (await brand.Get("/v1/products")).Each("data", "sku"));
    }

    private static readonly (string Row, string Code, string Pointer)[] Bad =
    [
        ("""{ "sku": "x" }""", "required", "/name"),
        ("""{ "name": "x" }""", "required", "/sku"),
        ("""{ "sku": "", "name": "x" }""", "required", "/sku"),
        ($$"""{ "sku": "{{new string('s', 101)}}", "name": "x" }""", "too_long", "/sku"),
        ("""{ "sku": "x", "name": null }""", "required", "/name"),
        ("""{ "sku": "x", "name": "x", "list_price": -1 }""", "out_of_range", "/list_price"),
        ("""{ "sku": "x", "name": "x", "list_price": 1000000000001 }""", "out_of_range", "/list_price"),
        ("""{ "sku": "x", "name": "x", "cost": -1 }""", "out_of_range", "/cost"),
        ("""{ "sku": "x", "name": "x", "list_price": 1.5 }""", "bad_type", "/list_price"),
        ("""{ "sku": "x", "name": "<b>" }""", "markup_not_allowed", "/name"),
        ("""{ "sku": "x", "name": "http://x" }""", "link_not_allowed", "/name"),
        ($$"""{ "sku": "x", "name": "x", "category": "{{new string('c', 101)}}" }""", "too_long", "/category"),
        ($$"""{ "sku": "x", "name": "x", "tags": ["{{new string('t', 41)}}"] }""", "too_long", "/tags/0"),
        (
            $$"""{ "sku": "x", "name": "x", "tags": [{{string.Join(',', Enumerable.Range(0, 21).Select(i => $"\"{i}\""))}}] }""",
            "too_many",
            "/tags"
        ),
        ("""{ "sku": "x", "name": "x", "price": 1 }""", "unknown_field", "/price"),
        ("null", "required", ""),
        ("""{ "sku": "good", "name": "again" }""", "duplicate", "/sku"),
    ];

    [SkippableTheory, EveryEngine]
    public async Task A_bad_product_is_named_and_the_good_ones_are_saved(string engine)
    {
        var brand = await NewBrand(engine);
        // Each row has a SKU of its own: what was named before would be a duplicate.
        var rows = string.Join(
            ", ",
            Bad.Select((b, i) => b.Row.Replace("\"sku\": \"x\"", $"\"sku\": \"x{i}\"", StringComparison.Ordinal))
                .Prepend("""{ "sku": "good", "name": "Good" }""")
        );

        var answer = (
            await brand.Put("/v1/products", $$"""{ "products": [{{rows}}, { "sku": "too", "name": "Good too" }] }""")
        ).Must(200);

        var statuses = answer.Each("results", "status");
        Assert.Equal(("201", "201"), (statuses[0], statuses[^1]));
        foreach (var (row, i) in Bad.Select((b, i) => (b, i + 1)))
        {
            var told = (
                answer.At($"results.{i}.problem.code")?.ToString(),
                answer.At($"results.{i}.problem.errors.0.pointer")?.ToString()
            );
            Assert.True(("400", (row.Code, row.Pointer)) == (statuses[i], told), $"{row}: {statuses[i]} {told}");
        }
        Assert.Equal(["good", "too"], (await brand.Get("/v1/products")).Each("data", "sku"));
        Assert.Equal("Good", (await brand.Get("/v1/products/good")).Text("name"));
        (await brand.Put("/v1/products", """{ "products": [] }""")).MustRefuse(400, "too_few");
        (await brand.Put("/v1/products", "{}")).MustRefuse(400, "required");
        var many = string.Join(',', Enumerable.Range(0, 1_001).Select(i => $$"""{ "sku": "{{i}}", "name": "x" }"""));
        (await brand.Put("/v1/products", $$"""{ "products": [{{many}}] }""")).MustRefuse(400, "too_many");
    }

    [SkippableTheory, EveryEngine]
    public async Task Pages_go_by_sku_in_one_category_or_all(string engine)
    {
        var brand = await NewBrand(engine);
        // The longest SKU makes the longest cursor.
        var longest = new string('茶', 100);
        var products = new[] { "b", "B", "a", "10", "9", longest, "c" }.Select(
            (sku, i) =>
                new
                {
                    sku,
                    name = sku,
                    category = i % 2 == 0 ? "even" : "odd",
                }
        );
        (await brand.Put("/v1/products", new { products })).Must(200);

        async Task<List<string>> Walk(string query)
        {
            var (seen, cursor) = (new List<string>(), "");
            do
            {
                var page = (await brand.Get($"/v1/products?limit=2{query}{cursor}")).Must(200);
                seen.AddRange(page.Each("data", "sku"));
                cursor = page.At("next_cursor") is { } next ? $"&cursor={next}" : null;
            } while (cursor is not null);
            return seen;
        }

        Assert.Equal(["10", "9", "B", "a", "b", "c", longest], await Walk(""));
        Assert.Equal(["9", "a", "b", "c"], await Walk("&category=even"));
        Assert.Equal([], await Walk("&category=Even"));
        var other = (await brand.Get("/v1/products?limit=2&category=even")).Text("next_cursor");
        (await brand.Get($"/v1/products?limit=2&category=odd&cursor={other}")).MustRefuse(400, "cursor_invalid");
    }

    [SkippableTheory, EveryEngine]
    public async Task Only_who_sets_up_the_programme_sees_what_goods_cost(string engine)
    {
        var brand = await NewBrand(engine);
        (await brand.Put("/v1/products", """{ "products": [{ "sku": "a", "name": "A", "cost": 7 }] }""")).Must(200);

        foreach (var role in new[] { "manager", "marketer" })
            Assert.Equal(7, (await (await brand.Staff(role)).Get("/v1/products/a")).Must(200).Number("cost"));
        foreach (var role in new[] { "support", "viewer" })
        {
            var person = await brand.Staff(role);
            Assert.Null((await person.Get("/v1/products/a")).Must(200).At("cost"));
            Assert.Null((await person.Get("/v1/products")).Must(200).At("data.0.cost"));
            (await person.Put("/v1/products", """{ "products": [{ "sku": "a", "name": "B" }] }""")).MustRefuse(
                403,
                "role_missing"
            );
        }
        Assert.Null((await (await brand.WithScopes("members:read")).Get("/v1/products/a")).Must(200).At("cost"));
        Assert.Equal(7, (await (await brand.WithScopes("members:read", "configure")).Get("/v1/products/a")).Number("cost"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Uploads_of_the_same_products_at_once_all_succeed(string engine)
    {
        var brand = await NewBrand(engine);

        var answers = await AtOnce(
            8,
            i =>
                brand.Put(
                    "/v1/products",
                    new
                    {
                        products = Enumerable
                            .Range(0, 20)
                            .Select(n => new
                            {
                                sku = $"{(i % 2 == 0 ? n : 19 - n)}",
                                name = $"by {i}",
                                list_price = n,
                            }),
                    }
                )
        );

        Assert.All(answers, a => a.Must(200));
        Assert.Equal(20, answers.Sum(a => a.Each("results", "status").Count(s => s == "201")));
        Assert.Equal(20, (await brand.Get("/v1/products?limit=200")).Each("data", "sku").Distinct().Count());
    }

    [SkippableTheory, EveryEngine]
    public async Task A_brands_products_are_its_own_and_a_key_is_answered_once(string engine)
    {
        var (mine, theirs) = (await NewBrand(engine), await NewBrand(engine));
        await theirs.Products("a 100");

        Assert.Empty((await mine.Get("/v1/products")).Each("data", "sku"));
        (await mine.Get("/v1/products/a")).MustRefuse(404, "not_found");
        (await mine.Delete("/v1/products/a")).MustRefuse(404, "not_found");
        var first = await mine.Put("/v1/products", """{ "products": [{ "sku": "a", "name": "Mine" }] }""", key: "k");
        var again = await mine.Put("/v1/products", """{ "products": [{ "sku": "a", "name": "Mine" }] }""", key: "k");
        Assert.Equal(first.Must(200).Raw, again.Must(200).Raw);
        (await mine.Put("/v1/products", """{ "products": [{ "sku": "b", "name": "Mine" }] }""", key: "k")).MustRefuse(
            422,
            "idempotency_key_reused"
        );
        Assert.Equal("a", (await theirs.Get("/v1/products/a")).Text("name"));
    }
}
