using MemberCloud.Coupons;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Pricing;

/// <summary>Rounding and splitting as one would do them by hand; nothing here is below 0.</summary>
internal static class PlainMoney
{
    public static long Percent(long amount, int basisPoints, Rounding rounding)
    {
        var tenThousandths = (Int128)amount * basisPoints;
        var (whole, rest) = ((long)(tenThousandths / 10_000), (int)(tenThousandths % 10_000));
        var halfGoesUp = rounding == Rounding.HalfAwayFromZero || whole % 2 == 1;
        return rest > 5_000 || (rest == 5_000 && halfGoesUp) ? whole + 1 : whole;
    }

    /// <summary>Everybody gets the whole units of their share; what is left goes one by one to the first of those who lost most.</summary>
    public static List<long> Split(long amount, IReadOnlyList<long> weights)
    {
        var all = (Int128)weights.Sum();
        if (all == 0)
            return [.. weights];
        var parts = weights.Select(w => (long)(amount * (Int128)w / all)).ToList();
        var lost = weights.Select(w => amount * (Int128)w % all).ToList();
        for (var left = amount - parts.Sum(); left > 0; left--)
        {
            var first = lost.IndexOf(lost.Max());
            parts[first]++;
            lost[first] = -1;
        }
        return parts;
    }
}

/// <summary>What a coupon is for.</summary>
internal static class PlainScope
{
    public static bool Names(CouponScope? scope, QuoteLine line) =>
        (scope?.Include is not { } include || AsksForNothing(include) || Matches(include, line))
        && (scope?.Exclude is not { } exclude || AsksForNothing(exclude) || !Matches(exclude, line));

    public static bool IsSoldAt(CouponScope? scope, QuoteInput cart) =>
        IsNamed(scope?.Include?.Channels, cart.Channel)
        && IsNamed(scope?.Include?.Stores, cart.Store)
        && (IsEmpty(scope?.Exclude?.Channels) || !IsNamed(scope?.Exclude?.Channels, cart.Channel))
        && (IsEmpty(scope?.Exclude?.Stores) || !IsNamed(scope?.Exclude?.Stores, cart.Store));

    private static bool Matches(ScopePart part, QuoteLine line) =>
        IsNamed(part.Skus, line.Sku) && IsNamed(part.Categories, line.Category) && IsNamed(part.Brands, line.Brand);

    private static bool AsksForNothing(ScopePart part) => IsEmpty(part.Skus) && IsEmpty(part.Categories) && IsEmpty(part.Brands);

    private static bool IsEmpty(IReadOnlyList<string>? names) => names is null || names.Count == 0;

    private static bool IsNamed(IReadOnlyList<string>? names, string? name) =>
        IsEmpty(names) || (name is not null && names!.Contains(name));
}
