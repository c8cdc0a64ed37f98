using System.ComponentModel.DataAnnotations;
using MemberCloud.Coupons;
using MemberCloud.Earning;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>On which past orders a rule or an offer is tried.</summary>
/// <param name="From">Orders from this instant on: by when they were paid or completed (as a rule's trigger says); for a coupon or a price list by when they happened.</param>
/// <param name="To">And before this one; at most 5 years later.</param>
/// <param name="SamplePercent">Of a hundred members so many are looked at, the same ones every time, 1 to 100; 100 unless given. Figures are those of the sample.</param>
public sealed record SimulationRequest(
    [property: Required, Instant] DateTime From,
    [property: Required, Instant] DateTime To,
    [property: Range(1, 100)] int SamplePercent = 100
) : IChecked
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

/// <summary>What a rule would have issued, or an offer have taken off, on past orders: so far while it runs, in all when it is done.</summary>
/// <param name="Kind">What is tried.</param>
/// <param name="RuleId">What is tried: the earning rule, the coupon template <c>tpl_...</c> or the price list <c>plst_...</c></param>
/// <param name="RuleVersion">Its version when the simulation was asked for.</param>
/// <param name="State">How far it has come.</param>
/// <param name="From">The first instant of the range.</param>
/// <param name="To">The end of the range, which does not belong to it.</param>
/// <param name="SamplePercent">Of a hundred members so many are looked at.</param>
/// <param name="IsComplete">false: there are more than the 1,000,000 orders that a simulation looks at; the members who joined first were.</param>
/// <param name="Orders">Orders looked at: those not cancelled. What was refunded since counts in full.</param>
/// <param name="OrdersEarning">Orders that earn, or get something off, under the limits per member, before the budget or the stock.</param>
/// <param name="Members">Members who do.</param>
/// <param name="Currency">Of points; of money (ISO 4217) for an offer.</param>
/// <param name="Points">Points issued in all, within caps and budget; 0 for an offer.</param>
/// <param name="Discount">What an offer takes off in all, within limits and stock, minor units; 0 for a rule.</param>
/// <param name="CutByCaps">What the limits per member withhold: points, or minor units.</param>
/// <param name="CutByBudget">What the budget, or the stock, withholds after those: it is used up in order of time, from nothing used.</param>
/// <param name="Months">By local month, earliest first.</param>
/// <param name="Largest">The ten largest under the limits per member, before the budget or the stock, largest first.</param>
/// <param name="Offer">What an offer does to what was sold; null for a rule, and where nobody gets anything.</param>
/// <param name="Reason">Why it failed; null otherwise.</param>
/// <param name="StartedAt">By the wall clock.</param>
/// <param name="FinishedAt">By the wall clock; null while it runs.</param>
public sealed record SimulationShape(
    string Id,
    SimulationKind Kind,
    string RuleId,
    int RuleVersion,
    SimulationState State,
    DateTime From,
    DateTime To,
    int SamplePercent,
    bool IsComplete,
    long Orders,
    long OrdersEarning,
    long Members,
    string Currency,
    long Points,
    long Discount,
    long CutByCaps,
    long CutByBudget,
    IReadOnlyList<SimulationMonthShape> Months,
    IReadOnlyList<SimulationEarningShape> Largest,
    SimulationOfferShape? Offer,
    string? Reason,
    DateTime StartedAt,
    DateTime? FinishedAt
)
{
    /// <param name="found">The simulation.</param>
    /// <param name="currency">The brand's.</param>
    /// <param name="withCost">Whether who asks may see what goods cost the brand.</param>
    public static SimulationShape Of(FoundSimulation found, string currency, bool withCost)
    {
        var (simulation, numbers) = (found.Simulation, found.Numbers);
        var sums = Json.Read<SimulationSums>(simulation.Sums);
        var isRule = simulation.Kind == SimulationKind.EarningRule;
        var months = Within(simulation, sums.Months);
        var given = months.Sum(m => m.Given);
        return new(
            Ids.Show(IdPrefix.Simulation, simulation.Id),
            simulation.Kind,
            SimulationLine.Subject(simulation.Kind, simulation.SubjectId),
            simulation.SubjectVersion,
            simulation.State,
            simulation.FromAt,
            simulation.UntilAt,
            simulation.SamplePercent ?? 100,
            !sums.IsCut,
            sums.Orders,
            sums.Earning,
            sums.Members,
            isRule ? Json.Read<RuleBody>(simulation.Body).Currency : currency,
            isRule ? given : 0,
            isRule ? 0 : given,
            sums.CutByCaps,
            sums.Given - given,
            [.. months.Select(m => new SimulationMonthShape(m.Month, m.Orders, isRule ? m.Given : 0, isRule ? 0 : m.Given))],
            [.. sums.Largest.Select(e => SimulationEarningShape.Of(e, numbers.GetValueOrDefault(e.OrderId), isRule))],
            sums.Offer is { } offer ? SimulationOfferShape.Of(offer, withCost) : null,
            simulation.Reason,
            simulation.StartedAt,
            simulation.FinishedAt
        );
    }

    /// <summary>What the budget, or the stock, leaves.</summary>
    private static IReadOnlyList<SimulationMonth> Within(Simulation simulation, IReadOnlyList<SimulationMonth> months) =>
        simulation.Kind switch
        {
            SimulationKind.EarningRule => SimulationRules.WithinBudget(months, Json.Read<RuleBody>(simulation.Body).Budget),
            SimulationKind.CouponTemplate => SimulationRules.WithinStock(months, Json.Read<TemplateBody>(simulation.Body).Stock),
            SimulationKind.PriceList => SimulationRules.WithinStock(months, null),
        };
}

