using System.Runtime.CompilerServices;
using MemberCloud.Billing;
using MemberCloud.Checkouts;
using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Memberships;
using MemberCloud.Orders;
using MemberCloud.Perks;
using MemberCloud.Points;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Profile;

/// <summary>
/// Reads all that is held on a person. Every table that says something of a member is read here, or a tidy test names it with the reason why not: a new one cannot be forgotten.
/// </summary>
public sealed class MemberExport(
    MemberCloudDb db,
    OrderReads orders,
    ConsentService consents,
    MemberMerges merges,
    TenantScope scope
)
{
    private const int AtOnce = 100;

    /// <summary>Null for an unknown member. Of an erased one what is left.</summary>
    public async Task<ExportShape?> ReadAsync(Guid id, CancellationToken ct)
    {
        var ids = await merges.AllOfAsync(id, ct);
        id = ids[0];
        var people = await Rows<Member>().Where(m => ids.Contains(m.Id)).ToListAsync(ct);
        if (people.Find(m => m.Id == id) is not { } member)
            return null;
        var tags = await Rows<MemberTag>().Where(t => t.MemberId == id).Select(t => t.Tag).ToListAsync(ct);
        var identities = await Rows<MemberIdentity>()
            .Where(i => ids.Contains(i.MemberId))
            .OrderBy(i => i.BoundAt)
            .ToListAsync(ct);
        var standing = await Rows<TierStanding>().FirstOrDefaultAsync(s => s.MemberId == id, ct);
        return new(
            scope.Now,
            MemberShape.Of(member, tags, scope.Tenant),
            [.. identities.Select(i => new ExportedIdentity(i.Channel, i.Subject, i.BoundAt))],
            await ConsentsAsync(ids, ct),
            Stream(Rows<PointsAccount>().Where(a => ids.Contains(a.MemberId)).OrderBy(a => a.Currency))
                .Select(ExportedAccount.Of),
            Stream(Rows<PointsLot>().Where(l => ids.Contains(l.MemberId)).OrderBy(l => l.Id).ThenBy(l => l.MemberId))
                .Select(ExportedLot.Of),
            Stream(Rows<PointsEntry>().Where(e => ids.Contains(e.MemberId)).OrderBy(e => e.Currency).ThenBy(e => e.Seq))
                .Select(PointsEntryShape.Of),
            Stream(Rows<EarningCap>().Where(c => ids.Contains(c.MemberId)).OrderBy(c => c.RuleId).ThenBy(c => c.Period))
                .Select(ExportedCap.Of),
            OrdersAsync(ids, ct),
            Stream(Rows<ReportedEvent>().Where(e => ids.Contains(e.MemberId)).OrderBy(e => e.EventId)).Select(ExportedEvent.Of),
            standing is null ? null : ExportedStanding.Of(standing),
            Stream(Rows<TierHistory>().Where(h => ids.Contains(h.MemberId)).OrderBy(h => h.Id)).Select(TierHistoryShape.Of),
            Stream(Rows<PointsHold>().Where(h => ids.Contains(h.MemberId)).OrderBy(h => h.Id)).Select(HoldShape.Of),
            Stream(Rows<Coupon>().Where(c => ids.Contains(c.MemberId)).OrderBy(c => c.Id))
                .Select(c => CouponShape.Of(c, scope.Now)),
            Stream(Rows<Checkout>().Where(c => ids.Contains(c.MemberId)).OrderBy(c => c.Id))
                .Select(c => CheckoutShape.Of(c, scope.Now)),
            Stream(Rows<ClaimReview>().Where(r => ids.Contains(r.MemberId)).OrderBy(r => r.Id)).Select(ReviewShape.Of),
            Stream(Rows<Membership>().Where(m => ids.Contains(m.MemberId)).OrderBy(m => m.Id)).Select(ExportedMembership.Of),
            Stream(Rows<Invoice>().Where(i => ids.Contains(i.MemberId)).OrderBy(i => i.Id))
                .Select(i => InvoiceShape.Of(i, scope.Tenant.Currency)),
            Stream(Rows<Payment>().Where(p => ids.Contains(p.MemberId)).OrderBy(p => p.Id)).Select(ExportedPayment.Of),
            Stream(Rows<PaymentAttempt>().Where(a => ids.Contains(a.MemberId)).OrderBy(a => a.Id)).Select(ExportedAttempt.Of),
            Stream(Rows<PaymentMethod>().Where(m => ids.Contains(m.MemberId)).OrderBy(m => m.Id)).Select(PaymentMethodShape.Of),
            Stream(Rows<RenewalNotice>().Where(n => ids.Contains(n.MemberId)).OrderBy(n => n.Id)).Select(ExportedNotice.Of),
            Stream(Rows<TrialUse>().Where(t => ids.Contains(t.MemberId)).OrderBy(t => t.Family)).Select(ExportedTrial.Of),
            Stream(Rows<PerkGrant>().Where(g => ids.Contains(g.MemberId)).OrderBy(g => g.Id)).Select(ExportedPerkGrant.Of),
            PerkReservationsAsync(ids, ct),
            [.. people.Where(p => p.Id != id).Select(p => MemberShape.Of(p, [], scope.Tenant))]
        );
    }

    private async Task<IReadOnlyList<ConsentShape>> ConsentsAsync(IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var all = new List<ConsentShape>();
        foreach (var id in ids)
            all.AddRange(await consents.ListAsync(id, null, ConsentService.MaxPerMember, ct));
        return all;
    }

    private IQueryable<T> Rows<T>()
        where T : class, ITenantOwned => db.Set<T>().AsNoTracking();

    private static IAsyncEnumerable<T> Stream<T>(IQueryable<T> rows) => rows.AsAsyncEnumerable();

    /// <summary>A bounded number at a time, those of a partner with their codes.</summary>
    private async IAsyncEnumerable<PerkReservationShape> PerkReservationsAsync(
        IReadOnlyList<Guid> ids,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var last = Guid.Empty;
        while (true)
        {
            var some = await Rows<PerkReservation>()
                .Where(r => ids.Contains(r.MemberId) && r.Id.CompareTo(last) > 0)
                .OrderBy(r => r.Id)
                .Take(AtOnce)
                .ToListAsync(ct);
            foreach (var one in some)
                yield return PerkReservationShape.Of(new(one, await PartnerCodes.OfAsync(db, scope.Tenant, one, ct)), scope.Now);
            if (some.Count < AtOnce)
                yield break;
            last = some[^1].Id;
        }
    }

    /// <summary>A bounded number at a time, each with its lines and what it earned.</summary>
    private async IAsyncEnumerable<OrderShape> OrdersAsync(IReadOnlyList<Guid> ids, [EnumeratorCancellation] CancellationToken ct)
    {
        var last = Guid.Empty;
        while (true)
        {
            var some = await Rows<Order>()
                .Where(o => ids.Contains(o.MemberId) && o.Id.CompareTo(last) > 0)
                .OrderBy(o => o.Id)
                .Take(AtOnce)
                .ToListAsync(ct);
            foreach (var shape in await orders.ShapesAsync(some, ct))
                yield return shape;
            if (some.Count < AtOnce)
                yield break;
            last = some[^1].Id;
        }
    }
}
