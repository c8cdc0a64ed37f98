using System.Diagnostics;
using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Tenancy;

/// <summary>Who may call, and what.</summary>
public sealed class Keys(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task A_missing_unknown_or_mistyped_key_is_refused(string engine)
    {
        var cloud = await On(engine);
        var brand = await cloud.NewBrand();
        var mistyped = brand.Secret[..^1] + (brand.Secret[^1] == '0' ? '1' : '0');
        var unknown = MemberCloud.Tenancy.KeyRules.Make(MemberCloud.Tenancy.KeyRules.Live, new byte[32]);

        (await cloud.Nobody.Get("/v1/members")).MustRefuse(401, "credential_missing");
        foreach (var key in new[] { mistyped, unknown, "nonsense", brand.Secret + "0", brand.Secret.ToUpperInvariant() })
            (await new Caller(cloud.Host.Client(key)).Get("/v1/members")).MustRefuse(401, "credential_invalid");
        (await cloud.Nobody.Send(HttpMethod.Get, "/v1/members", null, null, headers: ("Authorization", "Basic YTpi"))).MustRefuse(
            401,
            "credential_invalid"
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task Operators_and_brands_stay_on_their_own_paths(string engine)
    {
        var cloud = await On(engine);
        var brand = await cloud.NewBrand();

        (await brand.Get("/platform/v1/tenants")).MustRefuse(403, "scope_missing");
        (await brand.Post($"/platform/v1/tenants/{brand.Id}/suspend")).MustRefuse(403, "scope_missing");
        (await cloud.Operator.Get("/v1/members")).MustRefuse(403, "scope_missing");
        (await cloud.Operator.Post("/v1/test-clock", new { advance = "P1D" })).MustRefuse(403, "scope_missing");
        (await cloud.Nobody.Get("/platform/v1/tenants")).MustRefuse(401, "credential_missing");
        (await cloud.Operator.Get($"/platform/v1/tenants/{brand.Id}")).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_key_does_what_its_scopes_say_and_gives_no_more_than_it_has(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann");
        var reader = await brand.WithScopes("members:read", "keys");

        (await reader.Get($"/v1/members/{ann}")).Must(200);
        (await reader.Get($"/v1/members/{ann}/points")).MustRefuse(403, "scope_missing");
        (await reader.Put("/v1/members/by-external-id/bob", "{}")).MustRefuse(403, "scope_missing");
        (await reader.Post("/v1/orders", brand.Order("ann", "2026-01-09T00:00:00Z"))).MustRefuse(403, "scope_missing");
        (await reader.Post("/v1/keys", new { name = "more", scopes = new[] { "members:read", "members:write" } })).MustRefuse(
            403,
            "scope_beyond_own"
        );
        (await reader.Post("/v1/keys", new { name = "odd", scopes = new[] { "everything" } })).MustRefuse(400, "unknown_value");
        (await reader.Post("/v1/keys", new { name = "same", scopes = new[] { "members:read" } })).Must(201);
        Assert.Equal(3, (await brand.Get("/v1/keys")).Each("data", "hint").Count);
        Assert.DoesNotContain(brand.Secret, (await brand.Get("/v1/keys")).Raw, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_revoked_key_stops_at_once_here_and_within_5_seconds_on_another_host()
    {
        var cloud = await On("postgres");
        var brand = await cloud.NewBrand();
        await using var second = await cloud.SecondHost();
        var extra = (await brand.Post("/v1/keys", new { name = "extra", scopes = new[] { "members:read" } })).Must(201);
        var (here, there) = (
            new Caller(cloud.Host.Client(extra.Text("secret"))),
            new Caller(second.Client(extra.Text("secret")))
        );
        (await here.Get("/v1/members")).Must(200);
        (await there.Get("/v1/members")).Must(200);

        Assert.Equal(204, (await brand.Delete($"/v1/keys/{extra.Text("id")}")).Status);
        var since = Stopwatch.StartNew();

        (await here.Get("/v1/members")).MustRefuse(401, "credential_invalid");
        while ((await there.Get("/v1/members")).Status != 401 && since.Elapsed < TimeSpan.FromSeconds(10))
            await Task.Delay(50);
        Assert.True(since.Elapsed < TimeSpan.FromSeconds(5), $"It took {since.Elapsed}.");
    }

    [SkippableTheory, EveryEngine]
    public async Task A_revoked_key_stops_at_once(string engine)
    {
        var brand = await NewBrand(engine);
        var extra = (await brand.Post("/v1/keys", new { name = "extra", scopes = new[] { "members:read" } })).Must(201);
        var caller = new Caller(brand.Cloud.Host.Client(extra.Text("secret")));
        (await caller.Get("/v1/members")).Must(200);

        Assert.Equal(204, (await brand.Delete($"/v1/keys/{extra.Text("id")}")).Status);

        (await caller.Get("/v1/members")).MustRefuse(401, "credential_invalid");
        (await brand.Delete($"/v1/keys/{extra.Text("id")}")).MustRefuse(404, "not_found");
        (await brand.Delete("/v1/keys/nonsense")).MustRefuse(404, "not_found");
        Assert.NotNull((await brand.Get("/v1/keys")).At("data.1.revoked_at"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_suspended_brand_is_refused_and_comes_back_a_closed_one_does_not(string engine)
    {
        var cloud = await On(engine);
        foreach (var brand in new[] { await cloud.NewBrand(), await cloud.NewBrand(clock: null) })
        {
            (await brand.Get("/v1/members")).Must(200);
            (await cloud.Operator.Post($"/platform/v1/tenants/{brand.Id}/suspend", key: null)).Must(200);
            (await brand.Get("/v1/members")).MustRefuse(403, "tenant_suspended");
            (await brand.Post("/v1/orders", brand.Order("ann", "2026-01-09T00:00:00Z"))).MustRefuse(403, "tenant_suspended");
            (await cloud.Operator.Post($"/platform/v1/tenants/{brand.Id}/resume", key: null)).Must(200);
            (await brand.Get("/v1/members")).Must(200);
            (await cloud.Operator.Post($"/platform/v1/tenants/{brand.Id}/close", key: null)).Must(200);
            (await brand.Get("/v1/members")).MustRefuse(403, "tenant_closed");
            (await cloud.Operator.Post($"/platform/v1/tenants/{brand.Id}/resume", key: null)).MustRefuse(409, "tenant_closed");
        }
    }

    [SkippableTheory, EveryEngine]
    public async Task Operators_open_list_and_rename_brands(string engine)
    {
        var cloud = await On(engine);
        var brand = await cloud.NewBrand();
        object Brand(
            string slug = "new-brand",
            string mode = "live",
            string zone = "Asia/Shanghai",
            string currency = "CNY",
            string? clock = null
        ) =>
            new
            {
                slug,
                name = "N",
                time_zone = zone,
                currency,
                locale = "zh-CN",
                mode,
                test_clock = clock,
            };
        const string path = "/platform/v1/tenants";

        (await cloud.Operator.Post(path, Brand(slug: brand.Slug))).MustRefuse(409, "slug_taken");
        (await cloud.Operator.Post(path, Brand(clock: "2020-01-01T00:00:00Z"))).MustRefuse(400, "not_a_sandbox");
        (await cloud.Operator.Post(path, Brand(zone: "Mars/Base"))).MustRefuse(400, "unknown_value");
        (await cloud.Operator.Post(path, Brand(currency: "XXQ"))).MustRefuse(400, "unknown_value");
        (await cloud.Operator.Post(path, Brand(mode: "demo"))).MustRefuse(400, "unknown_value");
        (await cloud.Operator.Post(path, Brand(slug: "Bad Slug"))).MustRefuse(400, "bad_format");
        Assert.StartsWith(
            "mc_live_sk_",
            (await cloud.Operator.Post(path, Brand(slug: $"live-{brand.Slug}"))).Must(201).Text("api_key.secret"),
            StringComparison.Ordinal
        );
        Assert.Equal(
            "Renamed",
            (await cloud.Operator.Patch($"{path}/{brand.Id}", new { name = "Renamed" })).Must(200).Text("name")
        );
        Assert.DoesNotContain("secret", (await cloud.Operator.Get($"{path}?limit=200")).Must(200).Raw, StringComparison.Ordinal);
        (await cloud.Operator.Get($"{path}/tnt_nonsense")).MustRefuse(404, "not_found");
    }
}
