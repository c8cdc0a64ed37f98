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
        sweep.RunAsync(LotState.Pending, batch, ct);
}

/// <summary>Takes away what has ended, lot by lot, at the instant it ended.</summary>
public sealed class ExpirePointsJob(PointsSweep sweep) : ITenantJob
{
    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) => sweep.NextDueAsync(LotState.Available, ct);

    public Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct) =>
        sweep.RunAsync(LotState.Available, batch, ct);
}

/// <summary>Finds accounts with something due and posts it: the same step every write on an account begins with.</summary>
public sealed class PointsSweep(Transactions transactions, PointsLedger ledger, TenantScope scope)
{
    private IQueryable<PointsLot> Lots(LotState state) =>
        transactions.Db.Set<PointsLot>().AsNoTracking().Where(l => l.State != LotState.Closed && l.State == state);

    public Task<DateTime?> NextDueAsync(LotState state, CancellationToken ct) => Lots(state).MinAsync(l => l.DueAt, ct);

    public async Task<JobOutcome> RunAsync(LotState state, int batch, CancellationToken ct)
    {
        var now = scope.Now;
        var due = await Lots(state)
            .Where(l => l.DueAt <= now)
            .OrderBy(l => l.DueAt)
            .Take(batch)
            .Select(l => new AccountKey(l.MemberId, l.Currency))
            .ToListAsync(ct);
        if (due.Count == 0)
            return new(0, 0, false);
        try
        {
            return new(due.Count, await PostAsync([.. due.Distinct()], ct), due.Count == batch);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return await OneByOneAsync([.. due.Distinct()], due.Count, ct);
        }
    }

    private Task<int> PostAsync(IReadOnlyCollection<AccountKey> keys, CancellationToken ct) =>
        transactions.RunAsync(
            async () =>
            {
                var door = transactions.Door;
                var journals = await ledger.OpenAsync(door, keys, LotsWanted.Due, ct);
                foreach (var journal in journals.Values)
                    journal.PostDue();
                var store = new StoreBatch();
                PointsLedger.Write(store, [.. journals.Values]);
                await door.StoreAsync(store, ct);
                return journals.Values.Sum(j => j.Entries.Count);
            },
            ct
        );

    /// <summary>One account that cannot be posted must not hold up the others: it is named, and tried again with the next run.</summary>
    private async Task<JobOutcome> OneByOneAsync(IReadOnlyList<AccountKey> keys, int looked, CancellationToken ct)
    {
        var failures = new List<string>();
        var changed = 0;
        foreach (var key in keys)
        {
            try
            {
                changed += await PostAsync([key], ct);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                failures.Add($"{Ids.Show(IdPrefix.Member, key.MemberId)} {key.Currency}: {error.GetType().Name}");
            }
        }
        return new(looked, changed, false, Failures: failures);
    }
}
