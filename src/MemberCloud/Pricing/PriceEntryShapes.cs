using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using MemberCloud.Shared;

namespace MemberCloud.Pricing;

/// <summary>How many pieces of the SKU one member may have at the price of a list; what exceeds it pays list price.</summary>
/// <param name="Quantity">Pieces, 1 to 10^6.</param>
/// <param name="Per">day, week (from Monday) and month are the brand's local ones; member means ever.</param>
public sealed record PriceLimit([property: Required, Range(1, 1_000_000)] int Quantity, [property: Required] LimitPer? Per);

/// <summary>One line of a price list: a SKU, and exactly one of price, amount_off and percent_off_bp.</summary>
/// <param name="Sku">The brand's article number, 1 to 100 characters; it need not be in the catalogue.</param>
/// <param name="Price">What a piece costs, minor units, 0 to 10^12; never above its list price, whatever stands here.</param>
/// <param name="AmountOff">What a piece costs less, minor units, 1 to 10^12; not below 0.</param>
/// <param name="PercentOffBp">What a piece costs less, basis points of its list price, 1 to 10,000; rounded per piece.</param>
/// <param name="MinQuantity">Pieces of the SKU in the cart from which it counts, 1 to 10^6; 1 unless given. Several entries of a SKU with different ones make quantity breaks.</param>
/// <param name="Limit">How many pieces one member may have at this price; null = no limit.</param>
public sealed record PriceEntryBody(
    [property: Required, Text(Product.SkuLength, InPath = true)] string Sku,
    [property: Range(0, Money.Max)] long? Price = null,
    [property: Range(1, Money.Max)] long? AmountOff = null,
    [property: Range(1, 10_000)] int? PercentOffBp = null,
    [property: Range(1, 1_000_000)] int MinQuantity = 1,
    PriceLimit? Limit = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        var given = new[] { Price is not null, AmountOff is not null, PercentOffBp is not null }.Count(g => g);
        if (given != 1)
            yield return new("/price", "one_of", "An entry has exactly one of price, amount_off and percent_off_bp.");
    }

    public PriceTerms ToTerms() =>
        Price is { } price ? new(MinQuantity, PriceKind.Price, price, Limit)
        : AmountOff is { } off ? new(MinQuantity, PriceKind.AmountOff, off, Limit)
        : new(MinQuantity, PriceKind.PercentOff, PercentOffBp!.Value, Limit);

    public static PriceEntryBody Of(PriceEntry e) =>
        new(
            e.Sku,
            e.Kind == PriceKind.Price ? e.Amount : null,
            e.Kind == PriceKind.AmountOff ? e.Amount : null,
            e.Kind == PriceKind.PercentOff ? (int)e.Amount : null,
            e.MinQuantity,
            LimitOf(e)
        );

    internal static PriceLimit? LimitOf(PriceEntry e) => e.LimitQuantity is { } quantity ? new(quantity, e.LimitPer) : null;
}

/// <summary>All entries of a price list, in place of those before.</summary>
/// <param name="Entries">Up to 10,000; none empties the list. One for each SKU and min_quantity.</param>
/// <param name="DryRun">true: says what would come of it and saves nothing.</param>
public sealed record PriceEntriesRequest(
    [property: Required, MaxLength(PriceEntryService.MaxOfList)] IReadOnlyList<JsonElement> Entries,
    bool DryRun = false
);

/// <summary>What an upload of entries came to, or would come to.</summary>
/// <param name="Saved">false: nothing was saved, because it was a dry_run.</param>
/// <param name="Version">The list's version with these entries; as it was when nothing is different, or nothing was saved.</param>
/// <param name="Rows">Entries that were sent.</param>
/// <param name="BadRows">Those of them that are wrong; with one of them nothing can be saved.</param>
/// <param name="Added">Entries that the list did not have, by SKU and min_quantity.</param>
/// <param name="Changed">Entries that say something else than before.</param>
/// <param name="Removed">Entries the list had that were not sent.</param>
/// <param name="Unchanged">Entries that are as they were.</param>
/// <param name="Errors">What is wrong with which row (a dry_run only, else the request is refused), the first 1,000.</param>
/// <param name="Notes">What is allowed and may be a mistake, the first 1,000: not_in_catalogue, no_saving (never below the catalogue's list price), free.</param>
public sealed record PriceEntriesReport(
    bool Saved,
    int Version,
    int Rows,
    int BadRows,
    int Added,
    int Changed,
    int Removed,
    int Unchanged,
    IReadOnlyList<FieldProblem> Errors,
    IReadOnlyList<PriceEntryNote> Notes
);

/// <summary>Something about one row that is allowed and may be a mistake.</summary>
/// <param name="Pointer">JSON pointer to the row.</param>
/// <param name="Code">not_in_catalogue, no_saving or free.</param>
public sealed record PriceEntryNote(string Pointer, string Code);
