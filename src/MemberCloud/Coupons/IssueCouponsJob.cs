using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>
/// Carries batches on, the oldest first, a step of members at a time; and undoes those that are to be undone. Each step locks the batch's row and begins where
/// the last one ended: of two workers, or of a worker that died and the next, each member is looked at once.
/// </summary>
public sealed class IssueCouponsJob(
    Transactions transactions,
    IDoor door,
    TenantScope scope,
    TemplateBook book,
    BatchMembers members
) : ITenantJob
{
    public const string Name = "coupons.issue";

    private MemberCloudDb Db => transactions.Db;

    private IQueryable<CouponBatch> Waiting =>
        Db.Set<CouponBatch>()
            .AsNoTracking()
            .Where(b =>
                b.Kind == BatchKind.Issue
                && (b.State == BatchState.Queued || b.State == BatchState.Running || b.State == BatchState.Undoing)
            );

    public async Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        await NextAsync(ct) is null ? null : DateTime.UnixEpoch;

    public async Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        if (await NextAsync(ct) is not { } next)
            return new(0, 0, false);
        var (looked, changed) =
            next.State == BatchState.Undoing ? await UndoAsync(next, batch, ct) : await IssueAsync(next, batch, ct);
        return new(looked, changed, true);
    }

    /// <summary>A batch whose template is paused waits.</summary>
    private async Task<CouponBatch?> NextAsync(CancellationToken ct)
    {
        var live = (await book.LiveAsync(ct)).ById;
        foreach (var batch in await Waiting.OrderBy(b => b.Id).Take(100).ToListAsync(ct))
        {
            var paused = live.TryGetValue(batch.TemplateId, out var t) && t.State == TemplateState.Paused;
            if (batch.State == BatchState.Undoing || !paused)
                return batch;
        }
        return null;
    }

    private async Task<(int Looked, int Changed)> IssueAsync(CouponBatch seen, int take, CancellationToken ct)
    {
        var template = (await book.FindAsync(Ids.Show(IdPrefix.Template, seen.TemplateId), ct))!;
        var ladder = await book.LadderAsync(ct);
        var page = await members.PageAsync(seen, seen.Cursor, take, ct);
        IReadOnlyCollection<Guid> contended = [];
        return await door.RunAsync(
            scope.Id,
            seen.Id,
            async session =>
            {
                var batch = (await BatchWork.OpenAsync(session, seen.Id, ct))!;
                if (batch.Version != seen.Version)
                    return (page.Count, 0);
                var asked = page.Select(m => (m, template)).ToList();
                var grants = await CouponGrants.OpenAsync(session, scope.Tenant, ladder, asked, contended, ct);
                contended = [template.Id];
                var store = new StoreBatch();
                Give(batch, template, page, grants, store);
                if (page.Count < take)
                    (batch.State, batch.Cursor, batch.FinishedAt) = (BatchState.Done, null, scope.Now);
                else
                    (batch.State, batch.Cursor) = (BatchState.Running, page[^1]);
                BatchWork.Write(store, batch);
                grants.Write(store);
                await session.StoreAsync(store, ct);
                return (page.Count, grants.Given.Count);
            },
            ct,
            locked: true
        );
    }

    private void Give(CouponBatch batch, LoadedTemplate template, IReadOnlyList<Guid> page, CouponGrants grants, StoreBatch store)
    {
        var refused = new List<CouponBatchRefusal>();
        var counts = new Dictionary<Refusal, long>();
        foreach (var member in page)
        {
            var before = grants.Given.Count;
            if (grants.Grant(template, member, CouponWay.Issue, scope.Now, batch.QuantityEach, batch.Id) is not { } why)
                continue;
            counts[why] = counts.GetValueOrDefault(why) + batch.QuantityEach - (grants.Given.Count - before);
            refused.Add(
                new()
                {
                    TenantId = scope.Id,
                    BatchId = batch.Id,
                    MemberId = member,
                    Code = why,
                }
            );
        }
        BatchWork.Count(batch, page.Count, grants.Given.Count, counts);
        store.Insert(refused);
    }

    private async Task<(int Looked, int Changed)> UndoAsync(CouponBatch seen, int take, CancellationToken ct)
    {
        var rows = Db.Set<Coupon>().AsNoTracking().Where(c => c.BatchId == seen.Id);
        if (seen.Cursor is { } last)
            rows = rows.Where(c => c.Id.CompareTo(last) > 0);
        var found = await rows.OrderBy(c => c.Id).Take(take).Select(c => new { c.Id, c.MemberId }).ToListAsync(ct);
        return await door.RunAsync(
            scope.Id,
            seen.Id,
            async session =>
            {
                var batch = (await BatchWork.OpenAsync(session, seen.Id, ct))!;
                if (batch.Version != seen.Version)
                    return (found.Count, 0);
                var counted = found.Select(c => (c.MemberId, batch.TemplateId));
                var work = await CouponWork.OpenAsync(session, scope.Tenant, counted, found.Select(c => c.Id), ct);
                foreach (var coupon in work.All.Where(c => c.StateAt(scope.Now) == CouponState.Issued))
                    work.Void(coupon, "batch undone", scope.Now);
                batch.Undone += work.Changed;
                if (found.Count < take)
                    (batch.State, batch.Cursor, batch.FinishedAt) = (BatchState.Undone, null, scope.Now);
                else
                    batch.Cursor = found[^1].Id;
                var store = new StoreBatch();
                BatchWork.Write(store, batch);
                work.Write(store);
                await session.StoreAsync(store, ct);
                return (found.Count, work.Changed);
            },
            ct,
            locked: true
        );
    }
}
