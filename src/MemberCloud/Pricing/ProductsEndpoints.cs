using System.Security.Cryptography;
using System.Text;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Pricing;

/// <summary>The catalogue: what the brand sells, and what it costs before any member price.</summary>
public static class ProductsEndpoints
{
    internal static void MapProducts(this IEndpointRouteBuilder app)
    {
        var products = app.MapBrand("/v1/products", "Prices");
        products.MapPut("", PutProducts);
        products.MapGet("", ListProducts);
        products.MapGet("{sku}", GetProduct);
        products.MapDelete("{sku}", RemoveProduct);
    }

    /// <summary>Makes or changes up to 1,000 products. Each stands alone and is answered by itself, in the order of the request.</summary>
    /// <remarks>
    /// A refused product does not hold up the others. An absent field is unchanged, null clears, tags are replaced. Errors: in each product's own result required, duplicate,
    /// out_of_range, markup_not_allowed, link_not_allowed (400), too_many_products (409) beyond 200,000.
    /// </remarks>
    private static async Task<Ok<ProductResults>> PutProducts(BulkProducts body, ProductService products, CancellationToken ct)
    {
        var read = body.Products.Select(BulkRows.Read<ProductChange>).ToList();
        var saved = await products.PutAsync([.. read.Where(r => !r.Refused).Select(r => r.Value)], ct);
        var next = 0;
        return TypedResults.Ok(
            new ProductResults([
                .. read.Select((one, i) => Answer(body.Products[i], one.Problem is { } bad ? bad : saved[next++])),
            ])
        );
    }

    private static ProductResult Answer(System.Text.Json.JsonElement row, Result<bool> result) =>
        new(
            BulkRows.TextOf(row, "sku"),
            result.Problem is { } refused ? refused.Status
                : result.Value ? StatusCodes.Status201Created
                : StatusCodes.Status200OK,
            result.Problem?.ToHttp().ProblemDetails
        );

    /// <summary>Lists products by SKU.</summary>
    /// <param name="category">Only those of this category.</param>
    private static async Task<Results<Ok<Page<ProductShape>>, ProblemHttpResult>> ListProducts(
        [AsParameters] PageRequest page,
        ProductService products,
        TenantScope scope,
        CancellationToken ct,
        string? category = null
    )
    {
        // A cursor is short: it says which list it belongs to, not the category in full.
        var list = $"products:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(category ?? "")).AsSpan(0, 8))}";
        var after = page.After(list);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        var found = await products.ListAsync(category, after.Value, page.Size + 1, ct);
        return TypedResults.Ok(Page.From(found, page, list, p => p.Sku, p => Show(p, scope)));
    }

    /// <summary>Reads a product.</summary>
    private static async Task<Results<Ok<ProductShape>, ProblemHttpResult>> GetProduct(
        string sku,
        ProductService products,
        TenantScope scope,
        CancellationToken ct
    ) =>
        await products.FindAsync(PathText.Decode(sku), ct) is { } product
            ? TypedResults.Ok(Show(product, scope))
            : Problem.NotFound("product").ToHttp();

    /// <summary>Removes a product from the catalogue.</summary>
    /// <remarks>Entries of price lists that name it stay, and are used again when it is put back; orders keep what they sold.</remarks>
    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveProduct(
        string sku,
        ProductService products,
        CancellationToken ct
    ) => await products.RemoveAsync(PathText.Decode(sku), ct) ? TypedResults.NoContent() : Problem.NotFound("product").ToHttp();

    private static ProductShape Show(Product product, TenantScope scope) =>
        ProductShape.Of(product, scope.Tenant.Currency, MaySeeCost(scope.Caller));

    /// <summary>What goods cost the brand is for those who set up its programme.</summary>
    internal static bool MaySeeCost(Caller caller) =>
        caller.Kind switch
        {
            CallerKind.Key => caller.Scopes.Contains(Scopes.Configure),
            CallerKind.Staff => caller.Role is StaffRole.Owner or StaffRole.Manager or StaffRole.Marketer,
            CallerKind.Member or CallerKind.Operator or CallerKind.Invitation => false,
        };
}
