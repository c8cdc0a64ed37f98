using MemberCloud.Billing;
using MemberCloud.Members;

namespace MemberCloud.Memberships;

/// <summary>A membership in memory with what moves along with it.</summary>
public sealed class MembershipCase(Membership row)
{
    public Membership Row => row;

    /// <summary>Invoices that are to be paid, and those of time that is not over yet where those were asked for.</summary>
    public List<Invoice> Invoices { get; } = [];

    /// <summary>Payments reported ahead, oldest first.</summary>
    public List<Payment> Waiting { get; } = [];

    /// <summary>Payments reported that paid something, where those were asked for.</summary>
    public List<Payment> Reported { get; } = [];

    /// <summary>Attempts that did not fail, where those were asked for.</summary>
    public List<PaymentAttempt> Attempts { get; } = [];

    /// <summary>What others see of it as a plan in force; null where the member never had one of the family.</summary>
    public PlanHolding? Holding { get; set; }

    /// <summary>When it came back from a pause just now: perks are on again from then.</summary>
    public DateTime? BackAt { get; set; }

    /// <summary>The invoice of a term that waits for its payment.</summary>
    public Invoice? OpenTerm => Invoices.Find(i => i is { State: InvoiceState.Open, Term: not null });
}
