using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Robustness;

/// <summary>How many requests a brand, a key, an address may send.</summary>
public sealed partial class Quotas(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task Every_answer_says_what_is_left(string engine)
    {
        var brand = await NewBrand(engine);

        var first = (await brand.Get("/v1/brand")).Must(200);
        var refused = (await brand.Post("/v1/tiers", "{")).Must(400);

        Assert.Equal("\"credential\";q=1000;w=2, \"tenant\";q=2000;w=2", first.Header("RateLimit-Policy"));
        Assert.Matches("^\"credential\";r=[0-9]+;t=[0-9]+, \"tenant\";r=[0-9]+;t=[0-9]+$", first.Header("RateLimit"));
        Assert.InRange(Left(first, "tenant"), 1990, 2000);
        Assert.Contains("RateLimit", refused.Headers.Keys);
    }

    // quota 2 a second: 4 at once for the brand, 2 for one key, and then what time brings back
    [SkippableTheory, EveryEngine]
    public async Task A_brand_beyond_its_own_quota_waits_and_nobody_else_does(string engine)
    {
        var cloud = await On(engine);
        var (brand, other) = (await cloud.NewBrand(), await cloud.NewBrand());
        var ann = await brand.Member("ann");
        var keys = new List<Caller>();
        for (var i = 0; i < 4; i++)
            keys.Add(await brand.WithScopes("configure"));
        var changed = await cloud.Operator.Patch($"/platform/v1/tenants/{brand.Id}", new { rate_quota = 2 });
        Assert.Equal(2, changed.Must(200).Number("rate_quota"));
        Assert.Equal(2, (await cloud.Operator.Get($"/platform/v1/tenants/{brand.Id}")).Number("rate_quota"));

        var since = Stopwatch.GetTimestamp();
        double Elapsed() => Stopwatch.GetElapsedTime(since).TotalSeconds;
        var spends = await AtOnce(30, async i => (Key: $"k-{i}", Answer: await brand.Spend(ann, 1, key: $"k-{i}")));
        Assert.InRange(spends.Count(s => s.Answer.Status == 409), 2, 3 + Elapsed());
        Assert.InRange((await AtOnce(60, i => keys[i % 4].Get("/v1/brand"))).Count(a => a.Status == 200), 1, 5 + 2 * Elapsed());
        Assert.All(await AtOnce(40, _ => other.Get("/v1/brand")), a => a.Must(200));

        var (key, refused) = spends.First(s => s.Answer.Status == 429);
        refused.MustRefuse(429, "rate_limited");
        Assert.Equal("1", refused.Header("Retry-After"));
        Assert.Equal("\"credential\";q=2;w=2, \"tenant\";q=4;w=2", refused.Header("RateLimit-Policy"));
        Assert.InRange(Left(refused, "credential"), 0, 1);
        await Task.Delay(TimeSpan.FromSeconds(3));
        // A refusal by quota is no answer that is kept.
        (await brand.Spend(ann, 1, key: key)).MustRefuse(409, "points_insufficient");
    }

    public static TheoryData<string> WrongQuotas => ["0", "-1", "1000001", "1.5", "\"5\"", "99999999999999999999"];

    [SkippableTheory, MemberData(nameof(WrongQuotas))]
    public async Task A_quota_is_one_to_a_million(string quota)
    {
        var cloud = await On("sqlite");
        var brand = await cloud.NewBrand();

        var answer = await cloud.Operator.Patch($"/platform/v1/tenants/{brand.Id}", $$"""{ "rate_quota": {{quota}} }""");

        Assert.Equal(400, answer.Status);
        Assert.Null((await cloud.Operator.Get($"/platform/v1/tenants/{brand.Id}")).At("rate_quota"));
    }

    [SkippableFact]
    public async Task A_brand_may_be_opened_with_a_quota_and_cannot_set_its_own()
    {
        var cloud = await On("sqlite");
        var opened = await cloud.Operator.Post(
            "/platform/v1/tenants",
            """
            { "slug": "quick", "name": "Quick", "time_zone": "Asia/Shanghai", "currency": "CNY", "locale": "en", "mode": "live", "rate_quota": 50 }
            """,
            key: null
        );
        Assert.Equal(50, opened.Must(201).Number("rate_quota"));
        var brand = new Caller(cloud.Host.Client(opened.Text("api_key.secret")));

        Assert.Contains(
            "q=100;w=2",
            (await brand.Get("/v1/brand")).Must(200).Header("RateLimit-Policy"),
            StringComparison.Ordinal
        );
        (await brand.Patch($"/platform/v1/tenants/{opened.Text("id")}", new { rate_quota = 5000 })).MustRefuse(
            403,
            "scope_missing"
        );
    }

    [SkippableFact]
    public async Task Who_has_no_credential_gets_few_writes()
    {
        var cloud = await On("sqlite");
        await using var host = await TestHost.StartAsync(cloud.Engine, cloud.Connection, more: "--Limits:AddressPerSecond=2");
        var (nobody, guesser) = (new Caller(host.Client(null)), new Caller(host.Client("mc_live_sk_guess")));

        var writes = await AtOnce(12, i => (i % 2 == 0 ? nobody : guesser).Post("/v1/tiers", "{}"));

        Assert.InRange(writes.Count(a => a.Status == 401), 3, 6);
        Assert.All(writes.Where(a => a.Status != 401), a => a.MustRefuse(429, "rate_limited"));
        Assert.All(await AtOnce(12, _ => nobody.Get("/health/live")), a => a.Must(200));
    }

    // two turns and a line of two for the brand: of six two are refused, another brand finds the database free
    [SkippableFact]
    public async Task A_brand_with_many_slow_requests_leaves_connections_for_others()
    {
        var cloud = await On("postgres");
        var (slow, other) = (await cloud.NewBrand(), await cloud.NewBrand());
        await using var host = await TestHost.StartAsync(
            cloud.Engine,
            cloud.Connection,
            "api",
            "--Database:Migrate=false",
            "--Limits:TenantAtOnce=2",
            "--Limits:TenantQueue=2"
        );
        var ann = await slow.Member("ann");
        await slow.Earn(ann, 100);
        await other.Member("bob");
        List<Task<Answer>> spends;
        await using (await HeldRows.AccountsAsync(slow))
        {
            spends = [.. Enumerable.Range(0, 6).Select(_ => slow.At(host).Spend(ann, 1))];
            for (var refused = 0; refused < 2; refused++)
            {
                var answered = await Task.WhenAny(spends);
                (await answered).MustRefuse(429, "rate_limited");
                spends.Remove(answered);
            }
            (await other.At(host).Get("/v1/brand")).Must(200);
        }

        Assert.All(await Task.WhenAll(spends), a => a.Must(201));
        Assert.Equal("96/0", await slow.Balance(ann));
    }

    private static int Left(Answer answer, string policy) =>
        int.Parse(
            Field().Matches(answer.Header("RateLimit")).First(m => m.Groups[1].Value == policy).Groups[2].Value,
            CultureInfo.InvariantCulture
        );

    [GeneratedRegex("\"([a-z]+)\";r=([0-9]+)")]
    private static partial Regex Field();
}
