using MemberCloud.Data;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Orders;

/// <summary>Earning rules, coupons and price lists tried on past orders before they are switched on.</summary>
public static class SimulationEndpoints
{
    public static IServiceCollection AddSimulations(this IServiceCollection services) =>
        services.AddScoped<SimulationService>().AddScoped<SimulationReads>();

    public static void MapSimulations(this IEndpointRouteBuilder app)
    {
        app.MapBrand("/v1/earning-rules/{id}/simulate", "Configuration").MapPost("", SimulateRule);
        app.MapBrand("/v1/coupon-templates/{id}/simulate", "Coupon templates").MapPost("", SimulateTemplate);
        app.MapBrand("/v1/price-lists/{id}/simulate", "Prices").MapPost("", SimulatePriceList);
        var simulations = app.MapBrand("/v1/simulations", "Configuration");
        simulations.MapGet("", ListSimulations);
        simulations.MapGet("{id}", GetSimulation);
    }

    /// <summary>Begins to try an earning rule, active or not, on past orders. Nothing is issued.</summary>
    /// <remarks>
    /// The rule counts as it stands now, with the tier each member had at the order's time, and their tags as of now. Errors: rule_not_simulated (422) for a rule
    /// on anything but orders, too_many_simulations (409) while three run, out_of_order, out_of_range (400) beyond 5 years.
    /// </remarks>
    private static Task<Results<Accepted<SimulationStarted>, ProblemHttpResult>> SimulateRule(
        string id,
        SimulationRequest body,
        SimulationService simulations,
        CancellationToken ct
    ) => StartAsync(SimulationKind.EarningRule, IdPrefix.Rule, id, "earning rule", body, simulations, ct);

    /// <summary>Begins to try a coupon template, draft or not, on past orders: who would have used it, how often, at what cost. Nothing is given out.</summary>
    /// <remarks>
    /// As if every member of its audience had had a coupon whenever its limits allow one, used on the first order it takes something off, on top of what the order had: an order
    /// that used a coupon which does not go with it gets nothing. Coupons of the template itself that were used count as not used. Tiers are those of the order's time, tags those of now; the
    /// validity does not count, the range stands for it. Errors: too_many_simulations (409) while three run, out_of_order, out_of_range (400) beyond 5 years.
    /// </remarks>
    private static Task<Results<Accepted<SimulationStarted>, ProblemHttpResult>> SimulateTemplate(
        string id,
        SimulationRequest body,
        SimulationService simulations,
        CancellationToken ct
    ) => StartAsync(SimulationKind.CouponTemplate, IdPrefix.Template, id, "coupon template", body, simulations, ct);

    /// <summary>Begins to try a price list, active or not, on past orders: what its members would have paid less. Nothing is changed.</summary>
    /// <remarks>
    /// Each line costs what was paid for it or what the list makes of the catalogue's list price, whichever is less; where the catalogue has none, of what was paid. Purchase limits count from
    /// the range's beginning. Tiers are those of the order's time, tags those of now; the list's window does not count, the range stands for it. Errors: too_many_simulations (409) while three run,
    /// out_of_order, out_of_range (400) beyond 5 years.
    /// </remarks>
    private static Task<Results<Accepted<SimulationStarted>, ProblemHttpResult>> SimulatePriceList(
        string id,
        SimulationRequest body,
        SimulationService simulations,
        CancellationToken ct
    ) => StartAsync(SimulationKind.PriceList, IdPrefix.PriceList, id, "price list", body, simulations, ct);

    private static async Task<Results<Accepted<SimulationStarted>, ProblemHttpResult>> StartAsync(
        SimulationKind kind,
        string prefix,
        string shown,
        string what,
        SimulationRequest body,
        SimulationService simulations,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(prefix, shown, out var id))
            return Problem.NotFound(what).ToHttp();
        var begun = await simulations.StartAsync(kind, id, body, ct);
        return begun.Problem is { } problem
            ? problem.ToHttp()
            : TypedResults.Accepted((string?)null, new SimulationStarted(Ids.Show(IdPrefix.Simulation, begun.Value)));
    }

    /// <summary>Lists simulations, newest first. The newest hundred are kept.</summary>
    private static async Task<Results<Ok<Page<SimulationLine>>, ProblemHttpResult>> ListSimulations(
        [AsParameters] PageRequest page,
        MemberCloudDb db,
        CancellationToken ct
    )
    {
        const string list = "simulations";
        var after = page.After(list);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        var rows = db.Set<Simulation>().AsNoTracking();
        if (Ids.TryRead(IdPrefix.Simulation, after.Value, out var last))
            rows = rows.Where(s => s.Id.CompareTo(last) < 0);
        var found = await rows.OrderByDescending(s => s.Id).Take(page.Size + 1).ToListAsync(ct);
        return TypedResults.Ok(Page.From([.. found.Select(SimulationLine.Of)], page, list, s => s.Id, s => s));
    }

    /// <summary>Reads a simulation: what would have been issued or taken off on the orders looked at so far.</summary>
    private static async Task<Results<Ok<SimulationShape>, ProblemHttpResult>> GetSimulation(
        string id,
        SimulationService simulations,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Simulation, id, out var simulationId) && await simulations.FindAsync(simulationId, ct) is { } found
            ? TypedResults.Ok(SimulationShape.Of(found, scope.Tenant.Currency, ProductsEndpoints.MaySeeCost(scope.Caller)))
            : Problem.NotFound("simulation").ToHttp();
}
