using System.Diagnostics;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Shared;
using Npgsql;
using Xunit.Abstractions;

namespace MemberCloud.Api.Tests.Robustness;

/// <summary>The database goes away under load, and comes back.</summary>
public sealed class DatabaseAway(Clouds clouds, ITestOutputHelper said) : ApiTests(clouds)
{
    private const int Members = 20;
    private const long Given = 1_000_000;

    private static int Clients => Long ? 32 : 8;

    private static bool Long => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1";

    // connections   |----------x              x = cut in the middle of whatever they did; new ones are refused
    // database                    |--------
    // spends        |201........503...201...|  then every key again: 201, the effect is there once
    [SkippableFact]
    public async Task Spends_answer_503_while_it_is_away_and_each_key_has_one_effect()
    {
        var cloud = await On("postgres");
        var direct = new NpgsqlConnectionStringBuilder(cloud.Connection);
        await using var proxy = new TcpProxy(direct.Port);
        direct.Port = proxy.Port;
        await using var host = await StartAsync(direct.ConnectionString);
        var brand = await cloud.NewBrand();

        await DriveAsync(
            brand,
            brand.At(host),
            away: async () =>
            {
                proxy.Cut();
                await MustBeAwayAsync(host, brand);
                await Task.Delay(TimeSpan.FromSeconds(Long ? 10 : 2));
                proxy.Restore();
            }
        );
    }

    /// <summary>The same with a server of its own, stopped at once (as by a power cut) and started again.</summary>
    [SkippableFact]
    public async Task Spends_survive_a_server_that_is_stopped_and_started()
    {
        TestCloud.RequirePostgres();
        var cluster = await PostgresCluster.StartAsync();
        var connection = await cluster.NewDatabaseAsync();
        var host = await StartAsync(connection);
        await using var cloud = TestCloud.Around(host, connection);
        var brand = await cloud.NewBrand();

        await DriveAsync(
            brand,
            brand,
            away: async () =>
            {
                await cluster.StopAsync();
                await MustBeAwayAsync(host, brand);
                await Task.Delay(TimeSpan.FromSeconds(Long ? 10 : 2));
                await cluster.StartAgainAsync();
            }
        );
    }

    private static Task<TestHost> StartAsync(string connection) =>
        TestHost.StartAsync("postgres", connection, "api", "--Database:Migrate=false", "--Limits:TenantPerSecond=100000");

    /// <summary>Clients spend with a fresh key each time, before, while and after the database is away; then every key is sent again.</summary>
    private async Task DriveAsync(Brand here, Brand there, Func<Task> away)
    {
        var members = new List<string>();
        for (var i = 0; i < Members; i++)
        {
            members.Add(await here.Member($"m-{i}"));
            (await here.Earn(members[i], Given)).Must(201);
        }
        using var over = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => SpendAsync(there, members, over.Token))).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(1));
        await away();
        var since = Stopwatch.GetTimestamp();
        await AnswersAgainAsync(there, members[0]);
        var back = Stopwatch.GetElapsedTime(since);
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        await over.CancelAsync();
        var sent = (await Task.WhenAll(clients)).SelectMany(s => s).ToList();

        await MustHaveOneEffectEachAsync(here, there, members, sent);
        Say(sent, back);
    }

    private static async Task MustHaveOneEffectEachAsync(Brand here, Brand there, List<string> members, List<Sent> sent)
    {
        Assert.All(sent, s => Assert.True(s.First.Status is 201 or 503, s.First.Raw));
        var failed = sent.Where(s => s.First.Status == 503).ToList();
        Assert.NotEmpty(failed);
        Assert.All(failed, s => Assert.NotEqual("", s.First.MustRefuse(503, "database_away").Header("Retry-After")));
        var again = new List<Answer>();
        foreach (var chunk in sent.Chunk(32))
            again.AddRange(await Task.WhenAll(chunk.Select(s => there.Spend(s.Member, 1, key: s.Key))));
        Assert.All(again, a => a.Must(201));
        Assert.All(sent.Zip(again).Where(p => p.First.First.Status == 201), p => Assert.Equal(p.First.First.Raw, p.Second.Raw));
        var left = 0L;
        foreach (var member in members)
            left += (await here.Points(member)).Number("available");
        // One more: the spend that found it back.
        Assert.Equal(Members * Given - sent.Count - 1, left);
        await here.LedgerIsClean();
    }

    private void Say(List<Sent> sent, TimeSpan back)
    {
        var (good, bad) = (sent.Where(s => s.First.Status == 201).ToList(), sent.Where(s => s.First.Status == 503).ToList());
        said.WriteLine(
            FormattableString.Invariant(
                $"{sent.Count} spends: {good.Count} x 201, {bad.Count} x 503; the longest 503 took {bad.Max(s => s.Took).TotalMilliseconds:0} ms; good again after {back.TotalMilliseconds:0} ms"
            )
        );
    }

    private sealed record Sent(string Member, string Key, Answer First, TimeSpan Took);

    private static async Task<List<Sent>> SpendAsync(Brand brand, List<string> members, CancellationToken over)
    {
        var sent = new List<Sent>();
        while (!over.IsCancellationRequested)
        {
            var (member, key, since) = (
                members[Random.Shared.Next(members.Count)],
                Ids.New().ToString(),
                Stopwatch.GetTimestamp()
            );
            var answer = await brand.Spend(member, 1, key: key);
            sent.Add(new(member, key, answer, Stopwatch.GetElapsedTime(since)));
            await Task.Delay(answer.Status == 503 ? 100 : 20, CancellationToken.None);
        }
        return sent;
    }

    private static async Task AnswersAgainAsync(Brand brand, string member)
    {
        var key = Ids.New().ToString();
        for (var look = 0; look < 600; look++)
        {
            if ((await brand.Spend(member, 1, key: key)).Status == 201)
                return;
            await Task.Delay(20);
        }
        Assert.Fail("It did not recover by itself.");
    }

    /// <summary>Whoever asks whatever: 503, soon. The process itself is well.</summary>
    private static async Task MustBeAwayAsync(TestHost host, Brand brand)
    {
        var unknown = new Caller(
            host.Client(
                MemberCloud.Tenancy.KeyRules.Make(MemberCloud.Tenancy.KeyRules.Sandbox, [.. Enumerable.Repeat((byte)9, 32)])
            )
        );
        // What is cached (2 seconds) may still say who calls; nothing more.
        await Task.Delay(200);
        foreach (
            var answer in new[]
            {
                await brand.At(host).Get("/v1/members"),
                await brand.At(host).Put("/v1/members/by-external-id/new", "{}"),
                await brand.At(host).Post("/v1/events", "{}"),
                await unknown.Get("/v1/brand"),
                await new Caller(host.Client(TestHost.OperatorKey)).Get("/platform/v1/tenants"),
            }
        )
            Assert.NotEqual("", answer.MustRefuse(503, "database_away").Header("Retry-After"));
        var ready = await new Caller(host.Client(null)).Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal((503, "Unhealthy"), ((int)ready.StatusCode, await ready.Content.ReadAsStringAsync()));
        var live = await new Caller(host.Client(null)).Http.GetAsync(new Uri("/health/live", UriKind.Relative));
        Assert.Equal(200, (int)live.StatusCode);
    }
}
