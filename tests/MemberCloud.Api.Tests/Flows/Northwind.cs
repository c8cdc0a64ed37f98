using System.Globalization;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>A line of an order, in cents.</summary>
public sealed record NorthwindLine(string Sku, string Category, int Quantity, long Price);

/// <summary>An order of Northwind Traders: list prices, without the discounts it had.</summary>
public sealed record NorthwindOrder(string No, string Customer, long Freight, IReadOnlyList<NorthwindLine> Lines);

/// <summary>Real orders (Northwind Traders: 830 of 89 customers, 2,155 lines), from the shared folder.</summary>
public static class Northwind
{
    /// <summary>Every order. Where the files are missing, the tests of them are skipped; in CI that is a failure.</summary>
    public static IReadOnlyList<NorthwindOrder> Orders()
    {
        var folder = Find();
        if (folder is null && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail("CI needs shared/data/northwind: set MEMBERCLOUD_SHARED.");
        Skip.If(folder is null, "shared/data/northwind is not here: set MEMBERCLOUD_SHARED.");
        // Names may hold commas in quotes; what is read here stands before or behind them.
        var categories = Rows(folder!, "products.csv").ToDictionary(r => r[0], r => r[^3]);
        var lines = Rows(folder!, "order_lines.csv")
            .ToLookup(r => r[0], r => new NorthwindLine(r[1], categories[r[1]], int.Parse(r[3], null), Cents(r[2])));
        return [.. Rows(folder!, "orders.csv").Select(r => new NorthwindOrder(r[0], r[1], Cents(r[4]), [.. lines[r[0]]]))];
    }

    private static long Cents(string amount) => (long)(decimal.Parse(amount, CultureInfo.InvariantCulture) * 100);

    private static IEnumerable<string[]> Rows(string folder, string file) =>
        File.ReadLines(Path.Combine(folder, file)).Skip(1).Select(line => line.Split(','));

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("MEMBERCLOUD_SHARED") is { Length: > 0 } shared)
            return FolderIn(shared);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (FolderIn(Path.Combine(folder.FullName, "shared")) is { } found)
                return found;
        }
        return null;
    }

    private static string? FolderIn(string shared) =>
        Path.Combine(shared, "data", "northwind") is var folder && Directory.Exists(folder) ? folder : null;
}
