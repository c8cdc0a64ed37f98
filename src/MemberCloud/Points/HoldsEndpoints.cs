using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Points;

/// <summary>Points set aside for a time, and what becomes of it.</summary>
internal static class HoldsEndpoints
{
    public static void MapHolds(this IEndpointRouteBuilder app)
    {
        app.MapBrand("/v1/members/{id}/points/holds", "Points")
            .MapPost("", HoldPoints)
            .Produces<HoldShape>(StatusCodes.Status201Created)
            .RequireIdempotencyKey()
            .WithMetadata(new KeepsOwnAnswers());
        var holds = app.MapBrand("/v1/points/holds/{id}", "Points");
        holds.MapGet("", GetHold);
        holds.MapPost("capture", CaptureHold).Produces<HoldShape>().RequireIdempotencyKey().WithMetadata(new KeepsOwnAnswers());
        holds.MapPost("release", ReleaseHold).Produces<HoldShape>().RequireIdempotencyKey().WithMetadata(new KeepsOwnAnswers());
    }

    /// <summary>Sets points aside for a time, soonest end first, all or nothing.</summary>
    /// <remarks>
    /// Until it is captured, released or its time runs out they cannot be spent and do not expire.
    /// Errors: reference_reserved (400), points_insufficient, too_many_holds (409) beyond 100 open ones, erased_member (409), currency_unknown, currency_not_spendable (422).
    /// </remarks>
    private static async Task<IResult> HoldPoints(
        string id,
        HoldRequest body,
        Currencies currencies,
        PointsLedger ledger,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    )
    {
        var currency = body.Currency ?? Currencies.Points;
        if (await PointsEndpoints.NotSpendableAsync(currencies, currency, ct) is { } problem)
            return problem.ToHttp();
        if (!Ids.TryRead(IdPrefix.Member, id, out var memberId))
            return Problem.NotFound("member").ToHttp();
        return await ledger.PostAsync<PointsHold>(
            new(memberId, currency),
            LotsWanted.Spendable,
            http.Ticket()!,
            journal =>
            {
                journal.PostDue();
                if (journal.OpenHolds >= PointsJournal.MaxHolds)
                    return Problem.Conflict("too_many_holds", $"A member has at most {PointsJournal.MaxHolds} open holds.");
                return journal.Hold(body.Amount, body.Reference.ToReference(), scope.Now.AddSeconds(body.TtlSeconds)) is { } hold
                    ? hold
                    : PointsEndpoints.NotEnough(journal, body.Amount);
            },
            StatusCodes.Status201Created,
            hold => Json.Write(HoldShape.Of(hold)),
            ct
        );
    }

    /// <summary>Reads a hold. One past its time counts as expired, even if no job has run.</summary>
    private static async Task<Results<Ok<HoldShape>, ProblemHttpResult>> GetHold(
        string id,
        PointsReads reads,
        TenantScope scope,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Hold, id, out var holdId) || await reads.HoldAsync(holdId, ct) is not { } hold)
            return Problem.NotFound("hold").ToHttp();
        if (hold.State == HoldState.Held && hold.ExpiresAt <= scope.Now)
            (hold.State, hold.ResolvedAt) = (HoldState.Expired, hold.ExpiresAt);
        return TypedResults.Ok(HoldShape.Of(hold));
    }

    /// <summary>Spends what is held, or a part of it: the rest goes back to the lots it came from.</summary>
    /// <remarks>
    /// A hold has one outcome. Errors: hold_captured, hold_released, hold_expired (409, with the outcome), hold_of_checkout (409, with checkout_id), erased_member (409),
    /// capture_above_hold (422).
    /// </remarks>
    private static Task<IResult> CaptureHold(
        string id,
        CaptureRequest body,
        PointsReads reads,
        PointsLedger ledger,
        HttpContext http,
        CancellationToken ct
    ) =>
        ResolveAsync(
            id,
            reads,
            ledger,
            http,
            (journal, hold) =>
            {
                if (body.Amount > hold.Amount)
                    return Problem.Contradiction("capture_above_hold", $"The hold keeps {hold.Amount}.");
                journal.Capture(hold, body.Amount ?? hold.Amount, new(hold.ReferenceType, hold.ReferenceId));
                return hold;
            },
            ct
        );

    /// <summary>Gives back what is held, to the lots it came from; what has ended meanwhile ends at once.</summary>
    /// <remarks>A hold has one outcome. Errors: hold_captured, hold_released, hold_expired (409, with the outcome), hold_of_checkout (409, with checkout_id), erased_member (409).</remarks>
    private static Task<IResult> ReleaseHold(
        string id,
        PointsReads reads,
        PointsLedger ledger,
        HttpContext http,
        CancellationToken ct
    ) =>
        ResolveAsync(
            id,
            reads,
            ledger,
            http,
            (journal, hold) =>
            {
                journal.Release(hold);
                return hold;
            },
            ct
        );

    private static async Task<IResult> ResolveAsync(
        string id,
        PointsReads reads,
        PointsLedger ledger,
        HttpContext http,
        Func<PointsJournal, PointsHold, Result<PointsHold>> resolve,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Hold, id, out var holdId) || await reads.HoldAsync(holdId, ct) is not { } known)
            return Problem.NotFound("hold").ToHttp();
        return await ledger.PostAsync<PointsHold>(
            new(known.MemberId, known.Currency),
            LotsWanted.Spendable,
            http.Ticket()!,
            journal =>
            {
                journal.PostDue();
                // Members with open holds are not merged: one that is not among the account's has its outcome.
                if (journal.FindHold(holdId) is not { } hold)
                    return HoldRules.Resolved(known);
                return HoldRules.Refuse(hold) is { } refused ? refused : resolve(journal, hold);
            },
            StatusCodes.Status200OK,
            hold => Json.Write(HoldShape.Of(hold)),
            ct,
            holdId
        );
    }
}
