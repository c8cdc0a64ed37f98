using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Staff;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>Issuing coupons by hand, and following what goes on.</summary>
public static class BatchesEndpoints
{
    private const string Issuing = "Issuing coupons";

    internal static void MapBatches(this IEndpointRouteBuilder app)
    {
        app.MapBrand("/v1/coupon-templates/{id}/issue", Issuing).MapPost("", IssueCoupons).RequireIdempotencyKey().TakesLong();
        var batches = app.MapBrand("/v1/batches", Issuing);
        batches.MapGet("", ListBatches);
        batches.MapGet("{id}", GetBatch);
        batches.MapGet("{id}/refusals", ListBatchRefusals);
        batches.MapPost("{id}/approve", ApproveBatch);
        batches.MapPost("{id}/undo", UndoBatch);
    }

    /// <summary>Gives coupons of a template to members: to one, to a list, to all with a tag, or to a segment.</summary>
    /// <remarks>
    /// With dry_run it says what would happen, and nothing happens. One member gets them at once (201); several are a batch that goes on (202): follow it with
    /// GET /v1/batches/{id}. Each member gets what the template's limits, audience and stock allow; opens_at and claimable do not matter. What is given out weighs
    /// its face value (amount_off or max_off; 1,000 where there is none) against staff_daily_limit, together with adjusted points: above it the batch waits for a
    /// second person (keys with the scope unattended pass). Errors: one_of (400), nobody_matches, member_unknown (422), not_found (404), not_active, paused, ended (409); for one
    /// member also used_up, member_limit, day_limit, week_limit, month_limit, audience, erased_member (409).
    /// </remarks>
    private static async Task<
        Results<Ok<DryRunShape>, Created<IssuedShape>, Accepted<BatchBegun>, ProblemHttpResult>
    > IssueCoupons(
        string id,
        IssueRequest body,
        TemplateBook book,
        IssueService issuing,
        BatchMembers members,
        TenantScope scope,
        CancellationToken ct
    )
    {
        if (await book.FindAsync(id, ct) is not { } template)
            return TemplatesEndpoints.NotFound.ToHttp();
        if (body.DryRun)
        {
            var tried = await issuing.TryAsync(template, body, members, ct);
            return tried.Problem is { } refused ? refused.ToHttp() : TypedResults.Ok(tried.Value);
        }
        var issued = await issuing.IssueAsync(template, body, ct);
        if (issued.Problem is { } problem)
            return problem.ToHttp();
        if (issued.Value.Coupons is { } coupons)
            return TypedResults.Created((string?)null, new IssuedShape([.. coupons.Select(c => CouponShape.Of(c, scope.Now))]));
        var batch = BatchBegun.Of(issued.Value.Batch!);
        return TypedResults.Accepted($"/v1/batches/{batch.BatchId}", batch);
    }

    /// <summary>Lists batches, newest first.</summary>
    private static async Task<Results<Ok<Page<BatchShape>>, ProblemHttpResult>> ListBatches(
        [AsParameters] PageRequest page,
        BatchService batches,
        CancellationToken ct
    )
    {
        var after = page.After("batches");
        if (after.Problem is { } problem)
            return problem.ToHttp();
        var before = Guid.TryParse(after.Value, out var last) ? last : (Guid?)null;
        var found = await batches.ListAsync(before, page.Size + 1, ct);
        return TypedResults.Ok(Page.From(found, page, "batches", b => b.Id.ToString(), BatchShape.Of));
    }

    /// <summary>Reads how far a batch is.</summary>
    private static async Task<Results<Ok<BatchShape>, ProblemHttpResult>> GetBatch(
        string id,
        BatchService batches,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Batch, id, out var batchId) && await batches.FindAsync(batchId, ct) is { } batch
            ? TypedResults.Ok(BatchShape.Of(batch))
            : NotFound.ToHttp();

    /// <summary>Lists the members of a batch who did not get all, and why, by member.</summary>
    private static async Task<Results<Ok<Page<RefusedMember>>, ProblemHttpResult>> ListBatchRefusals(
        string id,
        [AsParameters] PageRequest page,
        BatchService batches,
        TenantScope scope,
        MemberCloudDb db,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Batch, id, out var batchId) || await batches.FindAsync(batchId, ct) is null)
            return NotFound.ToHttp();
        var list = $"batch-refusals:{id}";
        var after = page.After(list);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        var rows = db.Set<CouponBatchRefusal>().AsNoTracking().Where(r => r.BatchId == batchId);
        if (Guid.TryParse(after.Value, out var last))
            rows = rows.Where(r => r.MemberId.CompareTo(last) > 0);
        var found = await rows.OrderBy(r => r.MemberId).Take(page.Size + 1).ToListAsync(ct);
        return TypedResults.Ok(
            Page.From(
                found,
                page,
                list,
                r => r.MemberId.ToString(),
                r => new RefusedMember(Ids.Show(IdPrefix.Member, r.MemberId), r.Code, Refusals.Message(r.Code, scope.Language))
            )
        );
    }

    /// <summary>Agrees to a batch that waits for a second person: it begins.</summary>
    /// <remarks>The same as approving its approval. Errors: not_awaiting (409), own_request, approver_too_new (403), approval_expired, approval_decided (409).</remarks>
    private static async Task<Results<Ok<BatchShape>, ProblemHttpResult>> ApproveBatch(
        string id,
        BatchService batches,
        ApprovalService approvals,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Batch, id, out var batchId) || await batches.FindAsync(batchId, ct) is not { } batch)
            return NotFound.ToHttp();
        if (batch.ApprovalId is not { } approval)
            return Problem.Conflict("not_awaiting", "The batch waits for nobody.").ToHttp();
        var decided = await approvals.ApproveAsync(approval, null, ct);
        return decided.Problem is { } problem
            ? problem.ToHttp()
            : TypedResults.Ok(BatchShape.Of((await batches.FindAsync(batchId, ct))!));
    }

    /// <summary>Takes back all coupons of a batch that were not used; of a batch of codes, the codes that were not redeemed.</summary>
    /// <remarks>
    /// A batch under way stops. Used, locked and ended coupons stay, and so do coupons that codes gave. Within 30 days of its beginning, after which undo_too_late (409).
    /// The same again changes nothing. Errors: not_undoable (409) for a batch that waits for approval.
    /// </remarks>
    private static async Task<Results<Accepted<BatchShape>, ProblemHttpResult>> UndoBatch(
        string id,
        UndoRequest body,
        BatchService batches,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Batch, id, out var batchId))
            return NotFound.ToHttp();
        var undone = await batches.UndoAsync(batchId, body.Reason, ct);
        return undone.Problem is { } problem
            ? problem.ToHttp()
            : TypedResults.Accepted($"/v1/batches/{id}", BatchShape.Of(undone.Value));
    }

    private static Problem NotFound { get; } = Problem.NotFound("batch");
}
