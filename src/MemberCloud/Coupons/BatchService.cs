using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Staff;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>Follows batches, and begins to undo them.</summary>
public sealed class BatchService(Transactions transactions, TenantScope scope, TenantDirectory directory)
{
    private MemberCloudDb Db => transactions.Db;

    public async Task<CouponBatch?> FindAsync(Guid id, CancellationToken ct)
    {
        if (await Db.Set<CouponBatch>().AsNoTracking().FirstOrDefaultAsync(b => b.Id == id, ct) is not { } batch)
            return null;
        await DecidedAsync([batch], ct);
        return batch;
    }

    /// <summary>Newest first.</summary>
    public async Task<List<CouponBatch>> ListAsync(Guid? before, int take, CancellationToken ct)
    {
        var rows = Db.Set<CouponBatch>().AsNoTracking();
        if (before is { } last)
            rows = rows.Where(b => b.Id.CompareTo(last) < 0);
        var found = await rows.OrderByDescending(b => b.Id).Take(take).ToListAsync(ct);
        await DecidedAsync(found, ct);
        return found;
    }

    /// <summary>What waits for somebody who did not agree, or for nobody any more, is rejected.</summary>
    private async Task DecidedAsync(IReadOnlyCollection<CouponBatch> batches, CancellationToken ct)
    {
        var waiting = batches.Where(b => b.State == BatchState.AwaitingApproval).ToList();
        var ids = waiting.Select(b => b.ApprovalId!.Value).ToList();
        if (ids.Count == 0)
            return;
        var approvals = await Db.Set<Approval>().AsNoTracking().Where(a => ids.Contains(a.Id)).ToDictionaryAsync(a => a.Id, ct);
        foreach (var batch in waiting)
        {
            if (approvals[batch.ApprovalId!.Value].StateAt(scope.Now) is ApprovalState.Rejected or ApprovalState.Expired)
                batch.State = BatchState.Rejected;
        }
    }

    /// <summary>Begins to take back what was not used.</summary>
    public Task<Result<CouponBatch>> UndoAsync(Guid id, string reason, CancellationToken ct) =>
        transactions.DecideAsync<CouponBatch>(
            async () =>
            {
                transactions.Db.Trail.Reason = reason;
                var session = transactions.Door;
                if (await BatchWork.OpenAsync(session, id, ct) is not { } batch)
                    return Problem.NotFound("batch");
                if (batch.State is BatchState.Undoing or BatchState.Undone)
                    return batch;
                if (batch.State is BatchState.AwaitingApproval or BatchState.Rejected)
                    return Problem.Conflict(
                        "not_undoable",
                        "Nothing of this batch was given out: one that waits for approval is taken back by rejecting the approval."
                    );
                if (batch.CreatedAt + IssueRules.UndoWindow <= scope.Now)
                    return Problem.Conflict("undo_too_late", "A batch is undone within 30 days.");
                (batch.State, batch.Cursor, batch.FinishedAt) = (BatchState.Undoing, null, null);
                var store = new StoreBatch();
                BatchWork.Write(store, batch);
                await session.StoreAsync(store, ct);
                Db.Trail.Note("coupon_batches", Ids.Show(IdPrefix.Batch, batch.Id), BatchShape.Of(batch));
                await directory.WakeAsync(Db, IssueRequests.JobOf(batch.Kind), ct);
                return batch;
            },
            ct
        );
}
