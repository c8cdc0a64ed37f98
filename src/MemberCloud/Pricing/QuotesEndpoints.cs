using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Pricing;

/// <summary>What a cart would cost a member now.</summary>
public static class QuotesEndpoints
{
    public static IServiceCollection AddQuotes(this IServiceCollection services) =>
        services.AddScoped<QuoteReads>().AddScoped<Configured>().AddScoped<QuoteService>();

    public static void MapQuotes(this IEndpointRouteBuilder app) =>
        app.MapBrand("/v1/quotes", "Quotes").MapPost("", CreateQuote).WithMetadata(new OnlyReads());

    /// <summary>Says what a cart costs a member now, and why.</summary>
    /// <remarks>
    /// Member prices come first, then item coupons, then order coupons (each measured on what is left), then points, then shipping; every step is told as an adjustment with
    /// its source, and the parts of the lines always add up. Of the member's coupons the combination that costs least is found, certainly so for up to 12 that could be used.
    /// Nothing is kept or locked. Purchase limits count what the member bought before and what open
    /// checkouts set aside. Errors: one_of, duplicate, too_many, out_of_range (400), not_found (404), points_insufficient,
    /// erased_member (409), currency_mismatch, list_price_unknown, coupon_unknown, points_no_money (422).
    /// </remarks>
    private static async Task<Results<Ok<QuoteShape>, ProblemHttpResult>> CreateQuote(
        QuoteRequest body,
        QuoteService quotes,
        CancellationToken ct
    ) => (await quotes.QuoteAsync(body, ct)).ToOk(q => q);
}
