using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>Members by the plan they have in force.</summary>
public sealed class SegmentByPlan(MemberCloudDb db, TenantScope scope) : ISegmentPart
{
    public async Task<Problem?> CheckAsync(SegmentFilter filter, CancellationToken ct)
    {
        if (filter.PlanIds is not { Count: > 0 } asked)
            return null;
        // From the table: the service of plans checks their perks, those their templates, and those their audiences, here.
        var known = (await db.Set<Plan>().Select(p => p.Id).ToListAsync(ct))
            .Select(id => Ids.Show(IdPrefix.Plan, id))
            .ToHashSet();
        return asked.FirstOrDefault(p => !known.Contains(p)) is { } unknown
            ? Problem.Contradiction("plan_unknown", $"The brand has no plan {unknown}.")
            : null;
    }

    public Task<IQueryable<Member>> NarrowAsync(IQueryable<Member> members, SegmentFilter filter, CancellationToken ct)
    {
        if (filter.PlanIds is not { Count: > 0 } asked)
            return Task.FromResult(members);
        var now = scope.Now;
        var plans = asked.Select(p => Ids.TryRead(IdPrefix.Plan, p, out var id) ? id : Guid.Empty).ToList();
        var holders = db.Set<PlanHolding>().Where(h => plans.Contains(h.PlanId) && h.Since <= now && h.Until > now);
        return Task.FromResult(members.Where(m => holders.Any(h => h.MemberId == m.Id)));
    }
}
