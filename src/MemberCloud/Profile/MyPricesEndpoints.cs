using MemberCloud.Members;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Profile;

/// <summary>A member's own prices, by the member's own token.</summary>
internal static class MyPricesEndpoints
{
    public static void MapMyPrices(this IEndpointRouteBuilder app) =>
        app.MapBrand("/v1/me/prices", "Me").MapGet("", ListMyPrices);

    /// <summary>Says what SKUs cost the member now, beside their list prices.</summary>
    /// <remarks>
    /// For one piece of each, and for the quantities from which it is another price. A purchase limit is told, not counted. Up to 100 SKUs, one answer each.
    /// Errors: required, too_many, bad_format (400).
    /// </remarks>
    /// <param name="sku">Which; repeat it for more, up to 100.</param>
    private static Task<Results<Ok<Page<MemberPriceShape>>, ProblemHttpResult>> ListMyPrices(
        [FromQuery] string[] sku,
        MemberService members,
        MemberPrices prices,
        TenantScope scope,
        CancellationToken ct
    ) => PricesEndpoints.ListMemberPrices(MeEndpoints.Me(scope), sku, members, prices, ct);
}
