using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>Ends coupons whose time is over, and lets go those whose checkout never came back.</summary>
public sealed class ExpireCouponsJob(Transactions transactions, IDoor door, TenantScope scope) : ITenantJob
{
    private IQueryable<Coupon> Due => transactions.Db.Set<Coupon>().AsNoTracking().Where(c => c.DueAt != null);

    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) => Due.MinAsync(c => c.DueAt, ct);

    public async Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var now = scope.Now;
        var ids = await Due.Where(c => c.DueAt <= now).OrderBy(c => c.DueAt).Take(batch).Select(c => c.Id).ToListAsync(ct);
        if (ids.Count == 0)
            return new(0, 0, false);
        var (changed, failures) = await OneByOne.RunAsync(
            ids,
            some => PostAsync(some, now, ct),
            id => Ids.Show(IdPrefix.Coupon, id)
        );
        return new(ids.Count, changed, ids.Count == batch && failures.Count == 0, Failures: failures);
    }

    private Task<int> PostAsync(IReadOnlyList<Guid> ids, DateTime now, CancellationToken ct) =>
        door.RunAsync(
            scope.Id,
            ids[0],
            async session =>
            {
                var work = await CouponWork.OpenAsync(session, scope.Tenant, [], ids, ct);
                foreach (var coupon in work.All)
                    work.PostDue(coupon, now);
                var store = new StoreBatch();
                work.Write(store);
                await session.StoreAsync(store, ct);
                return work.Changed;
            },
            ct,
            locked: true
        );
}
