namespace MemberCloud.Memberships;

/// <summary>Two members who turned out to be one.</summary>
public sealed partial class MembershipWork
{
    /// <summary>What is left of the paid time of one is added to another of the family.</summary>
    public void Prolong(MembershipCase one, MembershipCase by)
    {
        var (m, other) = (one.Row, by.Row);
        if (!HasPaidTime(other))
            return;
        var left = other.PaidUntil - (other.PausedAt ?? now);
        if (!HasPaidTime(m))
        {
            // Its own time is over, or has not begun: the other's is all there is.
            (m.State, m.Reason, m.DueSince, m.FailedCharges) = (MembershipState.Active, null, null, 0);
            (m.PaidUntil, m.RunsSince) = (now, now);
        }
        m.PaidUntil += left;
        (m.Anchor, m.Terms) = (m.PaidUntil, 0);
        Note(one, "membership.prolonged", now);
    }

    private bool HasPaidTime(Membership m) =>
        m.State is MembershipState.Active or MembershipState.Paused && m.PaidUntil > (m.PausedAt ?? now);

    /// <summary>It is another member's, who is the same person.</summary>
    public void Give(MembershipCase one, Guid to)
    {
        one.Row.MemberId = to;
        // What others see of it is written for its new member; the old one's says nothing any more.
        if (one.Holding is { } old)
        {
            old.Until = old.Since;
            holdings.Change(old);
        }
        one.Holding = null;
        Note(one, "membership.moved", now);
    }
}
