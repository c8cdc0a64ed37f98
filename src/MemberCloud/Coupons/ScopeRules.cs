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
        var asksNothing = part is not ({ Skus.Count: > 0 } or { Categories.Count: > 0 } or { Brands.Count: > 0 });
        return asksNothing ? ifNothing : Names(part!.Skus, sku) && Names(part.Categories, category) && Names(part.Brands, brand);
    }

    private static bool Names(IReadOnlyList<string>? list, string? value) =>
        list is not { Count: > 0 } || (value is not null && list.Contains(value));
}