/// <summary>What would have been given in one local month.</summary>
/// <param name="Month">As in 2026-03.</param>
/// <param name="OrdersEarning">Orders that get something under the limits per member, before a budget; within a stock.</param>
/// <param name="Points">Within caps and budget; 0 for an offer.</param>
/// <param name="Discount">Minor units, within limits and stock; 0 for a rule. Of the month in which a stock runs out by share of its orders.</param>
public sealed record SimulationMonthShape(string Month, long OrdersEarning, long Points, long Discount);

/// <summary>What one order would have got.</summary>
/// <param name="OrderNo">The brand's number.</param>
/// <param name="At">When it was paid or completed, as the trigger says; for an offer when it happened.</param>
/// <param name="Points">Under the caps, before the budget; 0 for an offer.</param>
/// <param name="Discount">Minor units; 0 for a rule.</param>
public sealed record SimulationEarningShape(string? OrderNo, string MemberId, DateTime At, long Points, long Discount)
{
    public static SimulationEarningShape Of(SimulationEarning earning, string? orderNo, bool isRule) =>
        new(
            orderNo,
            Ids.Show(IdPrefix.Member, earning.MemberId),
            earning.At,
            isRule ? earning.Given : 0,
            isRule ? 0 : earning.Given
        );
}

/// <summary>What an offer does to the orders that get something off, under the limits per member, before the stock. Minor units.</summary>
/// <param name="Sales">What was paid for their goods.</param>
/// <param name="Tiers">By the tier of the member at the time; the largest discount first.</param>
/// <param name="Margin">What is left above cost; null where no product's cost is known, and for who does not set up the programme.</param>
public sealed record SimulationOfferShape(long Sales, IReadOnlyList<SimulationTierShape> Tiers, SimulationMarginShape? Margin)
{
    public static SimulationOfferShape Of(OfferSums sums, bool withCost) =>
        new(
            sums.Sales,
            [
                .. sums
                    .Tiers.OrderByDescending(t => t.Off)
                    .Select(t => new SimulationTierShape(
                        t.TierId is { } id ? Ids.Show(IdPrefix.Tier, id) : null,
                        t.Orders,
                        t.Off
                    )),
            ],
            withCost && sums.SalesKnown > 0
                ? new(
                    sums.SalesKnown - sums.CostKnown,
                    sums.SalesKnown - sums.CostKnown - sums.OffKnown,
                    (int)((Int128)sums.SalesKnown * 10_000 / sums.Sales)
                )
                : null
        );
}

/// <summary>What members of one tier get off.</summary>
/// <param name="TierId"><c>tier_...</c>; null: on no tier.</param>
/// <param name="Orders">Orders that get something off.</param>
/// <param name="Discount">Minor units.</param>
public sealed record SimulationTierShape(string? TierId, long Orders, long Discount);

/// <summary>What is left above cost of the goods whose cost the catalogue knows (as it says now), minor units.</summary>
/// <param name="Before">What was paid for them less what they cost the brand.</param>
/// <param name="After">The same with the offer.</param>
/// <param name="CoverageBp">Their part of the sales, basis points: of the rest the cost is not known.</param>
public sealed record SimulationMarginShape(long Before, long After, int CoverageBp);

/// <summary>A simulation in the list.</summary>
/// <param name="Kind">What is tried.</param>
/// <param name="RuleId">What is tried: the earning rule, the coupon template or the price list.</param>
/// <param name="RuleVersion">Its version when the simulation was asked for.</param>
/// <param name="State">How far it has come.</param>
/// <param name="StartedAt">By the wall clock.</param>
public sealed record SimulationLine(
    string Id,
    SimulationKind Kind,
    string RuleId,
    int RuleVersion,
    SimulationState State,
    DateTime StartedAt
)
{
    public static SimulationLine Of(Simulation s) =>
        new(Ids.Show(IdPrefix.Simulation, s.Id), s.Kind, Subject(s.Kind, s.SubjectId), s.SubjectVersion, s.State, s.StartedAt);

    internal static string Subject(SimulationKind kind, Guid id) =>
        Ids.Show(
            kind switch
            {
                SimulationKind.EarningRule => IdPrefix.Rule,
                SimulationKind.CouponTemplate => IdPrefix.Template,
                SimulationKind.PriceList => IdPrefix.PriceList,
            },
            id
        );
}
