using System.Text.Json;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Orders;

/// <summary>Orders: reported, paid, completed, cancelled, settled.</summary>
public static class OrdersEndpoints
{
    public static IServiceCollection AddOrders(this IServiceCollection services) =>
        services.AddScoped<OrderService>().AddScoped<OrderReads>().AddScoped<ISegmentPart, SegmentByLastOrder>();

    public static void MapOrders(this IEndpointRouteBuilder app)
    {
        var orders = app.MapBrand("/v1/orders", "Orders");
        orders.MapPost("", ReportOrder).RequireIdempotencyKey();
        orders.MapPost("bulk", ReportOrders).WithMetadata(new KeepsOwnAnswers());
        orders.MapGet("{orderNo}", GetOrder);
        orders.MapPost("{orderNo}/pay", PayOrder).RequireIdempotencyKey();
        orders.MapPost("{orderNo}/complete", CompleteOrder).RequireIdempotencyKey();
        orders.MapPost("{orderNo}/cancel", CancelOrder).RequireIdempotencyKey();
        orders.MapPost("{orderNo}/settle", SettleOrder).RequireIdempotencyKey();
        orders.MapPost("{orderNo}/refunds", RefundOrder).RequireIdempotencyKey();
    }

    /// <summary>Reports an order: 201 when it is new, 200 when it was known.</summary>
    /// <remarks>
    /// Reporting again may add paid_at and completed_at. Errors: currency_mismatch, order_differs (422), in_future, one_of, out_of_order,
    /// duplicate, not_applicable (400), order_cancelled, order_refunded (409), not_found (404) for an unknown member_id or hold. Points it names that cannot be had refuse the order:
    /// points_insufficient, hold_captured, hold_released, hold_expired, hold_of_checkout (409). So do coupons: already_redeemed, not_owner, not_started, expired, void,
    /// locked_by_other_order (409, with coupon_id), not_found (404), line_unknown, does_not_add_up (400).
    /// </remarks>
    private static async Task<Results<Created<OrderShape>, Ok<OrderShape>, ProblemHttpResult>> ReportOrder(
        OrderReport body,
        OrderService orders,
        OrderReads reads,
        CancellationToken ct
    )
    {
        var result = (await orders.ReportAsync([body], ct))[0];
        if (result.Problem is { } problem)
            return problem.ToHttp();
        var shape = (await reads.ShapesAsync([result.Value.Order], ct))[0];
        return result.Value.IsNew ? TypedResults.Created((string?)null, shape) : TypedResults.Ok(shape);
    }

    /// <summary>Reports up to 1,000 orders. Each stands alone and is answered by itself, in the order of the request.</summary>
    /// <remarks>Each order_no is its own idempotency key: sending the whole again is safe. A refused order does not hold up the others.
    /// Errors: in each order's own result one_of, out_of_order, duplicate, not_applicable, in_future, line_unknown, does_not_add_up (400),
    /// already_redeemed, not_owner, not_started, expired, void, locked_by_other_order (409),
    /// order_cancelled, order_refunded, points_insufficient, hold_captured, hold_released, hold_expired, hold_of_checkout (409), currency_mismatch, order_differs (422).</remarks>
    private static async Task<Ok<BulkResults>> ReportOrders(
        BulkOrders body,
        OrderService orders,
        OrderReads reads,
        CancellationToken ct
    )
    {
        var read = body.Orders.Select(ReadOne).ToList();
        var results = await orders.ReportAsync([.. read.Where(r => !r.Refused).Select(r => r.Value)], ct);
        var shapes = (
            await reads.ShapesAsync([.. results.Where(r => !r.Refused).Select(r => r.Value.Order).DistinctBy(o => o.Id)], ct)
        ).ToDictionary(s => s.OrderNo, StringComparer.Ordinal);
        var next = results.GetEnumerator();
        var answers = read.Select(
            (one, i) =>
                one.Problem is { } bad
                    ? Refused(NumberOf(body.Orders[i]), bad)
                    : Answer(one.Value.OrderNo, next.MoveNext() ? next.Current : throw new InvalidOperationException(), shapes)
        );
        return TypedResults.Ok(new BulkResults([.. answers]));
    }

    private static Result<OrderReport> ReadOne(JsonElement order)
    {
        try
        {
            var report = order.Deserialize<OrderReport>(Json.Options);
            return report is null ? Problem.Field("", "required", "An order is null.")
                : Validation.Check(report) is { } problem ? problem
                : report;
        }
        catch (JsonException error)
        {
            return JsonProblems.Of(error);
        }
    }

    private static string? NumberOf(JsonElement order) =>
        order.ValueKind == JsonValueKind.Object && order.TryGetProperty("order_no", out var number)
            ? JsonProblems.TextOf(number)
            : null;

    private static BulkResult Answer(string orderNo, Result<Reported> result, Dictionary<string, OrderShape> shapes) =>
        result.Problem is { } problem
            ? Refused(orderNo, problem)
            : new(orderNo, result.Value.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, shapes[orderNo], null);

