using System.Globalization;
using System.Text.Json.Serialization;
using MemberCloud.Earning;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>What a simulation added up so far, and where it stands: at an order of a member, with what that member's limits have used.</summary>
/// <param name="Orders">Orders looked at.</param>
/// <param name="Earning">Orders that get something, under the limits.</param>
/// <param name="Members">Members who get something, under the limits.</param>
/// <param name="Given">Points or minor units under the limits per member, before the budget or the stock.</param>
/// <param name="CutByCaps">What the limits per member withheld.</param>
/// <param name="Months">By local month, in order of first sight.</param>
/// <param name="Largest">The largest, largest first.</param>
/// <param name="At">The order that was last looked at; null before the first.</param>
/// <param name="MemberEarns">Whether that order's member has got something already.</param>
/// <param name="Used">What that member's limits have used, by period.</param>
/// <param name="Offer">What an offer did to goods; null for a rule.</param>
/// <param name="IsCut">There are more orders than a simulation looks at.</param>
public sealed record SimulationSums(
    long Orders,
    long Earning,
    long Members,
    [property: JsonPropertyName("points")] long Given,
    long CutByCaps,
    IReadOnlyList<SimulationMonth> Months,
    IReadOnlyList<SimulationEarning> Largest,
    SimulationPlace? At,
    bool MemberEarns,
    IReadOnlyDictionary<string, long> Used,
    OfferSums? Offer = null,
    bool IsCut = false
)
{
    public static SimulationSums Nothing { get; } = new(0, 0, 0, 0, 0, [], [], null, false, new Dictionary<string, long>());
}

/// <summary>An order in the order of a simulation: by member, then by time, then by id.</summary>
public sealed record SimulationPlace(Guid MemberId, DateTime At, Guid OrderId);

/// <summary>What would have been given in one local month.</summary>
public sealed record SimulationMonth(string Month, long Orders, [property: JsonPropertyName("points")] long Given);

/// <summary>What one order would have got.</summary>
public sealed record SimulationEarning(
    Guid OrderId,
    Guid MemberId,
    DateTime At,
    [property: JsonPropertyName("points")] long Given
);

/// <summary>What one order gets.</summary>
/// <param name="Given">Points or minor units under the limits per member.</param>
/// <param name="Withheld">What those limits withhold.</param>
/// <param name="Used">What the member's limits have used with it, by period: those of days and months behind are forgotten.</param>
/// <param name="Goods">Of an offer: the goods it is taken off.</param>
public sealed record Gain(long Given, long Withheld, IReadOnlyDictionary<string, long> Used, OfferSums? Goods = null);

/// <summary>What is tried on past orders, added up order by order. Pure: the amounts are those of <see cref="EarningRules"/> and <see cref="OfferTrials"/>.</summary>
public static class SimulationRules
{
    private const int LargestKept = 10;

    /// <summary>Adds the next order. Orders come by member, and a member's by time, so that only one member's limits are to be remembered.</summary>
    /// <param name="gainOf">What the order gets, by what the member's limits have used.</param>
    public static SimulationSums Add(
        SimulationSums sums,
        SimulationPlace order,
        LocalTime local,
        Func<IReadOnlyDictionary<string, long>, Gain> gainOf
    )
    {
        var isSame = sums.At?.MemberId == order.MemberId;
        var gain = gainOf(isSame ? sums.Used : SimulationSums.Nothing.Used);
        var (gains, wasGaining) = (gain.Given > 0, isSame && sums.MemberEarns);
        return new(
            sums.Orders + 1,
            sums.Earning + (gains ? 1 : 0),
            sums.Members + (gains && !wasGaining ? 1 : 0),
            checked(sums.Given + gain.Given),
            checked(sums.CutByCaps + gain.Withheld),
            gains ? WithMonth(sums.Months, MonthOf(order.At, local), gain.Given) : sums.Months,
            gains ? WithLargest(sums.Largest, new(order.OrderId, order.MemberId, order.At, gain.Given)) : sums.Largest,
            order,
            wasGaining || gains,
            gain.Used,
            gains ? OfferSums.Add(sums.Offer, gain.Goods) : sums.Offer
        );
    }

    /// <summary>What a rule gives for an order.</summary>
    public static Gain Earned(RuleBody rule, Fact fact, IReadOnlyDictionary<string, long> used, LocalTime local)
    {
        var periods = EarningRules.CapPeriods(rule.Caps, fact.OccurredAt, local).ToList();
        // A draft is tried too; and without its caps first, to say what they withhold.
        var full = EarningRules.Compute(rule with { Active = true, Caps = null }, fact)?.Amount ?? 0;
        var points = EarningRules.WithinCaps(
            full,
            periods.Select(p => p.Limit - used.GetValueOrDefault(p.Period)).Append(rule.Caps?.PerEvent ?? long.MaxValue)
        );
        return new(points, full - points, periods.ToDictionary(p => p.Period, p => used.GetValueOrDefault(p.Period) + points));
    }

    /// <summary>What a budget leaves of the months, earliest first: it is spent in order of time.</summary>
    public static IReadOnlyList<SimulationMonth> WithinBudget(IEnumerable<SimulationMonth> months, long? budget) =>
        [.. Within(months, budget, m => m.Given, (month, left) => month with { Given = left })];

    /// <summary>What a stock leaves of the months: an order takes one. Of the month in which it runs out the amount is taken by share.</summary>
    public static IReadOnlyList<SimulationMonth> WithinStock(IEnumerable<SimulationMonth> months, long? stock) =>
        [
            .. Within(
                months,
                stock,
                m => m.Orders,
                (month, left) => month with { Orders = left, Given = (long)((Int128)month.Given * left / month.Orders) }
            ),
        ];

    private static IEnumerable<SimulationMonth> Within(
        IEnumerable<SimulationMonth> months,
        long? limit,
        Func<SimulationMonth, long> takes,
        Func<SimulationMonth, long, SimulationMonth> cut
    )
    {
        var left = limit ?? long.MaxValue;
        foreach (var month in months.OrderBy(m => m.Month, StringComparer.Ordinal))
        {
            yield return takes(month) <= left ? month : cut(month, left);
            left -= Math.Min(takes(month), left);
        }
    }

    private static string MonthOf(DateTime at, LocalTime local) =>
        local.DateOf(at).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static SimulationMonth[] WithMonth(IReadOnlyList<SimulationMonth> months, string month, long given) =>
        months.Any(m => m.Month == month)
            ? [.. months.Select(m => m.Month == month ? new(month, m.Orders + 1, m.Given + given) : m)]
            : [.. months, new(month, 1, given)];

    private static IReadOnlyList<SimulationEarning> WithLargest(
        IReadOnlyList<SimulationEarning> largest,
        SimulationEarning one
    ) =>
        largest.Count == LargestKept && largest[^1].Given >= one.Given
            ? largest
            : [.. largest.Append(one).OrderByDescending(e => e.Given).Take(LargestKept)];
}
