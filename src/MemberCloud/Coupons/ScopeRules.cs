namespace MemberCloud.Coupons;

/// <summary>Which lines a coupon looks at. Pure.</summary>
public static class ScopeRules
{
    /// <summary>A line of a cart or an order, as far as a scope goes by the goods themselves.</summary>
    public static bool Includes(CouponScope? scope, string sku, string? category, string? brand = null) =>
        Matches(scope?.Include, sku, category, brand, ifNothing: true)
        && !Matches(scope?.Exclude, sku, category, brand, ifNothing: false);

    private static bool Matches(ScopePart? part, string sku, string? category, string? brand, bool ifNothing)
    {
        (IReadOnlyList<string>? Named, string? Value)[] lists =
        [
            (part?.Skus, sku),
            (part?.Categories, category),
            (part?.Brands, brand),
        ];
        var asked = lists.Where(l => l.Named is { Count: > 0 }).ToList();
        return asked.Count == 0 ? ifNothing : asked.TrueForAll(l => l.Value is not null && l.Named!.Contains(l.Value));
    }
}
