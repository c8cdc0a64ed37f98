using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Shared;

namespace MemberCloud.Memberships;

/// <summary>What a gateway said, and what follows. The same again changes nothing; late, doubled and shuffled answers end in the same state.</summary>
public sealed partial class MembershipWork
{
    /// <summary>Minutes after which an attempt without an end is looked up again; then the last of them, again and again.</summary>
    private static readonly int[] LookAgain = [1, 5, 15, 60, 360];

    /// <summary>After so many looks without an answer it is given up: about a month.</summary>
    private const int MostLooks = 120;

    /// <summary>The member has so long to act.</summary>
    public static readonly TimeSpan ActFor = TimeSpan.FromHours(24);

    public void Apply(MembershipCase one, PaymentAttempt attempt, Invoice invoice, GatewayAnswer answer, TenantKeys keys)
    {
        attempts.Change(attempt);
        attempt.LeaseUntil = null;
        attempt.Reference ??= answer.Reference;
        if (attempt.State == AttemptState.Succeeded)
            return;
        switch (answer.Outcome)
        {
            case GatewayOutcome.Succeeded:
                Succeeded(one, attempt, invoice);
                break;
            case GatewayOutcome.Declined:
            case GatewayOutcome.Absent:
                Failed(one, attempt, invoice, answer.Code ?? "not_charged");
                break;
            case GatewayOutcome.NeedsAction when attempt.IsOpen:
                attempt.State = AttemptState.NeedsAction;
                attempt.ActionSealed = answer.Action is { } action ? keys.SealText(Json.Write(action), attempt.Id) : null;
                Wait(one, attempt, invoice);
                break;
            case GatewayOutcome.Prepared or GatewayOutcome.Pending or GatewayOutcome.Unknown or GatewayOutcome.NeedsAction:
                if (attempt.IsOpen)
                    Wait(one, attempt, invoice);
                break;
        }
    }

    private void Wait(MembershipCase one, PaymentAttempt attempt, Invoice invoice)
    {
        if (++attempt.Looks >= MostLooks)
            Failed(one, attempt, invoice, "no_answer");
        else
            attempt.DueAt = now.AddMinutes(LookAgain[Math.Min(attempt.Looks, LookAgain.Length) - 1]);
    }

    private void Succeeded(MembershipCase one, PaymentAttempt attempt, Invoice invoice)
    {
        Close(attempt, AttemptState.Succeeded, null);
        if (attempt.RefundOf is not null)
            Close(invoice);
        else if (invoice.State == InvoiceState.Open)
        {
            Pay(one, invoice, now);
            // Heard of before: what went back is not worth anything.
            Devalue(one, attempt.Refunded);
        }
        else
            // It was void by then, or paid another way: nobody keeps what is not owed.
            Refund(one, [attempt], attempt.Amount);
        if (one.Row.OpenAttemptId == attempt.Id)
            one.Row.OpenAttemptId = null;
        Touch(one);
    }

    private void Failed(MembershipCase one, PaymentAttempt attempt, Invoice invoice, string code)
    {
        if (!attempt.IsOpen)
            return;
        Close(attempt, AttemptState.Failed, code);
        if (attempt.RefundOf is { } charge)
        {
            // Nothing went back: it can be asked for again.
            Void(one, invoice, now);
            if (one.Attempts.Find(a => a.Id == charge) is { } taken)
            {
                taken.Refunded -= attempt.Amount;
                attempts.Change(taken);
            }
            Note(one, "membership.refund_failed", now);
        }
        else if (one.Row.OpenAttemptId == attempt.Id)
            Refused(one, invoice);
    }

    private void Close(PaymentAttempt attempt, AttemptState state, string? code) =>
        (attempt.State, attempt.Code, attempt.EndedAt, attempt.DueAt, attempt.ActionSealed) = (state, code, now, null, null);

    private void Close(Invoice credit)
    {
        (credit.State, credit.ClosedAt) = (InvoiceState.Paid, now);
        invoices.Change(credit);
    }
}
