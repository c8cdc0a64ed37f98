using System.Security.Cryptography;
using System.Text;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>What may happen to an order, and when. Pure.</summary>
public static class OrderRules
{
    /// <summary>What may not differ when an order is reported again: member, currency, time, lines, shipping, points, coupons.</summary>
    public static byte[] ContentOf(OrderReport report, Guid memberId)
    {
        var content = Json.Write(
            new
            {
                memberId,
                report.Currency,
                report.OccurredAt,
                report.Lines,
                report.Shipping,
            }
        );
        // Appended, so that orders from before points and coupons could be named keep their fingerprint.
        if (report.Points is not null)
            content += Json.Write(new { report.Points, report.PointsAmount });
        if (report.Coupons is { Count: > 0 })
            content += Json.Write(report.Coupons);
        return SHA256.HashData(Encoding.UTF8.GetBytes(content));
    }

    /// <summary>Of an order made by a checkout: nothing that can be reported is the same.</summary>
    public static byte[] ContentOf(FrozenCart frozen) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"checkout {frozen.CheckoutId:N}"));

    /// <summary>A coupon's part of each line: as the brand says, else by the lines' net (by pieces when all are free).</summary>
    public static long[] CouponLines(OrderCouponRequest coupon, IReadOnlyList<OrderLineRequest> lines) =>
        coupon.Lines is { } parts
            ? [.. lines.Select(l => parts.Where(p => p.Id == l.Id).Sum(p => p.Amount))]
            : RefundRules.Split(coupon.Amount, lines);

    public static OrderState StateOf(Order order, IReadOnlyCollection<OrderLine> lines) =>
        order.CancelledAt is not null ? OrderState.Cancelled
        : lines.Any(l => l.RefundedQuantity > 0) || order.ShippingRefunded > 0
            ? lines.All(l => l.RefundedQuantity == l.Quantity) ? OrderState.Refunded
                : OrderState.PartlyRefunded
        : order.CompletedAt is not null ? OrderState.Completed
        : order.PaidAt is not null ? OrderState.Paid
        : OrderState.Placed;

    /// <summary>Reporting again may add paid_at and completed_at; nothing else may differ, and neither may change or vanish.</summary>
    public static Problem? ReportAgain(Order order, OrderReport report, Guid memberId)
    {
        if (!order.Content.AsSpan().SequenceEqual(ContentOf(report, memberId)))
            return Problem.Contradiction("order_differs", "The order number was reported with other contents.");
        if (
            (order.PaidAt is not null && report.PaidAt != order.PaidAt)
            || (order.CompletedAt is not null && report.CompletedAt != order.CompletedAt)
        )
            return Problem.Contradiction("order_differs", "paid_at and completed_at may be added, not changed or taken away.");
        var adds = report.PaidAt != order.PaidAt || report.CompletedAt != order.CompletedAt;
        return !adds
            ? null
            : order.State switch
            {
                OrderState.Cancelled => IsCancelled,
                OrderState.Refunded => IsRefunded,
                OrderState.Placed or OrderState.Paid or OrderState.Completed or OrderState.PartlyRefunded => null,
            };
    }

    /// <summary>Null = go on; the order is placed then.</summary>
    public static Problem? Pay(Order order, DateTime? at) =>
        order.State switch
        {
            OrderState.Cancelled => IsCancelled,
            OrderState.Paid or OrderState.Completed or OrderState.PartlyRefunded or OrderState.Refunded => Same(
                at,
                order.PaidAt,
                "paid"
            ),
            OrderState.Placed => at < order.OccurredAt
                ? Problem.Field("/at", "out_of_order", "An order is paid when or after it occurred.")
                : null,
        };

    public static Problem? Complete(Order order, DateTime? at) =>
        order.State switch
        {
            OrderState.Cancelled => IsCancelled,
            OrderState.Placed => Problem.Conflict("order_not_paid", "An order is paid before it is completed."),
            OrderState.Paid
            or OrderState.Completed
            or OrderState.PartlyRefunded
            or OrderState.Refunded when order.CompletedAt is not null => Same(at, order.CompletedAt, "completed"),
            OrderState.Refunded => IsRefunded,
            OrderState.Paid or OrderState.Completed or OrderState.PartlyRefunded => at < order.PaidAt
                ? Problem.Field("/at", "out_of_order", "An order is completed when or after it was paid.")
                : null,
        };

    public static Problem? Cancel(Order order, DateTime? at) =>
        order.State switch
        {
            OrderState.Completed => Problem.Conflict("order_completed", "A completed order is refunded, not cancelled."),
            OrderState.PartlyRefunded or OrderState.Refunded => Problem.Conflict(
                "order_refunded",
                "An order that was refunded in part is refunded to its end, not cancelled."
            ),
            OrderState.Cancelled => Same(at, order.CancelledAt, "cancelled"),
            OrderState.Placed or OrderState.Paid => at < order.OccurredAt
                ? Problem.Field("/at", "out_of_order", "An order is cancelled when or after it occurred.")
                : null,
        };

    public static Problem? Settle(Order order) =>
        order.State switch
        {
            OrderState.Cancelled => IsCancelled,
            OrderState.Placed => Problem.Conflict("order_not_paid", "An order that is not paid has earned nothing."),
            OrderState.Paid or OrderState.Completed or OrderState.PartlyRefunded or OrderState.Refunded => null,
        };

    private static Problem IsCancelled { get; } = Problem.Conflict("order_cancelled", "The order was cancelled.");

    private static Problem IsRefunded { get; } = Problem.Conflict("order_refunded", "The order was refunded whole.");

    private static Problem? Same(DateTime? at, DateTime? stored, string what) =>
        at is null || at == stored ? null : Problem.Contradiction("order_differs", $"The order was {what} at another time.");
}
