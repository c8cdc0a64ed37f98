namespace MemberCloud.Coupons;

/// <summary>Whether a coupon could be used on a cart, looked at alone. Pure.</summary>
public static class CheckRules
{
    /// <summary>Null = it could; what is missing of a threshold comes along: minor units, or pieces.</summary>
    public static (Refusal? Refusal, long? Missing) Check(TemplateBody terms, Cart cart)
    {
        if (!Sells(terms.Scope, cart))
            return (Refusal.OutOfScope, null);
        var eligible = cart
            .Lines.Where(l =>
                ScopeRules.Includes(terms.Scope, l.Sku, l.Category, l.Brand)
                && (terms.Gift is null || terms.Gift.Skus.Contains(l.Sku))
            )
            .ToList();
        if (eligible.Count == 0)
            return (Refusal.OutOfScope, null);
        // What a gift asks for is bought beside it: its threshold looks at the whole scope.
        var counted = terms.Gift is null
            ? eligible
            : [.. cart.Lines.Where(l => ScopeRules.Includes(terms.Scope, l.Sku, l.Category, l.Brand))];
        var pieces = counted.Sum(l => l.Quantity);
        var needed = Math.Max(terms.Threshold?.Quantity ?? 0, terms.NthItem?.N ?? 0);
        if (pieces < needed)
            return (Refusal.BelowThreshold, needed - pieces);
        var amount = counted.Aggregate(Int128.Zero, (sum, l) => sum + (Int128)l.ListPrice * l.Quantity);
        return terms.Threshold?.Amount is { } least && amount < least
            ? (Refusal.BelowThreshold, (long)(least - amount))
            : (null, null);
    }

    private static bool Sells(CouponScope? scope, Cart cart) =>
        In(scope?.Include?.Channels, cart.Channel, otherwise: true)
        && In(scope?.Include?.Stores, cart.Store, otherwise: true)
        && !In(scope?.Exclude?.Channels, cart.Channel, otherwise: false)
        && !In(scope?.Exclude?.Stores, cart.Store, otherwise: false);

    private static bool In(IReadOnlyList<string>? list, string? value, bool otherwise) =>
        list is { Count: > 0 } ? value is not null && list.Contains(value) : otherwise;
}
