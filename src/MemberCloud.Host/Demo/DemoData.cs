using System.Globalization;
using System.Text.Json;
using CsvHelper;
using MemberCloud.Members;
using MemberCloud.Orders;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Host.Demo;

/// <summary>A member of the data, as a brand would tell it.</summary>
public sealed record DemoMember(string ExternalId, MemberChange Fields);

/// <summary>An order of the data.</summary>
/// <param name="Completed">Null where it was not shipped by the end of the data.</param>
public sealed record DemoOrder(
    string No,
    string Customer,
    DateOnly Ordered,
    DateOnly? Completed,
    IReadOnlyList<OrderLineRequest> Lines
)
{
    private static readonly TimeOnly Noon = new(12, 0);

    /// <summary>Whether there is something to tell at an instant: it was ordered, or completed, since the stop before.</summary>
    public bool IsNews(DateTime? before, DateTime now, LocalTime local) =>
        new[] { Ordered, Completed }.OfType<DateOnly>().Any(day => local.At(day, Noon) is var at && at <= now && !(at <= before));

    /// <summary>What the shop knows of it at an instant: paid when ordered, completed when shipped.</summary>
    public OrderReport AsOf(DateTime now, LocalTime local)
    {
        var at = local.At(Ordered, Noon);
        DateTime? completed = Completed is { } day && local.At(day, Noon) is var end && end <= now ? end : null;
        return new(No, at, DemoData.Currency, Lines, ExternalId: Customer, PaidAt: at, CompletedAt: completed);
    }
}

/// <summary>
/// The data the host brings along, in its assembly: orders of two public samples, money in cents. Names are the samples'; the few phone numbers, e-mail
/// addresses and birthdays are made up (numbers reserved for fiction, example.com), and so is what goods cost the brand.
/// </summary>
public sealed record DemoData(
    IReadOnlyList<DemoMember> Members,
    IReadOnlyList<DemoOrder> Orders,
    IReadOnlyList<ProductChange> Products
)
{
    public const string Currency = "USD";

    public static DemoData Of(DemoBrand brand)
    {
        var products = Rows(brand, "products").ToList();
        var categories = products.ToDictionary(r => r["sku"], r => r["category"]);
        return new(
            [.. Rows(brand, "members").Select(r => new DemoMember(r["external_id"], FieldsOf(r)))],
            [
                .. Rows(brand, "orders")
                    .Select(r => new DemoOrder(
                        r["order_no"],
                        r["external_id"],
                        DayOf(r["ordered"]),
                        r["completed"].Length == 0 ? null : DayOf(r["completed"]),
                        [.. r["lines"].Split(' ').Select((line, i) => LineOf(line.Split(':'), i + 1, categories))]
                    )),
            ],
            products.ConvertAll(ProductOf)
        );
    }

    private static ProductChange ProductOf(Dictionary<string, string> row) =>
        new(
            row["sku"],
            new(row["name"]),
            new(row["category"]),
            ListPrice: new(long.Parse(row["list_price"], CultureInfo.InvariantCulture)),
            Cost: row["cost"].Length == 0 ? default : new(long.Parse(row["cost"], CultureInfo.InvariantCulture))
        );

    private static OrderLineRequest LineOf(string[] cells, int no, Dictionary<string, string> categories) =>
        new(
            no.ToString(CultureInfo.InvariantCulture),
            cells[0],
            long.Parse(cells[1], CultureInfo.InvariantCulture),
            long.Parse(cells[2], CultureInfo.InvariantCulture),
            categories.GetValueOrDefault(cells[0])
        );

    private static MemberChange FieldsOf(Dictionary<string, string> row) =>
        new(
            Name: new(row["name"]),
            Phone: Given(row["phone"]),
            Email: Given(row["email"]),
            Birthday: Given(row["birthday"]),
            Attributes: new(
                new[] { "company", "city", "country" }.ToDictionary(
                    name => name,
                    name => JsonSerializer.SerializeToElement(row[name])
                )
            ),
            // Who can be written to gets the newsletter.
            Tags: new(row["email"].Length == 0 ? [row["country"]] : [row["country"], "newsletter"])
        );

    private static Optional<string> Given(string cell) => cell.Length == 0 ? default : new(cell);

    private static DateOnly DayOf(string cell) => DateOnly.ParseExact(cell, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Rows of an embedded file; none where the brand has no such file.</summary>
    private static IEnumerable<Dictionary<string, string>> Rows(DemoBrand brand, string file)
    {
        using var stream = typeof(DemoData).Assembly.GetManifestResourceStream($"Demo/{brand.Slug}-{file}.csv");
        if (stream is null)
            yield break;
        using var csv = new CsvReader(new StreamReader(stream), CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        while (csv.Read())
            yield return csv.HeaderRecord!.ToDictionary(name => name, name => csv.GetField(name)!);
    }
}
