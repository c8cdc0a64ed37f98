using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>All coupons of a member at once: counted, ended with the member, moved to another member. Inside the caller's transaction, the members held.</summary>
public sealed class CouponHoldings(Transactions transactions, TenantScope scope)
{
    /// <summary>Coupons that move with a member.</summary>
    public const int Most = 10_000;
    private const int Step = 1000;

    private MemberCloudDb Db => transactions.Db;

    /// <summary>Coupons that can be used now.</summary>
    public Task<int> UsableAsync(Guid memberId, CancellationToken ct)
    {
        var now = scope.Now;
        return Db.Set<Coupon>()
            .CountAsync(
                c =>
                    c.MemberId == memberId
                    && c.ValidFrom <= now
                    && c.ValidUntil > now
                    && (c.State == CouponState.Issued || (c.State == CouponState.Locked && c.LockedUntil <= now)),
                ct
            );
    }

    /// <summary>Makes void what the member could still use: nobody will.</summary>
    public async Task EndAsync(Guid memberId, CancellationToken ct)
    {
        var last = Guid.Empty;
        while (true)
        {
            var found = await Db.Set<Coupon>()
                .AsNoTracking()
                .Where(c =>
                    c.MemberId == memberId
                    && c.Id.CompareTo(last) > 0
                    && (c.State == CouponState.Issued || c.State == CouponState.Locked)
                )
                .OrderBy(c => c.Id)
                .Take(Step)
                .Select(c => new { c.Id, c.TemplateId })
                .ToListAsync(ct);
            if (found.Count == 0)
                return;
            var work = await CouponWork.OpenAsync(
                transactions.Door,
                scope.Tenant,
                found.Select(c => (memberId, c.TemplateId)),
                found.Select(c => c.Id),
                ct
            );
            foreach (var coupon in work.All.Where(c => c.State is CouponState.Issued or CouponState.Locked))
                work.Void(coupon, "member erased", scope.Now);
            await StoreAsync(work, ct);
            last = found[^1].Id;
        }
    }

    /// <summary>The coupons of one member are the other's, and count for it: two members are no way around a limit.</summary>
    public async Task<Problem?> JoinAsync(Guid from, Guid into, CancellationToken ct)
    {
        var counts = await CountsOfTwo.OpenAsync(transactions.Door, scope.Id, from, into, ct);
        var ids = await Db.Set<Coupon>()
            .Where(c => c.MemberId == from)
            .OrderBy(c => c.Id)
            .Select(c => c.Id)
            .Take(Most + 1)
            .ToListAsync(ct);
        if (ids.Count > Most)
            return Problem.Conflict("too_many_coupons", $"A member with more than {Most} coupons is not merged.");
        await MoveAsync(ids, into, c => c.BroughtFrom = from, ct);
        foreach (var template in counts.TemplatesOf(from))
            CouponRules.Join(counts.Of(into, template), counts.Of(from, template));
        await counts.StoreAsync(ct);
        return null;
    }

    /// <summary>What came with the one goes back with it, as it stands now, and counts for it again.</summary>
    public async Task PartAsync(Guid from, Guid into, CancellationToken ct)
    {
        var counts = await CountsOfTwo.OpenAsync(transactions.Door, scope.Id, from, into, ct);
        var ids = await Db.Set<Coupon>()
            .Where(c => c.MemberId == into && c.BroughtFrom == from)
            .OrderBy(c => c.Id)
            .Select(c => c.Id)
            .Take(Most)
            .ToListAsync(ct);
        var moved = await MoveAsync(ids, from, c => c.BroughtFrom = null, ct);
        foreach (var coupon in moved.Where(c => c.State != CouponState.Void).OrderBy(c => c.IssuedAt))
        {
            CouponRules.Add(counts.Of(into, coupon.TemplateId), -1, coupon.IssuedAt, scope.Tenant.Local);
            CouponRules.Add(counts.Of(from, coupon.TemplateId), +1, coupon.IssuedAt, scope.Tenant.Local);
        }
        await counts.StoreAsync(ct);
    }

    private async Task<List<Coupon>> MoveAsync(List<Guid> ids, Guid to, Action<Coupon> mark, CancellationToken ct)
    {
        var moved = new List<Coupon>();
        foreach (var some in ids.Order().Chunk(Step))
        {
            var work = await CouponWork.OpenAsync(transactions.Door, scope.Tenant, [], some, ct);
            foreach (var coupon in work.All)
            {
                mark(coupon);
                work.Move(coupon, to);
                moved.Add(coupon);
            }
            await StoreAsync(work, ct);
        }
        return moved;
    }

    private Task StoreAsync(CouponWork work, CancellationToken ct)
    {
        var store = new StoreBatch();
        work.Write(store);
        return transactions.Door.StoreAsync(store, ct);
    }
}
