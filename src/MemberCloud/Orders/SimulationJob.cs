using System.Buffers.Binary;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Orders;

/// <summary>
/// Tries rules and offers on past orders, a batch of orders at a time: it reads, adds up in memory, and moves its own row on. Nothing else is written. Of two workers on
/// one simulation one moves it, the other's batch counts for nothing.
/// </summary>
public sealed class SimulationJob(Transactions transactions, SimulationReads reads, TenantScope scope) : ITenantJob
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
        var sums = Json.Read<SimulationSums>(simulation.Sums);
        var (looked, after) = await transactions.ReadTogetherAsync(() => AddAsync(simulation, sums, batch, ct), ct);
        var isOver = looked < batch || after.IsCut;
        await MoveAsync(simulation, Json.Write(after), isOver ? SimulationState.Done : SimulationState.Running, null, ct);
        return looked;
    }

    private async Task<(int Looked, SimulationSums Sums)> AddAsync(
        Simulation simulation,
        SimulationSums sums,
        int batch,
        CancellationToken ct
    )
    {
        var orders = await reads.Past(simulation, sums.At).Take(batch).ToListAsync(ct);
        var sample = orders.FindAll(o => IsInSample(o.MemberId, simulation.SamplePercent));
        var trial = await reads.TrialAsync(simulation, sample, ct);
        foreach (var order in sample)
        {
            if (sums.Orders >= SimulationService.MaxOrders)
                return (orders.Count, sums with { IsCut = true });
            sums = SimulationRules.Add(sums, order.Place, scope.Tenant.Local, used => trial(order, used));
        }
        // Those after it are of members who are not looked at: their limits need not be remembered.
        return (orders.Count, orders.Count > 0 ? sums with { At = orders[^1].Place } : sums);
    }

    /// <summary>By the last bytes of a member's id, which are random: a member's orders are looked at all or not at all, and the same members every time.</summary>
    private static bool IsInSample(Guid member, int? percent) =>
        percent is null || BinaryPrimitives.ReadUInt32BigEndian(member.ToByteArray().AsSpan(12)) % 100 < percent;

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
