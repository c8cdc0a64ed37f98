using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Perks;

/// <summary>The catalogue of perks. What each kind asks for is the rules' own table.</summary>
public sealed class PerkCatalogue(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task A_perk_is_made_changed_and_listed(string engine)
    {
        var brand = await NewBrand(engine);

        var made = (
            await brand.Post("/v1/perks", """{ "name": "Early", "kind": "early_access", "config": { "hours": 24 } }""")
        ).Must(201);

        Assert.StartsWith("perk_", made.Text("id"));
        Assert.Equal(
            (1, "term", 0, 0, "CNY", true),
            (
                (int)made.Number("quantity"),
                made.Text("period"),
                (int)made.Number("rollover_max"),
                (int)made.Number("priority"),
                made.Text("currency"),
                (bool)made.At("active")!
            )
        );
        Assert.Null(made.At("value"));
        Assert.Equal(24, made.Number("config.hours"));
        var path = $"/v1/perks/{made.Text("id")}";
        var read = (await brand.Get(path)).Must(200);
        Assert.Equal(made.Raw, read.Raw);

        var changed = (
            await brand.Patch(
                path,
                """{ "quantity": 3, "period": "month", "rollover_max": 2, "priority": -5, "value": 500, "config": { "hours": 48 }, "active": false }"""
            )
        ).Must(200);
        Assert.Equal(
            (3, "month", 2, -5, 500, 48, false),
            (
                (int)changed.Number("quantity"),
                changed.Text("period"),
                (int)changed.Number("rollover_max"),
                (int)changed.Number("priority"),
                (int)changed.Number("value"),
                (int)changed.Number("config.hours"),
                (bool)changed.At("active")!
            )
        );
        Assert.Null((await brand.Patch(path, """{ "value": null }""")).Must(200).At("value"));
        var stale = await brand.Send(HttpMethod.Patch, path, """{ "quantity": 9 }""", null, headers: ("If-Match", read.ETag!));
        stale.MustRefuse(412, "stale");
        Assert.Equal(["Early"], (await brand.Get("/v1/perks")).Each("data", "name"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Coupons_of_a_perk_come_from_templates_of_the_brand(string engine)
    {
        var (brand, theirs) = (await NewBrand(engine), await NewBrand(engine));
        static string Pack(string template) =>
            $$"""{ "name": "p", "kind": "coupon_pack", "period": "month", "config": { "coupons": [{ "template_id": "{{template}}", "quantity": 2 }] } }""";
        var (own, draft, other) = (await brand.Template(), await brand.Template(active: false), await theirs.Template());

        var perk = (await brand.Post("/v1/perks", Pack(own))).Must(201);
        Assert.Equal((own, 2), (perk.Text("config.coupons.0.template_id"), (int)perk.Number("config.coupons.0.quantity")));
        (await brand.Post("/v1/perks", Pack(draft))).Must(201);
        (await brand.Post("/v1/perks", Pack(other))).MustRefuse(422, "template_unknown");
        (await brand.Post("/v1/perks", Pack("none"))).MustRefuse(422, "template_unknown");
        var change = $$"""{ "config": { "coupons": [{ "template_id": "{{other}}", "quantity": 1 }] } }""";
        (await brand.Patch($"/v1/perks/{perk.Text("id")}", change)).MustRefuse(422, "template_unknown");

        Assert.Equal(2, (await brand.Get("/v1/perks")).Each("data", "id").Count);
    }

    [SkippableTheory, EveryEngine]
    public async Task What_a_kind_does_not_take_is_refused_when_it_is_made_and_when_it_is_changed(string engine)
    {
        var (brand, theirs) = (await NewBrand(engine), await NewBrand(engine));
        var kept = (await brand.Post("/v1/perks", new { name = "Shipping", kind = "free_shipping" })).Must(201);
        var path = $"/v1/perks/{kept.Text("id")}";
        static string New(string more) => $$"""{ "name": "p", {{more}} }""";

        (await brand.Post("/v1/perks", New("\"kind\": \"flying\""))).MustRefuse(400, "unknown_value");
        (await brand.Post("/v1/perks", """{ "name": "p" }""")).MustRefuse(400, "required");
        (await brand.Post("/v1/perks", New("\"kind\": \"coupon_pack\""))).MustRefuse(400, "required");
        (await brand.Post("/v1/perks", New("\"kind\": \"birthday_gift\""))).MustRefuse(400, "one_of");
        (await brand.Post("/v1/perks", New("\"kind\": \"custom\", \"config\": { \"hours\": 1 }"))).MustRefuse(
            400,
            "not_applicable"
        );
        (await brand.Post("/v1/perks", New("\"kind\": \"custom\", \"config\": { \"colour\": 1 }"))).MustRefuse(
            400,
            "unknown_field"
        );
        (
            await brand.Post("/v1/perks", New($"\"kind\": \"custom\", \"config\": {{ \"text\": \"{new string('x', 501)}\" }}"))
        ).MustRefuse(400, "too_long");
        (await brand.Post("/v1/perks", """{ "name": "<b>p</b>", "kind": "custom" }""")).MustRefuse(400, "markup_not_allowed");
        (await brand.Patch(path, """{ "config": { "hours": 1 } }""")).MustRefuse(400, "not_applicable");
        (await brand.Patch(path, """{ "period": "once", "rollover_max": 1 }""")).MustRefuse(400, "not_applicable");
        (await brand.Patch(path, """{ "kind": "custom" }""")).MustRefuse(400, "unknown_field");
        (await brand.Patch(path, """{ "quantity": 0 }""")).MustRefuse(400, "out_of_range");
        (await theirs.Get(path)).MustRefuse(404, "not_found");
        (await theirs.Patch(path, "{}")).MustRefuse(404, "not_found");

        Assert.Equal(kept.Raw, (await brand.Get(path)).Raw);
        Assert.Single((await brand.Get("/v1/perks")).Each("data", "id"));
    }
}
