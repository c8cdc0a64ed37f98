using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>
/// Makes the codes of pools, some at a time, and takes back those of pools that are undone: the pool's row is locked and moves on in the transaction of what was
/// made or taken back, so a worker killed anywhere loses nothing, and of two workers one does a step.
/// </summary>
public sealed class MakeCodesJob(Transactions transactions, TenantScope scope, CodePools pools) : ITenantJob
{
    public const string Name = "coupons.codes";

    private MemberCloudDb Db => transactions.Db;

    private IQueryable<CouponBatch> Waiting =>
        Db.Set<CouponBatch>()
            .AsNoTracking()
            .Where(b =>
                b.Kind == BatchKind.Codes
                && (b.State == BatchState.Queued || b.State == BatchState.Running || b.State == BatchState.Undoing)
            );

    public async Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        await Waiting.AnyAsync(ct) ? DateTime.UnixEpoch : null;

    public async Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        if (await Waiting.OrderBy(b => b.Id).FirstOrDefaultAsync(ct) is not { } next)
            return new(0, 0, false);
        var (changed, failures) = await OneByOne.RunAsync(
            [next],
            _ => StepAsync(next, batch, ct),
            b => Ids.Show(IdPrefix.Batch, b.Id)
        );
        return new(changed, changed, failures.Count == 0, Failures: failures);
    }

    private Task<int> StepAsync(CouponBatch seen, int take, CancellationToken ct)
    {
        // Worked out before the row is locked: of two workers on it one did so for nothing.
        var until = Math.Min(seen.Total, seen.Looked + take);
        var codes = seen.State == BatchState.Undoing ? [] : PoolCodes.Make(scope.Tenant.Keys, seen, seen.Looked, until);
        return transactions.RunAsync(
            async () =>
            {
                var session = transactions.Door;
                if (await BatchWork.OpenAsync(session, seen.Id, ct) is not { } batch || batch.Version != seen.Version)
                    return 0;
                var changed = batch.State == BatchState.Undoing ? await UndoAsync(batch, take, ct) : codes.Count;
                if (batch.State != BatchState.Undoing)
                    batch.Looked = until;
                MoveOn(batch);
                var store = new StoreBatch();
                BatchWork.Write(store, batch);
                await session.StoreAsync(store.Insert<CouponCode>(codes), ct);
                return changed;
            },
            ct
        );
    }

    private async Task<int> UndoAsync(CouponBatch batch, int take, CancellationToken ct)
    {
        (var voided, batch.Cursor) = await pools.VoidUnusedAsync(batch, batch.Cursor, take, ct);
        batch.Undone += voided;
        return voided;
    }

    private void MoveOn(CouponBatch batch)
    {
        batch.State = batch switch
        {
            { State: BatchState.Undoing, Cursor: null } => BatchState.Undone,
            { State: BatchState.Undoing } => BatchState.Undoing,
            _ => batch.Looked == batch.Total ? BatchState.Done : BatchState.Running,
        };
        if (batch.State is BatchState.Done or BatchState.Undone)
            batch.FinishedAt = scope.Now;
    }
}
