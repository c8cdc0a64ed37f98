using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Billing;

/// <summary>How a brand connects its own account at Stripe.</summary>
public sealed class Gateways(Clouds clouds) : ApiTests(clouds)
{
    private const string Path = "/v1/gateways/stripe";
    private const string Key = "sk_test_exampleKey1234";
    private const string Secret = "whsec_exampleSecret5678";

    private static object Both(string key = Key, string secret = Secret) => new { secret_key = key, webhook_secret = secret };

    [SkippableTheory, EveryEngine]
    public async Task Secrets_go_in_and_only_their_ends_come_out(string engine)
    {
        var brand = await NewBrand(engine);

        Assert.Empty((await brand.Get("/v1/gateways")).Must(200).Each("data", "name"));
        (await brand.Get(Path)).MustRefuse(404, "gateway_unknown");
        var put = (await brand.Put(Path, Both())).Must(200);

        Assert.Equal(
            ("stripe", "test", "1234", "5678"),
            (put.Text("name"), put.Text("mode"), put.Text("secret_key_last4"), put.Text("webhook_secret_last4"))
        );
        Assert.StartsWith($"{TimeProvider.System.GetUtcNow():yyyy-MM}", put.Text("set_at"));
        var (list, read) = ((await brand.Get("/v1/gateways")).Must(200), (await brand.Get(Path)).Must(200));
        Assert.Equal(put.Raw, read.Raw);
        Assert.Equal([("stripe", "1234")], list.Each("data", "name").Zip(list.Each("data", "secret_key_last4")));
        Assert.All([put, read, list], a => Assert.DoesNotContain("example", a.Raw, StringComparison.Ordinal));
    }

    [SkippableTheory, EveryEngine]
    public async Task One_secret_is_exchanged_and_the_other_stays(string engine)
    {
        var brand = await NewBrand(engine);
        (await brand.Put(Path, new { secret_key = Key })).MustRefuse(400, "required");
        (await brand.Put(Path, new { webhook_secret = Secret })).MustRefuse(400, "required");
        var first = (await brand.Put(Path, Both())).Must(200);

        var changed = (await brand.Put(Path, new { secret_key = "rk_test_anotherKey9999" })).Must(200);

        Assert.Equal(("9999", "5678"), (changed.Text("secret_key_last4"), changed.Text("webhook_secret_last4")));
        Assert.NotEqual(first.ETag, changed.ETag);
        var stale = await brand.Send(HttpMethod.Put, Path, Both(), null, headers: ("If-Match", first.ETag!));
        stale.MustRefuse(412, "stale");
        (await brand.Send(HttpMethod.Put, Path, Both(), null, headers: ("If-Match", changed.ETag!))).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_sandbox_takes_test_keys_and_a_live_brand_live_ones(string engine)
    {
        var (sandbox, live) = (await NewBrand(engine), await NewBrand(engine, clock: null));

        (await sandbox.Put(Path, Both("sk_live_exampleKey1234"))).MustRefuse(422, "key_wrong_mode");
        (await live.Put(Path, Both("rk_test_exampleKey1234"))).MustRefuse(422, "key_wrong_mode");
        Assert.Equal("live", (await live.Put(Path, Both("rk_live_exampleKey1234"))).Must(200).Text("mode"));
        Assert.Empty((await sandbox.Get("/v1/gateways")).Each("data", "name"));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_is_no_key_of_Stripes_is_refused(string engine)
    {
        var brand = await NewBrand(engine);

        foreach (var key in new[] { "pk_test_exampleKey1234", "sk_test_", "sk_test_short", "sk_test_example Key 1234", Secret })
            (await brand.Put(Path, Both(key))).MustRefuse(400, "bad_format");
        foreach (var secret in new[] { "whsec_", Key, "whsec_<b>exampleSecret" })
            (await brand.Put(Path, Both(secret: secret))).MustRefuse(400, "bad_format");
        (await brand.Put(Path, Both(""))).MustRefuse(400, "too_short");
        (await brand.Put(Path, Both(secret: ""))).MustRefuse(400, "too_short");
        (await brand.Put(Path, Both($"sk_test_{new string('x', 300)}"))).MustRefuse(400, "too_long");
        (await brand.Put("/v1/gateways/paypal", Both())).MustRefuse(404, "gateway_unknown");
        (await brand.Put("/v1/gateways/Stripe", Both())).MustRefuse(404, "gateway_unknown");
    }

    [SkippableTheory, EveryEngine]
    public async Task Owners_connect_it_and_the_audit_log_says_so_without_the_secrets(string engine)
    {
        var brand = await NewBrand(engine);
        var (owner, manager) = (await brand.Owner(), await brand.Staff("manager"));

        (await manager.Put(Path, Both())).MustRefuse(403, "role_missing");
        (await manager.Get("/v1/gateways")).MustRefuse(403, "role_missing");
        (await (await brand.WithScopes("configure")).Put(Path, Both())).MustRefuse(403, "scope_missing");
        (await owner.Put(Path, Both())).Must(200);
        (await owner.Put(Path, new { secret_key = "sk_test_anotherKey9999" })).Must(200);

        var log = (await owner.Get("/v1/audit-log?operation=PutGateway")).Must(200);
        Assert.Equal(["stripe", "stripe"], log.Each("data", "subject"));
        Assert.Equal("(sealed)", log.Text("data.0.changes.0.after.secret_key"));
        Assert.Equal(
            ("1234", "9999"),
            (log.Text("data.0.changes.0.before.secret_key_last4"), log.Text("data.0.changes.0.after.secret_key_last4"))
        );
        Assert.DoesNotContain("anotherKey", log.Raw, StringComparison.Ordinal);
        Assert.DoesNotContain("exampleKey", log.Raw, StringComparison.Ordinal);
    }

    [SkippableTheory, EveryEngine]
    public async Task Two_who_connect_it_at_once_both_get_through_and_one_account_stands(string engine)
    {
        var brand = await NewBrand(engine);

        var answers = await AtOnce(6, i => brand.Put(Path, Both($"sk_test_exampleKey000{i}")));

        Assert.All(answers, a => a.Must(200));
        var stands = (await brand.Get(Path)).Text("secret_key_last4");
        Assert.Contains(answers, a => a.Text("secret_key_last4") == stands);
    }
}
