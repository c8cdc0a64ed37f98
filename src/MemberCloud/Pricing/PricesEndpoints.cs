using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Pricing;

/// <summary>Products, price lists and member prices: the doors, and the preview.</summary>
public static class PricesEndpoints
{
    public static IServiceCollection AddPrices(this IServiceCollection services) =>
        services
            .AddSingleton<PriceBooks>()
            .AddSingleton<Catalogue>()
            .AddScoped<ProductService>()
            .AddScoped<PriceListService>()
            .AddScoped<PriceEntryService>()
            .AddScoped<PriceBuyers>()
            .AddScoped<MemberPrices>();

    public static void MapPrices(this IEndpointRouteBuilder app)
    {
        app.MapProducts();
        app.MapPriceLists();
        app.MapBrand("/v1/members/{id}/prices", "Prices").MapGet("", ListMemberPrices);
    }

    /// <summary>Says what SKUs cost a member now, beside their list prices.</summary>
    /// <remarks>
    /// By the same rules as a quote, for one piece of each and for the quantities from which it is another price. List prices are the catalogue's. A purchase limit is told, not
    /// counted. Up to 100 SKUs, one answer each. Errors: required, too_many, bad_format (400).
    /// </remarks>
    /// <param name="sku">Which; repeat it for more, up to 100.</param>
    public static async Task<Results<Ok<Page<MemberPriceShape>>, ProblemHttpResult>> ListMemberPrices(
        string id,
        [FromQuery] string[] sku,
        MemberService members,
        MemberPrices prices,
        CancellationToken ct
    ) =>
        await members.FindAsync(id, ct) is { } member
            ? (await prices.OfAsync(member.Id, sku, ct)).ToOk(found => new Page<MemberPriceShape>(found, null))
            : Problem.NotFound("member").ToHttp();
}
