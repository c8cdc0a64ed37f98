using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Orders;

/// <summary>Begins simulations and reads them; <see cref="SimulationJob"/> does the work.</summary>
public sealed class SimulationService(Transactions transactions, TenantScope scope, TenantDirectory directory)
{
    public const int MaxRunning = 3;
    public const int MaxYears = 5;
    private const int Kept = 100;

    private MemberCloudDb Db => transactions.Db;

    /// <summary>Begins to try a rule as it stands now on past orders. The job is woken, and carries on.</summary>
    public Task<Result<Guid>> StartAsync(Guid ruleId, SimulationRequest asked, CancellationToken ct) =>
        transactions.DecideAsync<Guid>(
            async () =>
            {
                if (await Db.Set<EarningRule>().AsNoTracking().FirstOrDefaultAsync(r => r.Id == ruleId, ct) is not { } rule)
                    return Problem.NotFound("earning rule");
                if (Json.Read<RuleBody>(rule.Body).Trigger is not (EarningRules.OrderPaid or EarningRules.OrderCompleted))
                    return Problem.Contradiction(
                        "rule_not_simulated",
                        "Only rules on order.paid and order.completed can be tried on past orders."
                    );
                var taken = await Db.Set<Simulation>().Where(s => s.Slot != null).Select(s => s.Slot!.Value).ToListAsync(ct);
                if (taken.Count >= MaxRunning)
                    return Problem.Conflict("too_many_simulations", $"At most {MaxRunning} simulations run at once.");
                await ForgetOldAsync(ct);
                var simulation = New(rule, asked, Enumerable.Range(0, MaxRunning).Except(taken).First());
                Db.Add(simulation);
                await Db.SaveChangesAsync(ct);
                await directory.WakeAsync(Db, SimulationJob.Name, ct);
                return simulation.Id;
            },
            ct
        );

    /// <summary>A simulation with the numbers of the orders it names; null when there is none.</summary>
    public Task<(Simulation Simulation, IReadOnlyDictionary<Guid, string> Numbers)?> FindAsync(Guid id, CancellationToken ct) =>
        transactions.ReadTogetherAsync<(Simulation, IReadOnlyDictionary<Guid, string>)?>(
            async () =>
            {
                if (await Db.Set<Simulation>().AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, ct) is not { } found)
                    return null;
                var orders = Json.Read<SimulationSums>(found.Sums).Largest.Select(e => e.OrderId).ToList();
                var numbers = await Db.Set<Order>()
                    .Where(o => orders.Contains(o.Id))
                    .ToDictionaryAsync(o => o.Id, o => o.OrderNo, ct);
                return (found, numbers);
            },
            ct
        );

    private Simulation New(EarningRule rule, SimulationRequest asked, int slot) =>
        new()
        {
            TenantId = scope.Id,
            Id = Ids.New(),
            RuleId = rule.Id,
            RuleVersion = rule.RuleVersion,
            Body = rule.Body,
            FromAt = asked.From,
            UntilAt = asked.To,
            State = SimulationState.Running,
            Sums = Json.Write(SimulationSums.Nothing),
            Slot = slot,
            StartedAt = scope.WallNow,
        };

    /// <summary>The newest are kept: nobody asks for what a rule of long ago would have done.</summary>
    private async Task ForgetOldAsync(CancellationToken ct)
    {
        var old = await Db.Set<Simulation>()
            .Where(s => s.Slot == null)
            .OrderByDescending(s => s.Id)
            .Select(s => s.Id)
            .Skip(Kept - 1)
            .Take(Kept)
            .ToListAsync(ct);
        if (old.Count > 0)
            await Db.Set<Simulation>().Where(s => old.Contains(s.Id)).ExecuteDeleteAsync(ct);
    }
}
