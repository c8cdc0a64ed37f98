using MemberCloud.Billing;
using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Memberships;
using MemberCloud.Orders;
using MemberCloud.Perks;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Profile;

/// <summary>What paid plans have saved a member so far, minor units.</summary>
/// <param name="Total">All of it.</param>
/// <param name="Orders">What checkouts cost less than without the plans: prices and shipping. Of what was given back its part is taken off.</param>
/// <param name="Coupons">What coupons out of perks took off.</param>
/// <param name="Perks">What perks of plans that were used are worth, where the brand says so.</param>
/// <param name="Paid">What the member paid for plans, less what was given back.</param>
/// <param name="Since">When the first of them was bought; null = never.</param>
public sealed record SavingsShape(string Currency, long Total, long Orders, long Coupons, long Perks, long Paid, DateTime? Since);

/// <summary>Adds up what plans have saved members. Reads only.</summary>
public sealed class SavingsService(MemberCloudDb db, PerkService perks, TenantScope scope)
{
    public async Task<SavingsShape> OfAsync(Guid member, CancellationToken ct)
    {
        // Orders of who was merged into the member are the member's.
        var ids = await db.Set<Member>().Where(m => m.Id == member || m.MergedInto == member).Select(m => m.Id).ToListAsync(ct);
        var orders = await OrdersAsync(ids, ct);
        var coupons =
            await db.Set<Coupon>()
                .Where(c => c.MemberId == member && c.Way == CouponWay.Perk && c.State == CouponState.Redeemed)
                .SumAsync(c => c.Amount, ct)
            ?? 0;
        var used = await PerksAsync(member, ct);
        var invoices = db.Set<Invoice>().Where(i => i.MemberId == member && i.State == InvoiceState.Paid);
        var paid = await invoices.Where(i => i.Series == Invoice.Sales).SumAsync(i => i.Total, ct);
        var back = await invoices.Where(i => i.Series == Invoice.Credits).SumAsync(i => i.Total, ct);
        var since = await db.Set<Membership>().Where(m => m.MemberId == member).MinAsync(m => (DateTime?)m.CreatedAt, ct);
        return new(scope.Tenant.Currency, orders + coupons + used, orders, coupons, used, paid - back, since);
    }

    private async Task<long> OrdersAsync(List<Guid> members, CancellationToken ct)
    {
        var saving = db.Set<Order>().Where(o => members.Contains(o.MemberId) && o.PlansSaved > 0);
        saving = saving.Where(o => o.State != OrderState.Cancelled && o.State != OrderState.Refunded);
        var whole = await saving.Where(o => o.Refunded == 0).SumAsync(o => o.PlansSaved, ct);
        var parts = await saving
            .Where(o => o.Refunded > 0)
            .Select(o => new
            {
                o.PlansSaved,
                o.Total,
                o.Refunded,
            })
            .ToListAsync(ct);
        return whole + parts.Sum(o => (long)((Int128)o.PlansSaved * (o.Total - o.Refunded) / o.Total));
    }

    /// <summary>Coupons of packs count when they are used, shipping with its order.</summary>
    private async Task<long> PerksAsync(Guid member, CancellationToken ct)
    {
        var packs = (await perks.AllAsync(ct))
            .Where(p => Json.Read<PerkBody>(p.Body).Kind == PerkKind.CouponPack)
            .Select(p => p.Id)
            .ToList();
        return await db.Set<PerkReservation>()
                .Where(r => r.MemberId == member && r.State == PerkReservationState.Committed && r.MembershipId != null)
                .Where(r => !packs.Contains(r.PerkId) && r.ReferenceType != HoldRules.Checkout)
                .SumAsync(r => r.Value, ct)
            ?? 0;
    }
}
