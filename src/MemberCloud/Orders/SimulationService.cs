using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Orders;

/// <summary>Begins simulations and reads them; <see cref="SimulationJob"/> does the work.</summary>
public sealed class SimulationService(Transactions transactions, TenantScope scope, TenantDirectory directory)
{
    public const int MaxRunning = 3;

    /// <summary>Orders that one looks at: who has more asks for a shorter range or fewer members.</summary>
    public const int MaxOrders = 1_000_000;
    public const int MaxYears = 5;
    private const int Kept = 100;

    private MemberCloudDb Db => transactions.Db;

    /// <summary>Begins to try a rule or an offer as it stands now on past orders. The job is woken, and carries on.</summary>
    public Task<Result<Guid>> StartAsync(SimulationKind kind, Guid subjectId, SimulationRequest asked, CancellationToken ct) =>
        transactions.DecideAsync<Guid>(
            async () =>
            {
                var found = await SubjectAsync(kind, subjectId, ct);
                if (found.Problem is { } problem)
                    return problem;
                var taken = await Db.Set<Simulation>().Where(s => s.Slot != null).Select(s => s.Slot!.Value).ToListAsync(ct);
                if (taken.Count >= MaxRunning)
                    return Problem.Conflict("too_many_simulations", $"At most {MaxRunning} simulations run at once.");
                await ForgetOldAsync(ct);
                var simulation = New(kind, found.Value, asked, Enumerable.Range(0, MaxRunning).Except(taken).First());
                Db.Add(simulation);
                await Db.SaveChangesAsync(ct);
                await directory.WakeAsync(Db, SimulationJob.Name, ct);
                return simulation.Id;
            },
            ct
        );

    /// <summary>A simulation with the numbers of the orders it names; null when there is none.</summary>
    public Task<FoundSimulation?> FindAsync(Guid id, CancellationToken ct) =>
        transactions.ReadTogetherAsync<FoundSimulation?>(
            async () =>
            {
                if (await Db.Set<Simulation>().AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, ct) is not { } found)
                    return null;
                var orders = Json.Read<SimulationSums>(found.Sums).Largest.Select(e => e.OrderId).ToList();
                var numbers = await Db.Set<Order>()
                    .Where(o => orders.Contains(o.Id))
                    .ToDictionaryAsync(o => o.Id, o => o.OrderNo, ct);
                return new(found, numbers);
            },
            ct
        );

    private async Task<Result<Subject>> SubjectAsync(SimulationKind kind, Guid id, CancellationToken ct)
    {
        switch (kind)
        {
            case SimulationKind.CouponTemplate:
                var template = await Db.Set<CouponTemplate>().AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, ct);
                return template is null
                    ? Problem.NotFound("coupon template")
                    : new Subject(id, template.TemplateVersion, template.Body);
            case SimulationKind.PriceList:
                var list = await Db.Set<PriceList>().AsNoTracking().FirstOrDefaultAsync(l => l.Id == id, ct);
                return list is null ? Problem.NotFound("price list") : new Subject(id, list.ListVersion, list.Body);
            case SimulationKind.EarningRule:
            default:
                if (await Db.Set<EarningRule>().AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, ct) is not { } rule)
                    return Problem.NotFound("earning rule");
                return Json.Read<RuleBody>(rule.Body).Trigger is EarningRules.OrderPaid or EarningRules.OrderCompleted
                    ? new Subject(id, rule.RuleVersion, rule.Body)
                    : Problem.Contradiction(
                        "rule_not_simulated",
                        "Only rules on order.paid and order.completed can be tried on past orders."
                    );
        }
    }

    private Simulation New(SimulationKind kind, Subject subject, SimulationRequest asked, int slot) =>
        new()
        {
            TenantId = scope.Id,
            Id = Ids.New(),
            Kind = kind,
            SubjectId = subject.Id,
            SubjectVersion = subject.Version,
            Body = subject.Body,
            SamplePercent = asked.SamplePercent == 100 ? null : asked.SamplePercent,
            FromAt = asked.From,
            UntilAt = asked.To,
            State = SimulationState.Running,
            Sums = Json.Write(SimulationSums.Nothing),
            Slot = slot,
            StartedAt = scope.WallNow,
        };

    /// <summary>The newest are kept: nobody asks for what a rule or an offer of long ago would have done.</summary>
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

    /// <summary>What is tried, as it stands.</summary>
    private sealed record Subject(Guid Id, int Version, string Body);
}

/// <summary>A simulation, and the brand's numbers of the orders it names.</summary>
public sealed record FoundSimulation(Simulation Simulation, IReadOnlyDictionary<Guid, string> Numbers);
