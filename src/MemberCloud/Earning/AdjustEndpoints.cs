using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Staff;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Earning;

/// <summary>Points put right by hand.</summary>
/// <param name="Amount">What to add (+) or take away (-), up to 10^12; not 0. Taking away is all or nothing, soonest end first.</param>
/// <param name="Reason">Why, for the member's ledger and the audit log; up to 200 characters, no personal data.</param>
/// <param name="Currency">points unless given. Growth may change the member's tier.</param>
/// <param name="ExpiresAt">For what is added: the first instant at which it is gone; never unless given.</param>
public sealed record AdjustRequest(
    [property: Required, Range(-Money.Max, Money.Max)] long Amount,
    [property: Required, Text(PointsEntry.ReasonLength)] string Reason,
    [property: StringLength(Currencies.CodeLength)] string? Currency = null,
    [property: Instant] DateTime? ExpiresAt = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (Amount == 0)
            yield return new("/amount", "out_of_range", "An adjustment of 0 changes nothing.");
        if (Amount < 0 && ExpiresAt is not null)
            yield return new("/expires_at", "not_applicable", "Only what is added has an end of its own.");
    }
}

/// <summary>An adjustment as it waits for a second person.</summary>
public sealed record AdjustOrder(Guid MemberId, AdjustRequest Request);

/// <summary>What became of an adjustment: its entry, or the approval it waits for.</summary>
public readonly record struct Adjusted(PointsEntry? Entry, Approval? Approval);

/// <summary>Adjusts points within the caller's limit; above it, asks a second person.</summary>
public sealed class AdjustService(
    Transactions transactions,
    EarningService earning,
    Allowances allowances,
    ApprovalRequests approvals,
    TenantScope scope
)
{
    public const string Operation = "AdjustPoints";

    public Task<Result<Adjusted>> AdjustAsync(Guid memberId, AdjustRequest asked, CancellationToken ct) =>
        transactions.DecideAsync<Adjusted>(
            async () =>
            {
                transactions.Db.Trail.Reason = asked.Reason;
                if (!await allowances.TakeAsync(Math.Abs(asked.Amount), ct))
                    return new Adjusted(null, await approvals.AskAsync(Ask(memberId, asked), ct));
                var source = new Reference("adjustment", Who(scope.Caller));
                return (await PostAsync(memberId, asked, source, ct)).Then(entry => new Adjusted(entry, null));
            },
            ct
        );

    /// <summary>Posts it, inside the caller's transaction.</summary>
    public async Task<Result<PointsEntry>> PostAsync(Guid memberId, AdjustRequest asked, Reference source, CancellationToken ct)
    {
        if (Late(asked) is { } late)
            return late;
        // Read once: the wall clock moves, and what settles at once settles when it happened.
        var now = scope.Now;
        var posted = new NewPoints(
            Math.Abs(asked.Amount),
            now,
            now,
            asked.ExpiresAt is null ? ExpiryPolicy.Never : ExpiryPolicy.Fixed,
            source,
            asked.Reason,
            null,
            asked.ExpiresAt
        );
        var result = await earning.AdjustAsync(memberId, asked.Currency ?? Currencies.Points, posted, asked.Amount < 0, ct);
        if (!result.Refused)
            transactions.Db.Trail.Note(
                "points_entries",
                Ids.Show(IdPrefix.Entry, result.Value.Id),
                PointsEntryShape.Of(result.Value)
            );
        return result;
    }

    public Problem? Late(AdjustRequest asked) =>
        asked.ExpiresAt <= scope.Now ? Problem.Field("/expires_at", "in_past", "Points end after now.") : null;

    public static Asked Ask(Guid memberId, AdjustRequest asked) =>
        new(Operation, Json.Write(new AdjustOrder(memberId, asked)), memberId, Math.Abs(asked.Amount), asked.Reason);

    private static string Who(Caller caller) =>
        caller.SubjectId is { } staff ? Ids.Show(IdPrefix.Staff, staff) : Ids.Show(IdPrefix.Key, caller.CredentialId);
}

/// <summary>Carries out an adjustment that a second person agreed to.</summary>
public sealed class AdjustAct(AdjustService adjusting, MemberService members, Currencies currencies) : IApprovedAct
{
    public string Operation => AdjustService.Operation;

    public async Task<Result<Asked>> ReadAsync(string subject, JsonElement request, CancellationToken ct)
    {
        if (request.Deserialize<AdjustRequest>(Json.Options) is not { } asked)
            return Problem.Field("/request", "required", "/request is null.");
        if ((Validation.Check(asked) ?? adjusting.Late(asked)) is { } problem)
            return problem;
        if (await members.FindAsync(subject, ct) is not { } member)
            return Problem.NotFound("member");
        if (member.ErasedAt is not null)
            return MemberRules.Erased;
        return await currencies.ExistsAsync(asked.Currency ?? Currencies.Points, ct)
            ? AdjustService.Ask(member.Id, asked)
            : PointsEndpoints.UnknownCurrency(asked.Currency!);
    }

    public async Task<Result<string>> RunAsync(Approval approval, CancellationToken ct)
    {
        var order = Json.Read<AdjustOrder>(approval.Request);
        var source = new Reference("approval", Ids.Show(IdPrefix.Approval, approval.Id));
        return (await adjusting.PostAsync(order.MemberId, order.Request, source, ct)).Then(e => Ids.Show(IdPrefix.Entry, e.Id));
    }
}

/// <summary>Adjusting points by hand.</summary>
internal static class AdjustEndpoints
{
    public static void MapAdjust(this IEndpointRouteBuilder app) =>
        app.MapBrand("/v1/members/{id}/points/adjust", "Points").MapPost("", AdjustPoints).RequireIdempotencyKey();

    /// <summary>Adds points to a member, or takes them away, with a reason.</summary>
    /// <remarks>
    /// Above the brand's staff_daily_limit (what one person, or a key without the scope unattended, may adjust within 24 hours)
    /// nothing is done yet: 202 with an approval that another person gives.
    /// Errors: points_insufficient, erased_member (409), currency_unknown (422), in_past, not_applicable (400).
    /// </remarks>
    private static async Task<Results<Created<PointsEntryShape>, Accepted<AwaitingApproval>, ProblemHttpResult>> AdjustPoints(
        string id,
        AdjustRequest body,
        AdjustService adjusting,
        MemberService members,
        Currencies currencies,
        CancellationToken ct
    )
    {
        if (await members.FindAsync(id, ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        if (member.ErasedAt is not null)
            return MemberRules.Erased.ToHttp();
        var currency = body.Currency ?? Currencies.Points;
        if (!await currencies.ExistsAsync(currency, ct))
            return PointsEndpoints.UnknownCurrency(currency).ToHttp();
        var result = await adjusting.AdjustAsync(member.Id, body, ct);
        if (result.Problem is { } problem)
            return problem.ToHttp();
        return result.Value.Approval is { } approval
            ? TypedResults.Accepted((string?)null, new AwaitingApproval(Ids.Show(IdPrefix.Approval, approval.Id)))
            : TypedResults.Created((string?)null, PointsEntryShape.Of(result.Value.Entry!));
    }
}
