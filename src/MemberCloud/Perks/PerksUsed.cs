using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Perks;

/// <summary>What was used of a membership's perks: whether a fee is given back, and how much of it.</summary>
/// <param name="Count">Uses: perks used or still set aside, and coupons of packs that were redeemed or are locked.</param>
/// <param name="Value">What they are worth: perks as the brand said then, coupons what they took off, minor units.</param>
public sealed record PerksUsed(long Count, long Value)
{
    /// <summary>From an instant until before another. What is set aside counts: it can still be used.</summary>
    public static async Task<PerksUsed> OfAsync(
        MemberCloudDb db,
        Guid membershipId,
        DateTime from,
        DateTime until,
        CancellationToken ct
    )
    {
        // What a pack gave counts coupon by coupon.
        var packs = (await db.Set<Perk>().AsNoTracking().ToListAsync(ct))
            .Where(p => Json.Read<PerkBody>(p.Body).Kind == PerkKind.CouponPack)
            .Select(p => p.Id)
            .ToList();
        var uses = await db.Set<PerkReservation>()
            .Where(r => r.MembershipId == membershipId && !packs.Contains(r.PerkId))
            .Where(r =>
                (r.State == PerkReservationState.Committed && r.ResolvedAt >= from)
                || (r.State == PerkReservationState.Reserved && r.ExpiresAt > until)
            )
            .Select(r => new { r.Quantity, r.Value })
            .ToListAsync(ct);
        var coupons = await PackCoupons
            .Of(db, membershipId, from)
            .Where(c => c.State == CouponState.Redeemed || c.State == CouponState.Locked)
            .Select(c => c.Amount)
            .ToListAsync(ct);
        return new(uses.Sum(u => (long)u.Quantity) + coupons.Count, uses.Sum(u => u.Value ?? 0) + coupons.Sum(c => c ?? 0));
    }
}
