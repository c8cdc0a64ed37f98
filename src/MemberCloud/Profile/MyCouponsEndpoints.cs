using System.ComponentModel.DataAnnotations;
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
        me.MapPost("offers/{id}/exchange", ExchangeMyOffer).RequireIdempotencyKey();
        me.MapPost("coupon-codes/redeem", RedeemMyCode)
            .Produces<CouponShape>(StatusCodes.Status201Created)
            .RequireIdempotencyKey()
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
    /// A refusal keeps nothing of its Idempotency-Key: ask again with the same. Errors: only_for_points (409) where it has a points_price; not_active, paused, ended,
    /// not_started, audience, member_limit, day_limit, week_limit, month_limit, used_up, held_for_review (a claim the brand looks at first), erased_member (409), not_found (404).
    /// </remarks>
    private static async Task<IResult> ClaimMyOffer(
        string id,
        TemplateBook book,
        CouponService coupons,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    ) =>
        await OfferAsync(id, book, ct) switch
        {
            null => TemplatesEndpoints.NotFound.ToHttp(),
            { Body.PointsPrice: not null } => OnlyForPoints.ToHttp(),
            var offer => await coupons.ClaimAsync(offer, scope.Caller.SubjectId!.Value, http.Ticket(), From(http), ct),
        };

    /// <summary>Takes one coupon of an offer for its points_price.</summary>
    /// <remarks>
    /// Points and coupon change hands together, or neither does. Errors: not_exchangeable, points_insufficient, not_active, paused, ended, not_started, audience,
    /// member_limit, day_limit, week_limit, month_limit, used_up, erased_member (409), not_found (404).
    /// </remarks>
    private static async Task<Results<Created<CouponShape>, ProblemHttpResult>> ExchangeMyOffer(
        string id,
        TemplateBook book,
        ExchangeService exchanges,
        TenantScope scope,
        CancellationToken ct
    ) =>
        await OfferAsync(id, book, ct) is { } offer
            ? (await exchanges.ExchangeAsync(offer, scope.Caller.SubjectId!.Value, ct)).ToCreated(c =>
                CouponShape.Of(c, scope.Now)
            )
            : TemplatesEndpoints.NotFound.ToHttp();

    /// <summary>Gives the member the coupon of a code.</summary>
    /// <remarks>
    /// After ten wrong codes in an hour of one member or from one address every code is refused until the hour is over. A refusal keeps nothing of its
    /// Idempotency-Key: ask again with the same. Errors: code_invalid, code_typo (the check character does not fit), already_redeemed, void, not_active, paused, ended,
    /// not_started, audience, member_limit, day_limit, week_limit, month_limit, used_up, held_for_review, erased_member (409), too_many_tries (429).
    /// </remarks>
    private static async Task<IResult> RedeemMyCode(
        MyCode body,
        MemberService members,
        CodeService codes,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    ) =>
        await members.FindAsync(MeEndpoints.Me(scope), ct) is { } member
            ? await codes.RedeemAsync(member.Id, body.Code, From(http), http.Ticket()!, ct)
            : Problem.NotFound("member").ToHttp();

    private static ClaimSource From(HttpContext http) => ClaimSource.Of(http.Connection.RemoteIpAddress);

    /// <summary>What is not offered to members is not there for them.</summary>
    private static async Task<LoadedTemplate?> OfferAsync(string id, TemplateBook book, CancellationToken ct) =>
        await book.FindAsync(id, ct) is { Body.Claimable: true, State: not TemplateState.Draft } template ? template : null;

    private static Problem OnlyForPoints { get; } =
        Problem.Conflict("only_for_points", "This offer costs points: exchange them for it.");
}

/// <summary>A code.</summary>
/// <param name="Code">As it was typed: capitals, spaces and hyphens do not count; O is read as 0, I and L as 1, U as V.</param>
internal sealed record MyCode([property: Required, Text(60)] string Code);
