using System.ComponentModel.DataAnnotations;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Memberships;

/// <summary>A notice arrived.</summary>
/// <param name="Channel">How: sms, e-mail, app ...; up to 40 characters.</param>
/// <param name="At">When, not in the future.</param>
/// <param name="Evidence">What the brand has to show for it (a receipt's number), up to 500 characters. Kept under the member's own key.</param>
public sealed record DeliveredRequest(
    [property: Required, Text(Consent.ChannelLength)] string Channel,
    [property: Required, Instant] DateTime? At,
    [property: Text(RenewalNotice.EvidenceLength)] string? Evidence = null
);

/// <summary>Notices of renewals and their proof: nothing is charged by itself before one arrived.</summary>
internal static class NoticesEndpoints
{
    private const string List = "notices";

    public static void MapNotices(this IEndpointRouteBuilder app)
    {
        var notices = app.MapBrand("/v1/notices", "Memberships");
        notices.MapGet("", ListNotices);
        notices.MapPost("{id}/delivered", ProveNotice);
    }

    /// <summary>Lists the notices of renewals that members are to be told, oldest first.</summary>
    /// <remarks>Errors: cursor_invalid, bad_format (400).</remarks>
    /// <param name="since">Only those made at or after this instant.</param>
    private static async Task<Results<Ok<Page<NoticeShape>>, ProblemHttpResult>> ListNotices(
        [AsParameters] PageRequest page,
        NoticeService notices,
        PlanBook book,
        TenantScope scope,
        CancellationToken ct,
        [FromQuery, Instant] DateTime? since = null
    )
    {
        var after = page.After(List);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        Guid? last = Ids.TryRead(IdPrefix.Notice, after.Value, out var id) ? id : null;
        var plans = await book.ReadAsync(ct);
        var rows = await notices.SinceAsync(since, last, page.Size + 1, ct);
        return TypedResults.Ok(
            Page.From(
                rows,
                page,
                List,
                n => Ids.Show(IdPrefix.Notice, n.Id),
                n => NoticeShape.Of(n, plans, scope.Tenant.Currency)
            )
        );
    }

    /// <summary>Says that a notice reached the member: five days later, and not before the period's end, the renewal may be charged.</summary>
    /// <remarks>The first proof counts. Errors: in_future (400), not_found (404).</remarks>
    private static async Task<Results<Ok<NoticeShape>, ProblemHttpResult>> ProveNotice(
        string id,
        DeliveredRequest body,
        NoticeService notices,
        PlanBook book,
        TenantScope scope,
        CancellationToken ct
    )
    {
        if (scope.InFuture(body.At, "/at") is { } future)
            return future.ToHttp();
        if (!Ids.TryRead(IdPrefix.Notice, id, out var notice))
            return Problem.NotFound("notice").ToHttp();
        var at = body.At < scope.Now ? body.At.Value : scope.Now;
        var proved = await notices.ProveAsync(notice, NoticeProof.Delivered, at, body.Channel, body.Evidence, ct);
        var plans = await book.ReadAsync(ct);
        return proved.ToOk(n => NoticeShape.Of(n, plans, scope.Tenant.Currency));
    }
}
