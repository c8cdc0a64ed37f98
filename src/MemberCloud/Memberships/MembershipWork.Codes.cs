using MemberCloud.Billing;

namespace MemberCloud.Memberships;

/// <summary>Terms that a code stands for.</summary>
public sealed partial class MembershipWork
{
    /// <summary>Adds terms that nobody pays. What was owed for the next one is not owed any more. Each is invoiced, at nothing.</summary>
    public void Redeem(MembershipCase one, NextTerm free, int terms)
    {
        foreach (var owed in one.Invoices.Where(i => i is { State: InvoiceState.Open, Series: Invoice.Sales }).ToList())
            Void(one, owed, now);
        for (var i = 0; i < terms; i++)
        {
            var kind = one.Row.State switch
            {
                MembershipState.PendingPayment => InvoiceKind.First,
                MembershipState.PastDue or MembershipState.Suspended => InvoiceKind.Renewal,
                _ => InvoiceKind.Extension,
            };
            Pay(one, BillTerm(one, kind, free), now);
        }
    }
}
