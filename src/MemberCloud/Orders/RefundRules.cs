using System.Security.Cryptography;
using System.Text;
using MemberCloud.Coupons;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>Pieces of one line that are given back, and the money for them.</summary>
public readonly record struct RefundedLine(OrderLine Line, long Quantity, long Net);

/// <summary>What a refund gives back of an order.</summary>
public sealed record RefundPlan(IReadOnlyList<RefundedLine> Lines, long Shipping)
{
    public long Net => Lines.Sum(l => l.Net);
}

/// <summary>What may be refunded, and what a part of an order is worth in money and points. Pure.</summary>
public static class RefundRules
{
    public static byte[] ContentOf(RefundRequest asked) => SHA256.HashData(Encoding.UTF8.GetBytes(Json.Write(asked)));

    /// <summary>What a refund would give back, or why it may not.</summary>
    public static Result<RefundPlan> Plan(Order order, IReadOnlyList<OrderLine> lines, RefundRequest asked)
    {
        if (order.State == OrderState.Placed)
            return Problem.Conflict("order_not_paid", "An order is refunded once it is paid; before, it is cancelled.");
        if (order.State == OrderState.Cancelled)
            return Problem.Conflict("order_cancelled", "The order was cancelled.");
        var shippingLeft = order.Shipping - order.ShippingRefunded;
        var shipping = asked.Shipping ?? (asked.Full ? shippingLeft : 0);
        if (!lines.Any(Left) && (shippingLeft == 0 || (asked.Full && shipping == 0)))
            return Problem.Conflict("order_refunded", "The order was refunded whole.");
        if (shipping > shippingLeft)
            return AboveSold($"Of the shipping {shippingLeft} is left.");
        if (asked.Full)
            return new RefundPlan([.. lines.Where(Left).Select(l => Of(l, l.Quantity - l.RefundedQuantity))], shipping);
        var parts = new List<RefundedLine>();
        foreach (var part in asked.Lines ?? [])
        {
            if (lines.FirstOrDefault(l => l.LineId == part.Id) is not { } line)
                return Problem.Contradiction("line_unknown", $"The order has no line {part.Id}.");
            if (part.Quantity > line.Quantity - line.RefundedQuantity)
                return AboveSold($"Of line {part.Id} {line.Quantity - line.RefundedQuantity} are left.");
            parts.Add(Of(line, part.Quantity));
        }
        return new RefundPlan(parts, shipping);
    }

    /// <summary>The same number again: the first answer, or a refusal when something else was asked.</summary>
    public static Result<RefundAnswer> Again(OrderRefund first, RefundRequest asked) =>
        first.Content.AsSpan().SequenceEqual(ContentOf(asked))
            ? Json.Read<RefundAnswer>(first.Answer)
            : Problem.Contradiction("refund_differs", "The refund number was used with other contents.");

    /// <summary>Money of the first pieces of a line: each the same, rounded down, the last takes the rest.</summary>
    public static long MoneyOf(long net, long quantity, long pieces) => pieces == quantity ? net : net / quantity * pieces;

    /// <summary>Points of the first pieces of a line that was paid with points: largest remainder, ties to the earlier piece.</summary>
    public static long PointsOf(long points, long quantity, long pieces) =>
        points / quantity * pieces + Math.Min(pieces, points % quantity);

    /// <summary>Points spent on an order, split over its lines by their net; by pieces when all are free.</summary>
    public static long[] Split(long points, IReadOnlyList<OrderLineRequest> lines) =>
        Allocation.Split(points, [.. lines.Select(l => lines.All(x => x.Net == 0) ? l.Quantity : l.Net)]);

