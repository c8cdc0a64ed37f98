using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Insights;

/// <summary>Figures about the brand as a whole.</summary>
public static class InsightsEndpoints
{
    public static IServiceCollection AddInsights(this IServiceCollection services) =>
        services.AddScoped<LiabilityReport>().AddScoped<PointsSums>();

    public static void MapInsights(this IEndpointRouteBuilder app) =>
        app.MapBrand("/v1/insights", "Insights").MapGet("points/liability", GetPointsLiability).TakesLong();

    /// <summary>Reads what the outstanding points are worth: by age, by month of expiry, with the expected redemption and breakage.</summary>
    /// <remarks>
    /// Outstanding counts what is due as done. Redemption is estimated from months of earning whose points are all but gone. Your own figures for both come as parameters: the
    /// report stores nothing. Errors: out_of_range (400).
    /// </remarks>
    private static async Task<Ok<LiabilityShape>> GetPointsLiability(
        [AsParameters] LiabilityRequest asked,
        LiabilityReport report,
        CancellationToken ct
    ) => TypedResults.Ok(await report.ReadAsync(asked.PointValue ?? LiabilityRules.Whole, asked.RedemptionBp, ct));
}
