using System.ComponentModel.DataAnnotations;
using MemberCloud.Billing;
using MemberCloud.Shared;

namespace MemberCloud.Memberships;

/// <summary>When a cancellation takes effect.</summary>
public enum CancelAt
{
    /// <summary>At the end of what is paid.</summary>
    PeriodEnd,

    /// <summary>At once, with a refund by the plan's policy.</summary>
    Now,
}

/// <summary>Ends a membership.</summary>
/// <param name="At">period_end unless given.</param>
/// <param name="Reason">Why, up to 200 characters, no personal data.</param>
public sealed record CancelMembershipRequest(
    CancelAt At = CancelAt.PeriodEnd,
    [property: Text(200, Plain = true)] string? Reason = null
);

/// <summary>Gives money back.</summary>
/// <param name="Amount">Minor units, above 0; all that was paid and not given back unless given.</param>
/// <param name="Reason">Why, up to 200 characters, no personal data.</param>
/// <param name="Revoke">Whether the membership is taken back too; unless given, when nothing is left.</param>
public sealed record RefundMembershipRequest(
    [property: Required, Text(200, Plain = true)] string Reason,
    [property: Range(1, Money.Max)] long? Amount = null,
    bool? Revoke = null
);

/// <summary>Takes a membership back.</summary>
/// <param name="Reason">Why, up to 200 characters, no personal data.</param>
public sealed record RevokeMembershipRequest([property: Required, Text(200, Plain = true)] string Reason);

/// <summary>Goes over to another plan of the family.</summary>
/// <param name="PlanId">The plan, <c>plan_...</c></param>
/// <param name="DryRun">true: says what it would cost and changes nothing.</param>
/// <param name="PaidReference">Of a membership whose money the brand collects: the brand's number of the payment of what the change costs.</param>
public sealed record ChangePlanRequest(
    [property: Required, Text(60)] string PlanId,
    bool DryRun = false,
    [property: Text(Payment.ReferenceLength)] string? PaidReference = null
);

/// <summary>What of a membership can be set; what is absent stays.</summary>
/// <param name="AutoRenew">Whether it goes on by itself. true also takes a cancellation at the period's end back.</param>
/// <param name="PaymentMethod">What is charged from now on: a saved payment method of its gateway.</param>
public sealed record MembershipChangeRequest(bool? AutoRenew = null, [property: Text(255)] string? PaymentMethod = null);

/// <summary>A payment that the brand took.</summary>
/// <param name="Amount">Minor units: exactly what is due, or what the next term costs.</param>
/// <param name="PaidAt">When, not in the future.</param>
/// <param name="PaidReference">The brand's own number of it, once ever; up to 100 characters.</param>
public sealed record ReportPaymentRequest(
    [property: Required, Range(1, Money.Max)] long Amount,
    [property: Required, Instant] DateTime? PaidAt,
    [property: Required, Text(Payment.ReferenceLength)] string PaidReference
);
