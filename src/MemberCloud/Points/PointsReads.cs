using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Points;

/// <summary>Accounts as they stand now, with what is due counted as done. Nothing is written.</summary>
public sealed class PointsReads(Transactions transactions, PointsLedger ledger)
{
    private MemberCloudDb Db => transactions.Db;

    public async Task<PointsJournal> ReadAsync(AccountKey key, CancellationToken ct)
    {
        var (account, lots) = await AccountAsync(key, ct);
        var journal =
            account.Held == 0
                ? ledger.Journal(account, lots, [])
                : await transactions.ReadTogetherAsync(() => WithHoldsAsync(key, ct), ct);
        journal.PostDue();
        return journal;
    }

    public Task<PointsHold?> HoldAsync(Guid id, CancellationToken ct) =>
        Db.Set<PointsHold>().AsNoTracking().FirstOrDefaultAsync(h => h.Id == id, ct);

    /// <summary>One statement, so that account and lots are of one moment.</summary>
    private async Task<(PointsAccount Account, List<PointsLot> Lots)> AccountAsync(AccountKey key, CancellationToken ct)
    {
        var lots = Db.Set<PointsLot>()
            .Where(l => l.MemberId == key.MemberId && l.Currency == key.Currency && l.State != LotState.Closed);
        var accounts = Db.Set<PointsAccount>()
            .AsNoTracking()
            .Where(a => a.MemberId == key.MemberId && a.Currency == key.Currency);
        // A left join, not a list inside the row: SQLite has no APPLY.
        var rows = await (
            from account in accounts
            join lot in lots on new { account.MemberId, account.Currency } equals new { lot.MemberId, lot.Currency } into own
            from lot in own.DefaultIfEmpty()
            select new { Account = account, Lot = lot }
        ).ToListAsync(ct);
        return (rows.FirstOrDefault()?.Account ?? ledger.Empty(key), [.. rows.Select(r => r.Lot).OfType<PointsLot>()]);
    }

    /// <summary>What is held may have come out of lots that are closed now: they are part of the picture too.</summary>
    private async Task<PointsJournal> WithHoldsAsync(AccountKey key, CancellationToken ct)
    {
        var (account, lots) = await AccountAsync(key, ct);
        var holds = await Db.Set<PointsHold>()
            .AsNoTracking()
            .Where(h => h.MemberId == key.MemberId && h.Currency == key.Currency && h.State == HoldState.Held)
            .ToListAsync(ct);
        var ids = holds.SelectMany(h => LotParts.Parse(h.Taken).Lots).Distinct().ToList();
        var held = await Db.Set<PointsLot>()
            .AsNoTracking()
            .Where(l => l.MemberId == key.MemberId && ids.Contains(l.Id))
            .ToListAsync(ct);
        return ledger.Journal(account, lots.UnionBy(held, l => l.Id), holds);
    }
}
