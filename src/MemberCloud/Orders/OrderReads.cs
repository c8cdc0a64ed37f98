using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Orders;

/// <summary>Orders as they are shown.</summary>
public sealed class OrderReads(MemberCloudDb db, TenantScope scope)
{
    public async Task<OrderShape?> FindAsync(string orderNo, CancellationToken ct) =>
        await db.Set<Order>().AsNoTracking().FirstOrDefaultAsync(o => o.OrderNo == orderNo, ct) is { } order
            ? (await ShapesAsync([order], ct))[0]
            : null;

    public async Task<IReadOnlyList<OrderShape>> ShapesAsync(IReadOnlyList<Order> orders, CancellationToken ct)
    {
        var ids = orders.Select(o => o.Id).ToList();
        var lines = (
            await db.Set<OrderLine>().AsNoTracking().Where(l => ids.Contains(l.OrderId)).OrderBy(l => l.LineNo).ToListAsync(ct)
        ).ToLookup(l => l.OrderId);
        var points = (
            await db.Set<OrderPoints>().AsNoTracking().Where(p => ids.Contains(p.OrderId)).ToListAsync(ct)
        ).ToDictionary(p => p.OrderId);
        var coupons = (
            await db.Set<OrderCoupon>()
                .AsNoTracking()
                .Where(c => ids.Contains(c.OrderId))
                .OrderBy(c => c.CouponId)
                .ToListAsync(ct)
        ).ToLookup(c => c.OrderId);
        var rewards = (await RewardsOf(ids).ToListAsync(ct)).ToLookup(r => r.OrderId);
        var earned =
            from e in db.Set<OrderEarning>().AsNoTracking()
            where ids.Contains(e.OrderId)
            join m in db.Set<Member>() on e.MemberId equals m.Id
            join l in db.Set<PointsLot>() on new { MemberId = m.MergedInto ?? m.Id, Id = e.LotId } equals new { l.MemberId, l.Id }
            select new
            {
                e.OrderId,
                e.LotId,
                e.Currency,
                e.Amount,
                e.Reversed,
                l.State,
                l.SettlesAt,
            };
        var byOrder = (await earned.ToListAsync(ct))
            .OrderBy(e => e.LotId)
            .ToLookup(
                e => e.OrderId,
                e => new OrderEarnedShape(e.Currency, e.Amount, StateOf(e.State, e.Reversed == e.Amount, e.SettlesAt), e.Reversed)
            );
        return
        [
            .. orders.Select(o =>
                ShapeOf(o, lines[o.Id], byOrder[o.Id], points.GetValueOrDefault(o.Id), coupons[o.Id], rewards[o.Id])
            ),
        ];
    }

    private IQueryable<OrderReward> RewardsOf(List<Guid> orders) =>
        db.Set<OrderReward>().AsNoTracking().Where(r => orders.Contains(r.OrderId)).OrderBy(r => r.CouponId);

    private EarnedState StateOf(LotState state, bool reversed, DateTime? settlesAt) =>
        StateOf(state, reversed, settlesAt, scope.Now);

    internal static EarnedState StateOf(LotState state, bool reversed, DateTime? settlesAt, DateTime now) =>
        reversed ? EarnedState.Reversed
        : state == LotState.Pending && !(settlesAt <= now) ? EarnedState.Pending
        : EarnedState.Settled;

    internal static OrderShape ShapeOf(
        Order o,
        IEnumerable<OrderLine> lines,
        IEnumerable<OrderEarnedShape> earned,
        OrderPoints? points,
        IEnumerable<OrderCoupon> coupons,
        IEnumerable<OrderReward> rewards
    ) =>
        new(
            Ids.Show(IdPrefix.Order, o.Id),
            o.OrderNo,
            Ids.Show(IdPrefix.Member, o.MemberId),
            o.State,
            o.OccurredAt,
            o.PaidAt,
            o.CompletedAt,
            o.CancelledAt,
            o.Currency,
            o.Total,
            o.Shipping,
            o.Channel,
            o.Store,
            [.. lines.Select(l => new OrderLineShape(l.LineId, l.Sku, l.Category, l.Quantity, l.Net, l.RefundedQuantity))],
            [.. earned],
            points is null ? null : new(points.Currency, points.Amount, points.Restored),
            [.. coupons.Select(c => new OrderCouponShape(Ids.Show(IdPrefix.Coupon, c.CouponId), c.Amount, c.Reclaimed, c.LetGo))],
            [
                .. rewards.Select(r => new OrderRewardShape(
                    Ids.Show(IdPrefix.Coupon, r.CouponId),
                    Ids.Show(IdPrefix.Template, r.TemplateId),
                    r.Revoked
                )),
            ],
            o.Refunded,
            o.ShippingRefunded,
            o.CheckoutId is { } checkout ? Ids.Show(IdPrefix.Checkout, checkout) : null
        );
}
