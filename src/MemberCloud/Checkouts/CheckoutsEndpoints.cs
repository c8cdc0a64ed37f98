using MemberCloud.Data;
using MemberCloud.Orders;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Checkouts;

/// <summary>Quotes that set aside what they use: made, committed, cancelled, read.</summary>
public static class CheckoutsEndpoints
{
    public static IServiceCollection AddCheckouts(this IServiceCollection services) =>
        services.AddSingleton<Lines>().AddScoped<CheckoutService>().AddScoped<CheckoutEnds>().AddScoped<CheckoutHoldings>();

    public static void MapCheckouts(this IEndpointRouteBuilder app)
    {
        var checkouts = app.MapBrand("/v1/checkouts", "Checkouts");
        checkouts
            .MapPost("", CreateCheckout)
            .Produces<CheckoutShape>(StatusCodes.Status201Created)
            .RequireIdempotencyKey()
            .WithMetadata(new KeepsOwnAnswers());
        checkouts.MapGet("{id}", GetCheckout);
        checkouts
            .MapPost("{id}/commit", CommitCheckout)
            .Produces<OrderShape>()
            .RequireIdempotencyKey()
            .WithMetadata(new KeepsOwnAnswers());
        checkouts
            .MapPost("{id}/cancel", CancelCheckout)
            .Produces<CheckoutShape>()
            .RequireIdempotencyKey()
            .WithMetadata(new KeepsOwnAnswers());
    }

    /// <summary>Prices a cart as of now and sets aside what it uses, until it is committed, cancelled, or its time runs out.</summary>
    /// <remarks>
    /// The coupons that are used are locked, the points held, and pieces at limited prices counted, all together or not at all. With the quote_hash of the quote that was shown, anything that
    /// is different now refuses the checkout. Without one, coupons that are named and cannot be used refuse it, with the coupon's own code; those that would have cost more are left out.
    /// Every refusal of these carries a fresh quote as quote. The member is known already.
    /// Errors: one_of, duplicate, too_many, out_of_range (400), not_found (404), quote_changed, too_many_holds, too_many_checkouts, points_insufficient, erased_member,
    /// already_redeemed, not_owner, not_started, expired, void, locked_by_other_order, below_threshold, out_of_scope, excluded (409),
    /// currency_mismatch, list_price_unknown, coupon_unknown, points_no_money (422).
    /// </remarks>
    private static Task<IResult> CreateCheckout(
        CheckoutRequest body,
        CheckoutService checkouts,
        HttpContext http,
        CancellationToken ct
    ) => checkouts.CreateAsync(body, http.Ticket()!, ct);

    /// <summary>Reads a checkout, with the quote it was made of. One past its time counts as expired, even if no job has run.</summary>
    private static async Task<Results<Ok<CheckoutShape>, ProblemHttpResult>> GetCheckout(
        string id,
        MemberCloudDb db,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Checkout, id, out var checkoutId)
        && await db.Set<Checkout>().AsNoTracking().FirstOrDefaultAsync(c => c.Id == checkoutId, ct) is { } checkout
            ? TypedResults.Ok(CheckoutShape.Of(checkout, scope.Now))
            : Problem.NotFound("checkout").ToHttp();

    /// <summary>Makes the order: what was quoted, with the coupons redeemed and the points captured that were set aside.</summary>
    /// <remarks>
    /// Nothing is computed again. Committing again under the same order_no answers with that order. With paid_at the order is paid at once and earns. A refusal carries a fresh quote as
    /// quote, where there is something to be bought yet.
    /// Errors: out_of_order, in_future (400), not_found (404), checkout_expired, checkout_cancelled, checkout_committed (with order_no), hold_captured, hold_released,
    /// already_redeemed, not_owner, void, locked_by_other_order, erased_member (409), order_exists, order_differs (422).
    /// </remarks>
    private static Task<IResult> CommitCheckout(
        string id,
        CommitRequest body,
        CheckoutEnds ends,
        OrderReads reads,
        HttpContext http,
        CancellationToken ct
    ) => ends.CommitAsync(id, body, reads, http.Ticket()!, ct);

    /// <summary>Calls a checkout off: coupons, points and limits it holds are free again at once.</summary>
    /// <remarks>Cancelling again changes nothing. Errors: not_found (404), checkout_expired, checkout_committed (409, with order_no).</remarks>
    private static Task<IResult> CancelCheckout(string id, CheckoutEnds ends, HttpContext http, CancellationToken ct) =>
        ends.CancelAsync(id, http.Ticket()!, ct);
}
