using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Api.Tests.Flows;
using MemberCloud.Api.Tests.Robustness;
using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Memberships;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>kill -9 in the middle of due renewals: each is charged once for its period at most, none is forgotten, and no invoice number is missing.</summary>
public sealed class KilledRenewals(Clouds clouds) : ApiTests(clouds)
{
    private static bool IsLong => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1";

    private static int Members => IsLong ? 10_000 : 100;

    private static int Kills => IsLong ? 20 : 2;

    // A tenth is declined, some give no answer and are charged all the same.
    private static readonly string[] Methods = ["fake_decline", "fake_unknown_charged", .. Enumerable.Repeat("fake_ok", 8)];

    // clock  31 Jan --------- 28 Feb: all are due
    // mover  |-----x  |----x  |------------|          x = kill -9 while charges are under way
    [SkippableTheory, EveryEngine]
    public async Task Each_is_charged_once_and_none_is_forgotten_though_the_mover_is_killed(string engine)
    {
        var cloud = await On(engine);
        var brand = await ToldAsync(cloud, waves: 1);

        for (var kill = 1; kill <= Kills; kill++)
        {
            var port = Ports.Free();
            await using var process = HostProcess.Api(cloud, $"mover-{kill}", port);
            using var http = await Ports.ReadyAsync(port, brand.Secret);
            var victim = new Brand(cloud, http, brand.Made);
            var move = Task.Run(async () =>
            {
                try
                {
                    await victim.Post("/v1/test-clock", new { advance_to = "2026-02-28T09:00:00Z" }, key: null);
                }
                catch (HttpRequestException)
                {
                    // It was killed.
                }
            });
            var enough = Members + (Members * kill / (Kills + 2));
            for (var look = 0; look < 2_000 && await brand.Count<FakePayment>() < enough && !move.IsCompleted; look++)
                await Task.Delay(10);
            await process.KillAsync();
            await move;
            await CdnowBrand.ClockLeasesRunOut(cloud);
            await LeasesRunOut(cloud);
        }
        // Whoever comes next carries the move on; what gave no answer is looked up.
        await cloud.Host.Services.GetRequiredService<MemberCloud.Jobs.ClockMover>().ResumeAsync(default);
        await brand.MoveTo("2026-02-28T12:00:00Z");

        await MustHaveChargedOnce(brand);
    }

    // clock   28 Feb 09:00 | 09:01 | 09:02 ... a few fall due with each minute, nobody moves it
    // steady  |------------------------------------------------>     both look every second, and no lease keeps one from what the other is at
    // victim  |-----x  |------x  |-----------------------------      x = kill -9
    [SkippableFact]
    public async Task Two_hosts_at_once_charge_each_once_though_one_is_killed_again_and_again()
    {
        await using var cloud = await TestCloud.StartAsync(DatabaseOptions.Postgres);
        await WorkersTests.SignAsync(cloud, "payment_attempts");
        var waves = 10 * Kills;
        var brand = await ToldAsync(cloud, waves);
        using var over = new CancellationTokenSource();
        var waking = WorkersTests.KeepAwakeAsync(cloud, over.Token);

        await using var steady = HostProcess.Worker(cloud, "steady");
        var wave = 0;
        for (var kill = 1; kill <= Kills; kill++)
        {
            await using var victim = HostProcess.Worker(cloud, $"victim-{kill}");
            await WorkersTests.Eventually(() => IsUpAsync(brand, $"victim-{kill}"));
            for (; wave < (waves * kill / Kills) - 1 && !(await WritersAsync(cloud)).Contains($"victim-{kill}"); wave++)
                await RenewedAsync(brand, wave);
            await StandAtAsync(brand, wave++);
            await Task.Delay(Random.Shared.Next(1000));
            await victim.KillAsync();
            await LeasesRunOut(cloud);
        }
        await using var last = HostProcess.Worker(cloud, "victim-restarted");
        for (; wave < waves; wave++)
            await RenewedAsync(brand, wave);
        await RenewedAsync(brand, waves - 1);
        await over.CancelAsync();
        await waking;
        await brand.MoveTo("2026-02-28T16:00:00Z");
        // A worker may still be at the gateway with the last of them.
        await WorkersTests.Eventually(async () => await brand.Count<PaymentAttempt>(a => a.State == AttemptState.Open) == 0);

        await MustHaveChargedOnce(brand);
        var writers = await WritersAsync(cloud);
        Assert.Contains("steady", writers);
        Assert.Contains(writers, writer => writer.StartsWith("victim", StringComparison.Ordinal));
    }

    private static Task<HashSet<string>> WritersAsync(TestCloud cloud) =>
        WorkersTests.WritersAsync(cloud, "payment_attempts WHERE written_by <> ''");

