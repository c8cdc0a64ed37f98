using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Coupons;

/// <summary>Coupon templates: what coupons are made from.</summary>
public static class TemplatesEndpoints
{
    internal static void MapTemplates(this IEndpointRouteBuilder app)
    {
        var templates = app.MapBrand("/v1/coupon-templates", "Coupon templates");
        templates.MapPost("", AddTemplate);
        templates.MapGet("", ListTemplates);
        templates.MapGet("{id}", GetTemplate);
        templates.MapPatch("{id}", ChangeTemplate);
        templates.MapPost("{id}/activate", ActivateTemplate);
        templates.MapPost("{id}/pause", PauseTemplate);
        templates.MapPost("{id}/end", EndTemplate);
    }

    /// <summary>Adds a coupon template, as a draft.</summary>
    /// <remarks>
    /// Nothing is given out before it is activated. Errors: required, not_applicable, one_of, out_of_order, out_of_range, scope_empty, markup_not_allowed,
    /// code_reserved (400), tier_unknown, plan_unknown, amount_above_threshold (422), code_taken, too_many_templates (409) beyond 500 that have not ended.
    /// </remarks>
    private static async Task<Results<Created<TemplateShape>, ProblemHttpResult>> AddTemplate(
        TemplateBody body,
        TemplateBook book,
        CancellationToken ct
    ) => (await book.AddAsync(body, ct)).ToCreated(TemplateShape.Of);

    /// <summary>Lists the coupon templates, newest first.</summary>
    /// <remarks>Errors: unknown_value (400).</remarks>
    /// <param name="state">Only those: draft, active, paused or ended.</param>
    private static async Task<Results<Ok<Page<TemplateShape>>, ProblemHttpResult>> ListTemplates(
        [AsParameters] PageRequest page,
        TemplateBook book,
        CancellationToken ct,
        string? state = null
    )
    {
        var wanted = QueryWords.Read<TemplateState>(state, "/state");
        var after = page.After($"templates:{state}");
        if ((wanted.Problem ?? after.Problem) is { } problem)
            return problem.ToHttp();
        var before = Guid.TryParse(after.Value, out var last) ? last : (Guid?)null;
        var found = await book.ListAsync(wanted.Value, before, page.Size + 1, ct);
        return TypedResults.Ok(Page.From(found, page, $"templates:{state}", t => t.Template.Id.ToString(), TemplateShape.Of));
    }

    /// <summary>Reads a coupon template, with what became of its coupons.</summary>
    private static async Task<Results<Ok<TemplateShape>, ProblemHttpResult>> GetTemplate(
        string id,
        TemplateBook book,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Template, id, out var templateId) || await book.ReadAsync(templateId, ct) is not { } found)
            return NotFound.ToHttp();
        ETags.Show(http, found.Template.Version);
        return TypedResults.Ok(TemplateShape.Of(found));
    }

    /// <summary>Changes a coupon template: a new version for what is given out from now on.</summary>
    /// <remarks>
    /// The kind stays: another kind is another template. Coupons given out keep the terms they were made with. Stock below what was given out stops giving out.
    /// If-Match is honoured (412 stale). Errors: not_applicable,
    /// one_of, out_of_order, required, scope_empty (400), tier_unknown, plan_unknown, amount_above_threshold (422), code_taken, template_ended,
    /// template_promised (409) where it would be worth more while batches or codes of it are open.
    /// </remarks>
    private static async Task<Results<Ok<TemplateShape>, ProblemHttpResult>> ChangeTemplate(
        string id,
        TemplateChange body,
        TemplateBook book,
        HttpContext http,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Template, id, out var templateId)
            ? (await book.ChangeAsync(templateId, body.ApplyTo, version => ETags.Stale(http, version), ct)).ToOk(TemplateShape.Of)
            : NotFound.ToHttp();

    /// <summary>Activates a coupon template: it gives out coupons from now on, by the ways its fields name.</summary>
    /// <remarks>The same again changes nothing. Errors: template_ended (409).</remarks>
    private static Task<Results<Ok<TemplateShape>, ProblemHttpResult>> ActivateTemplate(
        string id,
        TemplateBook book,
        CancellationToken ct
    ) => MoveAsync(id, TemplateState.Active, book, ct);

    /// <summary>Pauses a coupon template: it gives out none until it is activated again; what was given out stays good.</summary>
    /// <remarks>The same again changes nothing. Errors: template_draft, template_ended (409).</remarks>
    private static Task<Results<Ok<TemplateShape>, ProblemHttpResult>> PauseTemplate(
        string id,
        TemplateBook book,
        CancellationToken ct
    ) => MoveAsync(id, TemplateState.Paused, book, ct);

    /// <summary>Ends a coupon template for good: it gives out none any more; what was given out stays good.</summary>
    /// <remarks>The same again changes nothing.</remarks>
    private static Task<Results<Ok<TemplateShape>, ProblemHttpResult>> EndTemplate(
        string id,
        TemplateBook book,
        CancellationToken ct
    ) => MoveAsync(id, TemplateState.Ended, book, ct);

    private static async Task<Results<Ok<TemplateShape>, ProblemHttpResult>> MoveAsync(
        string id,
        TemplateState to,
        TemplateBook book,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Template, id, out var templateId)
            ? (await book.MoveAsync(templateId, to, ct)).ToOk(TemplateShape.Of)
            : NotFound.ToHttp();

    internal static Problem NotFound { get; } = Problem.NotFound("coupon template");
}
