using MemberCloud.Data;
using MemberCloud.Perks;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>The brand's plans, and the only writer of them: changed by making a new version, never removed.</summary>
public sealed class PlanService(
    Transactions transactions,
    TenantScope scope,
    TenantCache cache,
    TenantDirectory directory,
    PlanChecks checks
)
{
    public const int MaxPlans = 200;

    private MemberCloudDb Db => transactions.Db;

    /// <summary>All plans, oldest first.</summary>
    public Task<IReadOnlyList<Plan>> AllAsync(CancellationToken ct) =>
        cache.GetAsync<IReadOnlyList<Plan>>(
            scope.Tenant,
            async () => await Db.Set<Plan>().AsNoTracking().OrderBy(p => p.Id).ToListAsync(ct)
        );

    public Task<Result<Plan>> AddAsync(PlanBody body, CancellationToken ct) =>
        transactions.DecideAsync<Plan>(
            async () =>
            {
                if (await checks.CheckAsync(body, ct) is { } problem)
                    return problem;
                // First the brand's row: of two at once the second counts what the first has stored.
                await directory.StampAsync(transactions, ct);
                if (await Db.Set<Plan>().CountAsync(ct) >= MaxPlans)
                    return Problem.Conflict("too_many_plans", $"A brand has at most {MaxPlans} plans.");
                var plan = new Plan
                {
                    TenantId = scope.Id,
                    Id = Ids.New(),
                    PlanVersion = 0,
                    Family = body.Family,
                    Body = "",
                    CreatedAt = scope.Now,
                };
                Db.Add(plan);
                return await NewVersionAsync(plan, body, ct);
            },
            ct
        );

    public Task<Result<Plan>> ChangeAsync(
        Guid id,
        Func<PlanBody, PlanBody> change,
        Func<long, Problem?> stale,
        bool applyToMembers,
        CancellationToken ct
    ) =>
        transactions.DecideAsync<Plan>(
            async () =>
            {
                if (await Db.Set<Plan>().FirstOrDefaultAsync(p => p.Id == id, ct) is not { } plan)
                    return Problem.NotFound("plan");
                if (stale(plan.Version) is { } old)
                    return old;
                var body = change(Json.Read<PlanBody>(plan.Body));
                if ((Validation.Check(body) ?? await checks.CheckAsync(body, ct)) is { } problem)
                    return problem;
                // A version that says the same would void notices for nothing.
                var isNew = Json.Write(body) != plan.Body;
                if (!isNew && !applyToMembers)
                    return plan;
                await directory.StampAsync(transactions, ct);
                plan.MembersVersion = applyToMembers ? plan.PlanVersion + (isNew ? 1 : 0) : plan.MembersVersion;
                if (isNew)
                    return await NewVersionAsync(plan, body, ct);
                await Db.SaveChangesAsync(ct);
                return plan;
            },
            ct
        );

    private async Task<Result<Plan>> NewVersionAsync(Plan plan, PlanBody body, CancellationToken ct)
    {
        plan.PlanVersion++;
        plan.Body = Json.Write(body);
        Db.Add(
            new PlanVersion
            {
                TenantId = scope.Id,
                PlanId = plan.Id,
                Number = plan.PlanVersion,
                Body = plan.Body,
                CreatedAt = scope.Now,
            }
        );
        await Db.SaveChangesAsync(ct);
        return plan;
    }
}

/// <summary>What a plan names must exist.</summary>
public sealed class PlanChecks(TierService tiers, PerkService perks)
{
    public async Task<Problem?> CheckAsync(PlanBody body, CancellationToken ct)
    {
        if (
            body.TierId is { } tier
            && !(await tiers.LadderAsync(ct)).Any(t => Ids.Show(IdPrefix.Tier, t.Id).Equals(tier, StringComparison.Ordinal))
        )
            return Problem.Contradiction("tier_unknown", $"The brand has no tier {tier}.");
        return await perks.CheckAsync(body.Perks, ct);
    }
}
