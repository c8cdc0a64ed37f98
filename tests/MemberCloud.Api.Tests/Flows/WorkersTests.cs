using System.Globalization;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using MemberCloud.Orders;
using MemberCloud.Points;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>Several processes run the jobs of one database at the same time, and die of it.</summary>
public sealed class WorkersTests(Clouds clouds) : ApiTests(clouds)
{
    private const int Customers = 150;
    private const string Settled = "points_entries WHERE kind = 'settle' AND written_by <> ''";
    private const string Later = "1999-02-01T05:00:00Z";

    // clock stands at 1998-08-01: 18 months of orders arrive late, all of them due at once, while
    // one  |----x                 x = kill -9
    // two  |---------------x
    // three     |--------------------->
    [SkippableFact]
    public async Task Two_workers_settle_and_expire_what_came_late_exactly_once_though_they_are_killed()
    {
        await using var cloud = await TestCloud.StartAsync(DatabaseOptions.Postgres);
        await SignAsync(cloud, "points_entries");
        var brands = new List<CdnowBrand>();
        for (var i = 0; i < 3; i++)
            brands.Add(await CdnowBrand.OpenAsync(cloud, Cdnow.End));
        var file = Cdnow.Slice(Customers);
        using var over = new CancellationTokenSource();
        var waking = KeepAwakeAsync(cloud, over.Token);

        await using var one = HostProcess.Worker(cloud, "one");
        await using var two = HostProcess.Worker(cloud, "two");
        await Eventually(async () => (await WritersAsync(cloud, Settled)).Count == 2, () => ReportSomeAsync(brands, file));
        await one.KillAsync();
        await CdnowBrand.JobLeasesRunOut(cloud);
        await using var three = HostProcess.Worker(cloud, "three");
        await Eventually(async () => (await WritersAsync(cloud, Settled)).Contains("three"), () => ReportSomeAsync(brands, file));
        await Task.WhenAll(brands.Select(brand => ReportAsync(brand.Brand, OrdersOf(brand.Brand, file))));
        await Eventually(async () => (await Task.WhenAll(brands.Select(DueLotsAsync))).Sum() == 0);
        foreach (var brand in brands)
            await MustHaveAsync(brand, CdnowExpected.At(file, Cdnow.End));

        var moves = Task.WhenAll(brands.Select(async brand => await brand.Brand.MoveTo(Later)));
        await Task.Delay(Random.Shared.Next(1000));
        await two.KillAsync();
        await CdnowBrand.JobLeasesRunOut(cloud);
        await moves;
        await Eventually(async () => (await Task.WhenAll(brands.Select(DueLotsAsync))).Sum() == 0);
        await over.CancelAsync();
        await waking;

        foreach (var brand in brands)
            await MustHaveAsync(brand, CdnowExpected.At(file, Later));
        string[] workers = ["one", "two", "three"];
        Assert.Equal(workers.Order(), (await WritersAsync(cloud, Settled)).Intersect(workers).Order());
        Assert.False(three.HasEnded);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_clock_move_whose_process_was_killed_is_carried_on_by_a_worker(string engine)
    {
        var cloud = await On(engine);
        var brand = await CdnowBrand.OpenAsync(cloud);
        var file = Cdnow.Slice(80);
        await using (var import = brand.StartImport(file, "--until", "2000-01-01T05:00:00Z"))
        {
            await Eventually(async () => string.CompareOrdinal(await ClockAsync(brand, "now"), "1998-08") > 0);
            await import.KillAsync();
        }
        Assert.Equal("2000-01-01T05:00:00Z", await ClockAsync(brand, "target"));
        await CdnowBrand.ClockLeasesRunOut(cloud);

        await using var worker = HostProcess.Worker(cloud, "worker");
        await Eventually(async () => await ClockAsync(brand, "target") is null);

        Assert.Equal("2000-01-01T05:00:00Z", await ClockAsync(brand, "now"));
        await MustHaveAsync(brand, CdnowExpected.At(file, "2000-01-01T05:00:00Z"), tiersToo: true);
    }

    // served |---- looked: nothing to do ----------- given back: tomorrow |
    // woken                              x
    [SkippableTheory, EveryEngine]
    public async Task Who_is_woken_while_served_is_served_again(string engine)
    {
        var brand = await NewBrand(engine);

        Assert.Equal(TimeSpan.FromDays(1), await ServedAsync(brand, wakes: false));
        Assert.True(await ServedAsync(brand, wakes: true) < TimeSpan.FromHours(1));
    }

    /// <summary>How much later a job that was given back until tomorrow is due.</summary>
    private static Task<TimeSpan> ServedAsync(Brand brand, bool wakes) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            async s =>
            {
                var (directory, transactions) = (s.GetRequiredService<TenantDirectory>(), s.GetRequiredService<Transactions>());
                var (job, tenant) = (SimulationJob.Name, transactions.Db.Tenant.Id);
                await directory.EnsureDueAsync([job], default);
                await transactions.RunAsync(() => directory.WakeAsync(transactions.Db, job, default), default);
                var claimed = await directory.ClaimAsync(job, default);
                for (; claimed!.TenantId != tenant; claimed = await directory.ClaimAsync(job, default))
                    await directory.ReleaseAsync(claimed, claimed.NextDue.AddDays(1), null, default);
                if (wakes)
                    await transactions.RunAsync(() => directory.WakeAsync(transactions.Db, job, default), default);
                await directory.ReleaseAsync(claimed, claimed.NextDue.AddDays(1), null, default);
                return (await directory.DueOfAsync(tenant, default)).Single(d => d.Job == job).NextDue - claimed.NextDue;
            }
        );

