using System.ComponentModel.DataAnnotations;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Orders;

/// <summary>On which past orders a rule is tried.</summary>
/// <param name="From">Orders paid or completed (as the rule's trigger says) from this instant on.</param>
/// <param name="To">And before this one; at most 5 years later.</param>
public sealed record SimulationRequest([property: Required, Instant] DateTime From, [property: Required, Instant] DateTime To)
    : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (To <= From)
            yield return new("/to", "out_of_order", "A range ends after it begins.");
        else if (To > From.AddYears(SimulationService.MaxYears))
            yield return new("/to", "out_of_range", $"A simulation looks at {SimulationService.MaxYears} years at most.");
    }
}

/// <summary>A simulation that was begun.</summary>
/// <param name="SimulationId"><c>sim_...</c>, for GET /v1/simulations/{id}.</param>
public sealed record SimulationStarted(string SimulationId);

/// <summary>What a rule would have issued on past orders: so far while it runs, in all when it is done.</summary>
/// <param name="RuleVersion">The rule as it stood when the simulation was asked for.</param>
/// <param name="State">How far it has come.</param>
/// <param name="From">The first instant of the range.</param>
/// <param name="To">The end of the range, which does not belong to it.</param>
/// <param name="Orders">Orders looked at: those not cancelled. What was refunded since counts in full.</param>
/// <param name="OrdersEarning">Orders that earn under the caps, before the budget.</param>
/// <param name="Members">Members who earn under the caps, before the budget.</param>
/// <param name="Points">Points issued in all, within caps and budget.</param>
/// <param name="CutByCaps">Points that the caps withhold.</param>
/// <param name="CutByBudget">Points that the budget withholds after the caps: it is spent in order of time, from nothing used.</param>
/// <param name="Months">By local month, earliest first.</param>
/// <param name="Largest">The ten largest earnings under the caps, before the budget, largest first.</param>
/// <param name="Reason">Why it failed; null otherwise.</param>
/// <param name="StartedAt">By the wall clock.</param>
/// <param name="FinishedAt">By the wall clock; null while it runs.</param>
public sealed record SimulationShape(
    string Id,
    string RuleId,
    int RuleVersion,
    SimulationState State,
    DateTime From,
    DateTime To,
    long Orders,
    long OrdersEarning,
    long Members,
    string Currency,
    long Points,
    long CutByCaps,
    long CutByBudget,
    IReadOnlyList<SimulationMonthShape> Months,
    IReadOnlyList<SimulationEarningShape> Largest,
    string? Reason,
    DateTime StartedAt,
    DateTime? FinishedAt
)
{
    public static SimulationShape Of(Simulation simulation, IReadOnlyDictionary<Guid, string> numbers)
    {
        var sums = Json.Read<SimulationSums>(simulation.Sums);
        var rule = Json.Read<RuleBody>(simulation.Body);
        var months = SimulationRules.WithinBudget(sums.Months, rule.Budget);
        var points = months.Sum(m => m.Points);
        return new(
            Ids.Show(IdPrefix.Simulation, simulation.Id),
            Ids.Show(IdPrefix.Rule, simulation.RuleId),
            simulation.RuleVersion,
            simulation.State,
            simulation.FromAt,
            simulation.UntilAt,
            sums.Orders,
            sums.Earning,
            sums.Members,
            rule.Currency,
            points,
            sums.CutByCaps,
            sums.Points - points,
            [.. months.Select(m => new SimulationMonthShape(m.Month, m.Orders, m.Points))],
            [.. sums.Largest.Select(e => SimulationEarningShape.Of(e, numbers.GetValueOrDefault(e.OrderId)))],
            simulation.Reason,
            simulation.StartedAt,
            simulation.FinishedAt
        );
    }
}

/// <summary>What would have been issued in one local month.</summary>
/// <param name="Month">As in 2026-03.</param>
/// <param name="OrdersEarning">Orders that earn under the caps, before the budget.</param>
/// <param name="Points">Within caps and budget.</param>
public sealed record SimulationMonthShape(string Month, long OrdersEarning, long Points);

/// <summary>What one order would have earned.</summary>
/// <param name="OrderNo">The brand's number.</param>
/// <param name="At">When it was paid or completed, as the trigger says.</param>
/// <param name="Points">Under the caps, before the budget.</param>
public sealed record SimulationEarningShape(string? OrderNo, string MemberId, DateTime At, long Points)
{
    public static SimulationEarningShape Of(SimulationEarning earning, string? orderNo) =>
        new(orderNo, Ids.Show(IdPrefix.Member, earning.MemberId), earning.At, earning.Points);
}

/// <summary>A simulation in the list.</summary>
/// <param name="RuleVersion">The rule as it stood when the simulation was asked for.</param>
/// <param name="State">How far it has come.</param>
/// <param name="StartedAt">By the wall clock.</param>
public sealed record SimulationLine(string Id, string RuleId, int RuleVersion, SimulationState State, DateTime StartedAt);

/// <summary>Earning rules tried on past orders before they are switched on.</summary>
public static class SimulationEndpoints
{
    public static IServiceCollection AddSimulations(this IServiceCollection services) => services.AddScoped<SimulationService>();

    public static void MapSimulations(this IEndpointRouteBuilder app)
    {
        app.MapBrand("/v1/earning-rules/{id}/simulate", "Configuration").MapPost("", SimulateRule);
        var simulations = app.MapBrand("/v1/simulations", "Configuration");
        simulations.MapGet("", ListSimulations);
        simulations.MapGet("{id}", GetSimulation);
    }

    /// <summary>Begins to try an earning rule, active or not, on past orders. Nothing is issued.</summary>
    /// <remarks>
    /// The rule counts as it stands now, with the tier each member had at the order's time, and their tags as of now. Errors: rule_not_simulated (422) for a rule
    /// on anything but orders, too_many_simulations (409) while three run, out_of_order, out_of_range (400) beyond 5 years.
    /// </remarks>
    private static async Task<Results<Accepted<SimulationStarted>, ProblemHttpResult>> SimulateRule(
        string id,
        SimulationRequest body,
        SimulationService simulations,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Rule, id, out var ruleId))
            return Problem.NotFound("earning rule").ToHttp();
        var begun = await simulations.StartAsync(ruleId, body, ct);
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
        var found = await rows.OrderByDescending(s => s.Id)
            .Take(page.Size + 1)
            .Select(s => new SimulationLine(
                Ids.Show(IdPrefix.Simulation, s.Id),
                Ids.Show(IdPrefix.Rule, s.RuleId),
                s.RuleVersion,
                s.State,
                s.StartedAt
            ))
            .ToListAsync(ct);
        return TypedResults.Ok(Page.From(found, page, list, s => s.Id, s => s));
    }

    /// <summary>Reads a simulation: what the rule would have issued on the orders looked at so far.</summary>
    private static async Task<Results<Ok<SimulationShape>, ProblemHttpResult>> GetSimulation(
        string id,
        SimulationService simulations,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Simulation, id, out var simulationId) && await simulations.FindAsync(simulationId, ct) is { } found
            ? TypedResults.Ok(SimulationShape.Of(found.Simulation, found.Numbers))
            : Problem.NotFound("simulation").ToHttp();
}
