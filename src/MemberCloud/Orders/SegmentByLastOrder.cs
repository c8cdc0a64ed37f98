using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Orders;

/// <summary>Members by when they last ordered. Orders of a member merged into another are the other one's; cancelled ones are nobody's.</summary>
public sealed class SegmentByLastOrder(MemberCloudDb db, TenantScope scope) : ISegmentPart
{
    public Task<Problem?> CheckAsync(SegmentFilter filter, CancellationToken ct) => Task.FromResult<Problem?>(null);

    public Task<IQueryable<Member>> NarrowAsync(IQueryable<Member> members, SegmentFilter filter, CancellationToken ct)
    {
        if (filter.LastOrder is not { } asked)
            return Task.FromResult(members);
        var (since, until) = SegmentRules.WindowOf(asked, scope.Now, scope.Tenant.Local);
        members = since is { } first ? HavingFrom(members, first) : members;
        return Task.FromResult(until is { } end ? HavingNoneFrom(members, end) : members);
    }

    private IQueryable<Order> Orders => db.Set<Order>().Where(o => o.State != OrderState.Cancelled);

    // ix_orders_member read from its end; ix_members_merged_into and ix_orders_member of those merged into the member. The latest, and not whether there is any: beside
    // an "or" PostgreSQL would put all such orders into a hash, again for each page.
    private IQueryable<Member> HavingFrom(IQueryable<Member> members, DateTime since)
    {
        var (all, others) = (Orders, db.Set<Member>());
        return members.Where(m =>
            all.Where(o => o.MemberId == m.Id).Max(o => (DateTime?)o.OccurredAt) >= since
            || others.Any(other => other.MergedInto == m.Id && all.Any(o => o.MemberId == other.Id && o.OccurredAt >= since))
        );
    }

    // The same indexes.
    private IQueryable<Member> HavingNoneFrom(IQueryable<Member> members, DateTime until)
    {
        var (late, others) = (Orders.Where(o => o.OccurredAt >= until), db.Set<Member>());
        return members.Where(m =>
            !late.Any(o => o.MemberId == m.Id)
            && !others.Any(other => other.MergedInto == m.Id && late.Any(o => o.MemberId == other.Id))
        );
    }
}
