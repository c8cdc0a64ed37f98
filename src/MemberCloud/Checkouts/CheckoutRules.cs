using MemberCloud.Coupons;
using MemberCloud.Orders;
using MemberCloud.Perks;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Checkouts;

/// <summary>What may become of a checkout, and what of a quote it freezes. Pure.</summary>
public static class CheckoutRules
{
    public const int MaxSeconds = 24 * 60 * 60;

    public static Problem TooMany { get; } =
        Problem.Conflict("too_many_checkouts", $"At most {PurchaseRules.MostHolds} checkouts hold one limited price at once.");

    public static Problem Changed { get; } =
        Problem.Conflict("quote_changed", "Something is different now: see the fresh quote.");

    /// <summary>Null = it can become this order.</summary>
    public static Problem? Commit(Checkout checkout, CommitRequest asked, DateTime now) =>
        checkout.StateAt(now) switch
        {
            CheckoutState.Open => asked.PaidAt < checkout.CreatedAt
                ? Problem.Field("/paid_at", "out_of_order", "An order is paid when or after its checkout was made.")
                : null,
            CheckoutState.Committed => checkout.OrderNo == asked.OrderNo ? null : Committed(checkout),
            CheckoutState.Cancelled => Problem.Conflict("checkout_cancelled", "The checkout was cancelled."),
            CheckoutState.Expired => IsExpired,
        };

    /// <summary>Null = it can be cancelled, or is.</summary>
    public static Problem? Cancel(Checkout checkout, DateTime now) =>
        checkout.StateAt(now) switch
        {
            CheckoutState.Open or CheckoutState.Cancelled => null,
            CheckoutState.Committed => Committed(checkout),
            CheckoutState.Expired => IsExpired,
        };

    public static Problem IsExpired { get; } =
        Problem.Conflict("checkout_expired", "The checkout's time ran out: what it held is free again.");

    private static Problem Committed(Checkout checkout) =>
        Problem.Conflict("checkout_committed", "The checkout is an order already.") with
        {
            Extra = new Dictionary<string, object?> { ["order_no"] = checkout.OrderNo },
        };

    /// <summary>The first of the coupons named that is not used, and would not have cost more; null = all are.</summary>
    internal static UnusedCoupon? Missing(MadeQuote made) =>
        made.Input.AreNamed ? made.Unusable.Concat(made.Quote.Refused).FirstOrDefault() : null;

    /// <summary>The perk that takes the shipping off; null = none does.</summary>
    internal static HeldPerk? PerkOf(MadeQuote made) =>
        made.Quote.Shipping.FirstOrDefault(s => s.Source == AdjustmentSource.Perk) is { SourceId: var id }
            ? made.Member.Shipping.First(p => p.Id == id)
            : null;

    /// <summary>What of a quote the order will need.</summary>
    internal static FrozenCart Freeze(MadeQuote made, Guid id, DateTime at)
    {
        var (input, quote) = (made.Input, made.Quote);
        return new(
            id,
            at,
            [.. input.Lines.Zip(quote.Lines, FreezeLine)],
            [.. quote.Applied.Select((a, i) => FreezeCoupon(made, a, quote.Applied.Take(i)))],
            quote.Totals.Shipping + quote.Shipping.Sum(s => s.Amount),
            null,
            quote.Totals.PointsDiscount,
            input.Channel,
            input.Store,
            PlansSave: made.PlansSave
        );
    }

    private static FrozenLine FreezeLine(QuoteLine line, QuotedLine quoted)
    {
        var price = line.Price is { Pieces: > 0 } p && p.UnitPrice < line.ListPrice ? p : null;
        return new(
            line.Id,
            line.Sku,
            line.Category,
            line.Quantity,
            quoted.Net,
            -quoted.Adjustments.Where(a => a.Source == AdjustmentSource.Points).Sum(a => a.Amount),
            price?.ListId,
            price?.Version,
            price?.Limit is null ? 0 : price.Pieces
        );
    }

    /// <summary>Its part of each line, and what the lines that it counted were worth when its turn came.</summary>
    private static FrozenCoupon FreezeCoupon(MadeQuote made, AppliedCoupon used, IEnumerable<AppliedCoupon> before)
    {
        var earlier = before.Select(b => b.Coupon.Id).ToHashSet();
        var terms = used.Coupon.Terms;
        long Worth(QuotedLine line) =>
            line.List
            + line.Adjustments.Where(a =>
                    a.Source == AdjustmentSource.PriceList
                    || (a.Source == AdjustmentSource.Coupon && earlier.Contains(a.SourceId!.Value))
                )
                .Sum(a => a.Amount);
        var lines = made.Input.Lines.Zip(made.Quote.Lines).ToList();
        return new(
            used.Coupon.Id,
            used.Coupon.TemplateId,
            used.Amount,
            lines.ConvertAll(l => -l.Second.Adjustments.Where(a => a.SourceId == used.Coupon.Id).Sum(a => a.Amount)),
            lines.ConvertAll(l =>
                ScopeRules.Includes(terms.Scope, l.First.Sku, l.First.Category, l.First.Brand) ? Worth(l.Second) : (long?)null
            )
        );
    }
}
