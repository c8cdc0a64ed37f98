using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using MemberCloud.Memberships;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>The catalogue of plans: what a plan may say, its versions, what it names.</summary>
public sealed class Plans(Clouds clouds) : ApiTests(clouds)
{
    private const string Year = "\"term\": { \"count\": 1, \"unit\": \"year\" }";
    private const string Plus = $$"""{ "name": "PLUS", "family": "plus", "price": 14900, {{Year}} }""";

    [SkippableTheory, EveryEngine]
    public async Task A_plan_has_defaults_and_the_brands_currency(string engine)
    {
        var brand = await NewBrand(engine, currency: "JPY");

        var plan = (await brand.Post("/v1/plans", Plus)).Must(201);

        Assert.StartsWith("plan_", plan.Text("id"));
        Assert.Equal(("PLUS", "plus", "JPY"), (plan.Text("name"), plan.Text("family"), plan.Text("currency")));
        Assert.Equal((14_900, 0, 7), (plan.Number("price"), plan.Number("trial_days"), plan.Number("grace_days")));
        Assert.Equal((1, "year"), ((int)plan.Number("term.count"), plan.Text("term.unit")));
        Assert.Equal(
            ("full_if_unused", true, 1),
            (plan.Text("refund_policy"), (bool)plan.At("active")!, (int)plan.Number("version"))
        );
        Assert.Null(plan.At("tier_id"));
        Assert.Null(plan.At("intro"));
        Assert.Empty(plan.At("perks")!.AsArray());
        Assert.Equal(plan.Raw, (await brand.Get($"/v1/plans/{plan.Text("id")}")).Must(200).Raw);
    }

    [SkippableTheory, EveryEngine]
    public async Task Every_change_is_a_new_version_and_the_old_ones_stay(string engine)
    {
        var brand = await NewBrand(engine);
        var tier = await brand.Tier("gold", 1, 10);
        var perk = (await brand.Post("/v1/perks", new { name = "Shipping", kind = "free_shipping" })).Must(201).Text("id");
        var path = $"/v1/plans/{(await brand.Post("/v1/plans", Plus)).Must(201).Text("id")}";
        var etag = (await brand.Get(path)).ETag!;

        var second = (
            await brand.Patch(
                path,
                $$"""{ "price": 16900, "intro": { "price": 9900, "terms": 2 }, "tier_id": "{{tier}}", "perks": ["{{perk}}"] }"""
            )
        ).Must(200);
        Assert.Equal(
            (2, 16_900, 9_900, tier, perk),
            (
                (int)second.Number("version"),
                (int)second.Number("price"),
                (int)second.Number("intro.price"),
                second.Text("tier_id"),
                second.Text("perks.0")
            )
        );
        (await brand.Send(HttpMethod.Patch, path, """{ "price": 1 }""", null, headers: ("If-Match", etag))).MustRefuse(
            412,
            "stale"
        );
        // The same again says nothing new: notices about this version stay good.
        Assert.Equal(2, (await brand.Patch(path, """{ "price": 16900 }""")).Must(200).Number("version"));
        Assert.Equal(2, (await brand.Patch(path, "{}")).Must(200).Number("version"));
        var third = (await brand.Patch(path, """{ "intro": null, "tier_id": null, "active": false }""")).Must(200);
        Assert.Equal((3, false), ((int)third.Number("version"), (bool)third.At("active")!));
        Assert.Null(third.At("intro"));
        Assert.Null(third.At("tier_id"));

        var versions = await brand.Cloud.Host.InsideAsync(
            brand.Id,
            s =>
                s.GetRequiredService<MemberCloudDb>()
                    .Set<PlanVersion>()
                    .AsNoTracking()
                    .OrderBy(v => v.Number)
                    .Select(v => v.Body)
                    .ToListAsync()
        );
        Assert.Equal([14_900L, 16_900, 16_900], versions.Select(v => MemberCloud.Shared.Json.Read<PlanBody>(v).Price));
    }

    [SkippableTheory, EveryEngine]
    public async Task Changes_at_once_each_make_their_version(string engine)
    {
        var brand = await NewBrand(engine);
        var path = $"/v1/plans/{(await brand.Post("/v1/plans", Plus)).Must(201).Text("id")}";

        var answers = await AtOnce(6, i => brand.Patch(path, new { price = 100 + i }));

        Assert.Equal([2, 3, 4, 5, 6, 7], answers.Select(a => (int)a.Must(200).Number("version")).Order());
        Assert.Equal(7, (await brand.Get(path)).Number("version"));
    }

