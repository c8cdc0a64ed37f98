using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Perks;

/// <summary>Coupons that the packs of a membership gave: taken back with it where its fee is given back.</summary>
public static class PackCoupons
{
    /// <summary>Those given since an instant.</summary>
    public static IQueryable<Coupon> Of(MemberCloudDb db, Guid membershipId, DateTime since) =>
        db.Set<Coupon>().Where(c => c.BatchId == membershipId && c.Way == CouponWay.Perk && c.IssuedAt >= since);

    /// <summary>Makes void what was not used, inside the caller's transaction.</summary>
    public static async Task TakeBackAsync(
        Transactions transactions,
        TenantScope scope,
        Guid membershipId,
        DateTime since,
        CancellationToken ct
    )
    {
        var given = await Of(transactions.Db, membershipId, since)
            .AsNoTracking()
            .Where(c => c.State == CouponState.Issued)
            .Select(c => new
            {
                c.Id,
                c.MemberId,
                c.TemplateId,
            })
            .ToListAsync(ct);
        if (given.Count == 0)
            return;
        var work = await CouponWork.OpenAsync(
            transactions.Door,
            scope.Tenant,
            given.Select(c => (c.MemberId, c.TemplateId)),
            given.Select(c => c.Id),
            ct
        );
        foreach (var coupon in work.All.Where(c => c.StateAt(scope.Now) == CouponState.Issued))
            work.Void(coupon, "membership refunded", scope.Now);
        var store = new StoreBatch();
        work.Write(store);
        await transactions.Door.StoreAsync(store, ct);
    }
}
