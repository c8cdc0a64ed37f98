using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Orders;

/// <summary>
/// Tries rules on past orders, a batch of orders at a time: it reads, adds up in memory, and moves its own row on. Nothing else is written. Of two workers on one
/// simulation one moves it, the other's batch counts for nothing.
/// </summary>
public sealed class SimulationJob(Transactions transactions, TierService tiers, TenantScope scope) : ITenantJob
{
    public const string Name = "simulations.run";

    private MemberCloudDb Db => transactions.Db;

    private IQueryable<Simulation> Running => Db.Set<Simulation>().AsNoTracking().Where(s => s.Slot != null);

    public async Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        await Running.AnyAsync(ct) ? DateTime.UnixEpoch : null;

    public async Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        if (await Running.OrderBy(s => s.Id).FirstOrDefaultAsync(ct) is not { } simulation)
            return new(0, 0, false);
        var (looked, failures) = await OneByOne.RunAsync(
            [simulation],
            _ => StepAsync(simulation, batch, ct),
            s => Ids.Show(IdPrefix.Simulation, s.Id)
        );
        if (failures.Count > 0)
            await MoveAsync(simulation, simulation.Sums, SimulationState.Failed, failures[0], ct);
        return new(looked, 0, true, Failures: failures);
    }

    private async Task<int> StepAsync(Simulation simulation, int batch, CancellationToken ct)
    {
        var rule = Json.Read<RuleBody>(simulation.Body);
        var sums = Json.Read<SimulationSums>(simulation.Sums);
        var (looked, after) = await transactions.ReadTogetherAsync(() => AddAsync(simulation, rule, sums, batch, ct), ct);
        var state = looked < batch ? SimulationState.Done : SimulationState.Running;
        await MoveAsync(simulation, Json.Write(after), state, null, ct);
        return looked;
    }

    private async Task<(int Looked, SimulationSums Sums)> AddAsync(
        Simulation simulation,
        RuleBody rule,
        SimulationSums sums,
        int batch,
        CancellationToken ct
    )
    {
        var orders = await Past(simulation, rule.Trigger, sums.At).Take(batch).ToListAsync(ct);
        var past = await ReadAsync(orders, rule, ct);
        foreach (var order in orders)
            sums = SimulationRules.Add(sums, rule, past.FactOf(order, rule.Trigger), order.Id, scope.Tenant.Local);
        return (orders.Count, sums);
    }

    /// <summary>What came after a place, by member, time and id. What was cancelled earned nothing in the end; what was refunded had earned.</summary>
    private IQueryable<PastOrder> Past(Simulation simulation, string trigger, SimulationPlace? after)
    {
        var (from, until, isPaid) = (simulation.FromAt, simulation.UntilAt, trigger == EarningRules.OrderPaid);
        var past = Db.Set<Order>()
            .AsNoTracking()
            .Where(o => o.State != OrderState.Cancelled)
            .Select(o => new PastOrder
            {
                Id = o.Id,
                MemberId = o.MemberId,
                At = isPaid ? o.PaidAt : o.CompletedAt,
                Channel = o.Channel,
                Store = o.Store,
            })
            .Where(o => o.At >= from && o.At < until);
        // The first condition looks redundant; by it the index on members is entered where the last batch left it.
        if (after is { MemberId: var member, At: var at, OrderId: var id })
            past = past.Where(o =>
                o.MemberId.CompareTo(member) >= 0
                && (o.MemberId.CompareTo(member) > 0 || o.At > at || (o.At == at && o.Id.CompareTo(id) > 0))
            );
        return past.OrderBy(o => o.MemberId).ThenBy(o => o.At).ThenBy(o => o.Id);
    }

    /// <summary>What the rule looks at beside the orders, and nothing that it does not.</summary>
    private async Task<PastFacts> ReadAsync(List<PastOrder> orders, RuleBody rule, CancellationToken ct)
    {
        var ids = orders.ConvertAll(o => o.Id);
        var members = orders.Select(o => o.MemberId).Distinct().ToList();
        var lines = await Db.Set<OrderLine>()
            .AsNoTracking()
            .Where(l => ids.Contains(l.OrderId))
            .OrderBy(l => l.LineNo)
            .ToListAsync(ct);
        var tags = rule.Conditions?.Tags is { Count: > 0 }
            ? await Db.Set<MemberTag>().AsNoTracking().Where(t => members.Contains(t.MemberId)).ToListAsync(ct)
            : [];
        var history =
            rule.Formula.TierMultiplier || rule.Conditions?.TierIds is { Count: > 0 }
                ? await Db.Set<TierHistory>()
                    .AsNoTracking()
                    .Where(h => members.Contains(h.MemberId))
                    .OrderBy(h => h.At)
                    .ThenBy(h => h.Id)
                    .ToListAsync(ct)
                : [];
        return new(
            lines.ToLookup(l => l.OrderId),
            tags.ToLookup(t => t.MemberId, t => t.Tag),
            history.ToLookup(h => h.MemberId),
            await tiers.LadderAsync(ct),
            rule.Conditions?.FirstOrder == true ? await FirstOrdersAsync(ids, ct) : []
        );
    }

    /// <summary>Those of some orders before which their members had none.</summary>
    private async Task<HashSet<Guid>> FirstOrdersAsync(List<Guid> ids, CancellationToken ct)
    {
        var standing = Db.Set<Order>().Where(o => o.State != OrderState.Cancelled);
        return await standing
            .Where(o => ids.Contains(o.Id) && !standing.Any(p => p.MemberId == o.MemberId && p.Id.CompareTo(o.Id) < 0))
            .Select(o => o.Id)
            .ToHashSetAsync(ct);
    }

    /// <summary>The WHERE is the lock: of several workers one moves the row on, the others added up for nothing.</summary>
    private Task MoveAsync(Simulation from, string sums, SimulationState state, string? reason, CancellationToken ct)
    {
        var isOver = state != SimulationState.Running;
        var (slot, finished) = (isOver ? null : from.Slot, isOver ? scope.WallNow : (DateTime?)null);
        return transactions.RunAsync(
            () =>
                Db.Set<Simulation>()
                    .Where(s => s.Id == from.Id && s.Version == from.Version && s.Slot != null)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(s => s.Sums, sums)
                                .SetProperty(s => s.State, state)
                                .SetProperty(s => s.Slot, slot)
                                .SetProperty(s => s.Reason, reason)
                                .SetProperty(s => s.FinishedAt, finished)
                                .SetProperty(s => s.Version, s => s.Version + 1),
                        ct
                    ),
            ct
        );
    }
}

