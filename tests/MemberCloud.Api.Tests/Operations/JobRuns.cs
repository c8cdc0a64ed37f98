using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Operations;

/// <summary>Timed work, by several workers, exactly once; and the check that nobody touched the ledger.</summary>
public sealed class JobRuns(Clouds clouds) : ApiTests(clouds)
{
    private static Task<int> RunDue(TestHost host, string job) =>
        host
            .Services.GetRequiredService<JobRunner>()
            .RunDueAsync(host.Services.GetRequiredService<JobTable>().Find(job)!, CancellationToken.None);

    [SkippableTheory, EveryEngine]
    public async Task Two_workers_settle_and_expire_each_lot_once(string engine)
    {
        var cloud = await On(engine);
        // SQLite has one host process; its two workers share it.
        await using var second = cloud.IsPostgres ? await cloud.SecondHost() : null;
        var hosts = new[] { cloud.Host, second ?? cloud.Host };
        var brands = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => cloud.NewBrand("2026-01-10T00:00:00Z")));
        foreach (var brand in brands)
        {
            await brand.PointPerUnit(settleDays: 7, new { policy = "months", months = 1 });
            object[] orders =
            [
                .. Enumerable.Range(0, 60).Select(i => brand.Order($"member-{i % 20}", "2026-01-09T00:00:00Z", no: $"A-{i}")),
            ];
            (await brand.Post("/v1/orders/bulk", new { orders }, key: null)).Must(200);
            await brand.StandAt("2026-03-10T00:00:00Z");
        }

        await Task.WhenAll(hosts.Select(h => RunDue(h, "points.settle")));
        await Task.WhenAll(hosts.Select(h => RunDue(h, "points.expire")));

        foreach (var brand in brands)
        {
            for (var i = 0; i < 20; i++)
            {
                var entries = await brand.Entries(await brand.Member($"member-{i}"));
                Assert.Equal(3, entries.Each("data", "kind").Count(k => k == "settle"));
                Assert.Equal(3, entries.Each("data", "kind").Count(k => k == "expire"));
                Assert.Equal(
                    "0",
                    entries.Text("data.0.kind") == "expire" ? entries.Each("data", "available_after")[0] : "not last"
                );
            }
            var runs = (await brand.Get("/v1/jobs/points.settle/runs")).Must(200);
            Assert.Equal(0, runs.At("data")!.AsArray().Sum(r => (long)r!["failed"]!));
            await brand.LedgerIsClean();
        }
    }

    [SkippableTheory, EveryEngine]
    public async Task Jobs_are_listed_with_their_schedule_and_run_when_told(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.PointPerUnit(settleDays: 7);
        await brand.Report(brand.Order("ann", "2026-01-09T00:00:00Z"));
        await brand.StandAt("2026-02-01T00:00:00Z");

        var ran = (await brand.Post("/v1/jobs/points.settle/run")).Must(200);

        Assert.Equal((1L, 1L, 0L), (ran.Number("looked"), ran.Number("changed"), ran.Number("failed")));
        var jobs = (await brand.Get("/v1/jobs")).Must(200).Each("data", "name");
        foreach (var name in new[] { "points.settle", "points.expire", "points.notice", "tiers.review", "ledger.verify" })
            Assert.Contains(name, jobs);
        Assert.Equal(1, (await brand.Get("/v1/jobs/points.settle/runs")).Number("data.0.changed"));
        (await brand.Post("/v1/jobs/points.steal/run")).MustRefuse(404, "not_found");
    }

    [SkippableTheory, EveryEngine]
    public async Task Points_that_end_soon_are_told_once_per_member_and_day(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-10T00:00:00Z");
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 10, expiresAt: "2026-01-20T00:00:00Z");
        await brand.Earn(ann, 20, expiresAt: "2026-01-20T12:00:00Z");

        await brand.MoveTo("2026-01-19T00:00:00Z");

        var told = Assert.Single(await brand.Events("points.expiring"));
        Assert.Contains("\"amount\":10", told.Data, StringComparison.Ordinal);
        Assert.Contains("\"amount\":20", told.Data, StringComparison.Ordinal);
        Assert.Equal(1, told.OccurredAt.Hour); // 09:00 in Shanghai
    }
}
