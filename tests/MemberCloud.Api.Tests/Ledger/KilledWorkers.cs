using System.Globalization;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Api.Tests.Flows;
using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace MemberCloud.Api.Tests.Ledger;

/// <summary>kill -9 of workers while lots settle and expire: everything happens once, as if nobody had been killed.</summary>
public sealed class KilledWorkers(Clouds clouds, ITestOutputHelper said) : ApiTests(clouds)
{
    private const int LotsEach = 10;

    private static readonly DateTime Start = new(2026, 1, 10, 0, 0, 0, DateTimeKind.Utc);

    private static bool IsLong => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1";
    private static int Members => IsLong ? 5_000 : 200;
    private static int Kills => IsLong ? 20 : 3;

    // clock   |  1/4 due  |  1/4 due  |  1/4 due  |  the rest    (a quarter when three are killed)
    // worker  |------x    |----x      |-------x   |----------->  x = kill -9 at a random moment after it took a job
    // another brand with the same wallets goes the same way and is not disturbed
    [SkippableTheory, EveryEngine]
    public async Task Lots_settle_and_expire_once_though_workers_are_killed(string engine)
    {
        await using var cloud = await TestCloud.StartAsync(engine);
        var (calm, struck) = (await WalletsAsync(cloud), await WalletsAsync(cloud));
        for (var stage = 1; stage <= Kills + 1; stage++)
            await RunAsync(calm, stage);
        using var over = new CancellationTokenSource();
        var waking = KeepAwakeAsync(cloud, over.Token);

        // PostgreSQL has two at work at any time; SQLite's file has one writer.
        await using var steady = cloud.IsPostgres ? HostProcess.Worker(cloud, "steady") : null;
        var (inTheMiddle, started) = (0, TimeProvider.System.GetTimestamp());
        for (var kill = 1; kill <= Kills; kill++)
        {
            await using var worker = HostProcess.Worker(cloud, $"victim-{kill}");
            await Task.Delay(1_000);
            await struck.StandAt(StageAt(kill));
            await Eventually(() => IsAtWorkAsync(cloud));
            await Task.Delay(Random.Shared.Next(250));
            await worker.KillAsync();
            inTheMiddle += await DueAsync(struck) > 0 ? 1 : 0;
            await CdnowBrand.JobLeasesRunOut(cloud);
        }
        await struck.StandAt(StageAt(Kills + 1));
        await using var last = HostProcess.Worker(cloud, "last");
        await Eventually(async () => await DueAsync(struck) == 0);
        var took = TimeProvider.System.GetElapsedTime(started);
        await over.CancelAsync();
        await waking;

        Assert.Equal(await PictureAsync(calm), await PictureAsync(struck));
        await calm.LedgerIsClean();
        await struck.LedgerIsClean();
        said.WriteLine(
            $"{engine}: {Members * LotsEach} lots, {Kills} kills, {inTheMiddle} of them with work left over, {took.TotalSeconds:0} s"
        );
    }

    /// <summary>Of each ten lots: some wait to settle, some settle and end, some are there and end; one never does either.</summary>
    private static async Task<Brand> WalletsAsync(TestCloud cloud)
    {
        var brand = await cloud.NewBrand("2026-01-10T00:00:00Z");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Members),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (n, _) =>
            {
                var member = await brand.Member($"m-{n:00000}");
                await brand.OnAccount(
                    member,
                    journal =>
                    {
                        for (var i = 0; i < LotsEach; i++)
                            journal.Earn(Lot(n * LotsEach + i, i));
                        return true;
                    }
                );
            }
        );
        return brand;
    }

    private static NewPoints Lot(int number, int kind)
    {
        // What falls due is spread over a hundred days, and so over the stages.
        var due = Start.AddHours(1 + number * 7919L % 2_399);
        var (settles, end) = kind switch
        {
            < 4 => (due, (DateTime?)null),
            < 7 => (due, due.AddHours(30)),
            < 9 => (Start, due),
            _ => (DateTime.MaxValue.AddYears(-7_000), null),
        };
        var expiry = end is null ? ExpiryPolicy.Never : ExpiryPolicy.Fixed;
        return new(1 + number % 50, Start, settles, expiry, new("gift", $"{number}"), FixedEnd: end);
    }

    private static string StageAt(int stage) =>
        Start.AddHours(2_500.0 * stage / (Kills + 1)).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static async Task RunAsync(Brand brand, int stage)
    {
        await brand.StandAt(StageAt(stage));
        foreach (var job in new[] { "points.settle", "points.expire" })
            Assert.Equal(0, (await brand.Post($"/v1/jobs/{job}/run")).Must(200).Number("failed"));
    }

    /// <summary>Every member's account, and every line of it but for when it was written.</summary>
    private static Task<List<string>> PictureAsync(Brand brand) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            async services =>
            {
                var db = services.GetRequiredService<MemberCloudDb>();
                var names = await db.Set<MemberCloud.Members.Member>().ToDictionaryAsync(m => m.Id, m => m.ExternalId);
                var accounts = await db.Set<PointsAccount>().AsNoTracking().ToListAsync();
                var entries = await db.Set<PointsEntry>().AsNoTracking().OrderBy(e => e.Seq).ToListAsync();
                var lines = entries.ToLookup(
                    e => (e.MemberId, e.Currency),
                    e => $"{e.Kind} {e.DeltaPending} {e.DeltaAvailable} {e.AvailableAfter} {e.OccurredAt:O}"
                );
                return accounts
                    .Select(a =>
                        $"{names[a.MemberId]} {a.Currency}: {a.Pending} {a.Available} {a.Issued} {a.Expired} {a.Seq}\n"
                        + string.Join('\n', lines[(a.MemberId, a.Currency)])
                    )
                    .Order(StringComparer.Ordinal)
                    .ToList();
            }
        );

    private static Task<int> DueAsync(Brand brand) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            services =>
            {
                var now = services.GetRequiredService<TenantScope>().Now;
                var lots = services.GetRequiredService<MemberCloudDb>().Set<PointsLot>();
                return lots.CountAsync(l => l.State != LotState.Closed && l.DueAt <= now);
            }
        );

    /// <summary>Somebody has one of the two jobs.</summary>
    private static async Task<bool> IsAtWorkAsync(TestCloud cloud)
    {
        await using var scope = cloud.Host.Services.CreateAsyncScope();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return await scope
            .ServiceProvider.GetRequiredService<MemberCloudDb>()
            .Set<JobDue>()
            .AnyAsync(d => d.LeaseUntil > now && (d.Job == "points.settle" || d.Job == "points.expire"));
    }

    /// <summary>The minute between two looks at a standing clock passes in a moment.</summary>
    private static async Task KeepAwakeAsync(TestCloud cloud, CancellationToken over)
    {
        var past = cloud.IsPostgres ? "'2000-01-01Z'" : "946684800000000";
        while (!over.IsCancellationRequested)
        {
            await cloud.Tamper($"UPDATE job_due SET next_due = {past} WHERE lease_until IS NULL AND next_due > {past}");
            await Task.Delay(300, CancellationToken.None);
        }
    }

    private static async Task Eventually(Func<Task<bool>> holds)
    {
        for (var look = 0; look < 6_000; look++)
        {
            if (await holds())
                return;
            await Task.Delay(10);
        }
        throw new TimeoutException("It did not come to that.");
    }
}
