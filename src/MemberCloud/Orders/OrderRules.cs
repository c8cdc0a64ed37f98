using System.Security.Cryptography;
using System.Text;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>What may happen to an order, and when. Pure.</summary>
public static class OrderRules
{
    /// <summary>What may not differ when an order is reported again: member, currency, time, lines, shipping.</summary>
    public static byte[] ContentOf(OrderReport report, Guid memberId) =>
        SHA256.HashData(
            Encoding.UTF8.GetBytes(
                Json.Write(
                    new
                    {
                        memberId,
                        report.Currency,
                        report.OccurredAt,
                        report.Lines,
                        report.Shipping,
                    }
                )
            )
        );

    public static OrderState StateOf(DateTime? paidAt, DateTime? completedAt) =>
        completedAt is not null ? OrderState.Completed
        : paidAt is not null ? OrderState.Paid
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
        return adds && order.State == OrderState.Cancelled
            ? Problem.Conflict("order_cancelled", "The order was cancelled.")
            : null;
    }

    /// <summary>Null = go on; the order is placed then.</summary>
    public static Problem? Pay(Order order, DateTime? at) =>
        order.State switch
        {
            OrderState.Cancelled => Problem.Conflict("order_cancelled", "The order was cancelled."),
            OrderState.Paid or OrderState.Completed => at is null || at == order.PaidAt
                ? null
                : Problem.Contradiction("order_differs", "The order was paid at another time."),
            OrderState.Placed => at < order.OccurredAt
                ? Problem.Field("/at", "out_of_order", "An order is paid when or after it occurred.")
                : null,
        };

    public static Problem? Complete(Order order, DateTime? at) =>
        order.State switch
        {
            OrderState.Cancelled => Problem.Conflict("order_cancelled", "The order was cancelled."),
            OrderState.Placed => Problem.Conflict("order_not_paid", "An order is paid before it is completed."),
            OrderState.Completed => at is null || at == order.CompletedAt
                ? null
                : Problem.Contradiction("order_differs", "The order was completed at another time."),
            OrderState.Paid => at < order.PaidAt
                ? Problem.Field("/at", "out_of_order", "An order is completed when or after it was paid.")
                : null,
        };

    public static Problem? Cancel(Order order, DateTime? at) =>
        order.State switch
        {
            OrderState.Completed => Problem.Conflict("order_completed", "A completed order is refunded, not cancelled."),
            OrderState.Cancelled => at is null || at == order.CancelledAt
                ? null
                : Problem.Contradiction("order_differs", "The order was cancelled at another time."),
            OrderState.Placed or OrderState.Paid => at < order.OccurredAt
                ? Problem.Field("/at", "out_of_order", "An order is cancelled when or after it occurred.")
                : null,
        };

    public static Problem? Settle(Order order) =>
        order.State switch
        {
            OrderState.Cancelled => Problem.Conflict("order_cancelled", "The order was cancelled."),
            OrderState.Placed => Problem.Conflict("order_not_paid", "An order that is not paid has earned nothing."),
            OrderState.Paid or OrderState.Completed => null,
        };
}
