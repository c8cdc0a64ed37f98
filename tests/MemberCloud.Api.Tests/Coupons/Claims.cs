using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>A coupon from its template to its end, one member at a time.</summary>
public sealed class Claims(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T04:00:00Z";

    [SkippableTheory, EveryEngine]
    public async Task A_template_gives_out_while_it_is_active_and_stock_lasts(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { stock = 2 }, active: false);
        var (ann, bob, cat) = (await brand.Member("ann"), await brand.Member("bob"), await brand.Member("cat"));
        Task<Answer> To(string state) => brand.Post($"/v1/coupon-templates/{template}/{state}", new { });

        (await brand.Claim(template, ann)).MustRefuse(409, "not_active");
        (await To("pause")).MustRefuse(409, "template_draft");
        (await To("activate")).Must(200);
        (await To("activate")).Must(200);
        var coupon = (await brand.Claim(template, ann)).Must(201);
        (await To("pause")).Must(200);
        (await brand.Claim(template, bob)).MustRefuse(409, "paused");
        (await To("activate")).Must(200);
        (await brand.Claim(template, bob)).Must(201);
        (await brand.Claim(template, cat)).MustRefuse(409, "used_up");
        (await To("end")).Must(200);
        (await brand.Claim(template, cat)).MustRefuse(409, "ended");
        (await To("activate")).MustRefuse(409, "template_ended");
        (await brand.Patch($"/v1/coupon-templates/{template}", new { stock = 5 })).MustRefuse(409, "template_ended");

        Assert.Equal(("issued", "2026-03-17T04:00:00Z"), (coupon.Text("state"), coupon.Text("valid_until")));
        Assert.Equal(16, coupon.Text("code").Length);
        Assert.Equal("2/0/0/0 0", await brand.Counts(template));
        Assert.Equal(coupon.Raw, (await brand.Get($"/v1/coupons/{coupon.Text("id")}")).Must(200).Raw);
        Assert.Equal(2, (await brand.Events("coupon.issued")).Count);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_coupon_keeps_the_terms_it_was_made_with(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        var ann = await brand.Member("ann");
        var first = (await brand.Claim(template, ann)).Must(201);
        var changed = (
            await brand.Patch(
                $"/v1/coupon-templates/{template}",
                new { amount_off = 700, validity = new { days_after_claim = 1 } }
            )
        ).Must(200);
        var second = (await brand.Claim(template, ann)).Must(201);

        Assert.Equal((2, 700), (changed.Number("version"), changed.Number("amount_off")));
        Assert.Equal((1, 2), (first.Number("template_version"), second.Number("template_version")));
        Assert.Equal("2026-03-11T04:00:00Z", second.Text("valid_until"));
        (await brand.Patch($"/v1/coupon-templates/{template}", new { kind = "gift" })).MustRefuse(400, "unknown_field");
        (await brand.Patch($"/v1/coupon-templates/{template}", new { fixed_price = 5 })).MustRefuse(400, "not_applicable");
    }

    [SkippableTheory, EveryEngine]
    public async Task Limits_count_what_was_given_out_and_not_made_void(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { stock = 3, limits = new { per_member = 2, per_member_per_day = 1 } });
        var ann = await brand.Member("ann");
        var first = (await brand.Claim(template, ann)).Must(201).Text("id");
        (await brand.Claim(template, ann)).MustRefuse(409, "day_limit");
        (await brand.Post($"/v1/coupons/{first}/void", new { reason = "wrong one" })).Must(200);
        (await brand.Post($"/v1/coupons/{first}/void", new { reason = "again" })).Must(200);
        (await brand.Claim(template, ann)).Must(201);
        await brand.MoveTo("2026-03-11T04:00:00Z");
        (await brand.Claim(template, ann)).Must(201);
        await brand.MoveTo("2026-03-12T04:00:00Z");
        (await brand.Claim(template, ann)).MustRefuse(409, "member_limit");

        Assert.Equal("2/0/0/1 1", await brand.Counts(template));
        Assert.Equal("issued issued void", await brand.Wallet(ann));
        Assert.Equal("wrong one", (await brand.Get($"/v1/coupons/{first}")).Text("reason"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_coupon_ends_by_the_time_and_the_job_counts_it(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { stock = 5 });
        var ann = await brand.Member("ann");
        var coupon = (await brand.Claim(template, ann)).Must(201).Text("id");

        await brand.StandAt("2026-03-17T04:00:00Z"); // no job ran
        var read = (await brand.Get($"/v1/coupons/{coupon}")).Must(200);
        Assert.Equal(("expired", "expired"), (read.Text("state"), read.Text("reason_not_usable")));
        Assert.Single((await brand.Get($"/v1/members/{ann}/coupons?state=expired")).Each("data", "id"));
        Assert.Empty((await brand.Get($"/v1/members/{ann}/coupons?state=issued")).Each("data", "id"));
        Assert.Equal("1/0/0/0 4", await brand.Counts(template));
        (await brand.Post($"/v1/coupons/{coupon}/void", new { reason = "late" })).MustRefuse(409, "expired");

        await brand.MoveTo("2026-03-17T05:00:00Z");
        Assert.Equal("1/0/1/0 4", await brand.Counts(template));
        Assert.Equal("2026-03-17T04:00:00Z", Stamp((await brand.Events("coupon.expired")).Single().OccurredAt));
        Assert.Equal("expired", await brand.Wallet(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Stock_is_raised_and_lowered_and_lifted_while_it_gives_out(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { stock = 1 });
        var said = new List<string>();
        var n = 0;
        async Task Set(string stock)
        {
            (await brand.Patch($"/v1/coupon-templates/{template}", $$"""{ "stock": {{stock}} }""")).Must(200);
            var answer = await brand.Claim(template, await brand.Member($"m-{n++}"));
            said.Add($"{(answer.Status == 201 ? "ok" : answer.Code)} {await brand.Counts(template)}");
        }
        await Set("1");
        await Set("1");
        await Set("3");
        await Set("0");
        await Set("null");
        await Set("4");
        await Set("3");
        Assert.Equal(
            [
                "ok 1/0/0/0 0",
                "used_up 1/0/0/0 0",
                "ok 2/0/0/0 1",
                "used_up 2/0/0/0 0",
                "ok 3/0/0/0 -",
                "ok 4/0/0/0 0",
                "used_up 4/0/0/0 0",
            ],
            said
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task A_member_sees_what_is_offered_and_why_not_in_their_language(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var open = await brand.Template(
            new
            {
                priority = 5,
                limits = new { per_member = 1 },
                texts = new Dictionary<string, object> { ["zh-CN"] = new { title = "减五元", rules = "每人一张" } },
            }
        );
        var later = await brand.Template(new { opens_at = "2026-03-10T05:00:00Z" });
        var hidden = await brand.Template(new { claimable = false });
        var ann = await brand.MemberCaller("ann");
        async Task<List<string>> Offers() =>
            [
                .. (await ann.Get("/v1/me/offers"))
                    .Must(200)
                    .At("data")!
                    .AsArray()
                    .Select(o => $"{o!["title"]} {o["reason_not_claimable"]}"),
            ];

        Assert.Equal(["减五元 ", "5 off not_started"], await Offers());
        (await ann.Post($"/v1/me/offers/{open}/claim", key: "mine")).Must(201);
        (await ann.Post($"/v1/me/offers/{open}/claim", key: "mine")).Must(201);
        (await ann.Post($"/v1/me/offers/{open}/claim", key: "other")).MustRefuse(409, "member_limit");
        (await ann.Post($"/v1/me/offers/{later}/claim")).MustRefuse(409, "not_started");
        (await ann.Post($"/v1/me/offers/{hidden}/claim")).MustRefuse(404, "not_found");
        Assert.Equal(["减五元 member_limit", "5 off not_started"], await Offers());
        Assert.Single((await ann.Get("/v1/me/coupons?state=issued")).Must(200).Each("data", "id"));
        var chinese = await ann.Send(HttpMethod.Get, "/v1/me/offers", null, null, headers: ("Accept-Language", "zh-CN,en;q=0.5"));
        Assert.Contains("上限", chinese.Text("data.0.message"), StringComparison.Ordinal);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_cart_is_told_of_each_coupon_why_not(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var ann = await brand.Member("ann");
        foreach (
            var fields in new object[]
            {
                new { },
                new { threshold = new { amount = 5000 } },
                new { scope = new { include = new { skus = new[] { "cup" } } } },
            }
        )
            (await brand.Claim(await brand.Template(fields), ann)).Must(201);
        (
            await brand.Claim(
                await brand.Template(new { validity = new { from = "2026-04-01T00:00:00Z", until = "2026-05-01T00:00:00Z" } }),
                ann
            )
        ).Must(201);
        var cart = new
        {
            lines = new[]
            {
                new
                {
                    id = "1",
                    sku = "tea",
                    quantity = 2,
                    list_price = 2000,
                },
            },
        };

        var told = (await brand.Post($"/v1/members/{ann}/coupons/check", cart, key: null)).Must(200);

        Assert.Equal(["not_started", "out_of_scope", "below_threshold", "null"], told.Each("data", "code"));
        Assert.Equal(1000, told.Number("data.2.missing"));
        Assert.True((bool)told.At("data.3.usable")!);
        Assert.Equal(4, (await brand.Get($"/v1/members/{ann}/coupons")).Each("data", "id").Count);
        (await brand.Post($"/v1/members/{ann}/coupons/check", new { lines = Array.Empty<object>() }, key: null)).MustRefuse(
            400,
            "too_few"
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task Another_brand_sees_and_does_nothing(string engine)
    {
        var (brand, other) = (await NewBrand(engine, Now), await NewBrand(engine, Now));
        var (template, theirs) = (await brand.Template(), await other.Template());
        var (ann, bob) = (await brand.Member("ann"), await other.Member("bob"));
        var coupon = (await brand.Claim(template, ann)).Must(201).Text("id");

        (await other.Claim(template, bob)).MustRefuse(404, "not_found");
        (await other.Claim(theirs, ann)).MustRefuse(404, "not_found");
        (await other.Get($"/v1/coupons/{coupon}")).MustRefuse(404, "not_found");
        (await other.Post($"/v1/coupons/{coupon}/void", new { reason = "theirs" })).MustRefuse(404, "not_found");
        (await other.Get($"/v1/coupon-templates/{template}")).MustRefuse(404, "not_found");
        Assert.Equal("0/0/0/0 -", await other.Counts(theirs));
    }

    public static TheoryData<string, string, int, string> Wrong =>
        new()
        {
            { """{ "percent_off_bp": 10001 }""", "percent_off", 400, "out_of_range" },
            { """{ "amount_off": null }""", "amount_off", 400, "required" },
            { """{ "gift": { "skus": ["a"] } }""", "amount_off", 400, "not_applicable" },
            {
                """{ "validity": { "from": "2026-04-02T00:00:00Z", "until": "2026-04-01T00:00:00Z" } }""",
                "amount_off",
                400,
                "out_of_order"
            },
            { """{ "validity": {} }""", "amount_off", 400, "one_of" },
            {
                """{ "scope": { "include": { "skus": ["a"] }, "exclude": { "skus": ["a", "b"] } } }""",
                "amount_off",
                400,
                "scope_empty"
            },
            { """{ "audience": { "tier_ids": ["tier_01jd4w7q0zf1x8e6t5n3k2h9ga"] } }""", "amount_off", 422, "tier_unknown" },
            { """{ "texts": { "en": { "title": "<b>5</b> off" } } }""", "amount_off", 400, "markup_not_allowed" },
            { """{ "name": "see http://x.example" }""", "amount_off", 400, "link_not_allowed" },
            { """{ "stock": -1 }""", "amount_off", 400, "out_of_range" },
            { """{ "limits": { "per_member": 0 } }""", "amount_off", 400, "out_of_range" },
            { """{ "return_policy": "extend_days" }""", "amount_off", 400, "one_of" },
        };

    [SkippableTheory, MemberData(nameof(Wrong))]
    public async Task Bad_templates_are_refused_and_leave_nothing(string fields, string kind, int status, string code)
    {
        var brand = await NewBrand("sqlite", Now);
        var body = System
            .Text.Json.Nodes.JsonNode.Parse($$"""{ "name": "t", "kind": "{{kind}}", "validity": { "days_after_claim": 7 } }""")!
            .AsObject();
        if (kind == "amount_off")
            body["amount_off"] = 500;
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(fields)!.AsObject())
            body[name] = value?.DeepClone();
        (await brand.Post("/v1/coupon-templates", body.ToJsonString())).MustRefuse(status, code);
        Assert.Empty((await brand.Get("/v1/coupon-templates")).Each("data", "id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_brand_may_forbid_more_off_than_must_be_bought(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Template(new { threshold = new { amount = 400 } });
        (await brand.Patch("/v1/brand", new { coupons_stay_below_threshold = true })).Must(200);
        object Body(long threshold) =>
            new
            {
                name = "t",
                kind = "amount_off",
                amount_off = 500,
                threshold = new { amount = threshold },
                validity = new { days_after_claim = 7 },
            };
        (await brand.Post("/v1/coupon-templates", Body(499))).MustRefuse(422, "amount_above_threshold");
        (await brand.Post("/v1/coupon-templates", Body(500))).Must(201);
    }

    private static string Stamp(DateTime at) =>
        at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
