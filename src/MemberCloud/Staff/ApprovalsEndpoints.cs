using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Staff;

/// <summary>Something above somebody's limit.</summary>
/// <param name="Id"><c>apr_...</c></param>
/// <param name="Operation">What is to be done, for example AdjustPoints.</param>
/// <param name="MemberId">Whom it is about.</param>
/// <param name="Amount">What it weighs against the limit.</param>
/// <param name="Reason">Why, in the words of who asked.</param>
/// <param name="RequestedBy">Who asked: <c>stf_...</c>, or <c>key_...</c>.</param>
/// <param name="State">pending, approved, rejected or expired.</param>
/// <param name="RequestedAt">By the brand's clock.</param>
/// <param name="ExpiresAt">When it lapses undecided: 7 days after it was asked.</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="DecidedAt">By the brand's clock.</param>
/// <param name="Note">What they said.</param>
public sealed record ApprovalShape(
    string Id,
    string Operation,
    string? MemberId,
    long Amount,
    string Reason,
    string RequestedBy,
    ApprovalState State,
    DateTime RequestedAt,
    DateTime ExpiresAt,
    string? DecidedBy,
    DateTime? DecidedAt,
    string? Note
)
{
    public static ApprovalShape Of(Approval a, DateTime now) =>
        new(
            Ids.Show(IdPrefix.Approval, a.Id),
            a.Operation,
            a.MemberId is { } member ? Ids.Show(IdPrefix.Member, member) : null,
            a.Amount,
            a.Reason,
            Ids.Show(a.RequesterKind == CallerKind.Staff ? IdPrefix.Staff : IdPrefix.Key, a.RequesterId),
            a.StateAt(now),
            a.RequestedAt,
            a.ExpiresAt,
            a.DecidedBy is { } who ? Ids.Show(IdPrefix.Staff, who) : null,
            a.DecidedAt,
            a.Note
        );
}

/// <summary>What has to wait for a second person.</summary>
/// <param name="ApprovalId"><c>apr_...</c>: ask GET /v1/approvals/{id} how it stands.</param>
public sealed record AwaitingApproval(string ApprovalId);

/// <summary>What a second person is asked for.</summary>
/// <param name="Operation">The operationId of what is to be done: AdjustPoints.</param>
/// <param name="Subject">Whom it is done to: for AdjustPoints the member's id.</param>
/// <param name="Request">The body the operation would take.</param>
public sealed record AskFor(
    [property: Required, Text(60)] string Operation,
    [property: Required, Text(60)] string Subject,
    [property: Required] JsonElement Request
);

/// <summary>A decision.</summary>
/// <param name="Note">Up to 200 characters.</param>
public sealed record Decision([property: Text(Approval.ReasonLength)] string? Note = null);

/// <summary>What waits for a second person.</summary>
internal static class ApprovalsEndpoints
{
    public static void MapApprovals(this IEndpointRouteBuilder app)
    {
        var approvals = app.MapBrand("/v1/approvals", "Staff");
        approvals.MapGet("", ListApprovals);
        approvals.MapPost("", AskForApproval);
        approvals.MapGet("{id}", GetApproval);
        approvals.MapPost("{id}/approve", Approve);
        approvals.MapPost("{id}/reject", Reject);
    }

    /// <summary>Lists what waited or waits for a second person, newest first.</summary>
    /// <remarks>state narrows it: pending, approved, rejected or expired. Errors: unknown_value (400).</remarks>
    /// <param name="state">Only those that stand so now.</param>
    private static async Task<Results<Ok<Page<ApprovalShape>>, ProblemHttpResult>> ListApprovals(
        [AsParameters] PageRequest page,
        MemberCloudDb db,
        TenantScope scope,
        CancellationToken ct,
        string? state = null
    )
    {
        var list = $"approvals:{state}";
        var (wanted, after) = (QueryWords.Read<ApprovalState>(state, "/state"), page.After(list));
        if ((wanted.Problem ?? after.Problem) is { } problem)
            return problem.ToHttp();
        var now = scope.Now;
        var rows = db.Set<Approval>().AsNoTracking();
        rows = wanted.Value switch
        {
            ApprovalState.Pending => rows.Where(a => a.State == ApprovalState.Pending && a.ExpiresAt > now),
            ApprovalState.Expired => rows.Where(a => a.State == ApprovalState.Pending && a.ExpiresAt <= now),
            ApprovalState.Approved or ApprovalState.Rejected => rows.Where(a => a.State == wanted.Value),
            null => rows,
        };
        if (Ids.TryRead(IdPrefix.Approval, after.Value, out var last))
            rows = rows.Where(a => a.Id.CompareTo(last) < 0);
        var found = await rows.OrderByDescending(a => a.Id).Take(page.Size + 1).ToListAsync(ct);
        return TypedResults.Ok(
            Page.From(found, page, list, a => Ids.Show(IdPrefix.Approval, a.Id), a => ApprovalShape.Of(a, now))
        );
    }

    /// <summary>Asks a second person ahead, whatever the limit.</summary>
    /// <remarks>The request is checked as the operation would check it. Errors: unknown_value (400), role_missing (403), not_found (404), currency_unknown, asks_by_itself (422).</remarks>
    private static async Task<Results<Created<ApprovalShape>, ProblemHttpResult>> AskForApproval(
        AskFor body,
        ApprovalService approvals,
        TenantScope scope,
        CancellationToken ct
    ) => (await approvals.AskAheadAsync(body, ct)).ToCreated(a => ApprovalShape.Of(a, scope.Now));

    /// <summary>Reads how an approval stands.</summary>
    private static async Task<Results<Ok<ApprovalShape>, ProblemHttpResult>> GetApproval(
        string id,
        MemberCloudDb db,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Approval, id, out var approvalId)
        && await db.Set<Approval>().AsNoTracking().FirstOrDefaultAsync(a => a.Id == approvalId, ct) is { } approval
            ? TypedResults.Ok(ApprovalShape.Of(approval, scope.Now))
            : Problem.NotFound("approval").ToHttp();

    /// <summary>Agrees, as a second person: what was asked for is done in the same moment.</summary>
    /// <remarks>A refusal of what was asked for (for example points_insufficient) leaves it pending. Errors: own_request, approver_too_new (403), approval_decided, approval_expired (409).</remarks>
    private static async Task<Results<Ok<ApprovalShape>, ProblemHttpResult>> Approve(
        string id,
        Decision body,
        ApprovalService approvals,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Approval, id, out var approvalId)
            ? (await approvals.ApproveAsync(approvalId, body.Note, ct)).ToOk(a => ApprovalShape.Of(a, scope.Now))
            : Problem.NotFound("approval").ToHttp();

    /// <summary>Turns it down, or takes one's own request back.</summary>
    /// <remarks>Who may not approve takes back their own requests only. Errors: role_missing (403), approval_decided, approval_expired (409).</remarks>
    private static async Task<Results<Ok<ApprovalShape>, ProblemHttpResult>> Reject(
        string id,
        Decision body,
        ApprovalService approvals,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Approval, id, out var approvalId)
            ? (await approvals.RejectAsync(approvalId, body.Note, ct)).ToOk(a => ApprovalShape.Of(a, scope.Now))
            : Problem.NotFound("approval").ToHttp();
}