    /// <summary>
    /// What is taken back of an earning, cumulative: its share of what was refunded of its eligible lines since it was earned, less what was taken back before.
    /// Lines worth nothing count by pieces. The refund that empties the order takes all that is left.
    /// </summary>
    public static long Clawback(OrderEarning earning, IReadOnlyList<OrderLine> lines)
    {
        var left = earning.Amount - earning.Reversed;
        if (lines.All(l => l.RefundedQuantity == l.Quantity))
            return left;
        var eligible = Eligible(earning.Lines, lines);
        var refunded = (Int128)(RefundedNet(eligible) - earning.NetBefore);
        var (part, whole) =
            earning.Net > 0
                ? (refunded, (Int128)earning.Net)
                : (
                    eligible.Sum(l => l.RefundedQuantity) - earning.PiecesBefore,
                    eligible.Sum(l => l.Quantity) - earning.PiecesBefore
                );
        var due = whole == 0 ? 0 : (long)(earning.Amount * part / whole);
        return Math.Clamp(due - earning.Reversed, 0, left);
    }

    /// <summary>
    /// What a coupon took off the pieces that are kept, when those no longer reach its threshold and its template reclaims then; 0 otherwise. Looks at the eligible lines as
    /// they were before the coupon.
    /// </summary>
    /// <param name="terms">The coupon's, of the version it was given out by.</param>
    /// <param name="parts">What it took off each line, see <see cref="OrderCoupon.Lines"/>.</param>
    /// <param name="lines">The order's, with what is refunded.</param>
    /// <param name="worth">
    /// What each line counted for the threshold when it was applied, see <see cref="OrderCoupon.Worth"/>. Null = reported: what was paid for the line and what the coupon
    /// took off it, for lines in scope as far as SKU and category say.
    /// </param>
    public static long Reclaimed(TemplateBody terms, string parts, IReadOnlyList<OrderLine> lines, string? worth = null)
    {
        if (terms is not { PartialRefund: PartialRefund.Reclaim, Threshold: { } threshold })
            return 0;
        var off = parts.Split(',').Select(p => long.Parse(p, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        long Kept(OrderLine line) => line.Quantity - line.RefundedQuantity;
        var told = worth?.Split(',');
        var eligible = lines
            .Where(l => told is null ? ScopeRules.Includes(terms.Scope, l.Sku, l.Category) : told[l.LineNo].Length > 0)
            .ToList();
        long Worth(OrderLine line) =>
            told is null
                ? line.Net + off[line.LineNo]
                : long.Parse(told[line.LineNo], System.Globalization.CultureInfo.InvariantCulture);
        var isMet = threshold.Amount is { } amount
            ? eligible.Sum(l => MoneyOf(Worth(l), l.Quantity, Kept(l))) >= amount
            : eligible.Sum(Kept) >= threshold.Quantity;
        return isMet ? 0 : lines.Sum(l => MoneyOf(off[l.LineNo], l.Quantity, Kept(l)));
    }

    /// <summary>The lines an earning was computed on.</summary>
    public static IReadOnlyList<OrderLine> Eligible(string? numbers, IReadOnlyList<OrderLine> lines)
    {
        if (numbers is null)
            return lines;
        var chosen = numbers.Split(',').ToHashSet(StringComparer.Ordinal);
        return [.. lines.Where(l => chosen.Contains(l.LineNo.ToString(System.Globalization.CultureInfo.InvariantCulture)))];
    }

    /// <summary>Money refunded of some lines to date.</summary>
    public static long RefundedNet(IEnumerable<OrderLine> lines) =>
        lines.Sum(l => MoneyOf(l.Net, l.Quantity, l.RefundedQuantity));

    private static bool Left(OrderLine line) => line.RefundedQuantity < line.Quantity;

    private static RefundedLine Of(OrderLine line, long quantity) =>
        new(
            line,
            quantity,
            MoneyOf(line.Net, line.Quantity, line.RefundedQuantity + quantity)
                - MoneyOf(line.Net, line.Quantity, line.RefundedQuantity)
        );

    private static Problem AboveSold(string detail) => Problem.Contradiction("refund_above_sold", detail);
}
