using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Profile;

/// <summary>A member's wallet and the claim centre, by the member's own token.</summary>
internal static class MyCouponsEndpoints
{
    public static void MapMyCoupons(this IEndpointRouteBuilder app)
    {
        var me = app.MapBrand("/v1/me", "Me");
        me.MapGet("coupons", ListMyCoupons);
        me.MapGet("offers", ListMyOffers);
        me.MapPost("offers/{id}/claim", ClaimMyOffer)
            .Produces<CouponShape>(StatusCodes.Status201Created)
            .WithMetadata(new KeepsOwnAnswers());
    }

    /// <summary>Lists the member's own coupons, newest first.</summary>
    /// <remarks>Each says why it cannot be used, when it cannot. Errors: unknown_value (400).</remarks>
    /// <param name="state">Only those: issued, locked, redeemed, expired or void, as of now.</param>
    private static Task<Results<Ok<Page<CouponShape>>, ProblemHttpResult>> ListMyCoupons(
        [AsParameters] PageRequest page,
        MemberService members,
        CouponService coupons,
        TenantScope scope,
        CancellationToken ct,
        string? state = null
    ) => CouponsEndpoints.ListCoupons(MeEndpoints.Me(scope), page, members, coupons, scope, ct, state);

    /// <summary>Lists the coupons that are offered to members, each with why the member cannot take it, when that is so.</summary>
    /// <remarks>Higher priority first, at most 200. Titles, rules and reasons are in the language of Accept-Language, else the brand's.</remarks>
    private static async Task<Results<Ok<Page<OfferShape>>, ProblemHttpResult>> ListMyOffers(
        OfferService offers,
        MemberService members,
        TenantScope scope,
        CancellationToken ct
    ) =>
        await members.FindAsync(MeEndpoints.Me(scope), ct) is { } member
            ? TypedResults.Ok(new Page<OfferShape>(await offers.ListAsync(member, ct), null))
            : Problem.NotFound("member").ToHttp();

    /// <summary>Takes one coupon of an offer.</summary>
    /// <remarks>
    /// A refusal keeps nothing of its Idempotency-Key: ask again with the same. Errors: not_active, paused, ended, not_started, audience, member_limit, day_limit,
    /// week_limit, month_limit, used_up, erased_member (409), not_found (404).
    /// </remarks>
    private static async Task<IResult> ClaimMyOffer(
        string id,
        TemplateBook book,
        CouponService coupons,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    ) =>
        // What is not offered to members is not there for them.
        await book.FindAsync(id, ct) is { Body.Claimable: true, State: not TemplateState.Draft } template
            ? await coupons.ClaimAsync(template, scope.Caller.SubjectId!.Value, http.Ticket(), ct)
            : TemplatesEndpoints.NotFound.ToHttp();
}
