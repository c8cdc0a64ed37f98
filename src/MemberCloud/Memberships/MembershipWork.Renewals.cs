using MemberCloud.Billing;

namespace MemberCloud.Memberships;

/// <summary>What happens at the end of a period.</summary>
public sealed partial class MembershipWork
{
    /// <summary>Terms that one look brings up to date at most: the next look goes on.</summary>
    private const int MostTerms = 120;

    /// <summary>Renews what is due by now, as far as it goes without a gateway; a charge is begun.</summary>
    /// <param name="one">Which membership.</param>
    /// <param name="methodOf">The saved payment methods.</param>
    public void Renew(MembershipCase one, IReadOnlyDictionary<Guid, PaymentMethod> methodOf)
    {
        var m = one.Row;
        for (var i = 0; i < MostTerms; i++)
        {
            var next = plans.NextOf(m);
            var due = m.RenewAt;
            switch (MembershipRules.Step(m, plans.AgreedBy(m), next, now, tenant.Local))
            {
                case RenewalStep.Nothing:
                    return;
                case RenewalStep.Settle:
                    Settle(one, next);
                    break;
                case RenewalStep.Charge:
                    m.DueSince = m.FailedCharges == 0 ? due : m.DueSince;
                    Charge(one, BillOnce(one, next), methodOf[m.MethodId!.Value]);
                    break;
                case RenewalStep.AwaitNotice:
                    AwaitNotice(one, next);
                    break;
                case RenewalStep.AwaitPayment:
                    AwaitMoney(one, next, MembershipReason.AwaitingPayment);
                    break;
                case RenewalStep.NoMethod when m.State == MembershipState.Trialing:
                    End(one, MembershipState.Expired, MembershipReason.NoPaymentMethod, m.PaidUntil);
                    break;
                case RenewalStep.GiveUp:
                    Advance(one);
                    return;
                case RenewalStep.NoMethod:
                    AwaitMoney(one, next, MembershipReason.NoPaymentMethod);
                    break;
            }
            Arrange(m);
        }
    }

    /// <summary>The invoice that is open already, where it is about this; one that says something else, for another price, is not owed any more.</summary>
    private Invoice BillOnce(MembershipCase one, NextTerm next)
    {
        if (one.OpenTerm is { } open)
        {
            // Told of a charge and refused, it is tried again as it was told.
            if (
                one.Row.FailedCharges > 0
                || (open.PlanId == next.PlanId && open.PlanVersion == next.Version && open.Total == next.Price)
            )
                return open;
            Void(one, open, now);
            next = plans.NextOf(one.Row) with { Price = next.Price };
        }
        return BillTerm(one, InvoiceKind.Renewal, next);
    }

    private void Settle(MembershipCase one, NextTerm next)
    {
        // What was paid ahead is what it costs: it was exactly that when it was reported.
        var invoice = BillOnce(one, one.Waiting is [var paid, ..] ? next with { Price = paid.Amount } : next);
        if (one.Waiting.Count > 0)
            Consume(one, one.Waiting[0], invoice, one.Waiting[0].PaidAt);
        else
            Pay(one, invoice, one.Row.RenewAt!.Value);
    }

    /// <summary>What was said of a charge that did not come in time is not true any more: it is said anew.</summary>
    private void AwaitNotice(MembershipCase one, NextTerm next)
    {
        var m = one.Row;
        if (m.State == MembershipState.PastDue)
            return;
        var agreed = plans.AgreedBy(m);
        var tooLate = MembershipRules.TooLateFrom(m, agreed, tenant.Local) <= now;
        // A look for notices that came before this one has told the member anew: once is enough.
        var untrue = tooLate && !MembershipRules.IsToldLate(m, agreed, tenant.Local);
        if (untrue || MembershipRules.ChargeFrom(m, next, tenant.Local) is null)
            m.ProvedAt = null;
        if (untrue)
            m.NoticedFor = null;
        (m.State, m.Reason, m.DueSince) = (MembershipState.PastDue, MembershipReason.AwaitingNotice, tooLate ? now : m.PaidUntil);
        Note(one, "membership.past_due", now);
    }

    private void AwaitMoney(MembershipCase one, NextTerm next, MembershipReason reason)
    {
        var m = one.Row;
        BillOnce(one, next);
        (m.DueSince, m.State, m.Reason) = (m.PaidUntil, MembershipState.PastDue, reason);
        Note(one, "membership.past_due", now);
    }
}
