namespace MemberCloud.Coupons;

/// <summary>A line as a coupon sees it.</summary>
public readonly record struct FitLine(string Sku, string? Category, string? Brand, long Quantity);

/// <summary>Which lines of a cart a coupon takes from, and which its threshold counts. Pure; known before any price is.</summary>
/// <param name="Lines">Places of the lines it takes from.</param>
/// <param name="Counted">Places of the lines its threshold looks at: for a gift what is bought beside it too.</param>
/// <param name="Pieces">Pieces of those.</param>
public sealed record CouponFit(IReadOnlyList<int> Lines, IReadOnlyList<int> Counted, long Pieces)
{
    private static readonly CouponFit Nothing = new([], [], 0);

    public static CouponFit Of(TemplateBody terms, IReadOnlyList<FitLine> lines, string? channel, string? store)
    {
        if (!Sells(terms.Scope, channel, store))
            return Nothing;
        var scoped = Places(lines, l => ScopeRules.Includes(terms.Scope, l.Sku, l.Category, l.Brand));
        // The gift itself is named: the scope says what is bought for it.
        var taken = terms.Gift is { } gift ? Places(lines, l => gift.Skus.Contains(l.Sku)) : scoped;
        return scoped.Count == 0 || taken.Count == 0 ? Nothing : new(taken, scoped, scoped.Sum(i => lines[i].Quantity));
    }

    /// <summary>Null = it applies to lines that come to so much now; else why not, and what is missing: minor units, or pieces.</summary>
    public (Refusal Refusal, long? Missing)? Refuses(TemplateBody terms, Func<int, Int128> amountOf)
    {
        if (Lines.Count == 0)
            return (Refusal.OutOfScope, null);
        var needed = Math.Max(terms.Threshold?.Quantity ?? 0, terms.NthItem?.N ?? 0);
        if (Pieces < needed)
            return (Refusal.BelowThreshold, needed - Pieces);
        if (terms.Threshold?.Amount is not { } least)
            return null;
        var amount = Int128.Zero;
        foreach (var i in Counted)
            amount += amountOf(i);
        return amount < least ? (Refusal.BelowThreshold, (long)(least - amount)) : null;
    }

    private static List<int> Places(IReadOnlyList<FitLine> lines, Func<FitLine, bool> isOne)
    {
        var places = new List<int>(lines.Count);
        for (var i = 0; i < lines.Count; i++)
            if (isOne(lines[i]))
                places.Add(i);
        return places;
    }

    private static bool Sells(CouponScope? scope, string? channel, string? store) =>
        In(scope?.Include?.Channels, channel, otherwise: true)
        && In(scope?.Include?.Stores, store, otherwise: true)
        && !In(scope?.Exclude?.Channels, channel, otherwise: false)
        && !In(scope?.Exclude?.Stores, store, otherwise: false);

    private static bool In(IReadOnlyList<string>? list, string? value, bool otherwise) =>
        list is { Count: > 0 } ? value is not null && list.Contains(value) : otherwise;
}
