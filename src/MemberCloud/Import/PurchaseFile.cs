using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using MemberCloud.Shared;

namespace MemberCloud.Import;

/// <summary>How a file of purchases reads.</summary>
/// <param name="At">Time of day of every purchase, in the brand's zone.</param>
public sealed record PurchaseFileOptions(
    string Path,
    string Customer,
    string Date,
    string Amount,
    TimeOnly At,
    string DateFormat,
    char Delimiter
);

/// <summary>One purchase.</summary>
/// <param name="Row">Row of data, 1 for the first below the header: the order's number.</param>
public sealed record Purchase(int Row, string Customer, DateTime At, long Amount);

/// <summary>A row that is no purchase, and why.</summary>
public sealed record BadRow(int Row, string Reason);

/// <summary>Reads purchases out of a CSV file (RFC 4180), in order of their date; within a day in the order of the file.</summary>
public static class PurchaseFile
{
    public static (IReadOnlyList<Purchase> Purchases, IReadOnlyList<BadRow> Bad) Read(
        PurchaseFileOptions options,
        string currency,
        LocalTime local
    )
    {
        using var reader = new StreamReader(options.Path);
        using var csv = new CsvReader(
            reader,
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                Delimiter = options.Delimiter.ToString(),
                BadDataFound = null,
                MissingFieldFound = null,
            }
        );
        if (!csv.Read() || !csv.ReadHeader())
            throw new InvalidDataException("The file is empty: its first row must be the header.");
        if (
            new[] { options.Customer, options.Date, options.Amount }.FirstOrDefault(c => !csv.HeaderRecord!.Contains(c)) is
            { } missing
        )
            throw new InvalidDataException($"The file has no column {missing}; it has {string.Join(", ", csv.HeaderRecord!)}.");
        var (purchases, bad) = (new List<Purchase>(), new List<BadRow>());
        for (var row = 1; csv.Read(); row++)
        {
            var read = ReadRow(
                row,
                csv.GetField(options.Customer),
                csv.GetField(options.Date),
                csv.GetField(options.Amount),
                options,
                currency,
                local
            );
            if (read.Bad is { } wrong)
                bad.Add(wrong);
            else
                purchases.Add(read.Purchase!);
        }
        return ([.. purchases.OrderBy(p => p.At)], bad);
    }

    private static (Purchase? Purchase, BadRow? Bad) ReadRow(
        int row,
        string? customer,
        string? date,
        string? amount,
        PurchaseFileOptions options,
        string currency,
        LocalTime local
    )
    {
        if (new TextAttribute(Members.Member.ExternalIdLength).Problem(customer ?? "") is { } wrong)
            return (null, new(row, $"customer {wrong}"));
        if (
            !DateOnly.TryParseExact(date, options.DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || day.Year is < 1970 or >= 2200
        )
            return (null, new(row, $"date '{Shorten(date)}' is no {options.DateFormat} between 1970 and 2199"));
        if (!Money.TryParse(amount ?? "", currency, out var minor) || minor < 0)
            return (null, new(row, $"amount '{Shorten(amount)}' is no amount of {currency}"));
        return (new(row, customer!, local.At(day, options.At), minor), null);
    }

    private static string Shorten(string? text) =>
        text is null ? ""
        : text.Length <= 40 ? text
        : text[..40] + "...";
}
