using MemberCloud.Pricing;

namespace MemberCloud.Orders;

/// <summary>Purchase limits: pieces that are given back may be bought again.</summary>
public sealed partial class OrderWork
{
    /// <summary>
    /// Of a line with more pieces than the limit left, those at list price are given back first: what the member keeps counts, up to what was counted.
    /// </summary>
    private static long CountedOf(OrderLine line) => Math.Min(line.Limited, line.Quantity - line.RefundedQuantity);

    /// <summary>Gives back to the limits what a line counts less than before, in the periods in which it was bought.</summary>
    private void GiveBackLimit(Order order, OrderLine line, long before, long after)
    {
        if (before == after || line.PriceListId is not { } list)
            return;
        var count = stored.Purchases.Of(new(OwnerOf(order), list, line.Sku));
        PurchaseRules.Add(count, after - before, line.LimitedAt!.Value, scope.Tenant.Local);
    }
}
