using System.Collections.Frozen;
using System.Text.Json;

namespace MemberCloud.Billing;

/// <summary>What news is about.</summary>
public enum GatewayTopic
{
    /// <summary>A payment: how it stands.</summary>
    Payment,

    /// <summary>One refund: how it stands.</summary>
    Refund,

    /// <summary>How much of a payment was given back in all, by us or by the brand in the gateway's own pages.</summary>
    Refunded,

    /// <summary>The member's bank took the money back.</summary>
    Chargeback,

    /// <summary>A member's payment method was saved.</summary>
    Method,
}

/// <summary>
/// What an event says: how a thing stood when it was sent. Events come late, twice and out of order: what has succeeded stays so whatever comes after, and where
/// news contradicts what is known, <see cref="IPaymentGateway.LookUpAsync"/> decides.
/// </summary>
/// <param name="Answer">How it stood. Its reference is the gateway's id of the thing itself; it has no secret, so that an action may be missing.</param>
/// <param name="Payment">The gateway's id of the payment it belongs to.</param>
/// <param name="Key">The key of the attempt (of the refund, of the saving) that it was made under; null where it was not made by us.</param>
/// <param name="Amount">Of refunds and chargebacks, minor units.</param>
/// <param name="Customer">Of a saved method, the gateway's id of the member.</param>
/// <param name="Method">Of a saved method, its id.</param>
public sealed record GatewayNews(
    GatewayTopic Topic,
    GatewayAnswer Answer,
    string? Payment,
    Guid? Key,
    long? Amount = null,
    string? Customer = null,
    string? Method = null
);

/// <summary>Stripe's events, read: first as they come, for storing, then as they were stored. Pure.</summary>
public static class StripeEvents
{
    private static readonly FrozenDictionary<string, Func<StripeObject, GatewayNews>> Known = new Dictionary<
        string,
        Func<StripeObject, GatewayNews>
    >
    {
        ["payment_intent.succeeded"] = Payment,
        ["payment_intent.payment_failed"] = Payment,
        ["payment_intent.processing"] = Payment,
        ["payment_intent.requires_action"] = Payment,
        ["payment_intent.canceled"] = Payment,
        ["checkout.session.completed"] = Checkout,
        ["checkout.session.async_payment_succeeded"] = Checkout,
        ["checkout.session.expired"] = Checkout,
        ["refund.updated"] = Refund,
        ["refund.failed"] = Refund,
        ["charge.refunded"] = Refunded,
        ["charge.dispute.created"] = Chargeback,
        ["setup_intent.succeeded"] = Method,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>An event as it is stored; null when it is not one of Stripe's form. What is no JSON at all throws.</summary>
    public static GatewayEvent? Open(Guid tenant, ReadOnlySpan<byte> body, DateTime receivedAt)
    {
        if (JsonSerializer.Deserialize<StripeEvent>(body, StripeJson.Options) is not { } sent || !IsWhole(sent))
            return null;
        // Of what says nothing to us not even the form is known: its id is all that is read.
        var about = Known.ContainsKey(sent.Type!) ? sent.Data!.Object.Deserialize<StripeObject>(StripeJson.Options) : null;
        return new()
        {
            TenantId = tenant,
            Gateway = StripeGateway.Called,
            EventId = sent.Id!,
            Type = sent.Type!,
            Reference = IdOf(sent),
            Body = about is null
                ? "{}"
                : JsonSerializer.Serialize(about with { ClientSecret = null, Url = null }, StripeJson.Options),
            State = about is null ? GatewayEventState.Ignored : GatewayEventState.Waiting,
            CreatedAt = DateTime.UnixEpoch.AddSeconds(sent.Created),
            ReceivedAt = receivedAt,
        };
    }

    /// <summary>What a stored event says; null when it says nothing to us.</summary>
    public static GatewayNews? Read(GatewayEvent stored) =>
        Known.TryGetValue(stored.Type, out var read)
            ? read(JsonSerializer.Deserialize<StripeObject>(stored.Body, StripeJson.Options)!)
            : null;

    private static GatewayNews Payment(StripeObject intent) =>
        new(GatewayTopic.Payment, StripeRules.OfPayment(intent), intent.Id, KeyOf(intent));

    private static GatewayNews Checkout(StripeObject session) =>
        new(GatewayTopic.Payment, StripeRules.OfCheckout(session), session.PaymentIntent, KeyOf(session));

    private static GatewayNews Refund(StripeObject refund) =>
        new(
            GatewayTopic.Refund,
            StripeRules.OfRefund(refund),
            refund.PaymentIntent,
            KeyOf(refund),
            AmountOf(refund, refund.Amount)
        );

    /// <summary>A charge carries its payment's metadata: the key is the attempt's.</summary>
    private static GatewayNews Refunded(StripeObject charge) =>
        new(
            GatewayTopic.Refunded,
            new(GatewayOutcome.Succeeded, charge.Id),
            charge.PaymentIntent,
            KeyOf(charge),
            AmountOf(charge, charge.AmountRefunded)
        );

    private static GatewayNews Chargeback(StripeObject dispute) =>
        new(
            GatewayTopic.Chargeback,
            new(GatewayOutcome.Succeeded, dispute.Id, dispute.Reason),
            dispute.PaymentIntent,
            KeyOf(dispute),
            AmountOf(dispute, dispute.Amount)
        );

    private static GatewayNews Method(StripeObject setup) =>
        new(
            GatewayTopic.Method,
            new(GatewayOutcome.Succeeded, setup.Id),
            null,
            KeyOf(setup),
            Customer: setup.Customer,
            Method: setup.PaymentMethod
        );

    private static Guid? KeyOf(StripeObject about) => Guid.TryParse(about.Metadata?.Key, out var key) ? key : null;

    private static long? AmountOf(StripeObject about, long? amount) =>
        amount is { } units && about.Currency is { } currency ? StripeRules.FromStripe(units, currency) : null;

    private static bool IsWhole(StripeEvent sent) =>
        sent.Id is { Length: > 0 and <= GatewayEvent.EventIdLength }
        && sent.Type is { Length: > 0 and <= GatewayEvent.TypeLength }
        && sent.Created is > 0 and < uint.MaxValue
        && sent.Data is { Object.ValueKind: JsonValueKind.Object }
        && IdOf(sent) is null or { Length: <= GatewayEvent.ReferenceLength };

    /// <summary>Null where it has none: a balance.</summary>
    private static string? IdOf(StripeEvent sent) =>
        sent.Data!.Object.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

    private sealed record StripeEvent(string? Id, string? Type, long Created, StripeEventData? Data);

    private sealed record StripeEventData(JsonElement Object);
}
