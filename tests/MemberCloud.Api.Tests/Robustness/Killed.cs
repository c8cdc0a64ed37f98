using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Api.Tests.Flows;
using MemberCloud.Shared;
using Xunit.Abstractions;

namespace MemberCloud.Api.Tests.Robustness;

/// <summary>kill -9 of a host between an effect and its answer: the same key again finds the effect, or has it now, never twice.</summary>
public sealed class Killed(Clouds clouds, ITestOutputHelper said) : ApiTests(clouds)
{
    private const int Clients = 6;
    private const int Members = 10;
    private const long Given = 1_000_000;

    private static int Kills => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1" ? 15 : 2;

    private int answered;

    private sealed record Sent(string Kind, string Subject, string Key, long Amount)
    {
        public Answer? First { get; set; }
    }

    // host     |--------x  |------x  |----->       x = kill -9 at a random moment
    // clients  |earn spend upsert earn spend ...|  those that got no answer are not told what became of them
    // then     every key again, at another host: one effect each
    [SkippableTheory, EveryEngine]
    public async Task Every_key_has_exactly_one_effect_though_the_host_is_killed(string engine)
    {
        var cloud = await On(engine);
        var brand = await cloud.NewBrand();
        var members = new List<string>();
        for (var i = 0; i < Members; i++)
        {
            members.Add(await brand.Member($"m-{i}"));
            (await brand.Earn(members[i], Given)).Must(201);
        }
        var sent = new List<Sent>();
        for (var kill = 0; kill < Kills; kill++)
        {
            var port = Ports.Free();
            await using var process = HostProcess.Api(cloud, $"victim-{kill}", port, "--Limits:TenantPerSecond=100000");
            using var http = await Ports.ReadyAsync(port, brand.Secret);
            var victim = new Brand(cloud, http, brand.Made);
            var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => SendAsync(victim, members))).ToArray();
            // Warm and busy first, whatever the machine; then at any moment.
            for (var look = 0; look < 400 && Volatile.Read(ref answered) < 30 * (kill + 1); look++)
                await Task.Delay(25);
            await Task.Delay(Random.Shared.Next(300));
            await process.KillAsync();
            sent.AddRange((await Task.WhenAll(clients)).SelectMany(s => s));
        }

        var again = new List<Answer>();
        foreach (var chunk in sent.Chunk(8))
            again.AddRange(await Task.WhenAll(chunk.Select(s => ActAsync(brand, s))));

        Assert.All(again, a => Assert.True(a.Status is 200 or 201, a.Raw));
        Assert.All(
            sent.Zip(again).Where(p => p.First.First is not null),
            p => Assert.Equal((p.First.First!.Status, p.First.First.Raw), (p.Second.Status, p.Second.Raw))
        );
        await MustAddUpAsync(brand, members, sent);
        said.WriteLine(
            $"{engine}: {Kills} kills, {sent.Count} keys, {sent.Count(s => s.First is null)} of them without an answer at first"
        );
        Assert.Contains(sent, s => s.First is null);
    }

    private static async Task MustAddUpAsync(Brand brand, List<string> members, List<Sent> sent)
    {
        foreach (var member in members)
        {
            var mine = sent.Where(s => s.Subject == member).ToList();
            var expected =
                Given
                + mine.Where(s => s.Kind == "earn").Sum(s => s.Amount)
                - mine.Where(s => s.Kind == "spend").Sum(s => s.Amount);
            Assert.Equal(expected, (await brand.Points(member)).Number("available"));
        }
        foreach (var upsert in sent.Where(s => s.Kind == "upsert"))
            Assert.Equal($"{upsert.Amount}", (await brand.Get($"/v1/members?external_id={upsert.Subject}")).Text("data.0.name"));
        await brand.LedgerIsClean();
    }

    /// <summary>Until the host is gone.</summary>
    private async Task<List<Sent>> SendAsync(Brand brand, List<string> members)
    {
        string[] kinds = ["earn", "spend", "upsert"];
        var sent = new List<Sent>();
        while (true)
        {
            var kind = kinds[Random.Shared.Next(kinds.Length)];
            var key = Ids.New().ToString();
            var subject = kind == "upsert" ? $"new-{key}" : members[Random.Shared.Next(members.Count)];
            sent.Add(new(kind, subject, key, Random.Shared.Next(1, 100)));
            try
            {
                sent[^1].First = await ActAsync(brand, sent[^1]);
                Interlocked.Increment(ref answered);
            }
            catch (HttpRequestException gone)
                when (gone.HttpRequestError != HttpRequestError.Unknown || gone.InnerException is not null)
            {
                return sent;
            }
        }
    }

    private static Task<Answer> ActAsync(Brand brand, Sent what) =>
        what.Kind switch
        {
            "earn" => brand.Earn(what.Subject, what.Amount, key: what.Key, reference: what.Key),
            "spend" => brand.Spend(what.Subject, what.Amount, what.Key, what.Key),
            _ => brand.Put($"/v1/members/by-external-id/{what.Subject}", new { name = $"{what.Amount}" }, what.Key),
        };
}