    private static BulkResult Refused(string? orderNo, Problem problem) =>
        new(orderNo, problem.Status, null, problem.ToHttp().ProblemDetails);

    /// <summary>Reads an order.</summary>
    private static async Task<Results<Ok<OrderShape>, ProblemHttpResult>> GetOrder(
        string orderNo,
        OrderReads reads,
        CancellationToken ct
    ) =>
        await reads.FindAsync(PathText.Decode(orderNo), ct) is { } order
            ? TypedResults.Ok(order)
            : Problem.NotFound("order").ToHttp();

    /// <summary>Says that an order was paid.</summary>
    /// <remarks>Errors: order_cancelled (409), order_differs (422) when it was paid at another time, out_of_order, in_future (400).</remarks>
    private static Task<Results<Ok<OrderShape>, ProblemHttpResult>> PayOrder(
        string orderNo,
        AtRequest body,
        OrderService orders,
        OrderReads reads,
        TenantScope scope,
        CancellationToken ct
    ) =>
        ShowAsync(
            reads,
            orders.ChangeAsync(
                PathText.Decode(orderNo),
                o => OrderRules.Pay(o, body.At),
                (work, o) => work.Pay(o, body.At ?? scope.Now),
                body.At,
                ct
            ),
            ct
        );

    /// <summary>Says that an order was completed: what it earned settles from here.</summary>
    /// <remarks>Errors: order_not_paid, order_cancelled, order_refunded (409), order_differs (422) when it was completed at another time, out_of_order, in_future (400).</remarks>
    private static Task<Results<Ok<OrderShape>, ProblemHttpResult>> CompleteOrder(
        string orderNo,
        AtRequest body,
        OrderService orders,
        OrderReads reads,
        TenantScope scope,
        CancellationToken ct
    ) =>
        ShowAsync(
            reads,
            orders.ChangeAsync(
                PathText.Decode(orderNo),
                o => OrderRules.Complete(o, body.At),
                (work, o) => work.Complete(o, body.At ?? scope.Now),
                body.At,
                ct
            ),
            ct
        );

    /// <summary>Cancels an order before its completion: what it earned vanishes.</summary>
    /// <remarks>Errors: order_completed, order_refunded (409), order_differs (422) when it was cancelled at another time, out_of_order, in_future (400).</remarks>
    private static Task<Results<Ok<OrderShape>, ProblemHttpResult>> CancelOrder(
        string orderNo,
        AtRequest body,
        OrderService orders,
        OrderReads reads,
        TenantScope scope,
        CancellationToken ct
    ) =>
        ShowAsync(
            reads,
            orders.ChangeAsync(
                PathText.Decode(orderNo),
                o => OrderRules.Cancel(o, body.At),
                (work, o) => work.Cancel(o, body.At ?? scope.Now),
                body.At,
                ct
            ),
            ct
        );

    /// <summary>Settles now what an order earned, for rules that settle explicitly or to be kind.</summary>
    /// <remarks>Settling again changes nothing. Errors: order_not_paid, order_cancelled (409).</remarks>
    private static Task<Results<Ok<OrderShape>, ProblemHttpResult>> SettleOrder(
        string orderNo,
        AtRequest body,
        OrderService orders,
        OrderReads reads,
        TenantScope scope,
        CancellationToken ct
    ) =>
        ShowAsync(
            reads,
            orders.ChangeAsync(
                PathText.Decode(orderNo),
                OrderRules.Settle,
                (work, o) => work.Settle(o, body.At ?? scope.Now),
                body.At,
                ct
            ),
            ct
        );

    /// <summary>Gives back a part of an order: 201 when it is new, 200 when the refund number was known.</summary>
    /// <remarks>
    /// What the order earned is taken back by its share, from its own pending points first, then as the brand's points_clawback says; growth too. Points it was paid with
    /// go back to the lots they came from, by their share. Any number of refunds, at any age, from payment on.
    /// Errors: order_not_paid, order_cancelled, order_refunded, erased_member (409), line_unknown, refund_above_sold, refund_differs (422), one_of, duplicate (400).
    /// </remarks>
    private static async Task<Results<Created<RefundAnswer>, Ok<RefundAnswer>, ProblemHttpResult>> RefundOrder(
        string orderNo,
        RefundRequest body,
        OrderService orders,
        CancellationToken ct
    )
    {
        var result = await orders.RefundAsync(PathText.Decode(orderNo), body, ct);
        return result.Problem is { } problem ? problem.ToHttp()
            : result.Value.IsNew ? TypedResults.Created((string?)null, result.Value.Answer)
            : TypedResults.Ok(result.Value.Answer);
    }

    private static async Task<Results<Ok<OrderShape>, ProblemHttpResult>> ShowAsync(
        OrderReads reads,
        Task<Result<Order>> change,
        CancellationToken ct
    )
    {
        var result = await change;
        return result.Problem is { } problem
            ? problem.ToHttp()
            : TypedResults.Ok((await reads.ShapesAsync([result.Value], ct))[0]);
    }
}
