using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>Members by the plan they have a live membership of. None is sold yet, so that a filter by plan matches nobody.</summary>
public sealed class SegmentByPlan(MemberCloudDb db) : ISegmentPart
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

    public Task<IQueryable<Member>> NarrowAsync(IQueryable<Member> members, SegmentFilter filter, CancellationToken ct) =>
        Task.FromResult(filter.PlanIds is { Count: > 0 } ? members.Where(_ => false) : members);
}
