using System.Runtime.CompilerServices;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Orders;
using MemberCloud.Points;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Profile;

/// <summary>
/// Reads all that is held on a person. Every table that says something of a member is read here, or a tidy test names it with the reason why not: a new one cannot be forgotten.
/// </summary>
public sealed class MemberExport(MemberCloudDb db, OrderReads orders, ConsentService consents, TenantScope scope)
{
    private const int OrdersAtOnce = 100;

    /// <summary>Null for an unknown member. Of an erased one what is left.</summary>
    public async Task<ExportShape?> ReadAsync(Guid id, CancellationToken ct)
    {
        if (await Rows<Member>().FirstOrDefaultAsync(m => m.Id == id, ct) is not { } member)
            return null;
        var tags = await Rows<MemberTag>().Where(t => t.MemberId == id).Select(t => t.Tag).ToListAsync(ct);
        var identities = await Rows<MemberIdentity>().Where(i => i.MemberId == id).OrderBy(i => i.BoundAt).ToListAsync(ct);
        var standing = await Rows<TierStanding>().FirstOrDefaultAsync(s => s.MemberId == id, ct);
        return new(
            scope.Now,
            MemberShape.Of(member, tags, scope.Tenant),
            [.. identities.Select(i => new ExportedIdentity(i.Channel, i.Subject, i.BoundAt))],
            await consents.ListAsync(id, null, ConsentService.MaxPerMember, ct),
            Stream(Rows<PointsAccount>().Where(a => a.MemberId == id).OrderBy(a => a.Currency)).Select(ExportedAccount.Of),
            Stream(Rows<PointsLot>().Where(l => l.MemberId == id).OrderBy(l => l.Id)).Select(ExportedLot.Of),
            Stream(Rows<PointsEntry>().Where(e => e.MemberId == id).OrderBy(e => e.Currency).ThenBy(e => e.Seq))
                .Select(PointsEntryShape.Of),
            Stream(Rows<EarningCap>().Where(c => c.MemberId == id).OrderBy(c => c.RuleId).ThenBy(c => c.Period))
                .Select(ExportedCap.Of),
            OrdersAsync(id, ct),
            Stream(Rows<ReportedEvent>().Where(e => e.MemberId == id).OrderBy(e => e.EventId)).Select(ExportedEvent.Of),
            standing is null ? null : ExportedStanding.Of(standing),
            Stream(Rows<TierHistory>().Where(h => h.MemberId == id).OrderBy(h => h.Id)).Select(TierHistoryShape.Of)
        );
    }

    private IQueryable<T> Rows<T>()
        where T : class, ITenantOwned => db.Set<T>().AsNoTracking();

    private static IAsyncEnumerable<T> Stream<T>(IQueryable<T> rows) => rows.AsAsyncEnumerable();

    /// <summary>A bounded number at a time, each with its lines and what it earned.</summary>
    private async IAsyncEnumerable<OrderShape> OrdersAsync(Guid id, [EnumeratorCancellation] CancellationToken ct)
    {
        var last = Guid.Empty;
        while (true)
        {
            var some = await Rows<Order>()
                .Where(o => o.MemberId == id && o.Id.CompareTo(last) > 0)
                .OrderBy(o => o.Id)
                .Take(OrdersAtOnce)
                .ToListAsync(ct);
            foreach (var shape in await orders.ShapesAsync(some, ct))
                yield return shape;
            if (some.Count < OrdersAtOnce)
                yield break;
            last = some[^1].Id;
        }
    }
}
