using System.Collections.Frozen;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>The brand's plans in memory, in every version that somebody may have agreed to.</summary>
public sealed class PlanBook(MemberCloudDb db, TenantScope scope, TenantCache cache)
{
    private Plans? plans;

    /// <summary>As they are now: before what decides without waiting.</summary>
    public async Task<Plans> ReadAsync(CancellationToken ct) =>
        plans = await cache.GetAsync(
            scope.Tenant,
            async () =>
            {
                var versions = await db.Set<PlanVersion>().AsNoTracking().ToListAsync(ct);
                return new Plans(
                    await db.Set<Plan>().AsNoTracking().ToListAsync(ct),
                    versions.ToFrozenDictionary(v => (v.PlanId, v.Number), v => Json.Read<PlanBody>(v.Body))
                );
            }
        );

    public Plans Plans => plans ?? throw new InvalidOperationException("Read the plans first.");
}

/// <summary>A plan that can be bought.</summary>
public sealed record PlanOnOffer(Guid Id, PlanBody Body);

/// <summary>Plans and their versions.</summary>
public sealed class Plans(IReadOnlyList<Plan> current, FrozenDictionary<(Guid, int), PlanBody> versions)
{
    private readonly FrozenDictionary<Guid, Plan> byId = current.ToFrozenDictionary(p => p.Id);

    /// <summary>Those that can be bought now, as they are now, the oldest first.</summary>
    public IReadOnlyList<PlanOnOffer> OnOffer { get; } =
    [.. current.Select(p => new PlanOnOffer(p.Id, versions[(p.Id, p.PlanVersion)])).Where(p => p.Body.Active).OrderBy(p => p.Id)];

    public Plan? Find(Guid id) => byId.GetValueOrDefault(id);

    /// <summary>What the member agreed to.</summary>
    public PlanBody AgreedBy(Membership m) => versions[(m.PlanId, m.PlanVersion)];

    /// <summary>A version of a plan.</summary>
    public PlanBody Of(Guid plan, int version) => versions[(plan, version)];

    /// <summary>What the next term of a membership is: of the plan it goes over to; else of its own, in the version agreed to, or the newer one the brand moved its members to.</summary>
    public NextTerm NextOf(Membership m)
    {
        var plan = byId[m.NextPlanId ?? m.PlanId];
        // A payment made ahead was for what was agreed then.
        var version =
            m.NextPlanId is not null ? plan.PlanVersion
            : m.PaymentsWaiting > 0 ? m.PlanVersion
            : Math.Max(m.PlanVersion, plan.MembersVersion);
        var body = versions[(plan.Id, version)];
        return new(plan.Id, version, body, MembershipTerms.PriceOf(body, m.TermsBilled));
    }
}
