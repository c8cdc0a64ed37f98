using System.Text.Json;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Staff;

/// <summary>Something that is done once a second person agrees.</summary>
public interface IApprovedAct
{
    /// <summary>The operation it carries out.</summary>
    string Operation { get; }

    /// <summary>Reads and checks what is asked for ahead, as the operation itself would.</summary>
    Task<Result<Asked>> ReadAsync(string subject, JsonElement request, CancellationToken ct);

    /// <summary>Does it, in the transaction of the decision. A refusal leaves the approval pending.</summary>
    Task<Result<string>> RunAsync(Approval approval, CancellationToken ct);
}

/// <summary>What is asked of a second person.</summary>
public sealed record Asked(string Operation, string Request, Guid? MemberId, long Amount, string Reason);

/// <summary>How much one person may do alone: a sum over the last 24 hours, by the tenant's clock.</summary>
public sealed class Allowances(Transactions transactions, TenantScope scope)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    private MemberCloudDb Db => transactions.Db;

    private bool IsUnattended => scope.Caller.Kind == CallerKind.Key && scope.Caller.Scopes.Contains(Scopes.Unattended);

    /// <summary>What the caller may do alone now.</summary>
    public async Task<long> LeftAsync(CancellationToken ct)
    {
        if (IsUnattended)
            return long.MaxValue;
        var (actor, since) = (scope.Caller.ActorId, scope.Now - Window);
        var used = await Db.Set<AllowanceUse>().Where(u => u.ActorId == actor && u.At > since).SumAsync(u => u.Amount, ct);
        return scope.Tenant.Settings.StaffDailyLimit - used;
    }

    /// <summary>Counts it when it is within the caller's limit; false when a second person must agree. Inside the transaction of what is done.</summary>
    public async Task<bool> TakeAsync(long amount, CancellationToken ct)
    {
        if (IsUnattended)
            return true;
        var actor = scope.Caller.ActorId;
        // The row is raised before the sum is read: of two at once one waits, or is done again, and sees what the other took.
        if (
            await Db.Set<Allowance>()
                .Where(a => a.ActorId == actor)
                .ExecuteUpdateAsync(set => set.SetProperty(a => a.Version, a => a.Version + 1), ct) == 0
        )
        {
            Db.Add(new Allowance { TenantId = scope.Id, ActorId = actor });
            await Db.SaveChangesAsync(ct);
        }
        var since = scope.Now - Window;
        if (amount > await LeftAsync(ct))
            return false;
        await Db.Set<AllowanceUse>().Where(u => u.ActorId == actor && u.At <= since).ExecuteDeleteAsync(ct);
        Db.Add(
            new AllowanceUse
            {
                TenantId = scope.Id,
                ActorId = actor,
                Id = Ids.New(),
                At = scope.Now,
                Amount = amount,
            }
        );
        await Db.SaveChangesAsync(ct);
        return true;
    }
}

/// <summary>Asks a second person.</summary>
public sealed class ApprovalRequests(Transactions transactions, TenantScope scope)
{
    public Task<Approval> AskAsync(Asked asked, CancellationToken ct) =>
        transactions.RunAsync(
            async () =>
            {
                var approval = new Approval
                {
                    TenantId = scope.Id,
                    Id = Ids.New(),
                    Operation = asked.Operation,
                    Request = asked.Request,
                    MemberId = asked.MemberId,
                    Amount = asked.Amount,
                    Reason = asked.Reason,
                    RequesterKind = scope.Caller.Kind,
                    RequesterId = scope.Caller.Id,
                    ActorId = scope.Caller.ActorId,
                    State = ApprovalState.Pending,
                    RequestedAt = scope.Now,
                    ExpiresAt = scope.Now + Approval.Life,
                };
                transactions.Db.Add(approval);
                await transactions.Db.SaveChangesAsync(ct);
                return approval;
            },
            ct
        );
}

