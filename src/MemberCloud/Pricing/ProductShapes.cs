using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using MemberCloud.Shared;
using Microsoft.AspNetCore.Mvc;

namespace MemberCloud.Pricing;

/// <summary>What is said of a product, whole: what a change makes of what was there.</summary>
public sealed record ProductBody(
    [property: Required, Text(200, IsName = true, Plain = true)] string? Name,
    [property: Text(100, Plain = true)] string? Category,
    [property: Text(100, Plain = true)] string? Brand,
    [property: MaxLength(20)] IReadOnlyList<string>? Tags,
    [property: Range(0, Money.Max)] long? ListPrice,
    [property: Range(0, Money.Max)] long? Cost
) : IChecked
{
    private static readonly TextAttribute Tag = new(40) { Plain = true };

    public IEnumerable<FieldProblem> Check() =>
        (Tags ?? [])
            .Select((tag, i) => (Code: Tag.Problem(tag), i))
            .Where(t => t.Code is not null)
            .Select(t => new FieldProblem($"/tags/{t.i}", t.Code!, "A tag has 1 to 40 characters."));

    public static ProductBody? Of(Product? p) =>
        p is null ? null : new(p.Name, p.Category, p.Brand, Json.Read<IReadOnlyList<string>>(p.Tags), p.ListPrice, p.Cost);
}

/// <summary>What to set of a product. An absent field is unchanged, null clears; tags are replaced. A new product needs a name.</summary>
/// <param name="Sku">The brand's article number, 1 to 100 characters; A and a are two.</param>
/// <param name="Name">Up to 200 characters.</param>
/// <param name="Category">Up to 100 characters.</param>
/// <param name="Brand">The brand of the goods, up to 100 characters.</param>
/// <param name="Tags">Up to 20 of up to 40 characters.</param>
/// <param name="ListPrice">Of one piece, minor units, 0 to 10^12.</param>
/// <param name="Cost">What one piece costs the brand, minor units, 0 to 10^12; for margins, members never see it.</param>
public sealed record ProductChange(
    [property: Required, Text(Product.SkuLength, InPath = true)] string Sku,
    Optional<string> Name = default,
    Optional<string> Category = default,
    Optional<string> Brand = default,
    Optional<IReadOnlyList<string>> Tags = default,
    Optional<long?> ListPrice = default,
    Optional<long?> Cost = default
)
{
    /// <summary>What becomes of a product; null = there was none.</summary>
    public ProductBody ApplyTo(ProductBody? before) =>
        new(
            Name.Or(before?.Name),
            Category.Or(before?.Category),
            Brand.Or(before?.Brand),
            Tags.Or(before?.Tags),
            ListPrice.Or(before?.ListPrice),
            Cost.Or(before?.Cost)
        );
}

/// <summary>Up to 1,000 products; each stands alone.</summary>
/// <param name="Products">1 to 1,000, a SKU at most once.</param>
public sealed record BulkProducts([property: Required, MinLength(1), MaxLength(1000)] IReadOnlyList<JsonElement> Products);

/// <summary>An answer for each product, in the order of the request.</summary>
/// <param name="Results">One each.</param>
public sealed record ProductResults(IReadOnlyList<ProductResult> Results);

/// <summary>What became of one product.</summary>
/// <param name="Sku">As it was sent; null when it could not be read.</param>
/// <param name="Status">201 new, 200 changed or as it was, else why it was refused.</param>
/// <param name="Problem">Why it was refused; null when it was saved.</param>
public sealed record ProductResult(string? Sku, int Status, ProblemDetails? Problem);

/// <summary>A product of the catalogue.</summary>
/// <param name="Sku">The brand's article number.</param>
/// <param name="Brand">The brand of the goods.</param>
/// <param name="ListPrice">Of one piece, minor units; null when the catalogue does not say.</param>
/// <param name="Cost">What one piece costs the brand, minor units; null when the catalogue does not say, and for who does not set up the programme.</param>
/// <param name="Currency">The brand's currency, ISO 4217.</param>
public sealed record ProductShape(
    string Sku,
    string Name,
    string? Category,
    string? Brand,
    IReadOnlyList<string> Tags,
    long? ListPrice,
    long? Cost,
    string Currency,
    DateTime CreatedAt
)
{
    public static ProductShape Of(Product p, string currency, bool withCost) =>
        new(
            p.Sku,
            p.Name,
            p.Category,
            p.Brand,
            Json.Read<IReadOnlyList<string>>(p.Tags),
            p.ListPrice,
            withCost ? p.Cost : null,
            currency,
            p.CreatedAt
        );
}
