using MemberCloud.Shared;

namespace MemberCloud.Billing;

/// <summary>How Stripe's amounts, states and refusals are read. Pure.</summary>
public static class StripeRules
{
    /// <summary>How often one call is made before its end counts as unknown.</summary>
    public const int Tries = 3;

    /// <summary>So long a key may be sent again: Stripe forgets it after 24 hours.</summary>
    public static readonly TimeSpan KeyLife = TimeSpan.FromHours(20);

    /// <summary>A longer pause is not waited for: a later look finds out.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// Our minor units as Stripe's; null where Stripe takes no such amount. Three-digit currencies are charged in steps of ten. Two currencies without digits are, for
    /// old clients' sake, written with two (docs.stripe.com/currencies, special cases).
    /// </summary>
    public static long? ToStripe(long amount, string currency) =>
        currency switch
        {
            "ISK" or "UGX" => checked(amount * 100),
            _ when Money.Digits(currency) == 3 && amount % 10 != 0 => null,
            _ => amount,
        };

    /// <summary>Stripe's amount in our minor units; its currency in either case.</summary>
    public static long FromStripe(long amount, string currency) =>
        currency.ToUpperInvariant() is "ISK" or "UGX" ? amount / 100 : amount;

    /// <summary>How a payment stands.</summary>
    public static GatewayAnswer OfPayment(StripeObject intent) =>
        intent.Status switch
        {
            "succeeded" => new(GatewayOutcome.Succeeded, intent.Id),
            "processing" or "requires_capture" => new(GatewayOutcome.Pending, intent.Id),
            "requires_confirmation" => new(GatewayOutcome.Prepared, intent.Id),
            "requires_action" => new(GatewayOutcome.NeedsAction, intent.Id, Action: Confirm(intent)),
            // The bank wants to see the member, who was absent: the payment waits for them, with the same secret.
            "requires_payment_method" when intent.LastPaymentError?.Word is "authentication_required" or null => new(
                GatewayOutcome.NeedsAction,
                intent.Id,
                intent.LastPaymentError?.Word,
                Confirm(intent)
            ),
            "requires_payment_method" => new(GatewayOutcome.Declined, intent.Id, intent.LastPaymentError.Word),
            "canceled" => new(GatewayOutcome.Declined, intent.Id, "canceled"),
            _ => new(GatewayOutcome.Unknown, intent.Id),
        };

    /// <summary>How a refund stands. One that succeeded may still fail: the member's bank sends it back.</summary>
    public static GatewayAnswer OfRefund(StripeObject refund) =>
        refund.Status switch
        {
            "succeeded" => new(GatewayOutcome.Succeeded, refund.Id),
            "pending" or "requires_action" => new(GatewayOutcome.Pending, refund.Id),
            "failed" or "canceled" => new(GatewayOutcome.Declined, refund.Id, refund.FailureReason ?? refund.Status),
            _ => new(GatewayOutcome.Unknown, refund.Id),
        };

    /// <summary>How a page to pay on stands. Its reference is the payment's, which there is once somebody paid.</summary>
    public static GatewayAnswer OfCheckout(StripeObject session) =>
        (session.Status, session.PaymentStatus) switch
        {
            (_, "paid" or "no_payment_required") => new(GatewayOutcome.Succeeded, session.PaymentIntent),
            ("complete", "unpaid") => new(GatewayOutcome.Pending, session.PaymentIntent),
            ("open", "unpaid") => new(GatewayOutcome.NeedsAction, session.PaymentIntent, Action: Redirect(session)),
            ("expired", _) => new(GatewayOutcome.Declined, session.PaymentIntent, "checkout_expired"),
            _ => new(GatewayOutcome.Unknown, session.PaymentIntent),
        };

    /// <summary>What an answer says of what was asked for.</summary>
    public static GatewayAnswer Of(StripeAnswer said, Func<StripeObject, GatewayAnswer> read)
    {
        if (said.Object is { } done)
            return read(done);
        if (said.SaysNothing)
            return new(GatewayOutcome.Unknown);
        var intent = said.Error!.PaymentIntent;
        var after = intent is null ? null : read(intent);
        // A payment that was done, or declined, before is refused as out of its state: how it stands is what counts.
        return after is { Outcome: not (GatewayOutcome.Prepared or GatewayOutcome.Unknown) }
            ? after
            : new(GatewayOutcome.Declined, intent?.Id, said.Error.Word);
    }

    /// <summary>How long to wait before a call is made again; null = it is not.</summary>
    /// <param name="tried">How often it was made.</param>
    /// <param name="status">HTTP; 0 where nobody answered.</param>
    /// <param name="shouldRetry">Stripe-Should-Retry, which knows best.</param>
    /// <param name="retryAfter">Retry-After.</param>
    /// <param name="chance">0 to 1: who failed together does not come again together.</param>
    public static TimeSpan? PauseBeforeNext(int tried, int status, string? shouldRetry, TimeSpan? retryAfter, double chance)
    {
        var again = shouldRetry == "true" || (shouldRetry != "false" && status is 0 or 409 or 429 or >= 500);
        if (!again || tried >= Tries || retryAfter > LongestPause)
            return null;
        var growing = FirstPause * Math.Pow(2, tried - 1) * (0.5 + chance / 2);
        return retryAfter > growing ? retryAfter : growing;
    }

    private static PaymentAction? Confirm(StripeObject intent) =>
        intent.ClientSecret is { } secret ? new("confirm", ClientSecret: secret) : null;

    private static PaymentAction? Redirect(StripeObject session) => session.Url is { } url ? new("redirect", url) : null;
}
