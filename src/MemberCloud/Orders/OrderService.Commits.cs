using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>Checkouts that become orders.</summary>
public sealed partial class OrderService
{
    /// <summary>Has in memory what a commit reads of the brand's configuration.</summary>
    internal Task WarmAsync(CancellationToken ct) => earning.RulesAsync(ct);

    /// <summary>
    /// Makes the order of a checkout, inside the caller's transaction, who stores the work: coupons redeemed, points captured, and where it is paid what it earns. Refused
    /// when the number is taken, or what the checkout set aside is not there any more.
    /// </summary>
    internal async Task<Result<(Order Order, OrderWork Work)>> CommitAsync(
        FrozenCart frozen,
        OrderReport report,
        Guid memberId,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var known = load.Add(
            Reported,
            [
                [report.OrderNo],
            ]
        );
        var held = await MemberService.HoldAsync(transactions.Door, memberId, ct, load);
        if (known.Count > 0)
            return Problem.Contradiction("order_exists", "There is an order of this number already.");
        if (held.Problem is { } erased)
            return erased;
        var owner = held.Value.Id;
        var instants = new[] { report.OccurredAt, report.PaidAt }.OfType<DateTime>().Distinct();
        var work = await OpenAsync(
            [],
            [.. instants.Select(at => new EarnerAt(owner, at))],
            Triggers([report]),
            [],
            [report],
            new Dictionary<Guid, Guid> { [memberId] = owner },
            ct,
            frozen
        );
        return work.Add(report, owner, frozen).Then(order => (order, work));
    }
}
