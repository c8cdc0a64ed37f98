using System.ComponentModel.DataAnnotations;
using MemberCloud.Members;
using MemberCloud.Shared;

namespace MemberCloud.Coupons;

/// <summary>Whom to give coupons to: one of member_ids, external_ids, tag and segment.</summary>
/// <param name="MemberIds">1 to 10,000 members.</param>
/// <param name="ExternalIds">1 to 10,000 members by the brand's own ids.</param>
/// <param name="Tag">All members with this tag when the batch comes to them.</param>
/// <param name="Segment">All members of a saved segment, <c>seg_...</c>, when the batch comes to them; the segment as it is saved now.</param>
/// <param name="QuantityEach">Coupons for each, 1 to 100; 1 unless given.</param>
/// <param name="Reason">Why, for the audit log; up to 200 characters, no personal data.</param>
/// <param name="DryRun">true: says what would happen and gives out nothing.</param>
public sealed record IssueRequest(
    [property: Required, Text(CouponBatch.ReasonLength, Plain = true)] string Reason,
    [property: MinLength(1), MaxLength(10_000)] IReadOnlyList<string>? MemberIds = null,
    [property: MinLength(1), MaxLength(10_000)] IReadOnlyList<string>? ExternalIds = null,
    [property: Text(MemberRules.TagLength)] string? Tag = null,
    [property: Text(60)] string? Segment = null,
    [property: Range(1, 100)] int QuantityEach = 1,
    bool DryRun = false
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (new object?[] { MemberIds, ExternalIds, Tag, Segment }.Count(part => part is not null) != 1)
            yield return new("", "one_of", "Name the members by one of member_ids, external_ids, tag and segment.");
    }
}

/// <summary>What a batch would do.</summary>
/// <param name="Members">Members that were looked at.</param>
/// <param name="Coupons">Coupons that would be given out.</param>
/// <param name="FaceValue">What they take off at most, minor units; null where that depends on the cart.</param>
/// <param name="Refused">Members who would not get all, the first 1,000.</param>
/// <param name="RefusedCount">All of those.</param>
/// <param name="Weight">What it counts against the caller's daily limit.</param>
/// <param name="NeedsApproval">A second person would have to agree.</param>
public sealed record DryRunShape(
    long Members,
    long Coupons,
    long? FaceValue,
    IReadOnlyList<RefusedMember> Refused,
    long RefusedCount,
    long Weight,
    bool NeedsApproval
);

/// <summary>A member who does not get all, and why.</summary>
/// <param name="MemberId"><c>mem_...</c></param>
/// <param name="Code">Of the list of refusals.</param>
/// <param name="Message">The same as a sentence.</param>
public sealed record RefusedMember(string MemberId, Refusal Code, string Message);

/// <summary>Something that goes on.</summary>
/// <param name="BatchId">Ask GET /v1/batches/{id} how far it is.</param>
/// <param name="State">queued, or awaiting_approval when a second person must agree first.</param>
/// <param name="ApprovalId">What the second person decides; null when none is needed.</param>
public sealed record BatchBegun(string BatchId, BatchState State, string? ApprovalId)
{
    public static BatchBegun Of(CouponBatch batch) =>
        new(Ids.Show(IdPrefix.Batch, batch.Id), batch.State, batch.ApprovalId is { } id ? Ids.Show(IdPrefix.Approval, id) : null);
}

/// <summary>Coupons given to one member at once.</summary>
/// <param name="Coupons">The coupons.</param>
public sealed record IssuedShape(IReadOnlyList<CouponShape> Coupons);

/// <summary>How far a batch is.</summary>
/// <param name="Id"><c>bat_...</c></param>
/// <param name="State">awaiting_approval, queued, running, done, undoing, undone or rejected.</param>
/// <param name="Total">Members to be looked at (as counted when it began), or codes to be made.</param>
/// <param name="Looked">Members looked at so far, or codes made.</param>
/// <param name="Issued">Coupons given out.</param>
/// <param name="Refused">Coupons refused.</param>
/// <param name="Refusals">How often each refusal was given.</param>
/// <param name="Undone">Coupons taken back by undoing.</param>
/// <param name="RequestedBy">Who began it: stf_... or key_...</param>
/// <param name="FinishedAt">When all was looked at, or undone.</param>
public sealed record BatchShape(
    string Id,
    string TemplateId,
    BatchKind Kind,
    BatchState State,
    string Reason,
    int QuantityEach,
    long Total,
    long Looked,
    long Issued,
    long Refused,
    IReadOnlyDictionary<string, long> Refusals,
    long Undone,
    string RequestedBy,
    string? ApprovalId,
    DateTime CreatedAt,
    DateTime? FinishedAt
)
{
    public static BatchShape Of(CouponBatch b) =>
        new(
            Ids.Show(IdPrefix.Batch, b.Id),
            Ids.Show(IdPrefix.Template, b.TemplateId),
            b.Kind,
            b.State,
            b.Reason,
            b.QuantityEach,
            b.Total,
            b.Looked,
            b.Issued,
            b.Refused,
            Json.Read<Dictionary<string, long>>(b.Refusals),
            b.Undone,
            b.RequesterKind == Tenancy.CallerKind.Staff
                ? Ids.Show(IdPrefix.Staff, b.RequesterId)
                : Ids.Show(IdPrefix.Key, b.RequesterId),
            b.ApprovalId is { } id ? Ids.Show(IdPrefix.Approval, id) : null,
            b.CreatedAt,
            b.FinishedAt
        );
}

/// <summary>Why a batch is undone.</summary>
/// <param name="Reason">For the audit log and the coupons; up to 200 characters, no personal data.</param>
public sealed record UndoRequest([property: Required, Text(CouponBatch.ReasonLength, Plain = true)] string Reason);
