using System.Collections.Concurrent;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Members;
using MemberCloud.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Members;

/// <summary>Whom each part of a segment's filter matches, and the parts together.</summary>
public sealed class SegmentParts(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T12:00:00Z";
    private static readonly ConcurrentDictionary<TestCloud, Lazy<Task<Town>>> Towns = [];

    /// <summary>A brand whose members differ in everything, and the ids that filters name.</summary>
    private sealed record Town(Brand Brand, Dictionary<string, string> Ids, Dictionary<string, string> Names);

    // ann: gold, vip and tea, Berlin, ordered yesterday | bob: silver, vip, Bern, ordered in December | cat: new, a city without a name, its only order was cancelled
    // dan: nothing at all | eve: like ann, erased | fay: vip, Berlin, ordered on 1 March, then merged into gil: old, Berlin
    public static IEnumerable<object[]> Filters =>
        [
            ["""{ "everyone": true }""", "ann bob cat dan gil"],
            ["""{ "tags": ["vip"] }""", "ann bob"],
            ["""{ "tags": ["vip", "new"] }""", "ann bob cat"],
            ["""{ "tags": ["VIP"] }""", ""],
            ["""{ "tags_none": ["vip"] }""", "cat dan gil"],
            ["""{ "tags_none": ["vip", "old"] }""", "cat dan"],
            ["""{ "tags": ["vip"], "tags_none": ["tea"] }""", "bob"],
            ["""{ "tier_ids": ["{gold}"] }""", "ann"],
            ["""{ "tier_ids": ["{silver}", "{gold}"] }""", "ann bob"],
            ["""{ "tier_ids": ["{base}"] }""", "cat dan gil"],
            ["""{ "tier_ids": ["{base}", "{gold}"] }""", "ann cat dan gil"],
            ["""{ "plan_ids": ["{plan}"] }""", ""],
            [City("eq", "\"Berlin\""), "ann gil"],
            [City("eq", "\"berlin\""), ""],
            [City("ne", "\"Berlin\""), "bob cat dan"],
            [City("in", "[\"Berlin\", \"Bern\"]"), "ann bob gil"],
            [City("eq", "\"\""), "cat"],
            [City("set", "true"), "ann bob cat gil"],
            [City("set", "false"), "dan"],
            ["""{ "attributes": [{ "name": "city", "op": "set" }] }""", "ann bob cat gil"],
            [Height("eq", "1.75"), "ann"],
            [Height("eq", "1.7500"), "ann"],
            [Height("ne", "10"), "ann bob dan gil"],
            [Height("lt", "0"), "bob"],
            [Height("lt", "-2.5"), ""],
            [Height("lte", "-2.5"), "bob"],
            [Height("gt", "1.75"), "cat"],
            [Height("gte", "1.75"), "ann cat"],
            [Height("gt", "-10"), "ann bob cat"],
            [Height("in", "[1.75, 10.0]"), "ann cat"],
            [Attribute("vegan", "eq", "true"), "ann"],
            [Attribute("vegan", "eq", "false"), "bob"],
            [Attribute("vegan", "ne", "true"), "bob cat dan gil"],
            [Attribute("since", "lt", "\"2024-03-01\""), "ann"],
            [Attribute("since", "gte", "\"2024-02-29\""), "ann"],
            [Attribute("since", "gt", "\"2024-02-29\""), ""],
            [
                """{ "attributes": [{ "name": "city", "op": "eq", "value": "Berlin" }, { "name": "height", "op": "gt", "value": 1 }] }""",
                "ann",
            ],
            [Order("\"from\": \"2026-03-01T00:00:00Z\""), "ann gil"],
            [Order("\"from\": \"2026-03-01T03:00:00.000001Z\""), "ann"],
            [Order("\"until\": \"2026-01-01T00:00:00Z\""), "bob"],
            [Order("\"until\": \"2025-12-01T03:00:00Z\""), ""],
            [Order("\"from\": \"2025-12-01T03:00:00Z\", \"until\": \"2026-03-05T00:00:00Z\""), "bob gil"],
            [Order("\"within_days\": 9"), "ann"],
            [Order("\"within_days\": 10"), "ann gil"],
            [Order("\"not_within_days\": 10"), "bob cat dan"],
            [Order("\"within_days\": 365, \"not_within_days\": 30"), "bob"],
            [Order("\"from\": \"1990-01-01T00:00:00Z\", \"not_within_days\": 90"), "bob"],
            [Order("\"until\": \"2026-03-10T00:00:00Z\", \"not_within_days\": 5"), "bob gil"],
            ["""{ "joined": { "within_days": 1 } }""", "dan gil"],
            ["""{ "joined": { "until": "2025-06-01T00:00:00Z" } }""", "ann cat"],
            ["""{ "joined": { "from": "2025-12-01T03:00:00Z", "until": "2026-03-09T03:00:00Z" } }""", "bob"],
            ["""{ "tags": ["vip"], "tier_ids": ["{base}"] }""", ""],
            ["""{ "tags": ["vip"], "last_order": { "within_days": 100 }, "tier_ids": ["{gold}", "{silver}"] }""", "ann bob"],
            ["""{ "tags_none": ["new"], "joined": { "within_days": 1 }, "last_order": { "not_within_days": 30 } }""", "dan"],
        ];

    private static string City(string op, string value) => Attribute("city", op, value);

    private static string Height(string op, string value) => Attribute("height", op, value);

    private static string Attribute(string name, string op, string value) =>
        $$"""{ "attributes": [{ "name": "{{name}}", "op": "{{op}}", "value": {{value}} }] }""";

    private static string Order(string bounds) => $$"""{ "last_order": { {{bounds}} } }""";

    private static async Task<Town> BuildAsync(TestCloud cloud)
    {
        var brand = await cloud.NewBrand(Now);
        foreach (var (name, type) in new[] { ("city", "text"), ("height", "number"), ("vegan", "boolean"), ("since", "date") })
            (await brand.Post("/v1/attributes", new { name, type })).Must(201);
        var ids = new Dictionary<string, string>
        {
            ["base"] = await brand.Tier("base", 0, 0),
            ["silver"] = await brand.Tier("silver", 1, 100),
            ["gold"] = await brand.Tier("gold", 2, 300),
            ["plan"] = (
                await brand.Post(
                    "/v1/plans",
                    """{ "name": "PLUS", "family": "plus", "price": 100, "term": { "count": 1, "unit": "year" } }"""
                )
            )
                .Must(201)
                .Text("id"),
        };
        var names = await PeopleAsync(brand);
        await LivesAsync(brand, name => names.Single(n => n.Value == name).Key);
        return new(brand, ids, names);
    }

    private static async Task<Dictionary<string, string>> PeopleAsync(Brand brand)
    {
        const string Ann =
            """{ "tags": ["vip", "tea"], "attributes": { "city": "Berlin", "height": 1.75, "vegan": true, "since": "2024-02-29" } }""";
        var names = new Dictionary<string, string>();
        foreach (
            var (name, fields) in new[]
            {
                ("ann", Ann),
                ("bob", """{ "tags": ["vip"], "attributes": { "city": "Bern", "height": -2.5, "vegan": false } }"""),
                ("cat", """{ "tags": ["new"], "attributes": { "city": "", "height": 10 } }"""),
                ("dan", "{}"),
                ("eve", Ann),
                ("fay", """{ "tags": ["vip"], "attributes": { "city": "Berlin" } }"""),
                ("gil", """{ "tags": ["old"], "attributes": { "city": "Berlin" } }"""),
            }
        )
            names.Add(await brand.Member(name, fields), name);
        return names;
    }

    private static async Task LivesAsync(Brand brand, Func<string, string> idOf)
    {
        (await brand.Earn(idOf("ann"), 300, "growth")).Must(201);
        (await brand.Earn(idOf("bob"), 100, "growth")).Must(201);
        (await brand.Earn(idOf("eve"), 300, "growth")).Must(201);
        foreach (
            var (name, at) in new[]
            {
                ("ann", "2025-03-01T03:00:00Z"),
                ("ann", "2026-03-09T03:00:00Z"),
                ("bob", "2025-12-01T03:00:00Z"),
                ("eve", "2026-03-09T03:00:00Z"),
                ("fay", "2026-03-01T03:00:00Z"),
            }
        )
            await brand.Report(brand.Order(name, at));
        await brand.Report(brand.Order("cat", "2025-03-01T03:00:00Z", no: "C-1", completed: null));
        (await brand.Post("/v1/orders/C-1/cancel", "{}")).Must(200);
        (await brand.Delete($"/v1/members/{idOf("eve")}")).Must(204);
        (await brand.Post($"/v1/members/{idOf("gil")}/merge", new { from_member_id = idOf("fay") })).Must(200);
    }

    private async Task<Town> TownAsync(string engine)
    {
        var cloud = await On(engine);
        return await Towns.GetOrAdd(cloud, c => new(() => BuildAsync(c))).Value;
    }

    [SkippableTheory, EveryEngineAnd(nameof(Filters))]
    public async Task A_filter_matches_those_for_whom_every_part_holds(string engine, string filter, string who)
    {
        var town = await TownAsync(engine);
        foreach (var (name, id) in town.Ids)
            filter = filter.Replace($"{{{name}}}", id, StringComparison.Ordinal);
        var body = $$"""{ "name": "{{Ids.New()}}", "filter": {{filter}} }""";

        var segment = (await town.Brand.Post("/v1/segments", body)).Must(201).Text("id");
        var preview = (await town.Brand.Get($"/v1/segments/{segment}/preview")).Must(200);

        var found = preview.At("sample")!.AsArray().Select(id => town.Names[(string)id!]).ToList();
        Assert.Equal(who, string.Join(' ', found));
        Assert.Equal((found.Count, true), ((int)preview.Number("members"), (bool)preview.At("complete")!));
        (await town.Brand.Delete($"/v1/segments/{segment}")).Must(204);
    }

    [SkippableTheory, EveryEngine]
    public async Task Attributes_that_change_are_found_as_they_are_now(string engine)
    {
        var brand = await NewBrand(engine, Now);
        (await brand.Post("/v1/attributes", new { name = "city", type = "text" })).Must(201);
        (await brand.Post("/v1/attributes", new { name = "height", type = "number" })).Must(201);
        var ann = await brand.Member("ann", """{ "attributes": { "city": "Berlin", "height": 1 } }""");
        var bob = await brand.Member("bob", """{ "attributes": { "city": "Berlin" } }""");
        Assert.Equal([ann, bob], await Matched(brand, City("eq", "\"Berlin\"")));

        (await brand.Patch($"/v1/members/{ann}", """{ "attributes": { "city": "Bern" } }""")).Must(200);
        Assert.Equal([bob], await Matched(brand, City("eq", "\"Berlin\"")));
        Assert.Equal([ann], await Matched(brand, City("eq", "\"Bern\"")));
        Assert.Equal([ann], await Matched(brand, Height("gte", "1")));
        // What was refused on the way to it changed nothing.
        (await brand.Patch($"/v1/members/{ann}", """{ "attributes": { "city": "Rome" }, "phone": "x" }""")).MustRefuse(
            400,
            "bad_phone"
        );
        Assert.Equal([ann], await Matched(brand, City("eq", "\"Bern\"")));
        (await brand.Patch($"/v1/members/{ann}", """{ "attributes": { "city": null } }""")).Must(200);
        Assert.Empty(await Matched(brand, City("eq", "\"Bern\"")));
        Assert.Equal([ann], await Matched(brand, Height("set", "true")));
        (await brand.Patch($"/v1/members/{ann}", """{ "attributes": null }""")).Must(200);
        Assert.Empty(await Matched(brand, Height("set", "true")));

        await AtOnce(8, i => brand.Patch($"/v1/members/{bob}", $$"""{ "attributes": { "city": "c{{i}}", "height": {{i}} } }"""));
        var now = (await brand.Get($"/v1/members/{bob}")).Must(200);
        Assert.Equal([bob], await Matched(brand, City("eq", $"\"{now.Text("attributes.city")}\"")));
        Assert.Equal([bob], await Matched(brand, Height("eq", now.Text("attributes.city")[1..])));
    }

    [SkippableTheory, EveryEngine]
    public async Task Another_brands_members_are_never_matched_and_an_unmerged_member_is_again(string engine)
    {
        var (mine, theirs) = (await NewBrand(engine, Now), await NewBrand(engine, Now));
        const string Vip = """{ "tags": ["vip"] }""";
        await theirs.Member("ann", Vip);
        var (ann, bob) = (await mine.Member("ann", Vip), await mine.Member("bob", Vip));
        await mine.Report(mine.Order("bob", "2026-03-09T03:00:00Z"));
        Assert.Equal([ann, bob], await Matched(mine, Vip));

        (await mine.Post($"/v1/members/{ann}/merge", new { from_member_id = bob })).Must(200);
        Assert.Equal([ann], await Matched(mine, Vip));
        Assert.Equal([ann], await Matched(mine, Order("\"within_days\": 5")));
        (await mine.Post($"/v1/members/{ann}/unmerge", new { from_member_id = bob })).Must(200);

        Assert.Equal([ann, bob], await Matched(mine, Vip));
        Assert.Equal([bob], await Matched(mine, Order("\"within_days\": 5")));
        Assert.Equal([ann, bob], await Matched(mine, """{ "everyone": true }"""));
    }

    [SkippableTheory, EveryEngine]
    public async Task Pages_go_on_where_the_last_one_ended(string engine)
    {
        var brand = await NewBrand(engine, Now);
        foreach (var part in Enumerable.Range(0, 1_200).Chunk(600))
        {
            var orders = part.Select(i =>
                brand.Order($"m{i:0000}", i % 2 == 0 ? "2026-03-09T03:00:00Z" : "2025-03-09T03:00:00Z")
            );
            (await brand.Post("/v1/orders/bulk", new { orders })).Must(200);
        }
        var filter = Json.Read<SegmentFilter>(Order("\"within_days\": 30"));

        var (pages, count, cut) = await brand.Cloud.Host.InsideAsync(
            brand.Id,
            async services =>
            {
                var segments = services.GetRequiredService<Segments>();
                var pages = new List<IReadOnlyList<Guid>>();
                do pages.Add(await segments.MembersAsync(filter, pages.LastOrDefault()?[^1], 110, CancellationToken.None));
                while (pages[^1].Count == 110);
                return (
                    pages,
                    await segments.CountAsync(filter, Segments.CountFor, CancellationToken.None),
                    await segments.CountAsync(filter, TimeSpan.Zero, CancellationToken.None)
                );
            }
        );

        Assert.Equal([110, 110, 110, 110, 110, 50], pages.Select(p => p.Count));
        var all = pages.SelectMany(p => p).Select(id => Ids.Show(IdPrefix.Member, id)).ToList();
        Assert.Equal(all.Order(StringComparer.Ordinal), all);
        Assert.Equal(600, all.Distinct().Count());
        Assert.Equal((600, true, 10), (count.Members, count.IsComplete, count.First.Count));
        Assert.Equal((0, false), (cut.Members, cut.IsComplete));
    }

    private static Task<List<string>> Matched(Brand brand, string filter) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            async services =>
            {
                var read = Json.Read<SegmentFilter>(filter);
                var found = await services.GetRequiredService<Segments>().MembersAsync(read, null, 100, CancellationToken.None);
                return found.Select(id => Ids.Show(IdPrefix.Member, id)).ToList();
            }
        );
}
