using MemberCloud.Billing;
using MemberCloud.Members;
using MemberCloud.Shared;

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
        // What was owed for the time that comes is not: a charge under way goes back.
        foreach (var owed in one.Invoices.Where(i => i is { State: InvoiceState.Open, Series: Invoice.Sales }).ToList())
            Void(one, owed, now);
        m.OpenAttemptId = null;
        if (!HasPaidTime(m))
        {
            // Its own time is over, or has not begun: the other's is all there is.
            (m.State, m.Reason, m.DueSince, m.FailedCharges) = (MembershipState.Active, null, null, 0);
            (m.PaidUntil, m.RunsSince) = (now, now);
        }
        Bring(one, by, m.PaidUntil, left);
        m.PaidUntil += left;
        (m.Anchor, m.Terms) = (m.PaidUntil, 0);
        Note(one, "membership.prolonged", now);
    }

    /// <summary>What the other's time is worth goes with it, for later changes; money goes back where it was paid.</summary>
    private void Bring(MembershipCase one, MembershipCase by, DateTime from, TimeSpan left)
    {
        var at = by.Row.PausedAt ?? now;
        var worth = 0L;
        foreach (var invoice in by.Invoices.Where(i => i.State == InvoiceState.Paid && i.CoversUntil > at))
        {
            worth += ChangeRules.Rest(invoice, at, tenant.Local, tenant.Rounding);
            invoice.Worth = 0;
            invoices.Change(invoice);
        }
        var body = plans.AgreedBy(one.Row);
        var line = new InvoiceLine(
            InvoiceLineKind.Term,
            Ids.Show(IdPrefix.Plan, one.Row.PlanId),
            body.Name,
            0,
            from,
            from + left
        );
        var brought = Bill(one, InvoiceKind.Extension, new(one.Row.PlanId, one.Row.PlanVersion, body, 0), [line], 0, worth, null);
        (brought.State, brought.ClosedAt, brought.CoversFrom, brought.CoversUntil) = (InvoiceState.Paid, now, from, from + left);
    }

    private bool HasPaidTime(Membership m) =>
        m.State is MembershipState.Active or MembershipState.Paused && m.PaidUntil > (m.PausedAt ?? now);

    /// <summary>It is another member's, who is the same person.</summary>
    /// <param name="one">Which membership.</param>
    /// <param name="to">Whose it is now.</param>
    /// <param name="theirs">What others see of the new member's in the family; null = nothing yet.</param>
    public void Give(MembershipCase one, Guid to, PlanHolding? theirs)
    {
        (one.Row.BroughtFrom, one.Row.MemberId) = (one.Row.MemberId, to);
        // What others see of it is written for its new member; the old one's says nothing any more.
        if (one.Holding is { } old)
        {
            old.Until = old.Since;
            holdings.Change(old);
        }
        one.Holding = theirs;
        Note(one, "membership.moved", now);
    }
}
