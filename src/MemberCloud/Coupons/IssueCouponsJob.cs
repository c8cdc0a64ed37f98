using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>
/// Carries batches on, the oldest first, a step of members at a time; and undoes those that are to be undone. Each step locks the batch's row, after its members
/// and their counts, and begins where the last one ended: of two workers, or of a worker that died and the next, each member is looked at once.
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

    /// <summary>Steps whose members are looked up at once.</summary>
    private const int Ahead = Segments.MaxPage / IssueRules.AtOnce;

    /// <summary>Pages of members that are gone through in a row.</summary>
    private const int Pages = 4;

    /// <param name="Version">What the batch's is when nobody came between.</param>
    /// <param name="Turn">Set when the batch's row is this step's, or never will be: the next step may open its members.</param>
    private sealed record Step(Guid[] Members, long Version, bool IsLast, TaskCompletionSource Turn);

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
        var (looked, changed) = next.State == BatchState.Undoing ? await UndoAsync(next, ct) : await IssueAsync(next, batch, ct);
        return new(looked, changed, true);
    }

    /// <summary>A batch whose template is paused waits. Only the one whose turn it is is read whole: its list may be long.</summary>
    private async Task<CouponBatch?> NextAsync(CancellationToken ct)
    {
        var live = (await book.LiveAsync(ct)).ById;
        bool MayGoOn(BatchState state, Guid template) =>
            state == BatchState.Undoing || !(live.TryGetValue(template, out var t) && t.State == TemplateState.Paused);
        var waiting = await Waiting
            .OrderBy(b => b.Id)
            .Take(100)
            .Select(b => new
            {
                b.Id,
                b.State,
                b.TemplateId,
            })
            .ToListAsync(ct);
        return waiting.Find(b => MayGoOn(b.State, b.TemplateId)) is { Id: var id }
            ? await Waiting.FirstOrDefaultAsync(b => b.Id == id, ct)
            : null;
    }

    /// <summary>Some pages of members in a row, as long as there are more: while one is gone through the next is looked up.</summary>
    private async Task<(int Looked, int Changed)> IssueAsync(CouponBatch seen, int coupons, CancellationToken ct)
    {
        var template = (await book.FindAsync(seen.TemplateId, ct))!;
        var ladder = await book.LadderAsync(ct);
        var take = Math.Max(1, coupons / seen.QuantityEach);
        var (given, steps) = (new List<Task<int>>(), new List<Step>());
        var next = members.PageAsync(seen, seen.Cursor, take * Ahead, ct);
        try
        {
            for (var pages = 1; ; pages++)
            {
                var page = await next;
                var isLast = page.Count < take * Ahead;
                foreach (var some in page.Chunk(take).DefaultIfEmpty([]))
                    steps.Add(new(some, seen.Version + steps.Count, false, new()));
                steps[^1] = steps[^1] with { IsLast = isLast };
                var goesOn = !isLast && pages < Pages;
                if (goesOn)
                    next = members.PageAsync(seen, page[^1], take * Ahead, ct);
                while (given.Count < steps.Count)
                    await BeginAsync(seen.Id, steps[given.Count], given, template, ladder, ct);
                if (!goesOn)
                    break;
            }
        }
        finally
        {
            // Nothing of it goes on after us.
            await Task.WhenAll([next, .. given]);
        }
        return (steps.Sum(s => s.Members.Length), (await Task.WhenAll(given)).Sum());
    }

    /// <summary>While one step is written the next is opened: both end in the order of their members.</summary>
    private async Task BeginAsync(
        Guid id,
        Step step,
        List<Task<int>> running,
        LoadedTemplate template,
        IReadOnlyList<Tier> ladder,
        CancellationToken ct
    )
    {
        running.Add(IssueAsync(id, step, template, ladder, ct));
        await Task.WhenAny(step.Turn.Task, running[^1]);
        if (running.Count > 1)
            await running[^2];
    }

    private async Task<int> IssueAsync(
        Guid id,
        Step step,
        LoadedTemplate template,
        IReadOnlyList<Tier> ladder,
        CancellationToken ct
    )
    {
        IReadOnlyCollection<Guid> contended = [];
        return await door.RunAsync(
            scope.Id,
            (id, step.Version),
            async session =>
            {
                var asked = step.Members.Select(m => (m, template)).ToList();
                var grants = await CouponGrants.OpenAsync(session, scope.Tenant, ladder, asked, contended, ct);
                var batch = (await BatchWork.OpenAsync(session, id, ct))!;
                step.Turn.TrySetResult();
                if (batch.Version != step.Version)
                    return 0;
                contended = [template.Id];
                var given = await GiveAsync(session, batch, template, step.Members, grants, ct);
                if (step.IsLast)
                    (batch.State, batch.Cursor, batch.FinishedAt) = (BatchState.Done, null, scope.Now);
                else
                    (batch.State, batch.Cursor) = (BatchState.Running, step.Members[^1]);
                // The stock last: others wait for its rows.
                var store = new StoreBatch();
                BatchWork.Write(store, batch);
                grants.Stock.Write(store);
                await session.StoreAsync(store, ct);
                return given;
            },
            ct,
            locked: true
        );
    }

    /// <summary>While the database writes what some members got, it is decided what the next get.</summary>
    private async Task<int> GiveAsync(
        IDoorSession session,
        CouponBatch batch,
        LoadedTemplate template,
        IReadOnlyList<Guid> page,
        CouponGrants grants,
        CancellationToken ct
    )
    {
        var (given, storing) = (0, Task.CompletedTask);
        foreach (var some in page.Chunk(IssueRules.Page))
        {
            var store = new StoreBatch();
            Give(batch, template, some, grants, store);
            given += grants.Given.Count;
            grants.WriteGiven(store);
            await storing;
            storing = session.StoreAsync(store, ct);
        }
        await storing;
        return given;
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

    private Task<(int Looked, int Changed)> UndoAsync(CouponBatch seen, CancellationToken ct) =>
        door.RunAsync(
            scope.Id,
            seen.Id,
            async session =>
            {
                // Read anew by each try: whose coupon it is may change until it is locked.
                var found = await BatchWork.CouponsAsync(session, seen, ct);
                var counted = found.Select(c => (c.MemberId, c.TemplateId));
                var work = await CouponWork.OpenAsync(session, scope.Tenant, counted, found.Select(c => c.Id), ct);
                var batch = (await BatchWork.OpenAsync(session, seen.Id, ct))!;
                if (batch.Version != seen.Version)
                    return (0, 0);
                foreach (var coupon in work.All.Where(c => c.StateAt(scope.Now) == CouponState.Issued))
                    work.Void(coupon, "batch undone", scope.Now);
                batch.Undone += work.Changed;
                if (found.Count < IssueRules.Page)
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
