using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Points;

/// <summary>
/// Accounts as they stood at a past instant: what was recorded by then, and on it what was due by then. Entries, moves and lots are found by their primary keys,
/// holds by ux_points_holds_account; nothing is written.
/// </summary>
public sealed class PointsHistory(Transactions transactions, TenantScope scope)
{
    private MemberCloudDb Db => transactions.Db;

    public Task<PointsJournal> ReadAsync(AccountKey key, DateTime at, CancellationToken ct) =>
        transactions.ReadTogetherAsync(
            async () =>
            {
                var last = await LastAsync(key, at, ct);
                var account =
                    last == 0 ? Empty(key) : PastRules.Account(await EntryAsync(key, last, ct), await ActiveAsync(key, last, ct));
                var holds = account.Held == 0 ? [] : await HoldsAsync(key, last, ct);
                var lots = await LotsAsync(key, last, at, holds, ct);
                // A suspension that came later was not known then.
                var pause = scope.Tenant.Pause is { } known && known.From <= at ? known : null;
                var journal = new PointsJournal(
                    account,
                    lots,
                    holds,
                    scope.Tenant.Local,
                    at,
                    scope.Tenant.Keys.Ledger,
                    pause is null ? null : pause.Spare
                );
                journal.PostDue();
                return journal;
            },
            ct
        );

    /// <summary>The past instant that is asked for; null for now.</summary>
    public Result<DateTime?> Past(AsOfRequest asked) => asked.Past(scope);

    /// <summary>Number of the last entry recorded by then; 0 = there was none. Without an instant, the last there is.</summary>
    public async Task<long> LastAsync(AccountKey key, DateTime? at, CancellationToken ct)
    {
        var entries = Entries(key);
        // Two hosts' clocks may differ by a moment, and numbers are what orders entries: what stands before the first that was recorded later.
        var later = at is { } then ? await entries.Where(e => e.RecordedAt > then).MinAsync(e => (long?)e.Seq, ct) : null;
        return later - 1 ?? await entries.MaxAsync(e => (long?)e.Seq, ct) ?? 0;
    }

    private IQueryable<PointsEntry> Entries(AccountKey key) =>
        Db.Set<PointsEntry>().AsNoTracking().Where(e => e.MemberId == key.MemberId && e.Currency == key.Currency);

    private Task<PointsEntry> EntryAsync(AccountKey key, long seq, CancellationToken ct) =>
        Entries(key).SingleAsync(e => e.Seq == seq, ct);

    /// <summary>When the member had last earned or spent: what puts off the end of points that end with inactivity.</summary>
    private async Task<DateTime> ActiveAsync(AccountKey key, long last, CancellationToken ct) =>
        await Entries(key)
            .Where(e => e.Seq <= last)
            .Where(e => e.Kind == EntryKind.Earn || e.Kind == EntryKind.Spend || e.Kind == EntryKind.Capture)
            .MaxAsync(e => (DateTime?)e.OccurredAt, ct)
        ?? DateTime.UnixEpoch;

    private async Task<List<PointsHold>> HoldsAsync(AccountKey key, long last, CancellationToken ct)
    {
        var holds = await Db.Set<PointsHold>()
            .AsNoTracking()
            .Where(h => h.MemberId == key.MemberId && h.Currency == key.Currency && h.Seq <= last)
            .Where(h => h.ResolvedSeq == null || h.ResolvedSeq > last)
            .ToListAsync(ct);
        return [.. holds.Select(PastRules.Hold)];
    }

    /// <summary>Lots that held something then, and those, empty or not, to which open holds would go back.</summary>
    private async Task<List<PointsLot>> LotsAsync(
        AccountKey key,
        long last,
        DateTime at,
        List<PointsHold> holds,
        CancellationToken ct
    )
    {
        var held = holds.SelectMany(h => LotParts.Parse(h.Taken).Lots).Distinct().ToList();
        var moves = Db.Set<PointsMove>()
            .AsNoTracking()
            .Where(m => m.MemberId == key.MemberId && m.Currency == key.Currency && m.Seq <= last);
        var left = moves.GroupBy(m => m.LotId).Select(g => new { LotId = g.Key, Remaining = g.Sum(m => m.Amount) });
        var rows = await (
            from lot in Db.Set<PointsLot>().AsNoTracking()
            join part in left on lot.Id equals part.LotId
            where lot.MemberId == key.MemberId && (part.Remaining != 0 || held.Contains(lot.Id))
            select new { Lot = lot, part.Remaining }
        ).ToListAsync(ct);
        return [.. rows.Select(r => PastRules.Lot(r.Lot, r.Remaining, last, at))];
    }

    private PointsAccount Empty(AccountKey key) =>
        new()
        {
            TenantId = scope.Id,
            MemberId = key.MemberId,
            Currency = key.Currency,
            ActiveAt = DateTime.UnixEpoch,
        };
}
