using System.Text.RegularExpressions;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Orders;
using MemberCloud.Points;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>A sandbox brand with the rules and tiers of <see cref="CdnowExpected"/>.</summary>
public sealed partial class CdnowBrand(TestCloud cloud, Brand brand)
{
    public Brand Brand => brand;

    public static async Task<CdnowBrand> OpenAsync(TestCloud cloud, string clock = Cdnow.Start)
    {
        var brand = await cloud.NewBrand(clock, Cdnow.Zone, "USD");
        await brand.PointPerUnit(settleDays: 7, expiry: new { policy = "months", months = 12 });
        await brand.GrowthPerUnit();
        foreach (var (threshold, rank) in new[] { 0, 100, 300, 1000 }.Select((t, i) => (t, i)))
            await brand.Tier($"from {threshold}", rank, threshold, months: 12);
        return new(cloud, brand);
    }

    /// <summary>Starts the command; the clock ends at <see cref="Cdnow.End"/> unless other arguments say so.</summary>
    public HostProcess StartImport(string file, params string[] more) =>
        HostProcess.Start(
            cloud,
            "import",
            ["import", file, "--brand", brand.Slug, .. more.Length == 0 ? ["--until", Cdnow.End] : more]
        );

    public async Task<Ended> ImportAsync(string file, params string[] more)
    {
        await using var import = StartImport(file, more);
        return await import.EndAsync();
    }

    /// <summary>What the command said at its end.</summary>
    public static Figures Reported(string said)
    {
        var total = Totals().Match(said);
        Assert.True(total.Success, said);
        long Of(string name) => long.Parse(total.Groups[name].Value);
        var tiers = TierLine().Matches(said).Select(m => long.Parse(m.Groups[1].Value));
        return new(
            Of("orders"),
            Of("members"),
            Of("money"),
            Of("issued"),
            Of("pending"),
            Of("available"),
            Of("expired"),
            [.. tiers]
        );
    }

    /// <summary>Every member's figures as the rows have them, by external id.</summary>
    public Task<Dictionary<string, MemberFigures>> MembersAsync() =>
        Inside(async db =>
        {
            var members = await db.Set<Member>().Select(m => new { m.Id, m.ExternalId }).ToListAsync();
            var accounts = await db.Set<PointsAccount>()
                .Where(a => a.Currency == Currencies.Points)
                .ToDictionaryAsync(a => a.MemberId);
            var expired = await db.Set<PointsEntry>()
                .Where(e => e.Kind == EntryKind.Expire && e.Currency == Currencies.Points)
                .GroupBy(e => e.MemberId)
                .ToDictionaryAsync(g => g.Key, g => -g.Sum(e => e.DeltaAvailable));
            var ranks = await db.Set<Tier>().ToDictionaryAsync(t => t.Id, t => t.Rank);
            var tiers = await db.Set<TierStanding>().ToDictionaryAsync(s => s.MemberId, s => s.TierId);
            MemberFigures Of(Guid member)
            {
                // Who never earned has no account, who never rose no standing.
                var account = accounts.GetValueOrDefault(member);
                var rank = tiers.GetValueOrDefault(member) is { } tier ? ranks[tier] : 0;
                return new(account?.Pending ?? 0, account?.Available ?? 0, expired.GetValueOrDefault(member), rank);
            }
            return members.ToDictionary(m => m.ExternalId, m => Of(m.Id));
        });

    public Task<int> OrdersAsync() => Inside(db => db.Set<Order>().CountAsync());

    /// <summary>Rows of everything that an import writes.</summary>
    public Task<string> RowsAsync() =>
        Inside(async db =>
        {
            var (orders, members) = (await db.Set<Order>().CountAsync(), await db.Set<Member>().CountAsync());
            var (entries, events) = (await db.Set<PointsEntry>().CountAsync(), await db.Set<OutboxEvent>().CountAsync());
            var steps = await db.Set<TierHistory>().CountAsync();
            return $"orders {orders}, members {members}, entries {entries}, events {events}, steps {steps}";
        });

    /// <summary>Totals, every single member, and the ledger's own check.</summary>
    public async Task MustEqualAsync(CdnowExpected expected, Ended import)
    {
        Assert.Equal(expected.Total.ToString(), Reported(import.Out).ToString());
        var members = await MembersAsync();
        var wrong = expected
            .Members.Where(m => members.GetValueOrDefault(m.Key) != m.Value)
            .Select(m => $"{m.Key}: {m.Value} expected")
            .Take(5)
            .ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Equal(expected.Members.Count, members.Count);
        await brand.LedgerIsClean();
    }

    /// <summary>Two minutes pass for whoever moves clocks: what a killed process held is free.</summary>
    public static Task ClockLeasesRunOut(TestCloud cloud) =>
        cloud.Tamper($"UPDATE tenants SET clock_lease = clock_lease - {TwoMinutes(cloud)}");

    /// <summary>Two minutes pass for whoever runs jobs.</summary>
    public static Task JobLeasesRunOut(TestCloud cloud) =>
        cloud.Tamper($"UPDATE job_due SET lease_until = lease_until - {TwoMinutes(cloud)}");

    private static string TwoMinutes(TestCloud cloud) => cloud.IsPostgres ? "interval '2 minutes'" : "120000000";

    private Task<T> Inside<T>(Func<MemberCloudDb, Task<T>> read) =>
        cloud.Host.InsideAsync(brand.Id, services => read(services.GetRequiredService<MemberCloudDb>()));

    [GeneratedRegex(
        @"orders (?<orders>\d+), members (?<members>\d+), money (?<money>\d+) minor units of USD\s+"
            + @"points issued (?<issued>\d+), pending (?<pending>\d+), available (?<available>\d+), expired (?<expired>\d+)"
    )]
    private static partial Regex Totals();

    [GeneratedRegex(@"tier [^:\n]+: (\d+) members")]
    private static partial Regex TierLine();
}
