using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Pricing;

/// <summary>The life of price lists: what they may say, their versions, their end.</summary>
public sealed class PriceLists(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task Every_change_of_list_or_entries_is_a_version_that_stays_readable(string engine)
    {
        var brand = await NewBrand(engine);
        var id = await brand.PriceList(new { priority = 5, starts_at = "2026-01-01T00:00:00Z" });
        var path = $"/v1/price-lists/{id}";
        Assert.StartsWith("plst_", id);

        var second = (await brand.PutEntries(id, new { sku = "tea", price = 900 }, new { sku = "pot", amount_off = 50 })).Must(
            200
        );
        Assert.Equal((2, 2), ((int)second.Number("version"), (int)second.Number("added")));
        var third = (
            await brand.Patch(path, """{ "name": "Renamed", "starts_at": null, "ends_at": "2026-02-01T00:00:00Z" }""")
        ).Must(200);
        Assert.Equal(
            (3, "Renamed", 5, 2),
            ((int)third.Number("version"), third.Text("name"), (int)third.Number("priority"), (int)third.Number("entries"))
        );
        Assert.Null(third.At("starts_at"));
        (await brand.PutEntries(id, new { sku = "tea", price = 800 })).Must(200);

        // The same again is no new version, whichever way.
        Assert.Equal(4, (await brand.Patch(path, """{ "name": "Renamed" }""")).Must(200).Number("version"));
        var same = (await brand.PutEntries(id, new { sku = "tea", price = 800 })).Must(200);
        Assert.Equal((4, 1, true), ((int)same.Number("version"), (int)same.Number("unchanged"), (bool)same.At("saved")!));

        string[] expected = ["Members 0", "Members 2", "Renamed 2", "Renamed 1"];
        for (var version = 1; version <= 4; version++)
        {
            var list = (await brand.Get($"{path}?version={version}")).Must(200);
            Assert.Equal(
                $"{expected[version - 1]} {version}",
                $"{list.Text("name")} {list.Number("entries")} {list.Number("version")}"
            );
        }
        Assert.Empty((await brand.Get($"{path}/entries?version=1")).Each("data", "sku"));
        Assert.Equal(["pot", "tea"], (await brand.Get($"{path}/entries?version=3")).Each("data", "sku"));
        Assert.Equal(900, (await brand.Get($"{path}/entries?version=2")).Number("data.1.price"));
        Assert.Equal(800, (await brand.Get($"{path}/entries")).Number("data.0.price"));
        (await brand.Get($"{path}?version=5")).MustRefuse(404, "not_found");
        (await brand.Get($"{path}/entries?version=0")).MustRefuse(404, "not_found");
    }

    [SkippableTheory, EveryEngine]
    public async Task Who_has_not_seen_the_last_change_is_stale(string engine)
    {
        var brand = await NewBrand(engine);
        var path = $"/v1/price-lists/{await brand.PriceList()}";
        var etag = (await brand.Get(path)).Must(200).ETag!;
        (await brand.Put($"{path}/entries", """{ "entries": [{ "sku": "tea", "price": 1 }] }""")).Must(200);

        (await brand.Send(HttpMethod.Patch, path, """{ "priority": 1 }""", null, headers: ("If-Match", etag))).MustRefuse(
            412,
            "stale"
        );
        (
            await brand.Send(HttpMethod.Put, $"{path}/entries", """{ "entries": [] }""", null, headers: ("If-Match", etag))
        ).MustRefuse(412, "stale");
        var now = (await brand.Get(path)).ETag!;
        (await brand.Send(HttpMethod.Put, $"{path}/entries", """{ "entries": [] }""", null, headers: ("If-Match", now))).Must(
            200
        );
        Assert.Equal((3, 0), ((int)(await brand.Get(path)).Number("version"), (int)(await brand.Get(path)).Number("entries")));
    }

    [SkippableTheory, EveryEngine]
    public async Task An_ended_list_counts_no_more_and_stays_readable(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Products("tea 1000");
        var ann = await brand.Member("ann");
        var id = await brand.PriceList(null, new { sku = "tea", price = 900 });
        Assert.Equal("900 Members", await brand.Price(ann, "tea"));

        (await brand.Patch($"/v1/price-lists/{id}", new { active = false })).Must(200);
        Assert.Equal("1000 -", await brand.Price(ann, "tea"));
        (await brand.Patch($"/v1/price-lists/{id}", new { active = true })).Must(200);
        Assert.Equal("900 Members", await brand.Price(ann, "tea"));

        (await brand.Delete($"/v1/price-lists/{id}")).Must(204);
        (await brand.Delete($"/v1/price-lists/{id}")).Must(204);
        Assert.Equal("1000 -", await brand.Price(ann, "tea"));
        var ended = (await brand.Get($"/v1/price-lists/{id}")).Must(200);
        Assert.Equal(("ended", "2026-01-10T00:00:00Z"), (ended.Text("state"), ended.Text("ended_at")));
        Assert.Equal(["tea"], (await brand.Get($"/v1/price-lists/{id}/entries")).Each("data", "sku"));
        (await brand.Patch($"/v1/price-lists/{id}", new { name = "x" })).MustRefuse(409, "price_list_ended");
        (await brand.PutEntries(id)).MustRefuse(409, "price_list_ended");

        var live = await brand.PriceList();
        Assert.Equal([live], (await brand.Get("/v1/price-lists?state=live")).Each("data", "id"));
        Assert.Equal([id], (await brand.Get("/v1/price-lists?state=ended")).Each("data", "id"));
        var first = (await brand.Get("/v1/price-lists?limit=1")).Must(200);
        Assert.Equal([live], first.Each("data", "id"));
        Assert.Equal([id], (await brand.Get($"/v1/price-lists?limit=1&cursor={first.Text("next_cursor")}")).Each("data", "id"));
        (await brand.Get("/v1/price-lists?state=draft")).MustRefuse(400, "unknown_value");
    }

    public static IEnumerable<object[]> Refused =>
        [
            ["audience", "{}", "audience_empty"],
            ["audience", """{ "everyone": false, "tags": [] }""", "audience_empty"],
            ["audience", """{ "everyone": true, "tags": ["vip"] }""", "not_applicable"],
            ["audience", """{ "everyone": true, "tier_ids": ["{tier}"] }""", "not_applicable"],
            ["audience", """{ "tier_ids": ["{theirs}"] }""", "tier_unknown"],
            ["audience", """{ "tier_ids": ["gold"] }""", "tier_unknown"],
            ["audience", """{ "plan_ids": ["plan_01jd4w7q0zf1x8e6t5n3k2h9ga"] }""", "plan_unknown"],
            ["audience", $$"""{ "tags": ["{{new string('t', 41)}}"] }""", "too_long"],
            ["audience", """{ "members": ["x"] }""", "unknown_field"],
            ["name", "\"\"", "*"],
            ["name", "\"see http://x\"", "link_not_allowed"],
            ["name", "\"<b>\"", "markup_not_allowed"],
            ["priority", "1001", "out_of_range"],
            ["priority", "-1001", "out_of_range"],
            ["ends_at", "\"2026-01-01T00:00:00Z\"", "out_of_order"],
            ["ends_at", "\"2025-12-31T23:59:59Z\"", "out_of_order"],
            ["ends_at", "\"2026-02-01\"", "*"],
            ["ends_at", "\"2300-01-01T00:00:00Z\"", "out_of_range"],
            ["active", "\"yes\"", "bad_type"],
            ["entries", "[]", "unknown_field"],
        ];

    [SkippableTheory, EveryEngine]
    public async Task What_a_list_cannot_say_is_refused_when_it_is_made_and_when_it_is_changed(string engine)
    {
        var (brand, theirs) = (await NewBrand(engine), await NewBrand(engine));
        var (tier, other) = (await brand.Tier("gold", 1, 10), await theirs.Tier("gold", 1, 10));
        var kept = await brand.PriceList(new { starts_at = "2026-01-01T00:00:00Z" });
        var before = (await brand.Get($"/v1/price-lists/{kept}")).Raw;

        foreach (var row in Refused)
        {
            var (field, code) = ((string)row[0], (string)row[2]);
            var value = ((string)row[1])
                .Replace("{tier}", tier, StringComparison.Ordinal)
                .Replace("{theirs}", other, StringComparison.Ordinal);
            var fields = new Dictionary<string, string>
            {
                ["name"] = "\"x\"",
                ["audience"] = """{ "everyone": true }""",
                ["starts_at"] = "\"2026-01-01T00:00:00Z\"",
                [field] = value,
            };
            var status = code.EndsWith("_unknown", StringComparison.Ordinal) ? 422 : 400;
            var made = await brand.Post(
                "/v1/price-lists",
                $"{{ {string.Join(", ", fields.Select(f => $"\"{f.Key}\": {f.Value}"))} }}"
            );
            made.MustRefuse(status, code == "*" ? made.Code : code);
            var changed = await brand.Patch($"/v1/price-lists/{kept}", $"{{ \"{field}\": {value} }}");
            changed.MustRefuse(status, code == "*" ? changed.Code : code);
        }
        (await brand.Post("/v1/price-lists", """{ "name": "x" }""")).MustRefuse(400, "required");

        Assert.Equal(before, (await brand.Get($"/v1/price-lists/{kept}")).Raw);
        Assert.Single((await brand.Get("/v1/price-lists")).Each("data", "id"));
        foreach (var way in new[] { "", "/entries" })
            (await theirs.Get($"/v1/price-lists/{kept}{way}")).MustRefuse(404, "not_found");
        (await theirs.Patch($"/v1/price-lists/{kept}", "{}")).MustRefuse(404, "not_found");
        (await theirs.Delete($"/v1/price-lists/{kept}")).MustRefuse(404, "not_found");
        (await theirs.PutEntries(kept)).MustRefuse(404, "not_found");
    }

    [SkippableTheory, EveryEngine]
    public async Task Changes_at_once_each_make_their_version(string engine)
    {
        var brand = await NewBrand(engine);
        var id = await brand.PriceList();

        var answers = await AtOnce(
            8,
            i =>
                i % 2 == 0
                    ? brand.Patch($"/v1/price-lists/{id}", new { priority = 100 + i })
                    : brand.PutEntries(id, new { sku = "tea", price = 100 + i })
        );

        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9], answers.Select(a => (int)a.Must(200).Number("version")).Order());
        Assert.Equal(9, (await brand.Get($"/v1/price-lists/{id}")).Number("version"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Who_changes_a_list_is_written_down(string engine)
    {
        var brand = await NewBrand(engine);
        var marketer = await brand.Staff("marketer");
        var id = (await marketer.Post("/v1/price-lists", new { name = "x", audience = new { everyone = true } }))
            .Must(201)
            .Text("id");
        (await marketer.Put($"/v1/price-lists/{id}/entries", """{ "entries": [{ "sku": "a", "price": 1 }] }""")).Must(200);
        (await (await brand.Staff("support")).Delete($"/v1/price-lists/{id}")).MustRefuse(403, "role_missing");
        (await brand.Delete($"/v1/price-lists/{id}")).Must(204);

        var log = (await (await brand.Owner()).Get("/v1/audit-log")).Must(200);
        Assert.Equal(
            ["EndPriceList", "ReplacePriceEntries", "AddPriceList"],
            log.Each("data", "operation").Zip(log.Each("data", "subject")).Where(l => l.Second == id).Select(l => l.First)
        );
    }
}
