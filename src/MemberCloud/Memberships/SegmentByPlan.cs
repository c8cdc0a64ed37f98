using MemberCloud.Members;
using MemberCloud.Shared;

namespace MemberCloud.Memberships;

/// <summary>Members by the plan they have a live membership of. None is sold yet, so that a filter by plan matches nobody.</summary>
public sealed class SegmentByPlan(PlanService plans) : ISegmentPart
{
    public async Task<Problem?> CheckAsync(SegmentFilter filter, CancellationToken ct)
    {
        if (filter.PlanIds is not { Count: > 0 } asked)
            return null;
        var known = (await plans.AllAsync(ct)).Select(p => Ids.Show(IdPrefix.Plan, p.Id)).ToHashSet();
        return asked.FirstOrDefault(p => !known.Contains(p)) is { } unknown
            ? Problem.Contradiction("plan_unknown", $"The brand has no plan {unknown}.")
            : null;
    }

    public Task<IQueryable<Member>> NarrowAsync(IQueryable<Member> members, SegmentFilter filter, CancellationToken ct) =>
        Task.FromResult(filter.PlanIds is { Count: > 0 } ? members.Where(_ => false) : members);
}
