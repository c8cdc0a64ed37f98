using System.ComponentModel.DataAnnotations;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Memberships;

/// <summary>What to change of a plan; what is absent stays. Makes a new version; who bought before keeps what they agreed to until they are told.</summary>
/// <param name="Price">For one term, minor units, 1 to 10^12.</param>
/// <param name="Term">How long one payment lasts.</param>
/// <param name="TierId">The tier it lifts the member to while it is active; null = none.</param>
/// <param name="TrialDays">Days before the first payment, 0 to 365.</param>
/// <param name="GraceDays">Days that perks go on after a failed renewal, 0 to 90.</param>
/// <param name="Intro">What the first terms cost; null = the price.</param>
/// <param name="Perks">Ids of the perks it entitles to, up to 50, in place of those before.</param>
/// <param name="RefundPolicy">What is paid back when a membership is cancelled at once.</param>
/// <param name="Active">false: it can be bought no more.</param>
/// <param name="ApplyToMembers">true: who bought an older version goes over to this one at the first renewal they are told of in time. Unless given, each keeps what they agreed to.</param>
public sealed record PlanChange(
    string? Name = null,
    long? Price = null,
    PlanTerm? Term = null,
    Optional<string> TierId = default,
    int? TrialDays = null,
    int? GraceDays = null,
    Optional<PlanIntro> Intro = default,
    [property: MaxLength(50)] IReadOnlyList<string>? Perks = null,
    RefundPolicy? RefundPolicy = null,
    bool? Active = null,
    bool ApplyToMembers = false
)
{
    public PlanBody ApplyTo(PlanBody body) =>
        body with
        {
            Name = Name ?? body.Name,
            Price = Price ?? body.Price,
            Term = Term ?? body.Term,
            TierId = TierId.Or(body.TierId),
            TrialDays = TrialDays ?? body.TrialDays,
            GraceDays = GraceDays ?? body.GraceDays,
            Intro = Intro.Or(body.Intro),
            Perks = Perks ?? body.Perks,
            RefundPolicy = RefundPolicy ?? body.RefundPolicy,
            Active = Active ?? body.Active,
        };
}

/// <summary>A plan as it stands.</summary>
/// <param name="Id"><c>plan_...</c></param>
/// <param name="Version">1, 2, 3 ... with every change.</param>
/// <param name="Family">A member has one live membership of a family.</param>
/// <param name="TierId">The tier it lifts the member to while it is active; null = none.</param>
/// <param name="Price">For one term, minor units.</param>
/// <param name="Currency">The brand's currency, ISO 4217.</param>
/// <param name="Term">How long one payment lasts.</param>
/// <param name="TrialDays">Days before the first payment.</param>
/// <param name="GraceDays">Days that perks go on after a failed renewal.</param>
/// <param name="Intro">What the first terms cost; null = the price.</param>
/// <param name="Perks">Ids of the perks it entitles to.</param>
/// <param name="RefundPolicy">What is paid back when a membership is cancelled at once.</param>
/// <param name="Active">Whether it can be bought.</param>
public sealed record PlanShape(
    string Id,
    int Version,
    string Name,
    string Family,
    string? TierId,
    long Price,
    string Currency,
    PlanTerm Term,
    int TrialDays,
    int GraceDays,
    PlanIntro? Intro,
    IReadOnlyList<string> Perks,
    RefundPolicy RefundPolicy,
    bool Active,
    DateTime CreatedAt
)
{
    public static PlanShape Of(Plan plan, string currency)
    {
        var b = Json.Read<PlanBody>(plan.Body);
        return new(
            Ids.Show(IdPrefix.Plan, plan.Id),
            plan.PlanVersion,
            b.Name,
            b.Family,
            b.TierId,
            b.Price,
            currency,
            b.Term,
            b.TrialDays,
            b.GraceDays,
            b.Intro,
            b.Perks ?? [],
            b.RefundPolicy,
            b.Active,
            plan.CreatedAt
        );
    }
}

/// <summary>The brand's plans.</summary>
public static class PlansEndpoints
{
    public static IServiceCollection AddPlans(this IServiceCollection services) =>
        services.AddScoped<PlanService>().AddScoped<PlanChecks>().AddScoped<PlanBook>().AddScoped<ISegmentPart, SegmentByPlan>();

    public static void MapPlans(this IEndpointRouteBuilder app)
    {
        var plans = app.MapBrand("/v1/plans", "Configuration");
        plans.MapPost("", AddPlan);
        plans.MapGet("", ListPlans);
        plans.MapGet("{id}", GetPlan);
        plans.MapPatch("{id}", ChangePlan);
    }

    /// <summary>Adds a plan that members can pay for.</summary>
    /// <remarks>Errors: intro_not_below_price, duplicate, markup_not_allowed (400), too_many_plans (409) beyond 200, tier_unknown, perk_unknown (422).</remarks>
    private static async Task<Results<Created<PlanShape>, ProblemHttpResult>> AddPlan(
        PlanBody body,
        PlanService plans,
        TenantScope scope,
        CancellationToken ct
    ) => (await plans.AddAsync(body, ct)).ToCreated(p => PlanShape.Of(p, scope.Tenant.Currency));

    /// <summary>Lists the plans, oldest first.</summary>
    private static async Task<Ok<Page<PlanShape>>> ListPlans(PlanService plans, TenantScope scope, CancellationToken ct) =>
        TypedResults.Ok(
            new Page<PlanShape>([.. (await plans.AllAsync(ct)).Select(p => PlanShape.Of(p, scope.Tenant.Currency))], null)
        );

    /// <summary>Reads a plan.</summary>
    private static async Task<Results<Ok<PlanShape>, ProblemHttpResult>> GetPlan(
        string id,
        PlanService plans,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (
            !Ids.TryRead(IdPrefix.Plan, id, out var planId)
            || (await plans.AllAsync(ct)).FirstOrDefault(p => p.Id == planId) is not { } plan
        )
            return Problem.NotFound("plan").ToHttp();
        ETags.Show(http, plan.Version);
        return TypedResults.Ok(PlanShape.Of(plan, scope.Tenant.Currency));
    }

    /// <summary>Changes a plan: a new version, unless nothing is different.</summary>
    /// <remarks>
    /// The family stays: another family is another plan. If-Match is honoured (412 stale). Errors: intro_not_below_price, duplicate, markup_not_allowed (400), tier_unknown, perk_unknown (422).
    /// </remarks>
    private static async Task<Results<Ok<PlanShape>, ProblemHttpResult>> ChangePlan(
        string id,
        PlanChange body,
        PlanService plans,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Plan, id, out var planId)
            ? (
                await plans.ChangeAsync(planId, body.ApplyTo, version => ETags.Stale(http, version), body.ApplyToMembers, ct)
            ).ToOk(p => PlanShape.Of(p, scope.Tenant.Currency))
            : Problem.NotFound("plan").ToHttp();
}
