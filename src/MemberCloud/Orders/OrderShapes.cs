using System.ComponentModel.DataAnnotations;
using MemberCloud.Members;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>An order the brand reports.</summary>
/// <param name="OrderNo">The brand's number, up to 100 characters; the report's idempotency key.</param>
/// <param name="MemberId">Either this or external_id. An unknown external_id makes the member.</param>
/// <param name="PaidAt">May be added later by reporting again.</param>
/// <param name="CompletedAt">May be added later by reporting again; needs paid_at.</param>
/// <param name="Currency">The brand's.</param>
/// <param name="Lines">1 to 200.</param>
/// <param name="Shipping">Minor units; neither earns nor counts.</param>
/// <param name="Coupons">Coupons the order used, up to 20: redeemed with the report; when one cannot be, the order is refused. What they took off is in the lines' net already.</param>
/// <param name="Points">Points the order was paid with: captured or spent with the report; when that is refused, so is the order.</param>
/// <param name="PointsAmount">What those points were worth, minor units; only noted (the lines' net is what was paid in money).</param>
public sealed record OrderReport(
    [property: Required, Text(Order.NumberLength, InPath = true)] string OrderNo,
    [property: Required, Instant] DateTime OccurredAt,
    [property: Required, RegularExpression("[A-Z]{3}")] string Currency,
    [property: Required, MinLength(1), MaxLength(200)] IReadOnlyList<OrderLineRequest> Lines,
    [property: Text(60)] string? MemberId = null,
    [property: Text(Member.ExternalIdLength, InPath = true)] string? ExternalId = null,
    [property: Instant] DateTime? PaidAt = null,
    [property: Instant] DateTime? CompletedAt = null,
    [property: Range(0, Money.Max)] long Shipping = 0,
    [property: Text(100)] string? Channel = null,
    [property: Text(100)] string? Store = null,
    [property: MaxLength(20)] IReadOnlyList<OrderCouponRequest>? Coupons = null,
    OrderPointsRequest? Points = null,
    [property: Range(0, Money.Max)] long? PointsAmount = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (MemberId is null == (ExternalId is null))
            yield return new("/member_id", "one_of", "Name the member by member_id or by external_id.");
        if (PaidAt < OccurredAt)
            yield return new("/paid_at", "out_of_order", "An order is paid when or after it occurred.");
        if (CompletedAt is not null && !(CompletedAt >= PaidAt))
            yield return new("/completed_at", "out_of_order", "An order is completed when or after it was paid.");
        if (Lines.DistinctBy(l => l.Id, StringComparer.Ordinal).Count() != Lines.Count)
            yield return new("/lines", "duplicate", "Two lines have the same id.");
        if (PointsAmount is not null && Points is null)
            yield return new("/points_amount", "not_applicable", "No points, no worth of points.");
        foreach (var problem in CheckCoupons())
            yield return problem;
        if (Lines.Aggregate(Int128.Zero, (sum, l) => sum + l.Net) > Money.Max)
            yield return new("/lines", "out_of_range", "The lines add up to more than 10^12.");
    }

    private IEnumerable<FieldProblem> CheckCoupons()
    {
        if (Coupons is null)
            yield break;
        if (Coupons.DistinctBy(c => c.Id, StringComparer.Ordinal).Count() != Coupons.Count)
            yield return new("/coupons", "duplicate", "A coupon is named twice.");
        var known = Lines.Select(l => l.Id).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < Coupons.Count; i++)
        {
            if (Coupons[i].Lines is not { } parts)
                continue;
            if (parts.FirstOrDefault(l => !known.Contains(l.Id)) is { } unknown)
                yield return new($"/coupons/{i}/lines", "line_unknown", $"The order has no line {unknown.Id}.");
            if (parts.Aggregate(Int128.Zero, (sum, l) => sum + l.Amount) != Coupons[i].Amount)
                yield return new(
                    $"/coupons/{i}/lines",
                    "does_not_add_up",
                    "The parts of the lines are the coupon's amount together."
                );
        }
    }
}

/// <summary>A coupon an order used.</summary>
/// <param name="Id">The member's coupon, <c>cpn_...</c></param>
/// <param name="Amount">What it took off, minor units.</param>
/// <param name="Lines">Its parts of the lines, which add up to amount; by the lines' net unless given.</param>
public sealed record OrderCouponRequest(
    [property: Required, Text(60)] string Id,
    [property: Required, Range(0, Money.Max)] long Amount,
    [property: MaxLength(200)] IReadOnlyList<OrderCouponLine>? Lines = null
);

/// <summary>A coupon's part of one line.</summary>
/// <param name="Id">The line's id.</param>
/// <param name="Amount">Minor units.</param>
public sealed record OrderCouponLine(
    [property: Required, Text(100)] string Id,
    [property: Required, Range(0, Money.Max)] long Amount
);

/// <summary>A coupon that a rule gave for an order.</summary>
/// <param name="Id"><c>cpn_...</c></param>
/// <param name="TemplateId"><c>tpl_...</c></param>
/// <param name="Revoked">The order was cancelled or refunded whole and the coupon, unused, made void.</param>
public sealed record OrderRewardShape(string Id, string TemplateId, bool Revoked);