    public static IEnumerable<object[]> Refused =>
        [
            ["price", "0", "out_of_range"],
            ["price", "-1", "out_of_range"],
            ["price", "1000000000001", "out_of_range"],
            ["price", "1.5", "bad_type"],
            ["price", "null", "*"],
            ["trial_days", "-1", "out_of_range"],
            ["trial_days", "366", "out_of_range"],
            ["grace_days", "91", "out_of_range"],
            ["term", """{ "count": 0, "unit": "day" }""", "out_of_range"],
            ["term", """{ "count": 3651, "unit": "day" }""", "out_of_range"],
            ["term", """{ "count": 121, "unit": "month" }""", "out_of_range"],
            ["term", """{ "count": 11, "unit": "year" }""", "out_of_range"],
            ["term", """{ "count": 1, "unit": "week" }""", "unknown_value"],
            ["term", """{ "count": 1 }""", "required"],
            ["intro", """{ "price": 14900, "terms": 1 }""", "intro_not_below_price"],
            ["intro", """{ "price": 14899, "terms": 0 }""", "out_of_range"],
            ["intro", """{ "price": -1, "terms": 1 }""", "out_of_range"],
            ["refund_policy", "\"half\"", "unknown_value"],
            ["name", "\"\"", "*"],
            ["name", "\"see http://x\"", "link_not_allowed"],
            ["perks", """["{perk}", "{perk}"]""", "duplicate"],
            ["perks", """["perk_01jd4w7q0zf1x8e6t5n3k2h9ga"]""", "perk_unknown"],
            ["perks", """["{theirs}"]""", "perk_unknown"],
            ["tier_id", "\"gold\"", "tier_unknown"],
            ["tier_id", $"\"{new string('t', 61)}\"", "too_long"],
            ["price_off", "1", "unknown_field"],
        ];

    [SkippableTheory, EveryEngine]
    public async Task What_a_plan_cannot_say_is_refused_when_it_is_made_and_when_it_is_changed(string engine)
    {
        var (brand, theirs) = (await NewBrand(engine), await NewBrand(engine));
        object shipping = new { name = "Shipping", kind = "free_shipping" };
        var perk = (await brand.Post("/v1/perks", shipping)).Must(201).Text("id");
        var other = (await theirs.Post("/v1/perks", shipping)).Must(201).Text("id");
        var kept = (await brand.Post("/v1/plans", Plus)).Must(201);

        foreach (var row in Refused)
        {
            var (field, code) = ((string)row[0], (string)row[2]);
            var value = ((string)row[1])
                .Replace("{perk}", perk, StringComparison.Ordinal)
                .Replace("{theirs}", other, StringComparison.Ordinal);
            var fields = new Dictionary<string, string>
            {
                ["name"] = "\"x\"",
                ["family"] = "\"x\"",
                ["price"] = "14900",
                ["term"] = """{ "count": 1, "unit": "year" }""",
                [field] = value,
            };
            var made = await brand.Post("/v1/plans", $"{{ {string.Join(", ", fields.Select(f => $"\"{f.Key}\": {f.Value}"))} }}");
            var status = code.EndsWith("_unknown", StringComparison.Ordinal) ? 422 : 400;
            made.MustRefuse(status, code == "*" ? made.Code : code);
            if (value == "null")
                continue;
            var changed = await brand.Patch($"/v1/plans/{kept.Text("id")}", $"{{ \"{field}\": {value} }}");
            changed.MustRefuse(status, code == "*" ? changed.Code : code);
        }
        (await brand.Post("/v1/plans", Plus.Replace("\"plus\"", "\"Plus one\"", StringComparison.Ordinal))).MustRefuse(
            400,
            "bad_format"
        );
        var place = await brand.Patch($"/v1/plans/{kept.Text("id")}", """{ "intro": { "price": 1, "terms": 121 } }""");
        Assert.Equal("/intro/terms", place.MustRefuse(400, "out_of_range").Text("errors.0.pointer"));

        Assert.Equal(kept.Raw, (await brand.Get("/v1/plans")).At("data.0")!.ToJsonString());
        Assert.Single((await brand.Get("/v1/plans")).Each("data", "id"));
        (await theirs.Get($"/v1/plans/{kept.Text("id")}")).MustRefuse(404, "not_found");
        (await theirs.Patch($"/v1/plans/{kept.Text("id")}", "{}")).MustRefuse(404, "not_found");
    }
}
