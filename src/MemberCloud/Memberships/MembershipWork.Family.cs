using MemberCloud.Data;
using MemberCloud.Tenancy;

namespace MemberCloud.Memberships;

/// <summary>A member's membership of a family.</summary>
public sealed partial class MembershipWork
{
    private static readonly Lookup<Membership> LiveOf = new(
        "member_id = {0} AND live_family = {1}",
        [typeof(Guid), typeof(string)]
    );

    /// <summary>The member's live membership of the family, locked and up to date; a row that is at an end says that there was one.</summary>
    public static async Task<(MembershipWork Work, MembershipCase? One)> OpenLiveAsync(
        IDoorSession session,
        TenantScope scope,
        Plans plans,
        Guid member,
        string family,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var live = load.Add(
            LiveOf,
            [
                [member, family],
            ]
        );
        await session.LoadAsync(load, ct);
        var work = await OpenAsync(session, scope, plans, live.Select(m => m.Id), MembershipWanted.Paid, ct);
        var one = work.All.FirstOrDefault();
        if (one is not null)
            work.Advance(one);
        return (work, one);
    }
}
