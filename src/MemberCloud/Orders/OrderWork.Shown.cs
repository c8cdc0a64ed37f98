namespace MemberCloud.Orders;

/// <summary>An order as it is shown right after it was made, without reading it again.</summary>
public sealed partial class OrderWork
{
    /// <summary>A new order.</summary>
    public OrderShape Show(Order order) =>
        OrderReads.ShapeOf(
            order,
            LinesOf(order),
            addedEarnings.Where(e => e.OrderId == order.Id).OrderBy(e => e.LotId).Select(Shown),
            points.GetValueOrDefault(order.Id),
            CouponsOf(order).OrderBy(c => c.CouponId),
            addedRewards.Where(r => r.OrderId == order.Id).OrderBy(r => r.CouponId)
        );

    private OrderEarnedShape Shown(OrderEarning e)
    {
        var lot = earning.Journal(owners.GetValueOrDefault(e.MemberId, e.MemberId), e.Currency).Lot(e.LotId)!;
        var state = OrderReads.StateOf(lot.State, e.Reversed == e.Amount, lot.SettlesAt, scope.Now);
        return new(e.Currency, e.Amount, state, e.Reversed);
    }
}
