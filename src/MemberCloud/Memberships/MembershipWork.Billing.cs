using System.Security.Cryptography;
using System.Text;
using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Shared;

namespace MemberCloud.Memberships;

/// <summary>Whose request something answers: the same request again finds it.</summary>
/// <param name="Id">Fingerprint of who asked, and with which Idempotency-Key.</param>
/// <param name="Hash">Fingerprint of what was asked.</param>
public sealed record BillRequest(Guid Id, byte[] Hash)
{
    public static BillRequest? Of(IdempotencyTicket? ticket) =>
        ticket is null
            ? null
            : new(
                new Guid(
                    HMACSHA256
                        .HashData(ticket.Keys.Requests, Encoding.UTF8.GetBytes($"{ticket.CredentialId:N} {ticket.Key}"))
                        .AsSpan(0, 16)
                ),
                ticket.Hash
            );
}

/// <summary>What memberships cost: billed, paid, charged, refused.</summary>
public sealed partial class MembershipWork
{
    /// <summary>Bills a term. It is open until it is paid.</summary>
    public Invoice BillTerm(MembershipCase one, InvoiceKind kind, NextTerm term)
    {
        var m = one.Row;
        m.TermsBilled++;
        var line = new InvoiceLine(
            InvoiceLineKind.Term,
            Ids.Show(IdPrefix.Plan, term.PlanId),
            term.Plan.Name,
            term.Price,
            kind == InvoiceKind.First ? null : m.PaidUntil
        );
        return Bill(one, kind, term, [line], term.Price, term.Price, m.TermsBilled);
    }

    /// <summary>Issues an invoice. It gets the next number when it is stored.</summary>
    private Invoice Bill(
        MembershipCase one,
        InvoiceKind kind,
        NextTerm term,
        IReadOnlyList<InvoiceLine> lines,
        long total,
        long worth,
        int? billed
    )
    {
        var m = one.Row;
        var series = kind == InvoiceKind.Credit ? Invoice.Credits : Invoice.Sales;
        var invoice = new Invoice
        {
            TenantId = tenant.Id,
            Id = Ids.New(),
            MemberId = m.MemberId,
            MembershipId = m.Id,
            Seq = ++m.Bills,
            Series = series,
            Kind = kind,
            State = InvoiceState.Open,
            PlanId = term.PlanId,
            PlanVersion = term.Version,
            Lines = Json.Write(lines),
            Total = total,
            Term = billed,
            Worth = worth,
            IssuedAt = now,
        };
        one.Invoices.Add(invoice);
        invoices.Add(invoice);
        Touch(one);
        return invoice;
    }

    /// <summary>An invoice is paid: what it is for happens.</summary>
    public void Pay(MembershipCase one, Invoice invoice, DateTime at)
    {
        (invoice.State, invoice.ClosedAt) = (InvoiceState.Paid, at);
        invoices.Change(invoice);
        if (invoice.Kind == InvoiceKind.Change)
        {
            ApplyChange(one, invoice);
            return;
        }
        var m = one.Row;
        var wasPending = m.State == MembershipState.PendingPayment;
        var (agreed, before) = (plans.AgreedBy(m), m.PaidUntil);
        var body = plans.Of(invoice.PlanId, invoice.PlanVersion);
        if (invoice.Kind == InvoiceKind.First)
            MembershipRules.Begin(m, at);
        MembershipRules.Extend(m, new(invoice.PlanId, invoice.PlanVersion, body, invoice.Total), agreed, at, tenant.Local);
        invoice.CoversFrom = m.Terms == 1 ? m.Anchor : before;
        invoice.CoversUntil = m.PaidUntil;
        Note(one, wasPending ? "membership.activated" : "membership.renewed", at);
    }

    /// <summary>A payment that the brand reported pays an invoice.</summary>
    public void Consume(MembershipCase one, Payment payment, Invoice invoice, DateTime at)
    {
        payment.InvoiceId = invoice.Id;
        if (one.Waiting.Remove(payment))
        {
            one.Row.PaymentsWaiting--;
            payments.Change(payment);
        }
        else
            payments.Add(payment);
        Pay(one, invoice, at);
    }

    /// <summary>A payment that the brand reports waits for the end of the period.</summary>
    public void Await(MembershipCase one, Payment payment)
    {
        payments.Add(payment);
        one.Waiting.Add(payment);
        one.Row.PaymentsWaiting++;
        Touch(one);
    }

    /// <summary>Begins to take the money of an invoice from a saved method. Nobody is at the gateway yet.</summary>
    public PaymentAttempt Charge(MembershipCase one, Invoice invoice, PaymentMethod method)
    {
        var attempt = NewAttempt(invoice, method.Gateway, method.Reference, method.Customer, invoice.Total, null);
        one.Row.OpenAttemptId = attempt.Id;
        Touch(one);
        return attempt;
    }

    private PaymentAttempt NewAttempt(
        Invoice invoice,
        string gateway,
        string method,
        string? customer,
        long amount,
        Guid? refundOf
    )
    {
        var attempt = new PaymentAttempt
        {
            TenantId = tenant.Id,
            Id = Ids.New(),
            InvoiceId = invoice.Id,
            MembershipId = invoice.MembershipId,
            MemberId = invoice.MemberId,
            RefundOf = refundOf,
            Gateway = gateway,
            Method = method,
            Customer = customer,
            Amount = amount,
            State = AttemptState.Open,
            StartedAt = now,
            WallStartedAt = wallNow,
            DueAt = now,
        };
        attempts.Add(attempt);
        return attempt;
    }

    /// <summary>A charge was refused: its invoice stays open where the membership waits for it, else it is void.</summary>
    public void Refused(MembershipCase one, Invoice invoice)
    {
        var m = one.Row;
        m.OpenAttemptId = null;
        Touch(one);
        if (invoice.State != InvoiceState.Open)
            return;
        // Who is in a trial, or paid already, has what they have.
        if (
            invoice.Kind is InvoiceKind.Extension or InvoiceKind.Change
            || (invoice.Kind == InvoiceKind.First && m.State != MembershipState.PendingPayment)
        )
        {
            Void(one, invoice, now);
            return;
        }
        m.Reason = MembershipReason.PaymentFailed;
        if (m.State == MembershipState.PendingPayment)
            return;
        m.FailedCharges++;
        if (m.State is MembershipState.Active or MembershipState.Trialing)
            m.State = MembershipState.PastDue;
        Note(one, "membership.payment_failed", now);
    }

    private void Void(MembershipCase one, Invoice invoice, DateTime at)
    {
        (invoice.State, invoice.ClosedAt, invoice.Worth) = (InvoiceState.Void, at, 0);
        if (invoice.Term is not null)
            one.Row.TermsBilled--;
        invoices.Change(invoice);
        Touch(one);
    }
}
