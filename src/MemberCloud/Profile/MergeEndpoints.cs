using System.ComponentModel.DataAnnotations;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Profile;

/// <summary>Who turned out to be the same person.</summary>
/// <param name="FromMemberId">Whose everything moves; its ids mean the other member from then on.</param>
public sealed record MergeRequest([property: Required, Text(60)] string FromMemberId);

/// <summary>Which merge is undone.</summary>
/// <param name="FromMemberId">Who is to be itself again; the one merged last unless given.</param>
public sealed record UnmergeRequest([property: Text(60)] string? FromMemberId = null);

/// <summary>Points of one kind that moved, as they stood.</summary>
/// <param name="Available">Could be spent.</param>
/// <param name="Pending">Waited to settle.</param>
/// <param name="Debt">Was owed.</param>
public sealed record MovedPoints(string Currency, long Available, long Pending, long Debt)
{
    public static MovedPoints Of(string currency, GivenLots given) =>
        new(
            currency,
            given.Lots.Where(l => l.State == LotState.Available).Sum(l => l.Remaining),
            given.Lots.Where(l => l.State == LotState.Pending).Sum(l => l.Remaining),
            given.Debt
        );
}

/// <summary>A merge.</summary>
/// <param name="MemberId">The one that stays.</param>
/// <param name="FromMemberId">The one that is the other from now on.</param>
/// <param name="MergedAt">When, by the brand's clock.</param>
/// <param name="UnmergeUntil">The first instant at which it can no longer be undone.</param>
/// <param name="Moved">Points that moved, by kind.</param>
public sealed record MergeShape(
    string MemberId,
    string FromMemberId,
    DateTime MergedAt,
    DateTime UnmergeUntil,
    IReadOnlyList<MovedPoints> Moved
)
{
    public static MergeShape Of(MemberMerge merge, IReadOnlyList<MovedPoints> moved, LocalTime local) =>
        new(
            Ids.Show(IdPrefix.Member, merge.IntoId),
            Ids.Show(IdPrefix.Member, merge.FromId),
            merge.MergedAt,
            local.PlusDays(merge.MergedAt, MemberMerges.UnmergeDays),
            moved
        );
}

/// <summary>A merge undone.</summary>
/// <param name="MemberId">The one that had stood for both.</param>
/// <param name="FromMemberId">The one that is itself again.</param>
/// <param name="MovedBack">What was left of the points it brought, by kind.</param>
/// <param name="Stays">What of them is not there any more: spent, ended, or paid for its debt.</param>
public sealed record UnmergeShape(
    string MemberId,
    string FromMemberId,
    IReadOnlyList<MovedPoints> MovedBack,
    IReadOnlyList<StayingPoints> Stays
)
{
    public static UnmergeShape Of(MemberMerge merge, IReadOnlyList<MovedPoints> brought, IReadOnlyList<MovedPoints> back) =>
        new(
            Ids.Show(IdPrefix.Member, merge.IntoId),
            Ids.Show(IdPrefix.Member, merge.FromId),
            back,
            [
                .. brought.Select(b => new StayingPoints(
                    b.Currency,
                    Math.Max(
                        0,
                        b.Available + b.Pending - back.Where(m => m.Currency == b.Currency).Sum(m => m.Available + m.Pending)
                    ),
                    b.Debt - back.Where(m => m.Currency == b.Currency).Sum(m => m.Debt)
                )),
            ]
        );
}

/// <summary>Points of one kind that do not go back.</summary>
/// <param name="Amount">Of those that were brought.</param>
/// <param name="DebtPaid">Of the debt that was brought: paid meanwhile.</param>
public sealed record StayingPoints(string Currency, long Amount, long DebtPaid);

/// <summary>One member of two, and two of one again.</summary>
public static class MergeEndpoints
{
    public static void MapMerge(this IEndpointRouteBuilder app)
    {
        var members = app.MapBrand("/v1/members/{id}", "Members");
        members.MapPost("merge", MergeMembers).RequireIdempotencyKey();
        members.MapPost("unmerge", UnmergeMembers).RequireIdempotencyKey();
    }

    /// <summary>Makes one member of two: everything of the other one moves here, and its ids mean this one from then on.</summary>
    /// <remarks>
    /// Lots of points keep their end, debt and caps move, the better tier stays. It can be undone for 30 days.
    /// Errors: merge_with_self (422), erased_member, member_merged, open_hold, open_checkout, open_perk_reservation, too_many_lots, too_many_coupons (409), not_found (404) for either member.
    /// </remarks>
    private static async Task<Results<Ok<MergeShape>, ProblemHttpResult>> MergeMembers(
        string id,
        MergeRequest body,
        MergeService merging,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Member, id, out var into) && Ids.TryRead(IdPrefix.Member, body.FromMemberId, out var from)
            ? (await merging.MergeAsync(into, from, ct)).ToOk(shape => shape)
            : Problem.NotFound("member").ToHttp();

    /// <summary>Makes two members of one again, within 30 days: what is left of the lots the other one brought goes back.</summary>
    /// <remarks>
    /// The id is of either of the two. The answer says what stays.
    /// Errors: not_merged, unmerge_too_late, member_merged, open_hold, open_checkout, erased_member (409), not_found (404).
    /// </remarks>
    private static async Task<Results<Ok<UnmergeShape>, ProblemHttpResult>> UnmergeMembers(
        string id,
        UnmergeRequest body,
        MergeService merging,
        MemberService members,
        CancellationToken ct
    )
    {
        if (await members.FindAsync(id, ct) is null || !Ids.TryRead(IdPrefix.Member, id, out var memberId))
            return Problem.NotFound("member").ToHttp();
        Guid? from = null;
        if (body.FromMemberId is { } shown)
        {
            if (await members.FindAsync(shown, ct) is null || !Ids.TryRead(IdPrefix.Member, shown, out var fromId))
                return Problem.NotFound("member").ToHttp();
            from = fromId;
        }
        return (await merging.UnmergeAsync(memberId, from, ct)).ToOk(shape => shape);
    }
}
