using System.Collections.Frozen;

namespace MemberCloud.Pricing;

/// <summary>How an entry makes a price.</summary>
public enum PriceKind
{
    /// <summary>A piece costs this.</summary>
    Price,

    /// <summary>A piece costs so much less than its list price.</summary>
    AmountOff,

    /// <summary>A piece costs so many basis points less than its list price.</summary>
    PercentOff,
}

/// <summary>What a purchase limit counts in.</summary>
public enum LimitPer
{
    /// <summary>A local day of the brand.</summary>
    Day,

    /// <summary>A local week, from Monday.</summary>
    Week,

    /// <summary>A local month.</summary>
    Month,

    /// <summary>Ever.</summary>
    Member,
}

/// <summary>An entry as it is computed with.</summary>
/// <param name="MinQuantity">Pieces of the SKU in the cart from which it counts.</param>
/// <param name="Kind">How it makes a price.</param>
/// <param name="Amount">Minor units; basis points for a percent.</param>
/// <param name="Limit">How many pieces have the price; null = all.</param>
public sealed record PriceTerms(int MinQuantity, PriceKind Kind, long Amount, PriceLimit? Limit = null);

/// <summary>For whom a list is: everyone, or whoever is on one of the tiers, has one of the plans or carries one of the tags.</summary>
public sealed record PricedAudience(bool Everyone, FrozenSet<Guid> TierIds, FrozenSet<Guid> PlanIds, FrozenSet<string> Tags);

/// <summary>A price list without its entries, ready to be computed with.</summary>
/// <param name="Version">What a quote keeps.</param>
/// <param name="StartsAt">Null = from ever on.</param>
/// <param name="EndsAt">The first instant after it; null = without end.</param>
public sealed record PricedList(
    Guid Id,
    int Version,
    string Name,
    int Priority,
    PricedAudience Audience,
    DateTime? StartsAt,
    DateTime? EndsAt,
    bool Active
);

/// <summary>What one list says of one SKU: an entry for each quantity break.</summary>
/// <param name="Breaks">At least one, rising by quantity. Purchase limits count by list and SKU, whichever break was reached.</param>
public sealed record ListedPrice(PricedList List, string Sku, IReadOnlyList<PriceTerms> Breaks);

/// <summary>A list's entries in memory, good for as long as its entries' version is the same.</summary>
public sealed record LoadedEntries(int EntriesVersion, IReadOnlyList<(string Sku, PriceTerms[] Breaks)> BySku, int Count);

/// <summary>The entries of all active lists of a brand, by SKU; windows and audiences are told, not looked at. It never changes.</summary>
public sealed class PriceBook
{
    private readonly Dictionary<string, ListedPrice[]> bySku;
    private readonly HashSet<string> limited;

    private PriceBook(
        IReadOnlyList<PricedList> lists,
        Dictionary<Guid, LoadedEntries> entries,
        Dictionary<string, ListedPrice[]> bySku
    )
    {
        (Lists, Entries, this.bySku) = (lists, entries, bySku);
        Count = entries.Values.Sum(e => e.Count);
        AsksTags = lists.Any(l => l.Audience.Tags.Count > 0);
        AsksPlans = lists.Any(l => l.Audience.PlanIds.Count > 0 || l.Audience.TierIds.Count > 0);
        limited = bySku
            .Where(s => s.Value.Any(p => p.Breaks.Any(b => b.Limit is not null)))
            .Select(s => s.Key)
            .ToHashSet(StringComparer.Ordinal);
    }

    public static PriceBook Empty { get; } = Of([], []);

    /// <summary>The active lists, oldest first.</summary>
    public IReadOnlyList<PricedList> Lists { get; }

    /// <summary>Entries of all lists.</summary>
    public int Count { get; }

    /// <summary>Whether some list is for a tag: else a member's tags need not be read.</summary>
    public bool AsksTags { get; }

    /// <summary>Some list is for members of a plan, or of a tier, which a plan may lift to.</summary>
    public bool AsksPlans { get; }

    public IReadOnlyDictionary<Guid, LoadedEntries> Entries { get; }

    /// <summary>Whether some list limits how much of a SKU a member may have at its price.</summary>
    public bool IsLimited(string sku) => limited.Contains(sku);

    /// <summary>What lists say of a SKU, one for each list; none when no list names it.</summary>
    public IReadOnlyList<ListedPrice> Of(string sku) => bySku.GetValueOrDefault(sku, []);

    public static PriceBook Of(IReadOnlyList<PricedList> lists, Dictionary<Guid, LoadedEntries> entries)
    {
        var found = new Dictionary<string, ListedPrice[]>(StringComparer.Ordinal);
        foreach (var list in lists)
        foreach (var (sku, breaks) in entries[list.Id].BySku)
        {
            // Most SKUs stand on few lists: an array that is made anew holds no spare room.
            var before = found.GetValueOrDefault(sku, []);
            found[sku] = [.. before, new(list, before.Length > 0 ? before[0].Sku : sku, breaks)];
        }
        return new(lists, entries, found);
    }
}
