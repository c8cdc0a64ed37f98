using System.ComponentModel.DataAnnotations;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>What of an order is given back: some pieces of some lines, or all that is left.</summary>
/// <param name="RefundNo">The brand's number, up to 100 characters, unique within the order: the refund happens once.</param>
/// <param name="Lines">Pieces by line; either this or full.</param>
/// <param name="Full">true: all that is left, shipping included unless shipping says how much.</param>
/// <param name="Shipping">Of the shipping, minor units; nothing unless given.</param>
public sealed record RefundRequest(
    [property: Required, Text(Order.NumberLength)] string RefundNo,
    [property: MaxLength(200)] IReadOnlyList<RefundLineRequest>? Lines = null,
    bool Full = false,
    [property: Range(0, Money.Max)] long? Shipping = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (Full ? Lines is { Count: > 0 } : Lines is not { Count: > 0 } && Shipping is not > 0)
            yield return new("/lines", "one_of", "A refund is of lines (or of shipping), or it is full.");
        if (Lines is not null && Lines.DistinctBy(l => l.Id, StringComparer.Ordinal).Count() != Lines.Count)
            yield return new("/lines", "duplicate", "Two lines have the same id.");
    }
}

/// <summary>Pieces of one line.</summary>
/// <param name="Id">The line's id in the order.</param>
/// <param name="Quantity">Pieces, 1 to what is left of the line.</param>
public sealed record RefundLineRequest(
    [property: Required, Text(100)] string Id,
    [property: Required, Range(1, 1_000_000)] long Quantity
);

/// <summary>A refund and all it caused.</summary>
/// <param name="Refund">What was given back.</param>
/// <param name="Points">What became of the brand's points.</param>
/// <param name="Currencies">What became of each kind of points the order earned or was paid with, points included.</param>
/// <param name="GrowthReversed">Growth taken back.</param>
/// <param name="CouponsReturned">Coupons that the member can use again, because the order was refunded whole and their templates say so.</param>
public sealed record RefundAnswer(
    RefundShape Refund,
    RefundedPoints Points,
    IReadOnlyList<RefundedCurrency> Currencies,
    long GrowthReversed,
    IReadOnlyList<string> CouponsReturned
);

/// <summary>A refund.</summary>
/// <param name="RefundNo">The brand's number of the refund.</param>
/// <param name="OrderNo">The brand's number of the order.</param>
/// <param name="OrderState">How the order stood after it.</param>
/// <param name="Lines">Pieces and money by line.</param>
/// <param name="Shipping">Of the shipping, minor units.</param>
/// <param name="CouponsReclaimed">
/// Kept back because what is kept no longer reaches a coupon's threshold (templates with partial_refund reclaim), minor units; below 0: paid out again of what earlier refunds kept
/// back, for pieces that go back now.
/// </param>
/// <param name="Amount">Money to give back: of the lines and the shipping together, less coupons_reclaimed, minor units.</param>
/// <param name="Currency">ISO 4217 code, the brand's.</param>
/// <param name="RefundedAt">When, by the brand's clock.</param>
public sealed record RefundShape(
    string RefundNo,
    string OrderNo,
    OrderState OrderState,
    IReadOnlyList<RefundLineShape> Lines,
    long Shipping,
    long CouponsReclaimed,
    long Amount,
    string Currency,
    DateTime RefundedAt
);

/// <summary>What was given back of one line.</summary>
/// <param name="Id">The line's id.</param>
/// <param name="Quantity">Pieces.</param>
/// <param name="Net">Their share of the line's net, minor units; the last piece takes the remainder.</param>
public sealed record RefundLineShape(string Id, long Quantity, long Net);

/// <summary>What became of points.</summary>
/// <param name="ClawedBack">Taken back of what the order earned, debt included.</param>
/// <param name="Restored">Given back of what the order was paid with.</param>
public sealed record RefundedPoints(long ClawedBack, long Restored);

/// <summary>What became of one kind of points.</summary>
/// <param name="Currency">points, or one of the brand's own.</param>
/// <param name="ClawedBack">Taken back of what the order earned, debt included.</param>
/// <param name="Restored">Given back of what the order was paid with.</param>
public sealed record RefundedCurrency(string Currency, long ClawedBack, long Restored);

/// <summary>Points an order is paid with: a hold, captured whole, or an amount of points, spent at once.</summary>
/// <param name="HoldId">The member's open hold, <c>hld_...</c></param>
/// <param name="Amount">Of the currency points, 1 to 10^12.</param>
public sealed record OrderPointsRequest(
    [property: Text(60)] string? HoldId = null,
    [property: Range(1, Money.Max)] long? Amount = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (HoldId is null == (Amount is null))
            yield return new("", "one_of", "Points are a hold or an amount.");
    }
}

/// <summary>Points an order was paid with.</summary>
/// <param name="Currency">points, or one of the brand's own.</param>
/// <param name="Amount">What was spent.</param>
/// <param name="Restored">What of it refunds gave back.</param>
public sealed record OrderPointsShape(string Currency, long Amount, long Restored);
