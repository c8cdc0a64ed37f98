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
        var (since, until, someOrder) = SegmentRules.WindowOf(asked, scope.Now, scope.Tenant.Local);
        var orders = db.Set<Order>().Where(o => o.State != OrderState.Cancelled);
        // The last one lies in a window: there is one from its beginning on, and none from its end on.
        if (since is not null)
            members = Having(members, orders.Where(o => o.OccurredAt >= since));
        else if (someOrder)
            members = Having(members, orders);
        if (until is not null)
            members = HavingNo(members, orders.Where(o => o.OccurredAt >= until));
        return Task.FromResult(members);
    }

    // ix_orders_member of the member, ix_members_merged_into and ix_orders_member of those merged into it
    private IQueryable<Member> Having(IQueryable<Member> members, IQueryable<Order> orders) =>
        members.Where(m =>
            orders.Any(o => o.MemberId == m.Id)
            || db.Set<Member>().Any(other => other.MergedInto == m.Id && orders.Any(o => o.MemberId == other.Id))
        );

    private IQueryable<Member> HavingNo(IQueryable<Member> members, IQueryable<Order> orders) =>
        members.Where(m =>
            !orders.Any(o => o.MemberId == m.Id)
            && !db.Set<Member>().Any(other => other.MergedInto == m.Id && orders.Any(o => o.MemberId == other.Id))
        );
}