/// <summary>One line of an order.</summary>
/// <param name="Id">Unique within the order.</param>
/// <param name="Quantity">1 to 10^6.</param>
/// <param name="Net">The line's total after all discounts, minor units.</param>
public sealed record OrderLineRequest(
    [property: Required, Text(100)] string Id,
    [property: Required, Text(100)] string Sku,
    [property: Required, Range(1, 1_000_000)] long Quantity,
    [property: Required, Range(0, Money.Max)] long Net,
    [property: Text(100)] string? Category = null
);

/// <summary>Up to 1,000 orders; each stands alone.</summary>
/// <param name="Orders">1 to 1,000 orders, each as POST /v1/orders takes it.</param>
public sealed record BulkOrders(
    [property: Required, MinLength(1), MaxLength(1000)] IReadOnlyList<System.Text.Json.JsonElement> Orders
);

/// <summary>When it happened; now unless given.</summary>
/// <param name="At">When it happened; now unless given, not in the future.</param>
public sealed record AtRequest([property: Instant] DateTime? At = null);

/// <summary>An order.</summary>
/// <param name="Total">Sum of the lines' net, minor units.</param>
/// <param name="Earned">What it earned so far.</param>
/// <param name="OrderNo">The brand's number.</param>
/// <param name="State">How far the order has come.</param>
/// <param name="PaidAt">When it was paid; null until then.</param>
/// <param name="CompletedAt">When it was completed; null until then.</param>
/// <param name="CancelledAt">When it was cancelled; null unless it was.</param>
/// <param name="Currency">ISO 4217 code, the brand's.</param>
/// <param name="Shipping">Minor units; neither earns nor counts.</param>
/// <param name="Lines">As reported.</param>
/// <param name="Points">Points it was paid with; null when with none.</param>
/// <param name="Coupons">Coupons it used.</param>
/// <param name="CouponsEarned">Coupons that rules gave for it.</param>
/// <param name="Refunded">Given back of the lines' net so far, minor units.</param>
/// <param name="ShippingRefunded">Given back of the shipping so far, minor units.</param>
/// <param name="CheckoutId">The checkout it was made by, which keeps its quote: <c>chk_...</c>; null when it was reported.</param>
public sealed record OrderShape(
    string Id,
    string OrderNo,
    string MemberId,
    OrderState State,
    DateTime OccurredAt,
    DateTime? PaidAt,
    DateTime? CompletedAt,
    DateTime? CancelledAt,
    string Currency,
    long Total,
    long Shipping,
    string? Channel,
    string? Store,
    IReadOnlyList<OrderLineShape> Lines,
    IReadOnlyList<OrderEarnedShape> Earned,
    OrderPointsShape? Points,
    IReadOnlyList<OrderCouponShape> Coupons,
    IReadOnlyList<OrderRewardShape> CouponsEarned,
    long Refunded,
    long ShippingRefunded,
    string? CheckoutId
);

/// <summary>A coupon an order used.</summary>
/// <param name="Id"><c>cpn_...</c></param>
/// <param name="Amount">What it took off, minor units.</param>
/// <param name="Reclaimed">What refunds keep back of it for the pieces that are kept, minor units.</param>
/// <param name="LetGo">The order was cancelled or refunded whole: by its template's policy the coupon came back, or it did not.</param>
public sealed record OrderCouponShape(string Id, long Amount, long Reclaimed, bool LetGo);

/// <summary>One line of an order.</summary>
/// <param name="Id">Unique within the order.</param>
/// <param name="Quantity">Pieces.</param>
/// <param name="Net">The line's total after all discounts, minor units.</param>
/// <param name="RefundedQuantity">Pieces refunded so far.</param>
public sealed record OrderLineShape(string Id, string Sku, string? Category, long Quantity, long Net, long RefundedQuantity);

/// <summary>How an earning stands.</summary>
public enum EarnedState
{
    /// <summary>Not settled yet.</summary>
    Pending,

    /// <summary>Can be spent, or was.</summary>
    Settled,

    /// <summary>Taken back.</summary>
    Reversed,
}

/// <summary>One earning of an order.</summary>
/// <param name="State">pending until it settles; reversed when all of it was taken back.</param>
/// <param name="Amount">Points.</param>
/// <param name="Reversed">What of it refunds or the cancellation took back, or gave up by the brand's policy.</param>
public sealed record OrderEarnedShape(string Currency, long Amount, EarnedState State, long Reversed);

/// <summary>One answer of a bulk report.</summary>
/// <param name="Status">201 made, 200 known, 4xx refused with a problem.</param>
/// <param name="OrderNo">The number as it was sent; null when none could be read.</param>
/// <param name="Order">The order as it stands; null when it was refused.</param>
/// <param name="Problem">Why it was refused; null when it was taken.</param>
public sealed record BulkResult(string? OrderNo, int Status, OrderShape? Order, Microsoft.AspNetCore.Mvc.ProblemDetails? Problem);

/// <summary>The answers of a bulk report, in the order of the request.</summary>
/// <param name="Results">One for each order, in the order of the request.</param>
public sealed record BulkResults(IReadOnlyList<BulkResult> Results);
