using System.Text.Json;
using MemberCloud.Shared;

namespace MemberCloud.Pricing;

/// <summary>The rows of an upload as they were read.</summary>
/// <param name="Good">Rows that can be saved, each with its place in the request.</param>
/// <param name="Errors">What is wrong with the others, each with a pointer into the request.</param>
/// <param name="Bad">How many rows are wrong.</param>
public sealed record EntryRows(IReadOnlyList<(int Row, PriceEntryBody Entry)> Good, IReadOnlyList<FieldProblem> Errors, int Bad);

/// <summary>How the entries of a list become others.</summary>
/// <param name="Added">By SKU and quantity new.</param>
/// <param name="Changed">Each as it stands, and what it becomes.</param>
/// <param name="Removed">Not there any more.</param>
/// <param name="Unchanged">How many stay as they are.</param>
public sealed record EntryDiff(
    IReadOnlyList<PriceEntryBody> Added,
    IReadOnlyList<(PriceEntry Before, PriceEntryBody After)> Changed,
    IReadOnlyList<PriceEntry> Removed,
    int Unchanged
);

/// <summary>Uploads of entries: what is wrong with them, what they change, what may be a mistake. Pure.</summary>
public static class PriceEntryRules
{
    /// <summary>Errors, and notes, that are told; who has more has seen enough.</summary>
    public const int MostTold = 1_000;

    public static EntryRows Read(IReadOnlyList<JsonElement> rows)
    {
        var (good, errors, bad) = (new List<(int, PriceEntryBody)>(rows.Count), new List<FieldProblem>(), 0);
        var first = new Dictionary<(string, int), int>();
        for (var i = 0; i < rows.Count; i++)
        {
            var read = BulkRows.Read<PriceEntryBody>(rows[i]);
            var problem =
                read.Problem
                ?? (
                    first.TryAdd((read.Value.Sku, read.Value.MinQuantity), i)
                        ? null
                        : Problem.Field(
                            "/sku",
                            "duplicate",
                            $"Row {first[(read.Value.Sku, read.Value.MinQuantity)]} has the same SKU and min_quantity."
                        )
                );
            if (problem is null)
            {
                good.Add((i, read.Value));
                continue;
            }
            bad++;
            errors.AddRange(ErrorsOf(problem, i).Take(MostTold - errors.Count));
        }
        return new(good, errors, bad);
    }

    /// <summary>A row that is no JSON object at all names no field: the row itself is wrong then.</summary>
    private static IEnumerable<FieldProblem> ErrorsOf(Problem problem, int row) =>
        problem.Errors.Count == 0
            ? [new($"/entries/{row}", problem.Code, problem.Detail)]
            : problem.Errors.Select(e => e with { Pointer = $"/entries/{row}{e.Pointer}" });

    public static EntryDiff Diff(IReadOnlyList<PriceEntry> stand, IEnumerable<PriceEntryBody> wanted)
    {
        var (added, changed, unchanged) = (new List<PriceEntryBody>(), new List<(PriceEntry, PriceEntryBody)>(), 0);
        var left = stand.ToDictionary(e => (e.Sku, e.MinQuantity));
        foreach (var entry in wanted)
        {
            if (!left.Remove((entry.Sku, entry.MinQuantity), out var before))
                added.Add(entry);
            else if (PriceEntryBody.Of(before) == entry)
                unchanged++;
            else
                changed.Add((before, entry));
        }
        return new(added, changed, [.. left.Values.OrderBy(e => e.Sku, StringComparer.Ordinal)], unchanged);
    }

    /// <summary>What is allowed and may be a mistake, beside the catalogue's list prices (null = a product without one).</summary>
    public static IEnumerable<PriceEntryNote> Notes(
        IEnumerable<(int Row, PriceEntryBody Entry)> rows,
        IReadOnlyDictionary<string, long?> listPrices,
        Rounding rounding
    )
    {
        foreach (var (row, entry) in rows)
        {
            var pointer = $"/entries/{row}";
            if (!listPrices.TryGetValue(entry.Sku, out var list))
                yield return new(pointer, "not_in_catalogue");
            if (entry.Price == 0 || entry.PercentOffBp == 10_000 || entry.AmountOff >= list)
                yield return new(pointer, "free");
            else if (list is { } price && PriceRules.UnitPrice(entry.ToTerms(), price, rounding) == price)
                yield return new(pointer, "no_saving");
        }
    }
}
