using System.Text.Json;
using System.Text.Json.Serialization;

namespace MemberCloud.Billing;

/// <summary>
/// What is read of Stripe's objects, whatever their kind. Everything else they say (names, addresses, receipts, other people's metadata) is never in memory
/// longer than its bytes, and never stored.
/// </summary>
public sealed record StripeObject
{
    public string? Id { get; init; }

    /// <summary>The kind: payment_intent, refund, charge, dispute, setup_intent, checkout.session, payment_method, customer, list, search_result.</summary>
    public string? Object { get; init; }
    public string? Status { get; init; }

    /// <summary>Of a payment method: card, alipay, wechat_pay ...</summary>
    public string? Type { get; init; }

    /// <summary>In Stripe's units: see <see cref="StripeRules.FromStripe"/>.</summary>
    public long? Amount { get; init; }

    /// <summary>Of a charge: given back so far, in Stripe's units.</summary>
    public long? AmountRefunded { get; init; }
    public string? Currency { get; init; }
    public string? Customer { get; init; }
    public string? PaymentIntent { get; init; }
    public string? PaymentMethod { get; init; }

    /// <summary>Of a checkout session: paid, unpaid, no_payment_required.</summary>
    public string? PaymentStatus { get; init; }

    /// <summary>Of a dispute.</summary>
    public string? Reason { get; init; }

    /// <summary>Of a refund.</summary>
    public string? FailureReason { get; init; }

    /// <summary>What Stripe's script on the member's page asks for. Never stored and never logged.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>Of a checkout session: the page to pay on.</summary>
    public string? Url { get; init; }
    public StripeError? LastPaymentError { get; init; }
    public StripeCard? Card { get; init; }
    public StripeMetadata? Metadata { get; init; }

    /// <summary>Of a list or a search: what was found.</summary>
    public IReadOnlyList<StripeObject>? Data { get; init; }
}

/// <summary>What is shown of a saved card.</summary>
/// <param name="Brand">visa, mastercard, unionpay ...</param>
/// <param name="Last4">Its last four digits.</param>
public sealed record StripeCard(string? Brand, string? Last4);

/// <summary>Ours, of what an object carries with it.</summary>
/// <param name="Key">The key of the attempt or refund it was made for. Text: a brand's other systems may have a "key" too.</param>
public sealed record StripeMetadata(string? Key);

/// <summary>Why Stripe refused. Its message is for the brand's engineers and may quote what was sent: it is not read.</summary>
/// <param name="Type">card_error, invalid_request_error, idempotency_error, api_error.</param>
/// <param name="PaymentIntent">The payment as it stands after the refusal.</param>
public sealed record StripeError(
    string? Type = null,
    string? Code = null,
    string? DeclineCode = null,
    StripeObject? PaymentIntent = null
)
{
    /// <summary>The most exact word there is.</summary>
    public string Word => DeclineCode ?? Code ?? Type ?? "refused";
}

/// <summary>What came of a call: the object, or why not, or neither where nobody answered.</summary>
/// <param name="Status">HTTP; 0 where nobody answered.</param>
public sealed record StripeAnswer(int Status, StripeObject? Object = null, StripeError? Error = null)
{
    /// <summary>
    /// It may have been done or not: no answer, a passing fault, a key that Stripe does not take any more (the brand changed it: who pays is not to blame), or one sent
    /// before with other fields.
    /// </summary>
    public bool SaysNothing =>
        Object is null && (Error is null or { Type: "idempotency_error" } || Status is 401 or 403 or 409 or 429 or >= 500);

    /// <summary>Refused here, in Stripe's form: nothing was sent.</summary>
    public static StripeAnswer Refused(string code) => new(400, null, new("invalid_request_error", code));
}

/// <summary>Stripe's JSON: snake_case, and new fields at any time.</summary>
internal static class StripeJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
