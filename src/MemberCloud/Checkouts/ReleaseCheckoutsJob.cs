using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Checkouts;

/// <summary>Gives back what checkouts hold whose time ran out: coupons, points and purchase limits of each in one transaction.</summary>
public sealed class ReleaseCheckoutsJob(Transactions transactions, IDoor door, PointsLedger ledger, TenantScope scope)
    : ITenantJob
{
    public const string Name = "checkouts.release";

    private IQueryable<Checkout> Due => transactions.Db.Set<Checkout>().AsNoTracking().Where(c => c.State == CheckoutState.Open);

    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        Due.MinAsync(c => (DateTime?)c.ExpiresAt, ct);

    public async Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var now = scope.Now;
        var ids = await Due.Where(c => c.ExpiresAt <= now)
            .OrderBy(c => c.ExpiresAt)
            .Take(batch)
            .Select(c => c.Id)
            .ToListAsync(ct);
        if (ids.Count == 0)
            return new(0, 0, false);
        var (changed, failures) = await OneByOne.RunAsync(
            ids,
            some => EndAsync(some, now, ct),
            id => Ids.Show(IdPrefix.Checkout, id)
        );
        return new(ids.Count, changed, ids.Count == batch && failures.Count == 0, Failures: failures);
    }

    private Task<int> EndAsync(IReadOnlyList<Guid> ids, DateTime now, CancellationToken ct) =>
        door.RunAsync(
            scope.Id,
            ids[0],
            async session =>
            {
                var load = new LoadBatch();
                var found = CheckoutWork.Ask(load, ids);
                await session.LoadAsync(load, ct);
                // Committed or cancelled meanwhile, or ended by another worker.
                var due = found.FindAll(c => c.State == CheckoutState.Open && c.ExpiresAt <= now);
                var work = await CheckoutWork.OpenAsync(session, ledger, scope, due, ct);
                foreach (var checkout in due)
                    work.End(checkout, CheckoutState.Expired, checkout.ExpiresAt);
                var store = new StoreBatch();
                work.Write(store);
                await session.StoreAsync(store, ct);
                return work.Changed;
            },
            ct,
            locked: true
        );
}
