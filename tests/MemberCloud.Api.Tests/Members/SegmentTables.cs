using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Members;

/// <summary>Segments as configuration: kept, changed, removed, refused.</summary>
public sealed class SegmentTables(Clouds clouds) : ApiTests(clouds)
{
    private static object Vip(string name) => new { name, filter = new { tags = new[] { "vip" } } };

    [SkippableTheory, EveryEngine]
    public async Task A_segment_is_kept_changed_and_removed(string engine)
    {
        var brand = await NewBrand(engine);
        var made = (await brand.Post("/v1/segments", Vip("Regulars"))).Must(201);
        var path = $"/v1/segments/{made.Text("id")}";
        Assert.StartsWith("seg_", made.Text("id"));

        var read = (await brand.Get(path)).Must(200);
        Assert.Equal(made.Raw, read.Raw);
        Assert.Equal(("Regulars", "vip"), (read.Text("name"), read.Text("filter.tags.0")));
        var changed = (await brand.Patch(path, """{ "filter": { "everyone": true } }""")).Must(200);
        Assert.Equal(("Regulars", true), (changed.Text("name"), (bool)changed.At("filter.everyone")!));
        Assert.Null(changed.At("filter.tags"));
        (await brand.Patch(path, new { name = "All" })).Must(200);
        var stale = await brand.Send(HttpMethod.Patch, path, new { name = "Late" }, null, headers: ("If-Match", read.ETag!));
        stale.MustRefuse(412, "stale");
        Assert.Equal(["All"], (await brand.Get("/v1/segments")).Each("data", "name"));

        (await brand.Delete(path)).Must(204);
        (await brand.Delete(path)).MustRefuse(404, "not_found");
        (await brand.Get(path)).MustRefuse(404, "not_found");
        (await brand.Get($"{path}/preview")).MustRefuse(404, "not_found");
        Assert.Empty((await brand.Get("/v1/segments")).Each("data", "id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_name_is_given_once_however_many_ask(string engine)
    {
        var brand = await NewBrand(engine);

        var answers = await AtOnce(8, _ => brand.Post("/v1/segments", Vip("Regulars")));

        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "segment_exists"));
        var other = (await brand.Post("/v1/segments", Vip("Others"))).Must(201).Text("id");
        (await brand.Patch($"/v1/segments/{other}", new { name = "Regulars" })).MustRefuse(409, "segment_exists");
        (await brand.Patch($"/v1/segments/{other}", new { name = "Others" })).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_brand_has_up_to_200_segments_however_many_ask(string engine)
    {
        var brand = await NewBrand(engine);
        for (var i = 0; i < 198; i++)
            (await brand.Post("/v1/segments", Vip($"s{i}"))).Must(201);

        var answers = await AtOnce(6, i => brand.Post("/v1/segments", Vip($"more{i}")));

        Assert.Equal(2, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "too_many_segments"));
    }

    // What the filter names must be there.
    public static IEnumerable<object[]> Unknown =>
        [
            ["""{ "tier_ids": ["tier_01jd4w7q0zf1x8e6t5n3k2h9ga"] }""", 422, "tier_unknown"],
            ["""{ "tier_ids": ["gold"] }""", 422, "tier_unknown"],
            ["""{ "tier_ids": ["{theirs}"] }""", 422, "tier_unknown"],
            ["""{ "plan_ids": ["plan_01jd4w7q0zf1x8e6t5n3k2h9ga"] }""", 422, "plan_unknown"],
            ["""{ "attributes": [{ "name": "shoe", "op": "set" }] }""", 422, "attribute_unknown"],
            ["""{ "attributes": [{ "name": "city", "op": "gt", "value": "A" }] }""", 422, "attribute_type_mismatch"],
            ["""{ "attributes": [{ "name": "city", "op": "eq", "value": 1 }] }""", 422, "attribute_type_mismatch"],
            ["""{ "attributes": [{ "name": "city", "op": "like", "value": "A" }] }""", 400, "unknown_value"],
            ["""{ "attributes": [{ "name": "city", "op": "eq" }] }""", 400, "required"],
            ["""{ "attributes": [null] }""", 400, "required"],
            ["{}", 400, "segment_empty_filter"],
            ["null", 400, "required"],
            ["""{ "tags": "vip" }""", 400, "bad_type"],
            ["""{ "colour": "red" }""", 400, "unknown_field"],
            ["""{ "everyone": true, "joined": { "within_days": 1 } }""", 400, "not_applicable"],
            ["""{ "last_order": { "within_days": 5, "not_within_days": 9 } }""", 400, "out_of_order"],
            ["""{ "joined": { "within_days": 5, "from": "2026-01-01T00:00:00Z" } }""", 400, "one_of"],
        ];

    [SkippableTheory, EveryEngine]
    public async Task A_filter_that_cannot_hold_is_refused_and_nothing_is_kept(string engine)
    {
        var (brand, theirs) = (await NewBrand(engine), await NewBrand(engine));
        var tier = await theirs.Tier("gold", 1, 10);
        (await brand.Post("/v1/attributes", new { name = "city", type = "text" })).Must(201);
        var kept = (await brand.Post("/v1/segments", Vip("Regulars"))).Must(201).Text("id");

        foreach (var row in Unknown)
        {
            var filter = ((string)row[0]).Replace("{theirs}", tier, StringComparison.Ordinal);
            (await brand.Post("/v1/segments", $$"""{ "name": "x", "filter": {{filter}} }""")).MustRefuse(
                (int)row[1],
                (string)row[2]
            );
            if (filter != "null")
                (await brand.Patch($"/v1/segments/{kept}", $$"""{ "filter": {{filter}} }""")).MustRefuse(
                    (int)row[1],
                    (string)row[2]
                );
        }
        (await brand.Post("/v1/segments", Vip(new string('x', 101)))).MustRefuse(400, "too_long");
        (await brand.Post("/v1/segments", Vip("see http://x"))).MustRefuse(400, "link_not_allowed");
        (await brand.Post("/v1/segments", new { name = "x", filter = new { tags = Enumerable.Repeat("t", 51) } })).MustRefuse(
            400,
            "too_many"
        );

        Assert.Equal(["Regulars"], (await brand.Get("/v1/segments")).Each("data", "name"));
        Assert.Equal("vip", (await brand.Get($"/v1/segments/{kept}")).Text("filter.tags.0"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Another_brands_segment_is_unknown(string engine)
    {
        var (mine, theirs) = (await NewBrand(engine), await NewBrand(engine));
        var id = (await theirs.Post("/v1/segments", Vip("Regulars"))).Must(201).Text("id");

        (await mine.Get($"/v1/segments/{id}")).MustRefuse(404, "not_found");
        (await mine.Get($"/v1/segments/{id}/preview")).MustRefuse(404, "not_found");
        (await mine.Patch($"/v1/segments/{id}", new { name = "Mine" })).MustRefuse(404, "not_found");
        (await mine.Delete($"/v1/segments/{id}")).MustRefuse(404, "not_found");
        (await mine.Post("/v1/segments", Vip("Regulars"))).Must(201);

        Assert.Equal("Regulars", (await theirs.Get($"/v1/segments/{id}")).Text("name"));
    }
}