    private static async Task MustHaveAsync(CdnowBrand brand, CdnowExpected expected, bool tiersToo = false)
    {
        var members = await brand.MembersAsync();
        // Tiers follow the order in which facts arrive; here they came late and mixed, and points alone are compared.
        var points = tiersToo
            ? members
            : members.ToDictionary(m => m.Key, m => m.Value with { Tier = expected.Members[m.Key].Tier });
        Assert.Equal(
            expected.Members.OrderBy(m => m.Key, StringComparer.Ordinal),
            points.OrderBy(m => m.Key, StringComparer.Ordinal)
        );
        await brand.Brand.LedgerIsClean();
    }

    /// <summary>Every new row says which process wrote it: the name it connects to PostgreSQL by.</summary>
    internal static Task SignAsync(TestCloud cloud, string table) =>
        cloud.Tamper($"ALTER TABLE {table} ADD COLUMN written_by text DEFAULT current_setting('application_name')");

    /// <summary>Who wrote rows that are signed.</summary>
    internal static async Task<HashSet<string>> WritersAsync(TestCloud cloud, string rows)
    {
        await using var source = NpgsqlDataSource.Create(cloud.Connection);
        await using var command = source.CreateCommand($"SELECT DISTINCT written_by FROM {rows}");
        await using var reader = await command.ExecuteReaderAsync();
        var writers = new HashSet<string>();
        while (await reader.ReadAsync())
            writers.Add(reader.GetString(0));
        return writers;
    }

    /// <summary>The minute between two looks at a standing clock passes in a moment.</summary>
    internal static async Task KeepAwakeAsync(TestCloud cloud, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await cloud.Tamper(
                "UPDATE job_due SET next_due = '2000-01-01Z' WHERE lease_until IS NULL AND next_due > '2000-01-01Z'"
            );
            await Task.Delay(300, CancellationToken.None);
        }
    }

    private static Task<int> DueLotsAsync(CdnowBrand brand)
    {
        var cloud = brand.Brand.Cloud;
        return cloud.Host.InsideAsync(
            brand.Brand.Id,
            async services =>
            {
                var now = services.GetRequiredService<MemberCloud.Tenancy.TenantScope>().Now;
                var lots = services.GetRequiredService<MemberCloudDb>().Set<PointsLot>();
                return await lots.CountAsync(l => l.State != LotState.Closed && l.DueAt <= now);
            }
        );
    }

    private static async Task<string?> ClockAsync(CdnowBrand brand, string what) =>
        (string?)(await brand.Brand.Get("/v1/test-clock")).Must(200).At(what);

    /// <summary>A few orders more, until both workers had something to do.</summary>
    private static Task ReportSomeAsync(IEnumerable<CdnowBrand> brands, string file) =>
        Task.WhenAll(
            brands.Select(brand =>
                ReportAsync(brand.Brand, [.. OrdersOf(brand.Brand, file).OrderBy(_ => Random.Shared.Next()).Take(20)])
            )
        );

    private static async Task ReportAsync(Brand brand, IReadOnlyList<object> orders)
    {
        foreach (var chunk in orders.Chunk(200))
        {
            var answer = (await brand.Post("/v1/orders/bulk", new { orders = chunk }, key: null)).Must(200);
            Assert.All(answer.Each("results", "status"), status => Assert.Contains(status, new[] { "200", "201" }));
        }
    }

    private static IReadOnlyList<object> OrdersOf(Brand brand, string file) =>
        [
            .. File.ReadLines(file)
                .Skip(1)
                .Select((line, row) => (Cells: line.Split(','), Row: row))
                .Select(r =>
                    brand.Order(
                        r.Cells[0],
                        NoonOf(r.Cells[1]),
                        (long)(decimal.Parse(r.Cells[3], CultureInfo.InvariantCulture) * 100),
                        no: $"{r.Row}"
                    )
                ),
        ];

    private static string NoonOf(string day)
    {
        var noon = DateTime.Parse($"{day}T12:00:00", CultureInfo.InvariantCulture);
        return TimeZoneInfo
            .ConvertTimeToUtc(noon, TimeZoneInfo.FindSystemTimeZoneById(Cdnow.Zone))
            .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }

    internal static async Task Eventually(Func<Task<bool>> holds, Func<Task>? meanwhile = null)
    {
        // A machine that does much else at once is slow, not wrong.
        for (var look = 0; look < 3_000; look++)
        {
            if (meanwhile is not null)
                await meanwhile();
            if (await holds())
                return;
            await Task.Delay(100);
        }
        throw new TimeoutException("It did not come to that.");
    }
}
