using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Points;

/// <summary>
/// Reads accounts from their first entry: numbers without gaps, seals, balances after, the account's row with its part of the books, lots, moves and holds. What is
/// wrong is named.
/// </summary>
public sealed class PointsProof(MemberCloudDb db, Transactions transactions, TenantScope scope)
{
    /// <summary>One snapshot of the rows of some members: a posting between two reads would look like a fault.</summary>
    public Task<(List<PointsAccount> Accounts, List<string> Faults)> VerifyAsync(Guid after, Guid last, CancellationToken ct) =>
        transactions.ReadTogetherAsync(
            async () =>
            {
                var accounts = await db.Set<PointsAccount>()
                    .AsNoTracking()
                    .Where(a => a.MemberId.CompareTo(after) > 0 && a.MemberId.CompareTo(last) <= 0)
                    .ToListAsync(ct);
                var entries = await db.Set<PointsEntry>()
                    .AsNoTracking()
                    .Where(e => e.MemberId.CompareTo(after) > 0 && e.MemberId.CompareTo(last) <= 0)
                    .ToListAsync(ct);
                var lots = await db.Set<PointsLot>()
                    .AsNoTracking()
                    .Where(l => l.MemberId.CompareTo(after) > 0 && l.MemberId.CompareTo(last) <= 0)
                    .ToListAsync(ct);
                var moves = await db.Set<PointsMove>()
                    .AsNoTracking()
                    .Where(m => m.MemberId.CompareTo(after) > 0 && m.MemberId.CompareTo(last) <= 0)
                    .ToListAsync(ct);
                var holds = await db.Set<PointsHold>()
                    .AsNoTracking()
                    .Where(h => h.MemberId.CompareTo(after) > 0 && h.MemberId.CompareTo(last) <= 0)
                    .ToListAsync(ct);
                var sorted = accounts.OrderBy(a => new AccountKey(a.MemberId, a.Currency)).ToList();
                return (sorted, Check(sorted, entries, lots, moves, holds));
            },
            ct
        );

    private List<string> Check(
        List<PointsAccount> accounts,
        List<PointsEntry> entries,
        List<PointsLot> lots,
        List<PointsMove> moves,
        List<PointsHold> holds
    )
    {
        var entriesOf = entries.ToLookup(e => new AccountKey(e.MemberId, e.Currency));
        var lotsOf = lots.ToLookup(l => new AccountKey(l.MemberId, l.Currency));
        var movesOf = moves.ToLookup(m => new AccountKey(m.MemberId, m.Currency));
        var holdsOf = holds.ToLookup(h => new AccountKey(h.MemberId, h.Currency));
        var found = accounts.ToDictionary(a => new AccountKey(a.MemberId, a.Currency));
        var orphans = entriesOf
            .Select(g => g.Key)
            .Union(lotsOf.Select(g => g.Key))
            .Union(movesOf.Select(g => g.Key))
            .Union(holdsOf.Select(g => g.Key))
            .Where(k => !found.ContainsKey(k));
        return
        [
            .. orphans.Select(k => $"{Ids.Show(IdPrefix.Member, k.MemberId)} {k.Currency}: the account's row is missing"),
            .. found.SelectMany(a =>
                LedgerChecks.Check(
                    new(a.Value, [.. entriesOf[a.Key]], [.. lotsOf[a.Key]], [.. movesOf[a.Key]], [.. holdsOf[a.Key]]),
                    scope.Tenant.Keys.Ledger
                )
            ),
        ];
    }
}
