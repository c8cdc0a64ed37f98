using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Coupons;

/// <summary>A claim of a coupon that is held.</summary>
/// <param name="Id"><c>rev_...</c></param>
/// <param name="MemberId">Who claims.</param>
/// <param name="TemplateId">What.</param>
/// <param name="Way">How: claim or code.</param>
/// <param name="Reasons">Why it is held: many_by_member, many_by_device, many_by_ip, new_member.</param>
/// <param name="State">held, approved or rejected.</param>
/// <param name="AskedAt">By the brand's clock.</param>
/// <param name="DecidedBy">Who decided: <c>stf_...</c>, or <c>key_...</c>; null while it is held.</param>
/// <param name="DecidedAt">By the brand's clock; null while it is held.</param>
/// <param name="Note">What they said.</param>
/// <param name="CouponId">The coupon that approving gave; null unless it did.</param>
public sealed record ReviewShape(
    string Id,
    string MemberId,
    string TemplateId,
    CouponWay Way,
    IReadOnlyList<string> Reasons,
    ReviewState State,
    DateTime AskedAt,
    string? DecidedBy,
    DateTime? DecidedAt,
    string? Note,
    string? CouponId
)
{
    public static ReviewShape Of(ClaimReview r) =>
        new(
            Ids.Show(IdPrefix.Review, r.Id),
            Ids.Show(IdPrefix.Member, r.MemberId),
            Ids.Show(IdPrefix.Template, r.TemplateId),
            r.Way,
            r.Reasons.Split(','),
            r.State,
            r.AskedAt,
            r.DecidedBy,
            r.DecidedAt,
            r.Note,
            r.CouponId is { } coupon ? Ids.Show(IdPrefix.Coupon, coupon) : null
        );
}

/// <summary>A decision on a held claim.</summary>
/// <param name="Note">Up to 200 characters, for the audit log; no personal data.</param>
public sealed record ReviewDecision([property: Text(ClaimReview.NoteLength, Plain = true)] string? Note = null);

/// <summary>Claims that people look at before they give a coupon.</summary>
internal static class ReviewsEndpoints
{
    private static readonly Problem NotFound = Problem.NotFound("review");

    public static void MapReviews(this IEndpointRouteBuilder app)
    {
        var reviews = app.MapBrand("/v1/reviews", "Coupons");
        reviews.MapGet("", ListReviews);
        reviews.MapGet("{id}", GetReview);
        reviews.MapPost("{id}/approve", ApproveReview);
        reviews.MapPost("{id}/reject", RejectReview);
    }

    /// <summary>Lists claims that were held, newest first.</summary>
    /// <remarks>Which ones are held the brand's claim_guards say (PATCH /v1/brand). Errors: unknown_value (400).</remarks>
    /// <param name="state">Only those: held, approved or rejected.</param>
    private static async Task<Results<Ok<Page<ReviewShape>>, ProblemHttpResult>> ListReviews(
        [AsParameters] PageRequest page,
        ReviewService reviews,
        CancellationToken ct,
        string? state = null
    )
    {
        var list = $"reviews:{state}";
        var (wanted, after) = (QueryWords.Read<ReviewState>(state, "/state"), page.After(list));
        if ((wanted.Problem ?? after.Problem) is { } problem)
            return problem.ToHttp();
        var before = Guid.TryParse(after.Value, out var last) ? last : (Guid?)null;
        var found = await reviews.ListAsync(wanted.Value, before, page.Size + 1, ct);
        return TypedResults.Ok(Page.From(found, page, list, r => r.Id.ToString(), ReviewShape.Of));
    }

    /// <summary>Reads a held claim.</summary>
    private static async Task<Results<Ok<ReviewShape>, ProblemHttpResult>> GetReview(
        string id,
        ReviewService reviews,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Review, id, out var reviewId) && await reviews.FindAsync(reviewId, ct) is { } review
            ? TypedResults.Ok(ReviewShape.Of(review))
            : NotFound.ToHttp();

    /// <summary>Gives the member the coupon of a held claim.</summary>
    /// <remarks>
    /// Under the template's state, audience, limits and stock as they are now: held claims set none aside, and what is refused stays held. The same again changes
    /// nothing. Errors: review_decided, not_active, paused, ended, not_started, audience, member_limit, day_limit, week_limit, month_limit, used_up, erased_member (409).
    /// </remarks>
    private static Task<Results<Ok<ReviewShape>, ProblemHttpResult>> ApproveReview(
        string id,
        ReviewDecision body,
        ReviewService reviews,
        CancellationToken ct
    ) => DecideAsync(id, ReviewState.Approved, body, reviews, ct);

    /// <summary>Turns a held claim down. The member may claim again, which is looked at as the first time.</summary>
    /// <remarks>The same again changes nothing. Errors: review_decided (409).</remarks>
    private static Task<Results<Ok<ReviewShape>, ProblemHttpResult>> RejectReview(
        string id,
        ReviewDecision body,
        ReviewService reviews,
        CancellationToken ct
    ) => DecideAsync(id, ReviewState.Rejected, body, reviews, ct);

    private static async Task<Results<Ok<ReviewShape>, ProblemHttpResult>> DecideAsync(
        string id,
        ReviewState decision,
        ReviewDecision body,
        ReviewService reviews,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Review, id, out var reviewId)
            ? (await reviews.DecideAsync(reviewId, decision, body.Note, ct)).ToOk(ReviewShape.Of)
            : NotFound.ToHttp();
}