/// <summary>Carries out what a second person agrees to: once, whoever of two decides first.</summary>
public sealed class ApprovalService(
    Transactions transactions,
    TenantScope scope,
    ApprovalRequests requests,
    IEnumerable<IApprovedAct> acts
)
{
    private static readonly TimeSpan NewcomersWait = TimeSpan.FromHours(24);

    private MemberCloudDb Db => transactions.Db;

    /// <summary>Asks ahead of calling an operation, which the caller must be allowed to call.</summary>
    public async Task<Result<Approval>> AskAheadAsync(AskFor asked, CancellationToken ct)
    {
        if (acts.FirstOrDefault(a => a.Operation == asked.Operation) is not { } act)
            return Problem.Field("/operation", "unknown_value", $"There are {string.Join(", ", acts.Select(a => a.Operation))}.");
        if (Permissions.Find(act.Operation)?.Allows(scope.Caller) != true)
            return new Problem("role_missing", "You may not call this operation yourself.", 403);
        var read = await act.ReadAsync(asked.Subject, asked.Request, ct);
        return read.Problem is { } problem ? problem : await requests.AskAsync(read.Value, ct);
    }

    public Task<Result<Approval>> ApproveAsync(Guid id, string? note, CancellationToken ct) =>
        DecideAsync(
            id,
            async approval =>
            {
                if (await MayApproveAsync(approval, ct) is { } refusal)
                    return refusal;
                Close(approval, ApprovalState.Approved, note);
                // Before the act: of two who decide at once the second finds the version raised.
                await Db.SaveChangesAsync(ct);
                var act = acts.Single(a => a.Operation == approval.Operation);
                var done = await act.RunAsync(approval, ct);
                return done.Problem is { } problem ? problem : approval;
            },
            ct
        );

    /// <summary>Who may approve may reject; others only their own requests: that is taking it back.</summary>
    public Task<Result<Approval>> RejectAsync(Guid id, string? note, CancellationToken ct) =>
        DecideAsync(
            id,
            async approval =>
            {
                if (scope.Caller.Role is StaffRole.Support && approval.RequesterId != scope.Caller.SubjectId)
                    return new Problem("role_missing", "Your role takes back what you asked for yourself, no more.", 403);
                Close(approval, ApprovalState.Rejected, note);
                await Db.SaveChangesAsync(ct);
                return approval;
            },
            ct
        );

    private Task<Result<Approval>> DecideAsync(Guid id, Func<Approval, Task<Result<Approval>>> decide, CancellationToken ct) =>
        transactions.DecideAsync(
            async () =>
            {
                if (await Db.Set<Approval>().FirstOrDefaultAsync(a => a.Id == id, ct) is not { } approval)
                    return Problem.NotFound("approval");
                Db.Trail.MemberId = approval.MemberId;
                return approval.StateAt(scope.Now) switch
                {
                    ApprovalState.Pending => await decide(approval),
                    ApprovalState.Expired => Problem.Conflict("approval_expired", "Nobody decided in time: ask again."),
                    ApprovalState.Approved or ApprovalState.Rejected => Problem.Conflict(
                        "approval_decided",
                        "This was decided before."
                    ),
                };
            },
            ct
        );

    private async Task<Problem?> MayApproveAsync(Approval approval, CancellationToken ct)
    {
        var me = scope.Caller.SubjectId;
        var (asker, inviter) = (approval.ActorId, me);
        if (asker == me)
            return new("own_request", "Another person has to agree to what you asked for.", 403);
        // Up the line of who invited whom within the last 24 hours: an accomplice's accomplice is one too.
        for (var steps = 0; inviter is { } id && steps < StaffService.MaxStaff; steps++)
        {
            if (id == asker)
                return new(
                    "approver_too_new",
                    "Who asked for this had you invited within the last 24 hours: another has to agree.",
                    403
                );
            var staff = await Db.Set<StaffMember>().AsNoTracking().SingleAsync(s => s.Id == id, ct);
            inviter = scope.Now - staff.InvitedAt < NewcomersWait ? staff.InvitedBy : null;
        }
        return null;
    }

    private void Close(Approval approval, ApprovalState state, string? note)
    {
        (approval.State, approval.Note) = (state, note);
        (approval.DecidedBy, approval.DecidedAt) = (scope.Caller.SubjectId, scope.Now);
    }
}