    /// <summary>It looks at the due list already.</summary>
    private static Task<bool> IsUpAsync(Brand brand, string name) =>
        brand.Inside(async db =>
            await db
                .Database.SqlQuery<int>(
                    $"SELECT count(*)::int AS \"Value\" FROM pg_stat_activity WHERE application_name = {name} AND query LIKE '%job_due%'"
                )
                .SingleAsync() > 0
        );

    /// <summary>Another minute: a few more are due, and whoever has a job has it no longer, until somebody renewed them.</summary>
    private static async Task RenewedAsync(Brand brand, int wave)
    {
        var minute = MinuteOf(28, 2, wave);
        await StandAtAsync(brand, wave);
        await WorkersTests.Eventually(
            async () => await brand.Count<Membership>(m => m.RenewAt <= minute) == 0,
            () => CdnowBrand.JobLeasesRunOut(brand.Cloud)
        );
    }

    private static Task StandAtAsync(Brand brand, int wave) => brand.StandAt($"{MinuteOf(28, 2, wave):yyyy-MM-ddTHH:mm:ss}Z");

    private static DateTime MinuteOf(int day, int month, int minute) =>
        new DateTime(2026, month, day, 9, 0, 0, DateTimeKind.Utc).AddMinutes(minute);

    /// <summary>Members who bought a month on 31 January, as many with each minute, and were told in time of its end.</summary>
    private static async Task<Brand> ToldAsync(TestCloud cloud, int waves)
    {
        var brand = await cloud.NewBrand("2026-01-31T09:00:00Z", "UTC");
        var plan = await brand.Plan(unit: "month", price: 3_000);
        foreach (var (wave, members) in Enumerable.Range(0, Members).Chunk(Members / waves).Index())
        {
            await brand.MoveTo($"{MinuteOf(31, 1, wave):yyyy-MM-ddTHH:mm:ss}Z");
            foreach (var some in members.Chunk(16))
                await Task.WhenAll(some.Select(async i => (await brand.Buy(await brand.Member($"m-{i}"), plan)).Must(201)));
        }
        const string Told = "2026-02-21T16:00:00Z";
        await brand.MoveTo(Told);
        while (await brand.DeliverNotices(Told) == 200) { }
        await MethodsAsync(brand, Methods);
        return brand;
    }

    /// <summary>Who was at a gateway is gone, and a minute has passed.</summary>
    private static Task LeasesRunOut(TestCloud cloud) =>
        cloud.Tamper(
            cloud.IsPostgres
                ? "UPDATE payment_attempts SET lease_until = lease_until - interval '2 minutes' WHERE lease_until IS NOT NULL"
                : "UPDATE payment_attempts SET lease_until = lease_until - 120000000 WHERE lease_until IS NOT NULL"
        );

    private static async Task MethodsAsync(Brand brand, string[] methods)
    {
        var ids = await brand.Inside(db => db.Set<Membership>().OrderBy(m => m.Id).Select(m => m.Id).ToListAsync());
        foreach (var some in ids.Select((id, i) => (Id: id, Method: methods[i % methods.Length])).Chunk(16))
            await Task.WhenAll(
                some.Where(s => s.Method != "fake_ok")
                    .Select(async s =>
                        (
                            await brand.Patch(
                                $"/v1/memberships/{MemberCloud.Shared.Ids.Show("mbs", s.Id)}",
                                new { payment_method = s.Method }
                            )
                        ).Must(200)
                    )
            );
    }

    private static async Task MustHaveChargedOnce(Brand brand)
    {
        var taken = await brand.Inside(db => db.Set<FakePayment>().Where(p => p.Taken).ToListAsync());
        var invoices = await brand.Inside(db => db.Set<Invoice>().ToListAsync());
        var memberships = await brand.Inside(db => db.Set<Membership>().ToListAsync());
        var declined = Members / Methods.Length;

        Assert.All(taken.GroupBy(p => p.InvoiceId), charges => Assert.Single(charges));
        var ends = string.Join(' ', memberships.CountBy(m => (m.State, m.Reason)));
        Assert.True((2 * Members) - declined == taken.Count, $"{taken.Count} taken: {ends}");
        Assert.Equal(Members - declined, memberships.Count(m => m is { State: MembershipState.Active, Terms: 2 }));
        Assert.Equal(declined, memberships.Count(m => m.State == MembershipState.PastDue));
        Assert.Equal(Enumerable.Range(1, 2 * Members).Select(n => (long)n), invoices.Select(i => i.Number).Order());
        Assert.Equal(taken.Count, invoices.Count(i => i.State == InvoiceState.Paid));
        Assert.False(await brand.Inside(db => db.Set<PaymentAttempt>().AnyAsync(a => a.State == AttemptState.Open)));
    }
}