/// <summary>An order as a simulation reads it.</summary>
public sealed record PastOrder
{
    public Guid Id { get; init; }
    public Guid MemberId { get; init; }

    /// <summary>When it was paid or completed, as the trigger says.</summary>
    public DateTime? At { get; init; }
    public string? Channel { get; init; }
    public string? Store { get; init; }
}

/// <summary>What is known of past orders: members' tags as they are now, their tiers as they were then, tiers' multipliers as they are now.</summary>
internal sealed record PastFacts(
    ILookup<Guid, OrderLine> Lines,
    ILookup<Guid, string> Tags,
    ILookup<Guid, TierHistory> History,
    IReadOnlyList<Tier> Ladder,
    HashSet<Guid> FirstOrders
)
{
    public Fact FactOf(PastOrder order, string trigger)
    {
        var at = order.At!.Value;
        var last = History[order.MemberId].LastOrDefault(h => h.At <= at);
        var tier = last is null ? TierRules.Entry(Ladder) : Ladder.FirstOrDefault(t => t.Id == last.ToTierId);
        return new(
            trigger,
            order.MemberId,
            at,
            [.. Lines[order.Id].Select(l => new FactLine(l.Sku, l.Category, l.Net))],
            order.Channel,
            order.Store,
            tier is null ? null : Ids.Show(IdPrefix.Tier, tier.Id),
            [.. Tags[order.MemberId]],
            tier?.PointsMultiplierBp ?? 10_000,
            FirstOrders.Contains(order.Id)
        );
    }
}
