using MemberCloud.Billing;
using MemberCloud.Perks;
using MemberCloud.Shared;

namespace MemberCloud.Memberships;

/// <summary>Another plan within a term, and money that goes back.</summary>
public sealed partial class MembershipWork
{
    private IEnumerable<Invoice> Covering(MembershipCase one) =>
        one.Invoices.Where(i => i.State == InvoiceState.Paid && i.CoversUntil > now);

    /// <summary>What going over to another plan at once comes to; null = it costs less: then it waits for the end of what is paid.</summary>
    public ChangeCost? CostOfChange(MembershipCase one, PlanBody to)
    {
        var agreed = plans.AgreedBy(one.Row);
        var periods = ChangeRules.PeriodsLeft(one.Row, agreed.Term, now, tenant.Local).ToList();
        var charge = ChangeRules.CostOfRest(periods, to, now, tenant.Local, tenant.Rounding);
        return charge <= ChangeRules.CostOfRest(periods, agreed, now, tenant.Local, tenant.Rounding)
            ? null
            : ChangeRules.Cost(ChangeRules.PaidForRest(Covering(one), now, tenant.Local, tenant.Rounding), charge);
    }

    /// <summary>Bills a change: what the rest costs of the new plan, less what is paid of the old one.</summary>
    public Invoice BillChange(MembershipCase one, NextTerm to, ChangeCost cost)
    {
        var from = plans.AgreedBy(one.Row);
        var until = one.Row.PaidUntil;
        List<InvoiceLine> lines =
        [
            new(InvoiceLineKind.Proration, Ids.Show(IdPrefix.Plan, to.PlanId), to.Plan.Name, cost.Charge, now, until),
            new(
                InvoiceLineKind.Credit,
                Ids.Show(IdPrefix.Plan, one.Row.PlanId),
                from.Name,
                -Math.Min(cost.Credit, cost.Charge),
                now,
                until
            ),
        ];
        return Bill(one, InvoiceKind.Change, to, lines, cost.Pay, cost.Charge, null);
    }

    /// <summary>A change is paid: the new plan has the rest of the time. The end of it stays.</summary>
    private void ApplyChange(MembershipCase one, Invoice change)
    {
        var m = one.Row;
        var (before, to) = (plans.AgreedBy(m), plans.Of(change.PlanId, change.PlanVersion));
        foreach (var invoice in Covering(one).Where(i => i.Id != change.Id))
        {
            invoice.Worth -= ChangeRules.Rest(invoice, now, tenant.Local, tenant.Rounding);
            invoice.CoversUntil = now > invoice.CoversFrom ? now : invoice.CoversFrom;
            invoices.Change(invoice);
        }
        (change.CoversFrom, change.CoversUntil) = (now, m.PaidUntil);
        if (before.Term != to.Term)
            // What was used of the period's perks stays used.
            (m.RunsSince, m.Anchor, m.Terms) = (MembershipTerms.PeriodAt(m, before.Term, now, tenant.Local).From, m.PaidUntil, 0);
        (m.PlanId, m.PlanVersion, m.NextPlanId, m.OpenAttemptId) = (change.PlanId, change.PlanVersion, null, null);
        Note(one, "membership.changed", now);
    }

    /// <summary>What cancelling at once gives back.</summary>
    public long RefundOf(MembershipCase one, PerksUsed used)
    {
        var at = one.Row.PausedAt ?? now;
        var covering = one.Invoices.Where(i => i.State == InvoiceState.Paid && i.CoversUntil > at).ToList();
        var policy = plans.AgreedBy(one.Row).RefundPolicy;
        var due = ChangeRules.Refund(policy, covering, PeriodOf(one), used, at, tenant.Local, tenant.Rounding);
        return Math.Min(due, Refundable(one));
    }

    /// <summary>The period under way; of a paused one, the one that was.</summary>
    public Stretch PeriodOf(MembershipCase one) =>
        MembershipTerms.PeriodAt(one.Row, plans.AgreedBy(one.Row).Term, one.Row.PausedAt ?? now, tenant.Local);

    /// <summary>What was paid for it and not given back, as far as it is known to have been taken.</summary>
    public static long Refundable(MembershipCase one) =>
        one.Attempts.Where(IsTaken).Sum(a => a.Amount - a.Refunded) + one.Reported.Sum(p => p.Amount - p.Refunded);

    private static bool IsTaken(PaymentAttempt a) => a is { RefundOf: null, State: AttemptState.Succeeded };

    /// <summary>Gives money back, the last taken first: through its gateway, or, where the brand took it, by a credit note that the brand pays.</summary>
    public void Refund(MembershipCase one, long amount, BillRequest? request = null)
    {
        var before = one.Invoices.Count;
        GiveBack(one, amount);
        Devalue(one, amount);
        if (request is not null && one.Invoices.ElementAtOrDefault(before) is { } first)
            (first.RequestId, first.RequestHash) = (request.Id, request.Hash);
    }

    /// <summary>Of a charge so much went back elsewhere. True where that is news, and all of it is back.</summary>
    public bool HearOfRefund(MembershipCase one, Guid attempt, long amount)
    {
        if (one.Attempts.Find(a => a.Id == attempt) is not { } charge || Math.Min(amount, charge.Amount) <= charge.Refunded)
            return false;
        var more = Math.Min(amount, charge.Amount) - charge.Refunded;
        charge.Refunded += more;
        attempts.Change(charge);
        if (IsTaken(charge))
            Devalue(one, more);
        Touch(one);
        return charge.Refunded == charge.Amount;
    }

    /// <summary>What was given back is not credited again: time that has not begun first, then the period under way.</summary>
    private void Devalue(MembershipCase one, long amount)
    {
        foreach (var invoice in Covering(one).OrderByDescending(i => i.CoversFrom).ToList())
        {
            var part = Math.Min(amount, invoice.Worth);
            (invoice.Worth, amount) = (invoice.Worth - part, amount - part);
            invoices.Change(invoice);
        }
    }

    private void GiveBack(MembershipCase one, long amount)
    {
        var left = Refund(one, one.Attempts.Where(IsTaken).OrderByDescending(a => a.Id), amount);
        foreach (var payment in one.Reported.OrderByDescending(p => p.Id).TakeWhile(_ => left > 0))
        {
            var part = Math.Min(left, payment.Amount - payment.Refunded);
            if (part <= 0)
                continue;
            payment.Refunded += part;
            payments.Change(payment);
            left -= part;
            Close(Credit(one, part));
        }
    }

    private long Refund(MembershipCase one, IEnumerable<PaymentAttempt> charges, long amount)
    {
        var left = amount;
        foreach (var charge in charges.TakeWhile(_ => left > 0))
        {
            var part = Math.Min(left, charge.Amount - charge.Refunded);
            if (part <= 0)
                continue;
            charge.Refunded += part;
            attempts.Change(charge);
            left -= part;
            NewAttempt(Credit(one, part), charge.Gateway, charge.Reference!, charge.Customer, part, charge.Id);
        }
        return left;
    }

    private Invoice Credit(MembershipCase one, long amount)
    {
        var m = one.Row;
        var body = plans.AgreedBy(m);
        var line = new InvoiceLine(InvoiceLineKind.Refund, Ids.Show(IdPrefix.Plan, m.PlanId), body.Name, amount);
        return Bill(one, InvoiceKind.Credit, new(m.PlanId, m.PlanVersion, body, amount), [line], amount, 0, null);
    }
}
