using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Staff;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Coupons;

/// <summary>Coupons of members, and the doors of the capability.</summary>
public static class CouponsEndpoints
{
    public static IServiceCollection AddCoupons(this IServiceCollection services) =>
        services
            .AddCodes()
            .AddSingleton<ClaimLines>()
            .AddScoped<TemplateBook>()
            .AddScoped<AudienceChecks>()
            .AddScoped<CouponService>()
            .AddScoped<ReviewService>()
            .AddScoped<OfferService>()
            .AddScoped<CouponHoldings>()
            .AddScoped<CouponProof>()
            .AddScoped<BatchMembers>()
            .AddScoped<IssueRequests>()
            .AddScoped<IssueService>()
            .AddScoped<BatchService>()
            .AddScoped<IApprovedAct, IssueAct>()
            .AddScoped<IApprovedAct, CodesAct>();

    public static void MapCoupons(this IEndpointRouteBuilder app)
    {
        app.MapTemplates();
        app.MapBatches();
        app.MapCheck();
        app.MapCodes();
        app.MapReviews();
        app.MapBrand("/v1/coupon-templates/{id}/claim", "Coupons")
            .MapPost("", ClaimCoupon)
            .Produces<CouponShape>(StatusCodes.Status201Created)
            .WithMetadata(new KeepsOwnAnswers());
        app.MapBrand("/v1/members/{id}/coupons", "Coupons").MapGet("", ListCoupons);
        var coupons = app.MapBrand("/v1/coupons/{id}", "Coupons");
        coupons.MapGet("", GetCoupon);
        coupons.MapPost("void", VoidCoupon);
    }

    /// <summary>Gives a member one coupon of a template, if the member may have it and stock is left.</summary>
    /// <remarks>
    /// The brand's claim ignores claimable, not opens_at. A refusal keeps nothing of its Idempotency-Key: ask again with the same. Errors: not_active, paused, ended,
    /// not_started, audience, member_limit, day_limit, week_limit, month_limit, used_up, held_for_review (with review_id: GET /v1/reviews/{id}), erased_member (409),
    /// not_found (404).
    /// </remarks>
    private static async Task<IResult> ClaimCoupon(
        string id,
        ClaimRequest body,
        TemplateBook book,
        CouponService coupons,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (await book.FindAsync(id, ct) is not { } template)
            return TemplatesEndpoints.NotFound.ToHttp();
        return Ids.TryRead(IdPrefix.Member, body.MemberId, out var member)
            ? await coupons.ClaimAsync(template, member, http.Ticket(), ClaimSource.Of(body.DeviceHash, body.IpHash), ct)
            : Problem.NotFound("member").ToHttp();
    }

    /// <summary>Lists a member's coupons, newest first.</summary>
    /// <remarks>Each says why it cannot be used, when it cannot. Errors: unknown_value (400).</remarks>
    /// <param name="state">Only those: issued, locked, redeemed, expired or void, as of now.</param>
    internal static async Task<Results<Ok<Page<CouponShape>>, ProblemHttpResult>> ListCoupons(
        string id,
        [AsParameters] PageRequest page,
        MemberService members,
        CouponService coupons,
        TenantScope scope,
        CancellationToken ct,
        string? state = null
    )
    {
        if (await members.FindAsync(id, ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        var list = $"coupons:{id}:{state}";
        var (wanted, after) = (QueryWords.Read<CouponState>(state, "/state"), page.After(list));
        if ((wanted.Problem ?? after.Problem) is { } problem)
            return problem.ToHttp();
        var before = Guid.TryParse(after.Value, out var last) ? last : (Guid?)null;
        var found = await coupons.WalletAsync(member.Id, wanted.Value, before, page.Size + 1, ct);
        return TypedResults.Ok(Page.From(found, page, list, c => c.Id.ToString(), c => CouponShape.Of(c, scope.Now)));
    }

    /// <summary>Reads a coupon.</summary>
    private static async Task<Results<Ok<CouponShape>, ProblemHttpResult>> GetCoupon(
        string id,
        CouponService coupons,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Coupon, id, out var couponId) && await coupons.FindAsync(couponId, ct) is { } coupon
            ? TypedResults.Ok(CouponShape.Of(coupon, scope.Now))
            : Problem.NotFound("coupon").ToHttp();

    /// <summary>Takes back a coupon that was not used.</summary>
    /// <remarks>
    /// It no longer counts against its member's limits, and its template may give out one more. The same again changes nothing. Errors: already_redeemed, expired,
    /// locked_by_other_order (409).
    /// </remarks>
    private static async Task<Results<Ok<CouponShape>, ProblemHttpResult>> VoidCoupon(
        string id,
        VoidRequest body,
        CouponService coupons,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Coupon, id, out var couponId)
            ? (await coupons.VoidAsync(couponId, body.Reason, ct)).ToOk(c => CouponShape.Of(c, scope.Now))
            : Problem.NotFound("coupon").ToHttp();
}
