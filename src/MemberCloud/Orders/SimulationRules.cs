using System.Globalization;
using MemberCloud.Earning;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>What a simulation added up so far, and where it stands: at an order of a member, with what that member's caps have used.</summary>
/// <param name="Orders">Orders looked at.</param>
/// <param name="Earning">Orders that earn, under the caps.</param>
/// <param name="Members">Members who earn, under the caps.</param>
/// <param name="Points">Points under the caps, before the budget.</param>
/// <param name="CutByCaps">Points that the caps withheld.</param>
/// <param name="Months">By local month, in order of first sight.</param>
/// <param name="Largest">The largest earnings, largest first.</param>
/// <param name="At">The order that was last looked at; null before the first.</param>
/// <param name="MemberEarns">Whether that order's member has earned already.</param>
/// <param name="Used">What that member's caps have used, by period.</param>
public sealed record SimulationSums(
    long Orders,
    long Earning,
    long Members,
    long Points,
    long CutByCaps,
    IReadOnlyList<SimulationMonth> Months,
    IReadOnlyList<SimulationEarning> Largest,
    SimulationPlace? At,
    bool MemberEarns,
    IReadOnlyDictionary<string, long> Used
)
{
    public static SimulationSums Nothing { get; } = new(0, 0, 0, 0, 0, [], [], null, false, new Dictionary<string, long>());
}

/// <summary>An order in the order of a simulation: by member, then by time, then by id.</summary>
public sealed record SimulationPlace(Guid MemberId, DateTime At, Guid OrderId);

/// <summary>What would have been earned in one local month.</summary>
public sealed record SimulationMonth(string Month, long Orders, long Points);

/// <summary>What one order would have earned.</summary>
public sealed record SimulationEarning(Guid OrderId, Guid MemberId, DateTime At, long Points);

/// <summary>What a rule would have issued, added up order by order. Pure: the amounts are those of <see cref="EarningRules"/>.</summary>
public static class SimulationRules
{
    private const int LargestKept = 10;

    /// <summary>Adds the next order. Orders come by member, and a member's by time, so that only one member's caps are to be remembered.</summary>
    public static SimulationSums Add(SimulationSums sums, RuleBody rule, Fact fact, Guid orderId, LocalTime local)
    {
        var isSame = sums.At?.MemberId == fact.MemberId;
        var used = isSame ? sums.Used : SimulationSums.Nothing.Used;
        var periods = EarningRules.CapPeriods(rule.Caps, fact.OccurredAt, local).ToList();
        // A draft is tried too; and without its caps first, to say what they withhold.
        var full = EarningRules.Compute(rule with { Active = true, Caps = null }, fact)?.Amount ?? 0;
        var points = EarningRules.WithinCaps(
            full,
            periods.Select(p => p.Limit - used.GetValueOrDefault(p.Period)).Append(rule.Caps?.PerEvent ?? long.MaxValue)
        );
        var earns = points > 0;
        var wasEarning = isSame && sums.MemberEarns;
        return new(
            sums.Orders + 1,
            sums.Earning + (earns ? 1 : 0),
            sums.Members + (earns && !wasEarning ? 1 : 0),
            checked(sums.Points + points),
            checked(sums.CutByCaps + full - points),
            earns ? WithMonth(sums.Months, MonthOf(fact.OccurredAt, local), points) : sums.Months,
            earns ? WithLargest(sums.Largest, new(orderId, fact.MemberId, fact.OccurredAt, points)) : sums.Largest,
            new(fact.MemberId, fact.OccurredAt, orderId),
            wasEarning || earns,
            // Time only goes on: of the days and months behind nothing is asked any more.
            periods.ToDictionary(p => p.Period, p => used.GetValueOrDefault(p.Period) + points)
        );
    }

    /// <summary>What a budget leaves of the months, earliest first: it is spent in order of time.</summary>
    public static IReadOnlyList<SimulationMonth> WithinBudget(IEnumerable<SimulationMonth> months, long? budget)
    {
        var left = budget ?? long.MaxValue;
        var shown = new List<SimulationMonth>();
        foreach (var month in months.OrderBy(m => m.Month, StringComparer.Ordinal))
        {
            var points = Math.Min(month.Points, left);
            shown.Add(month with { Points = points });
            left -= points;
        }
        return shown;
    }

    private static string MonthOf(DateTime at, LocalTime local) =>
        local.DateOf(at).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static SimulationMonth[] WithMonth(IReadOnlyList<SimulationMonth> months, string month, long points) =>
        months.Any(m => m.Month == month)
            ? [.. months.Select(m => m.Month == month ? new(month, m.Orders + 1, m.Points + points) : m)]
            : [.. months, new(month, 1, points)];

    private static IReadOnlyList<SimulationEarning> WithLargest(
        IReadOnlyList<SimulationEarning> largest,
        SimulationEarning one
    ) =>
        largest.Count == LargestKept && largest[^1].Points >= one.Points
            ? largest
            : [.. largest.Append(one).OrderByDescending(e => e.Points).Take(LargestKept)];
}
