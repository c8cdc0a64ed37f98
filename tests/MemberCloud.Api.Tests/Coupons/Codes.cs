using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Coupons;
using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>Coupons by code: a template's own, and pools of codes for one coupon each.</summary>
public sealed class Codes(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T04:00:00Z";

    private static readonly string[] Vips = ["vip"];

    [SkippableTheory, EveryEngine]
    public async Task A_template_s_own_code_gives_coupons_under_its_terms_however_it_is_typed(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(
            new
            {
                code = "SUMMER-10",
                stock = 2,
                limits = new { per_member = 1 },
                opens_at = "2026-03-10T05:00:00Z",
            },
            active: false
        );
        var (ann, bob, cat) = (await brand.Member("ann"), await brand.Member("bob"), await brand.Member("cat"));

        (await brand.Redeem("SUMMER-10", ann)).MustRefuse(409, "not_active");
        (await brand.Post($"/v1/coupon-templates/{template}/activate", new { })).Must(200);
        (await brand.Redeem("SUMMER-10", ann, key: "a")).MustRefuse(409, "not_started");
        await brand.StandAt("2026-03-10T05:00:00Z");
        var coupon = (await brand.Redeem(" summer 1o", ann, key: "a")).Must(201); // a refusal kept nothing of its key
        Assert.Equal(coupon.Raw, (await brand.Redeem(" summer 1o", ann, key: "a")).Must(201).Raw);
        (await brand.Redeem("SUMMER-10", ann, key: "a")).MustRefuse(422, "idempotency_key_reused");
        (await brand.Redeem("SUMMER-10", ann)).MustRefuse(409, "member_limit");
        (await brand.Redeem("SUMMER10", bob)).Must(201);
        (await brand.Redeem("SUMMER-10", cat)).MustRefuse(409, "used_up");
        (await brand.Redeem("SUMMER-11", cat)).MustRefuse(409, "code_invalid");

        Assert.Equal(("code", "issued"), (coupon.Text("way"), coupon.Text("state")));
        Assert.Equal("2/0/0/0 0", await brand.Counts(template));
        Assert.Equal("SUMMER-10", (await brand.Get($"/v1/coupon-templates/{template}")).Text("code"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_code_belongs_to_one_template_until_that_ends(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var first = await brand.Template(new { code = "SPRING" });
        var second = await brand.Template();
        Task<Answer> Give(string template, string code) =>
            brand.Patch($"/v1/coupon-templates/{template}", $$"""{ "code": {{code}} }""");

        (await Give(second, "\"spr-1ng\"")).MustRefuse(409, "code_taken");
        (await Give(first, "\"SPRING\"")).Must(200);
        (await brand.Post($"/v1/coupon-templates/{first}/end", new { })).Must(200);
        (await Give(second, "\"spr-1ng\"")).Must(200);
        var ann = await brand.Member("ann");
        Assert.Equal(second, (await brand.Redeem("SPRING", ann)).Must(201).Text("template_id"));
        (await Give(second, "null")).Must(200);
        (await brand.Redeem("SPRING", ann)).MustRefuse(409, "code_invalid");
        await (await NewBrand(engine, Now)).Template(new { code = "SPRING" });
    }

    [SkippableTheory]
    [InlineData("\"abc\"", "too_short")]
    [InlineData("\"----\"", "bad_format")]
    [InlineData("\"a--b\"", "bad_format")]
    [InlineData("\"NEW YEAR\"", "bad_format")]
    [InlineData("\"新年快乐\"", "bad_format")]
    [InlineData("\"1234567890123456789012345678901\"", "too_long")]
    [InlineData("\"0123-4567-89AB-CDEF\"", "code_reserved")]
    [InlineData("\"WILLKOMMEN2026LU\"", "code_reserved")] // I, L, O and U read as ours
    [InlineData("5", "bad_type")]
    public async Task A_bad_code_makes_no_template(string code, string refusal)
    {
        var brand = await NewBrand("sqlite", Now);
        var body = $$"""
            { "name": "t", "kind": "amount_off", "amount_off": 5, "validity": { "days_after_claim": 7 }, "code": {{code}} }
            """;
        (await brand.Post("/v1/coupon-templates", body)).MustRefuse(400, refusal);
        Assert.Empty((await brand.Get("/v1/coupon-templates")).Each("data", "id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_code_of_a_pool_gives_one_coupon_once(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { stock = 3, audience = new { tags = Vips } });
        var (ann, bob) = (await brand.Member("ann", new { tags = Vips }), await brand.Member("bob"));
        var (batch, codes) = await brand.Pool(template, 5);
        Assert.Equal((5, 5), (codes.Count, codes.Distinct().Count()));
        Assert.All(codes, c => Assert.False(!CodeRules.IsOurs(c) || CodeRules.IsTypo(c)));

        (await brand.Redeem(codes[0], bob)).MustRefuse(409, "audience"); // and it is still good
        var typed = $"{codes[0][..4]}-{codes[0][4..8]} {codes[0][8..]}".ToLowerInvariant();
        var coupon = (await brand.Redeem(typed, ann, key: "k")).Must(201);
        Assert.Equal(coupon.Raw, (await brand.Redeem(typed, ann, key: "k")).Must(201).Raw);
        (await brand.Redeem(codes[1], ann, key: "k")).MustRefuse(422, "idempotency_key_reused");
        (await brand.Redeem(codes[0], ann)).MustRefuse(409, "already_redeemed");
        (await brand.Redeem(codes[0], bob)).MustRefuse(409, "already_redeemed");
        (await brand.Redeem(codes[3], ann)).Must(201);
        (await brand.Redeem(codes[4], ann)).Must(201);
        (await brand.Redeem(codes[1], ann)).MustRefuse(409, "used_up");

        Assert.Equal("code", coupon.Text("way"));
        string[] states = ["redeemed", "unused", "unused", "redeemed", "redeemed"];
        Assert.Equal(codes.Zip(states, (c, s) => $"{c},{s}"), await brand.CodesOf(batch));
        Assert.Equal("issued issued issued", await brand.Wallet(ann));
        Assert.Equal("3/0/0/0 0", await brand.Counts(template));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_nobody_redeemed_is_made_void_when_the_pool_is_undone(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        var ann = await brand.Member("ann");
        var (batch, codes) = await brand.Pool(template, 2_100); // two steps each way
        (await brand.Redeem(codes[2], ann)).Must(201);
        (await brand.Redeem(codes[2_099], ann)).Must(201);

        (await brand.Post($"/v1/batches/{batch}/undo", new { reason = "misprint" })).Must(202);
        (await brand.Post("/v1/jobs/coupons.codes/run")).Must(200);

        var undone = (await brand.Get($"/v1/batches/{batch}")).Must(200);
        Assert.Equal(("codes", "undone"), (undone.Text("kind"), undone.Text("state")));
        Assert.Equal((2_100, 2_100, 2_098), (undone.Number("total"), undone.Number("looked"), undone.Number("undone")));
        (await brand.Redeem(codes[0], ann)).MustRefuse(409, "void");
        (await brand.Redeem(codes[2_098], ann)).MustRefuse(409, "void");
        (await brand.Redeem(codes[2], ann)).MustRefuse(409, "already_redeemed");
        var states = codes.Select((c, i) => $"{c},{(i is 2 or 2_099 ? "redeemed" : "void")}");
        Assert.Equal(states, await brand.CodesOf(batch));
        Assert.Equal("issued issued", await brand.Wallet(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_pool_that_is_undone_under_way_stops(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var path = $"/v1/coupon-templates/{await brand.Template()}/codes";
        var batch = (await brand.Post(path, new { count = 50 })).Must(202).Text("batch_id");
        await brand.Cloud.Host.InsideAsync(
            brand.Id,
            s => s.GetRequiredService<MakeCodesJob>().RunAsync(default, 20, CancellationToken.None)
        );
        Assert.Equal("running 20/50", await State());
        (await brand.Post($"/v1/batches/{batch}/undo", new { reason = "misprint" })).Must(202);
        (await brand.Post("/v1/jobs/coupons.codes/run")).Must(200);

        Assert.Equal("undone 20/50", await State());
        Assert.Equal(20, (await brand.CodesOf(batch)).Count(l => l.EndsWith(",void", StringComparison.Ordinal)));

        async Task<string> State()
        {
            var read = (await brand.Get($"/v1/batches/{batch}")).Must(200);
            return $"{read.Text("state")} {read.Number("looked")}/{read.Number("total")}";
        }
    }

    [SkippableTheory, EveryEngine]
    public async Task A_file_comes_when_all_its_codes_are_made_and_nothing_stored_tells_one(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        var begun = (await brand.Post($"/v1/coupon-templates/{template}/codes", new { count = 4_500 }, "pool")).Must(202);
        var again = (await brand.Post($"/v1/coupon-templates/{template}/codes", new { count = 4_500 }, "pool")).Must(202);
        Assert.Equal(begun.Raw, again.Raw);
        var batch = begun.Text("batch_id");
        (await brand.Get($"/v1/batches/{batch}/codes.csv")).MustRefuse(409, "batch_not_done");
        (await brand.Post("/v1/jobs/coupons.codes/run")).Must(200); // three steps
        (await brand.Post("/v1/jobs/coupons.codes/run")).Must(200);

        var lines = await brand.CodesOf(batch);

        Assert.Equal(4_500, lines.Distinct().Count());
        Assert.All(lines, l => Assert.EndsWith(",unused", l, StringComparison.Ordinal));
        var stored = await brand.Cloud.Host.InsideAsync(
            brand.Id,
            s => s.GetRequiredService<MemberCloudDb>().Set<CouponCode>().AsNoTracking().OrderBy(c => c.No).ToListAsync()
        );
        Assert.Equal(Enumerable.Range(1, 4_500), stored.Select(c => (int)c.No));
        Assert.All(stored.Zip(lines), p => Assert.DoesNotContain(p.Second[..8], $"{p.First.CodeHash:N}".ToUpperInvariant()));
    }

    [SkippableTheory, EveryEngine]
    public async Task Bad_requests_make_and_redeem_nothing(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var (template, ann) = (await brand.Template(), await brand.Member("ann"));
        var path = $"/v1/coupon-templates/{template}/codes";
        (await brand.Post(path, new { count = 1_000_001 })).MustRefuse(400, "out_of_range");
        (await brand.Post(path, new { count = 0 })).MustRefuse(400, "out_of_range");
        (await brand.Post(path, new { })).MustRefuse(400, "required");
        (await brand.Post(path, new { count = 1 }, key: null)).MustRefuse(400, "idempotency_key_missing");
        (await brand.Post(path, new { count = 1, reason = "<i>" })).MustRefuse(400, "markup_not_allowed");
        (await brand.Get($"/v1/batches/{template}/codes.csv")).MustRefuse(404, "not_found");
        (await brand.Redeem("ABCD", ann, key: null)).MustRefuse(400, "idempotency_key_missing");
        (await brand.Redeem("", ann)).MustRefuse(400, "required");
        (await brand.Redeem(new string('a', 61), ann)).MustRefuse(400, "too_long");
        (await brand.Redeem("ABCD", ann, ip: "10.0.0.1")).MustRefuse(400, "bad_format");
        (await brand.Redeem("ABCD", ann, ip: new string('a', 65))).MustRefuse(400, "too_long");
        (await brand.Redeem("ABCD", "mem_nobody")).MustRefuse(404, "not_found");
        (await brand.Post($"/v1/coupon-templates/{template}/end", new { })).Must(200);
        (await brand.Post(path, new { count = 1 })).MustRefuse(409, "template_ended");
        for (var pool = 0; pool < 10; pool++)
            (await brand.Post($"/v1/coupon-templates/{await brand.Template()}/codes", new { count = 1 })).Must(202);
        (await brand.Post($"/v1/coupon-templates/{await brand.Template()}/codes", new { count = 1 })).MustRefuse(
            409,
            "too_many_batches"
        );
        Assert.Equal("", await brand.Wallet(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Another_brand_s_codes_pools_and_tries_are_not_there(string engine)
    {
        var (brand, other) = (await NewBrand(engine, Now), await NewBrand(engine, Now));
        var template = await brand.Template(new { code = "SPRING" });
        var (ann, bob) = (await brand.Member("ann"), await other.Member("bob"));
        var (batch, codes) = await brand.Pool(template, 1);

        (await other.Redeem("SPRING", bob)).MustRefuse(409, "code_invalid");
        (await other.Redeem(codes[0], bob)).MustRefuse(409, "code_invalid");
        (await brand.Redeem(codes[0], bob)).MustRefuse(404, "not_found");
        (await other.Get($"/v1/batches/{batch}/codes.csv")).MustRefuse(404, "not_found");
        (await other.Post($"/v1/coupon-templates/{template}/codes", new { count = 1 })).MustRefuse(404, "not_found");
        (await other.Exchange(template, bob)).MustRefuse(404, "not_found");
        (await brand.Redeem(codes[0], ann)).Must(201);
        var reader = await brand.WithScopes("coupons:read");
        Assert.Equal(403, (await reader.Get($"/v1/batches/{batch}/codes.csv")).Status);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_member_redeems_by_their_own_token(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { code = "SPRING" });
        var (_, codes) = await brand.Pool(template, 1);
        var ann = await brand.MemberCaller("ann");

        (await ann.Post("/v1/me/coupon-codes/redeem", new { code = codes[0] })).Must(201);
        (await ann.Post("/v1/me/coupon-codes/redeem", new { code = "spring" })).Must(201);
        (await ann.Post("/v1/me/coupon-codes/redeem", new { code = codes[0] })).MustRefuse(409, "already_redeemed");
        (await ann.Post("/v1/me/coupon-codes/redeem", new { code = "spring" }, key: null)).MustRefuse(
            400,
            "idempotency_key_missing"
        );
        var chinese = await ann.Send(
            HttpMethod.Post,
            "/v1/me/coupon-codes/redeem",
            new { code = "nothing" },
            "zh",
            headers: ("Accept-Language", "zh-CN")
        );
        Assert.Equal("兑换码无效。", chinese.MustRefuse(409, "code_invalid").Text("detail"));
        Assert.Equal(2, (await ann.Get("/v1/me/coupons")).Each("data", "id").Count);
    }
}
