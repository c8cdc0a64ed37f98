using System.Text.Json;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Staff;
using MemberCloud.Tenancy;

namespace MemberCloud.Coupons;

/// <summary>A batch as it waits for a second person.</summary>
public sealed record IssueOrder(Guid BatchId);

/// <summary>Makes batches: planned, begun, or put before a second person.</summary>
public sealed class IssueRequests(
    Transactions transactions,
    TenantScope scope,
    BatchMembers members,
    ApprovalRequests approvals,
    TenantDirectory directory
)
{
    /// <summary>A batch that is not stored yet.</summary>
    public async Task<Result<CouponBatch>> PlanAsync(LoadedTemplate template, IssueRequest asked, CancellationToken ct)
    {
        if (CouponRules.Open(template, CouponWay.Issue, scope.Now) is { } closed)
            return Refusals.Problem(closed, scope.Language);
        var filter = await members.FilterAsync(asked, ct);
        if (filter.Problem is { } unknown)
            return unknown;
        byte[]? list = null;
        if (filter.Value is null)
        {
            var resolved = await members.ResolveAsync(asked, ct);
            if (resolved.Problem is { } problem)
                return problem;
            list = BatchWork.Pack(resolved.Value);
        }
        var batch = New(template, asked, filter.Value, list, 0);
        var total = await members.CountAsync(batch, ct);
        return total == 0
            ? Problem.Contradiction("nobody_matches", "No member matches.")
            : New(template, asked, filter.Value, list, total);
    }

    private CouponBatch New(LoadedTemplate template, IssueRequest asked, string? filter, byte[]? list, long total) =>
        new()
        {
            TenantId = scope.Id,
            Id = Ids.New(),
            TemplateId = template.Id,
            Kind = BatchKind.Issue,
            State = BatchState.Queued,
            Audience = filter,
            Members = list,
            QuantityEach = asked.QuantityEach,
            Reason = asked.Reason,
            RequesterKind = scope.Caller.Kind,
            RequesterId = scope.Caller.Id,
            Total = total,
            Refusals = "{}",
            CreatedAt = scope.Now,
        };

    /// <summary>Stores it, and wakes the job. Inside the caller's transaction.</summary>
    public async Task<CouponBatch> BeginAsync(CouponBatch batch, LoadedTemplate template, CancellationToken ct)
    {
        await Weighed.HoldAsync(transactions.Db, template, ct);
        transactions.Db.Add(batch);
        await transactions.Db.SaveChangesAsync(ct);
        await directory.WakeAsync(transactions.Db, JobOf(batch.Kind), ct);
        return batch;
    }

    /// <summary>Stores it as waiting for a second person. Inside the caller's transaction.</summary>
    public async Task<CouponBatch> AskAsync(CouponBatch batch, LoadedTemplate template, CancellationToken ct)
    {
        await Weighed.HoldAsync(transactions.Db, template, ct);
        var approval = await approvals.AskAsync(
            new(
                OperationOf(batch.Kind),
                Json.Write(new IssueOrder(batch.Id)),
                null,
                IssueRules.Weight(template.Body, batch.Total, batch.QuantityEach),
                batch.Reason
            ),
            ct
        );
        (batch.State, batch.ApprovalId) = (BatchState.AwaitingApproval, approval.Id);
        transactions.Db.Add(batch);
        await transactions.Db.SaveChangesAsync(ct);
        return batch;
    }

    /// <summary>The second person agreed. Inside the transaction of that.</summary>
    public async Task<Result<string>> QueueAsync(Guid id, CancellationToken ct)
    {
        var batch = (await BatchWork.OpenAsync(transactions.Door, id, ct))!;
        batch.State = BatchState.Queued;
        var store = new StoreBatch();
        BatchWork.Write(store, batch);
        await transactions.Door.StoreAsync(store, ct);
        await directory.WakeAsync(transactions.Db, JobOf(batch.Kind), ct);
        return Ids.Show(IdPrefix.Batch, id);
    }

    /// <summary>The job that carries a batch on.</summary>
    public static string JobOf(BatchKind kind) =>
        kind switch
        {
            BatchKind.Issue => IssueCouponsJob.Name,
            BatchKind.Codes => MakeCodesJob.Name,
        };

    /// <summary>The operation that asks a second person.</summary>
    public static string OperationOf(BatchKind kind) =>
        kind switch
        {
            BatchKind.Issue => "IssueCoupons",
            BatchKind.Codes => "MakeCodes",
        };
}

/// <summary>Begins a batch that a second person agreed to.</summary>
public abstract class BatchAct(IssueRequests requests, BatchKind kind) : IApprovedAct
{
    public string Operation => IssueRequests.OperationOf(kind);

    /// <summary>What makes a batch asks by itself, once it knows how much it weighs.</summary>
    public Task<Result<Asked>> ReadAsync(string subject, JsonElement request, CancellationToken ct) =>
        Task.FromResult<Result<Asked>>(
            Problem.Contradiction("asks_by_itself", "Call the operation: above your limit it asks for approval by itself.")
        );

    public Task<Result<string>> RunAsync(Approval approval, CancellationToken ct) =>
        requests.QueueAsync(Json.Read<IssueOrder>(approval.Request).BatchId, ct);
}

public sealed class IssueAct(IssueRequests requests) : BatchAct(requests, BatchKind.Issue);

public sealed class CodesAct(IssueRequests requests) : BatchAct(requests, BatchKind.Codes);
