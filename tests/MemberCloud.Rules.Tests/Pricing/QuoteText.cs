using System.Text;
using MemberCloud.Coupons;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Pricing;

/// <summary>Carts and quotes as people read them, and as two quotes are compared: whole, lines and reasons by id.</summary>
internal static class QuoteText
{
    public static string Of(QuoteInput cart)
    {
        var text = new StringBuilder();
        text.AppendLine($"channel {cart.Channel ?? "-"}, store {cart.Store ?? "-"}, shipping {cart.Shipping}, {cart.Rounding}");
        text.AppendLine($"coupons are {(cart.AreNamed ? "named" : "found")}, wish {cart.Wish?.ToString() ?? "-"}, {cart.Points}");
        foreach (var line in cart.Lines)
            text.AppendLine(
                $"line {line.Id}: {line.Quantity} x {line.ListPrice}, {line.Sku} {line.Category} {line.Brand}"
                    + (line.Price is { } price ? $", {price.Pieces} of them at {price.UnitPrice}" : "")
            );
        foreach (var coupon in cart.Coupons)
            text.AppendLine(Of(coupon));
        return text.ToString();
    }

    public static string Of(Quote quote)
    {
        var text = new StringBuilder();
        foreach (var line in quote.Lines.OrderBy(l => l.Id, StringComparer.Ordinal))
            text.AppendLine($"line {line.Id}: {line.List} {Of(line.Adjustments)}= {line.Net}");
        text.AppendLine($"shipping {Of(quote.Shipping)}");
        text.AppendLine($"{quote.Totals}");
        foreach (var applied in quote.Applied)
            text.AppendLine($"applied {Name(applied.Coupon.Id)}: {applied.Amount}");
        foreach (var (what, unused) in new[] { ("refused", quote.Refused), ("beaten", quote.Beaten) })
        {
            foreach (var u in unused.OrderBy(u => u.Coupon.Id))
                text.AppendLine($"{what} {Name(u.Coupon.Id)}: {u.Why} {u.Missing} {Of(u.By)}");
        }
        text.AppendLine($"points {quote.PointsUsed} of {quote.PointsUsable}, {(quote.IsOptimal ? "optimal" : "good")}");
        return text.ToString();
    }

    private static string Of(QuoteCoupon coupon)
    {
        var t = coupon.Terms;
        var what = t.Kind switch
        {
            CouponKind.AmountOff => $"{t.AmountOff}",
            CouponKind.PercentOff => $"{t.PercentOffBp} bp, at most {t.MaxOff?.ToString() ?? "-"}",
            CouponKind.FixedPrice => $"{t.FixedPrice} for {t.MaxPieces ?? 1} pieces",
            CouponKind.Gift => $"{t.Gift!.Quantity} of {string.Join('/', t.Gift.Skus)}",
            CouponKind.NthItem => $"{t.NthItem}",
            _ => "",
        };
        return $"coupon {Name(coupon.Id)}: {Words<CouponKind>.Of(t.Kind!.Value)} {what}, {t.Threshold}, only {Of(t.Scope?.Include)}, not {Of(t.Scope?.Exclude)}, "
            + $"level {t.Level?.ToString() ?? "-"}, group {t.StackGroup ?? "-"}, priority {t.Priority}{(t.Exclusive ? ", exclusive" : "")}, "
            + $"template {Name(coupon.TemplateId)} {coupon.TemplateVersion}, ends {coupon.EndsAt:M-d}";
    }

    private static string Of(ScopePart? part) =>
        string.Join(
            " and ",
            new[] { part?.Skus, part?.Categories, part?.Brands, part?.Channels, part?.Stores }
                .Where(names => names is { Count: > 0 })
                .Select(names => string.Join('/', names!))
        );

    private static string Of(IEnumerable<Adjustment> adjustments) =>
        string.Concat(adjustments.Select(a => $"{a.Amount} ({a.Source} {(a.SourceId is { } id ? Name(id) : "-")} {a.Version}) "));

    private static string Of(IEnumerable<Guid> ids) => string.Join(' ', ids.Order().Select(Name));

    /// <summary>Short, and in the order of the ids.</summary>
    private static string Name(Guid id) => id.ToString("N")[..6];
}
