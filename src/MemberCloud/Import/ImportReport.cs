using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Orders;
using MemberCloud.Points;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Import;

/// <summary>A brand in numbers, summed from its rows.</summary>
/// <param name="Money">Sum of the orders' totals, minor units.</param>
/// <param name="Tiers">Members by tier, lowest first.</param>
public sealed record BrandNumbers(
    DateTime Clock,
    long Orders,
    long Members,
    long Money,
    long Issued,
    long Pending,
    long Available,
    long Expired,
    IReadOnlyList<(string Tier, long Members)> Tiers
);

/// <summary>Reads a brand's numbers out of its rows, no counter trusted.</summary>
public sealed class ImportReport(MemberCloudDb db, TierService tiers, TenantScope scope)
{
    public async Task<BrandNumbers> ReadAsync(CancellationToken ct)
    {
        var orders = db.Set<Order>().Where(o => o.State != OrderState.Cancelled);
        var accounts = db.Set<PointsAccount>().Where(a => a.Currency == Currencies.Points);
        var entries = db.Set<PointsEntry>().Where(e => e.Currency == Currencies.Points);
        var members = await db.Set<Member>().LongCountAsync(ct);
        return new(
            scope.Now,
            await orders.LongCountAsync(ct),
            members,
            await orders.SumAsync(o => o.Total, ct),
            await entries.Where(e => e.Kind == EntryKind.Earn).SumAsync(e => e.DeltaAvailable + e.DeltaPending - e.DeltaDebt, ct),
            await accounts.SumAsync(a => a.Pending, ct),
            await accounts.SumAsync(a => a.Available, ct),
            -await entries.Where(e => e.Kind == EntryKind.Expire).SumAsync(e => e.DeltaAvailable, ct),
            await TiersAsync(members, ct)
        );
    }

    private async Task<IReadOnlyList<(string, long)>> TiersAsync(long members, CancellationToken ct)
    {
        var standing = await db.Set<TierStanding>()
            .GroupBy(s => s.TierId)
            .Select(g => new { g.Key, Count = g.LongCount() })
            .ToListAsync(ct);
        var ladder = await tiers.LadderAsync(ct);
        var counts = ladder.ToDictionary(t => t.Id, t => standing.FirstOrDefault(s => s.Key == t.Id)?.Count ?? 0);
        if (TierRules.Entry(ladder) is { } entry)
            counts[entry.Id] += members - standing.Sum(s => s.Count);
        return [.. ladder.Select(t => (t.Name, counts[t.Id]))];
    }
}
