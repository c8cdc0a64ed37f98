namespace MemberCloud.Billing;

/// <summary>What takes money and gives it back, outside this process. All calls of one key have their effect once, however often they are made.</summary>
/// <remarks>
/// Nothing is thrown for what a gateway or the network does: a call whose end is not known answers <see cref="GatewayOutcome.Unknown"/>, and is asked for by
/// <see cref="LookUpAsync"/> later, never assumed.
/// </remarks>
public interface IPaymentGateway
{
    /// <summary>As it is named in requests: fake, stripe.</summary>
    string Name { get; }

    /// <summary>Makes the payment known to the gateway without taking anything; its reference is stored before <see cref="ConfirmAsync"/>.</summary>
    Task<GatewayAnswer> PrepareAsync(GatewayCharge charge, CancellationToken ct);

    /// <summary>Takes the money of a prepared payment from the saved method, the member being absent.</summary>
    Task<GatewayAnswer> ConfirmAsync(GatewayCharge charge, CancellationToken ct);

    /// <summary>What became of it. By its reference, where there is one; else by the key.</summary>
    Task<GatewayAnswer> LookUpAsync(GatewayCharge charge, CancellationToken ct);

    /// <summary>
    /// Calls off a payment that waits for the member or was only prepared, so that another attempt may begin: Declined when it is off, Succeeded when it was too late for
    /// that. A gateway whose payments wait for nobody has nothing to call off, and says how it stands.
    /// </summary>
    Task<GatewayAnswer> CancelAsync(GatewayCharge charge, CancellationToken ct) => LookUpAsync(charge, ct);

    /// <summary>Gives back (part of) a payment that succeeded.</summary>
    Task<GatewayAnswer> RefundAsync(GatewayRefund refund, CancellationToken ct);
}

/// <summary>How a call ended.</summary>
public enum GatewayOutcome
{
    /// <summary>The gateway knows the payment; nothing was taken.</summary>
    Prepared,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>Refused for good: nothing was taken and nothing will be.</summary>
    Declined,

    /// <summary>Under way at the gateway: an event or a later look says how it ended.</summary>
    Pending,

    /// <summary>The member has to act (3-D Secure, a page to pay on).</summary>
    NeedsAction,

    /// <summary>No answer, or one that says nothing: it may have happened.</summary>
    Unknown,

    /// <summary>A look found that the gateway never heard of it: nothing was taken, and nothing will be under this key.</summary>
    Absent,
}

/// <summary>What a gateway said.</summary>
/// <param name="Reference">The gateway's id of the payment or refund.</param>
/// <param name="Code">Why it was declined, in the gateway's words: lower_snake_case.</param>
/// <param name="Action">What the member has to do.</param>
public sealed record GatewayAnswer(
    GatewayOutcome Outcome,
    string? Reference = null,
    string? Code = null,
    PaymentAction? Action = null
);

/// <summary>What a member has to do before a payment goes on.</summary>
/// <param name="Type">redirect or confirm.</param>
/// <param name="Url">The page to pay on; null for confirm.</param>
/// <param name="ClientSecret">What the gateway's own page script asks for; null for redirect.</param>
public sealed record PaymentAction(string Type, string? Url = null, string? ClientSecret = null);

/// <summary>One attempt to take money.</summary>
/// <param name="Key">Of this attempt alone, stored before the first call: the gateway's idempotency key.</param>
/// <param name="MemberId">Who pays.</param>
/// <param name="InvoiceId">What for.</param>
/// <param name="Amount">Minor units, above 0.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Customer">The gateway's id of the member, where it has one.</param>
/// <param name="Method">The gateway's id of the saved payment method.</param>
/// <param name="Reference">The gateway's id of the payment, once <see cref="IPaymentGateway.PrepareAsync"/> gave one.</param>
/// <param name="StartedAt">When the key was stored, by the wall clock: a key may be sent again for 20 hours.</param>
public sealed record GatewayCharge(
    Guid Key,
    Guid MemberId,
    Guid InvoiceId,
    long Amount,
    string Currency,
    string? Customer,
    string Method,
    string? Reference,
    DateTime StartedAt
);

/// <summary>One attempt to give money back.</summary>
/// <param name="Key">Of this refund alone.</param>
/// <param name="Payment">The gateway's id of the payment.</param>
/// <param name="Amount">Minor units, above 0.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record GatewayRefund(Guid Key, string Payment, long Amount, string Currency);
