using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Staff;

/// <summary>A line of the audit log.</summary>
/// <param name="Id"><c>aud_...</c></param>
/// <param name="Number">1, 2, 3 ... within the brand, without gaps.</param>
/// <param name="ActorKind">staff, key or operator.</param>
/// <param name="ActorId"><c>stf_...</c> or <c>key_...</c></param>
/// <param name="Operation">What was done, by its operationId; SignIn and SignInLocked too.</param>
/// <param name="Subject">What it was done to.</param>
/// <param name="MemberId">The member it was about.</param>
/// <param name="Reason">Why, where the operation asks for it.</param>
/// <param name="Changes">What was there before and after, row by row; null once the member was erased.</param>
/// <param name="WrittenAt">By the wall clock.</param>
/// <param name="OccurredAt">By the brand's clock.</param>
public sealed record AuditShape(
    string Id,
    long Number,
    CallerKind ActorKind,
    string ActorId,
    string Operation,
    string? Subject,
    string? MemberId,
    string? Reason,
    IReadOnlyList<RowChange>? Changes,
    DateTime WrittenAt,
    DateTime OccurredAt
)
{
    public static AuditShape Of(AuditEntry e, AuditDetails? details) =>
        new(
            Ids.Show(IdPrefix.Audit, e.Id),
            e.Seq,
            e.ActorKind,
            Ids.Show(e.ActorKind == CallerKind.Staff ? IdPrefix.Staff : IdPrefix.Key, e.ActorId),
            e.Operation,
            e.Subject,
            e.MemberId is { } member ? Ids.Show(IdPrefix.Member, member) : null,
            details?.Reason,
            details?.Changes,
            e.WrittenAt,
            e.OccurredAt
        );
}

/// <summary>Who did what.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder app) =>
        app.MapBrand("/v1/audit-log", "Staff").MapGet("", ListAuditLog);

    /// <summary>Reads who did what, newest first: every act of staff, and every change of the configuration by whomever.</summary>
    /// <remarks>Append-only; each line is sealed with the one before, and ledger.verify checks the chain. staff_id narrows it to one person; an unknown one has no lines.</remarks>
    /// <param name="staff_id">One person's lines, <c>stf_...</c></param>
    /// <param name="operation">Lines of one operation, by its operationId.</param>
    private static async Task<Results<Ok<Page<AuditShape>>, ProblemHttpResult>> ListAuditLog(
        [AsParameters] PageRequest page,
        MemberCloudDb db,
        AuditLog log,
        CancellationToken ct,
        string? staff_id = null,
        string? operation = null
    )
    {
        var list = $"audit:{staff_id}:{operation}";
        var after = page.After(list);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        var before = long.TryParse(after.Value, out var seq) ? seq : long.MaxValue;
        var rows = db.Set<AuditEntry>().AsNoTracking().Where(e => e.Seq < before);
        if (staff_id is not null)
        {
            var actor = Ids.TryRead(IdPrefix.Staff, staff_id, out var id) ? id : Guid.Empty;
            rows = rows.Where(e => e.ActorId == actor);
        }
        if (operation is not null)
            rows = rows.Where(e => e.Operation == operation);
        var found = await rows.OrderByDescending(e => e.Seq).Take(page.Size + 1).ToListAsync(ct);
        var shapes = new Dictionary<long, AuditShape>();
        foreach (var entry in found)
            shapes.Add(entry.Seq, AuditShape.Of(entry, await log.OpenAsync(entry, ct)));
        return TypedResults.Ok(
            Page.From(
                found,
                page,
                list,
                e => e.Seq.ToString(System.Globalization.CultureInfo.InvariantCulture),
                e => shapes[e.Seq]
            )
        );
    }
}
