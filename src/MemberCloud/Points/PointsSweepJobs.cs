using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Points;

/// <summary>pending -> available, at the instant it was due.</summary>
public sealed class SettlePointsJob(PointsSweep sweep) : ITenantJob
{
    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) => sweep.NextDueAsync(LotState.Pending, ct);

    public Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct) =>
        sweep.RunAsync(sweep.LotsDue(LotState.Pending), batch, ct);
}

/// <summary>Takes away what has ended, lot by lot, at the instant it ended.</summary>
public sealed class ExpirePointsJob(PointsSweep sweep) : ITenantJob
{
    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) => sweep.NextDueAsync(LotState.Available, ct);

    public Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct) =>
        sweep.RunAsync(sweep.LotsDue(LotState.Available), batch, ct);
}

/// <summary>Gives back what is held past its time.</summary>
public sealed class ReleaseHoldsJob(PointsSweep sweep) : ITenantJob
{
    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) => sweep.NextHoldAsync(ct);

    public Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct) =>
        sweep.RunAsync(sweep.HoldsDue(), batch, ct);
}

/// <summary>Finds accounts with something due and posts it: the same step every write on an account begins with.</summary>
public sealed class PointsSweep(Transactions transactions, IDoor door, PointsLedger ledger, TenantScope scope)
{
    /// <summary>Transactions at once: while one is decided on, another is stored.</summary>
    private const int SideBySide = 3;

    /// <summary>Transactions' worth of accounts that are looked for at once.</summary>
    private const int Ahead = 40;

    private IQueryable<PointsLot> Lots(LotState state) =>
        transactions.Db.Set<PointsLot>().AsNoTracking().Where(l => l.State != LotState.Closed && l.State == state);

    public Task<DateTime?> NextDueAsync(LotState state, CancellationToken ct) => Lots(state).MinAsync(l => l.DueAt, ct);

    private IQueryable<PointsHold> Holds =>
        transactions.Db.Set<PointsHold>().AsNoTracking().Where(h => h.State == HoldState.Held);

    public Task<DateTime?> NextHoldAsync(CancellationToken ct) => Holds.MinAsync(h => (DateTime?)h.ExpiresAt, ct);

    public IQueryable<AccountKey> LotsDue(LotState state) =>
        Lots(state).Where(l => l.DueAt <= scope.Now).OrderBy(l => l.DueAt).Select(l => new AccountKey(l.MemberId, l.Currency));

    public IQueryable<AccountKey> HoldsDue() =>
        Holds.Where(h => h.ExpiresAt <= scope.Now).OrderBy(h => h.ExpiresAt).Select(h => new AccountKey(h.MemberId, h.Currency));

    /// <summary>Posts what is due on the accounts found, the longest overdue first.</summary>
    public async Task<JobOutcome> RunAsync(IQueryable<AccountKey> found, int batch, CancellationToken ct)
    {
        var due = await found.Take(batch * Ahead).ToListAsync(ct);
        var (changed, failures) = (0, new System.Collections.Concurrent.ConcurrentBag<string>());
        await Parallel.ForEachAsync(
            due.Distinct().Chunk(batch),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
            async (keys, stop) =>
            {
                var posted = await OneByOne.RunAsync(
                    keys,
                    some => PostAsync(some, stop),
                    k => $"{Ids.Show(IdPrefix.Member, k.MemberId)} {k.Currency}"
                );
                Interlocked.Add(ref changed, posted.Changed);
                foreach (var failure in posted.Failures)
                    failures.Add(failure);
            }
        );
        return new(due.Count, changed, due.Count == batch * Ahead && failures.IsEmpty, Failures: [.. failures]);
    }

    private Task<int> PostAsync(IReadOnlyList<AccountKey> keys, CancellationToken ct) =>
        door.RunAsync(
            scope.Id,
            keys[0],
            async session =>
            {
                var journals = await ledger.OpenAsync(session, keys, LotsWanted.Due, ct);
                foreach (var journal in journals.Values)
                    journal.PostDue();
                var store = new StoreBatch();
                PointsLedger.Write(store, [.. journals.Values]);
                await session.StoreAsync(store, ct);
                return journals.Values.Sum(j => j.Entries.Count);
            },
            ct,
            locked: true
        );
}
