using System.Text.Json.Nodes;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Billing;

/// <summary>A page at Stripe on which a member pays once.</summary>
/// <param name="Key">Of this attempt alone: it comes back with every event about it.</param>
/// <param name="Amount">Minor units, above 0.</param>
/// <param name="Title">What is bought, as the page shows it: the plan's name.</param>
/// <param name="Customer">Stripe's id of the member; a card paid with is then saved for renewals.</param>
/// <param name="SuccessUrl">Where the member goes on having paid.</param>
/// <param name="CancelUrl">Where the member goes on having not.</param>
public sealed record StripeCheckout(
    Guid Key,
    Guid MemberId,
    Guid InvoiceId,
    long Amount,
    string Currency,
    string Title,
    string? Customer,
    string SuccessUrl,
    string CancelUrl
);

/// <summary>
/// The current brand's Stripe account. Members are known there by their id alone: no name, number or address of theirs is ever sent. Every call answers what Stripe
/// said; who asks looks at <see cref="StripeAnswer.Object"/> first.
/// </summary>
public sealed class StripeClient(StripeHttp http, GatewayService gateways, TenantScope scope)
{
    private static readonly string[] CheckoutMethods = ["card", "wechat_pay", "alipay"];

    /// <summary>The member's customer, made when there is none yet. Keep its id: a search may not know for a minute what was made just now.</summary>
    /// <returns>A customer: <see cref="StripeObject.Id"/>.</returns>
    public async Task<StripeAnswer> CustomerAsync(Guid member, CancellationToken ct)
    {
        var shown = Ids.Show(IdPrefix.Member, member);
        var found = await FindByMetadataAsync("customers", "member", shown, ct);
        return found.Object switch
        {
            null => found,
            { Data: [var customer, ..] } => found with { Object = customer },
            // One key for each member: made twice within a day, it is the same customer.
            _ => await PostAsync("v1/customers", new() { ["metadata"] = About(("member", shown)) }, $"customer-{member}", ct),
        };
    }

    /// <summary>Begins to save a card for charges without the member: the member's page goes on with the secret, and setup_intent.succeeded tells the end.</summary>
    /// <param name="customer">Stripe's id of the member.</param>
    /// <param name="member">Whose card it will be.</param>
    /// <param name="key">Of this saving alone.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>A setup intent: <see cref="StripeObject.Id"/> and <see cref="StripeObject.ClientSecret"/>.</returns>
    public Task<StripeAnswer> SaveMethodAsync(string customer, Guid member, Guid key, CancellationToken ct) =>
        PostAsync(
            "v1/setup_intents",
            new()
            {
                ["customer"] = customer,
                ["usage"] = "off_session",
                ["payment_method_types"] = new JsonArray("card"),
                ["metadata"] = About(("member", Ids.Show(IdPrefix.Member, member)), ("key", key.ToString())),
            },
            $"{key}",
            ct
        );

    /// <summary>Gives a payment method, which the member's page made, to the member's customer.</summary>
    /// <returns>A payment method: <see cref="StripeObject.Type"/>, and of a card <see cref="StripeObject.Card"/>.</returns>
    public Task<StripeAnswer> AttachMethodAsync(string method, string customer, CancellationToken ct) =>
        PostAsync(
            $"v1/payment_methods/{Escape(method)}/attach",
            new() { ["customer"] = customer },
            $"attach-{method}-{customer}",
            ct
        );

    /// <summary>Reads a payment method.</summary>
    /// <returns>A payment method: <see cref="StripeObject.Customer"/> says whose, <see cref="StripeObject.Type"/> and <see cref="StripeObject.Card"/> which.</returns>
    public Task<StripeAnswer> FindMethodAsync(string method, CancellationToken ct) =>
        GetAsync($"v1/payment_methods/{Escape(method)}", ct);

    /// <summary>Opens a page to pay on by card, WeChat Pay or Alipay: for a day, after which Stripe says that it expired.</summary>
    /// <returns>A checkout session: <see cref="StripeObject.Url"/>, and <see cref="StripeObject.Id"/> for <see cref="FindCheckoutAsync"/>.</returns>
    public async Task<StripeAnswer> OpenCheckoutAsync(StripeCheckout checkout, CancellationToken ct)
    {
        if (StripeRules.ToStripe(checkout.Amount, checkout.Currency) is not { } amount)
            return StripeAnswer.Refused(StripeGateway.NotChargeable);
        var about = About(
            ("member", Ids.Show(IdPrefix.Member, checkout.MemberId)),
            ("invoice", Ids.Show(IdPrefix.Invoice, checkout.InvoiceId)),
            ("key", checkout.Key.ToString())
        );
        var price = new JsonObject
        {
            ["currency"] = checkout.Currency.ToLowerInvariant(),
            ["unit_amount"] = amount,
            ["product_data"] = new JsonObject { ["name"] = checkout.Title },
        };
        var form = new JsonObject
        {
            ["mode"] = "payment",
            ["payment_method_types"] = new JsonArray([.. CheckoutMethods.Select(m => JsonValue.Create(m))]),
            ["payment_method_options"] = new JsonObject
            {
                ["wechat_pay"] = new JsonObject { ["client"] = "web" },
                ["card"] = checkout.Customer is null ? null : new JsonObject { ["setup_future_usage"] = "off_session" },
            },
            ["customer"] = checkout.Customer,
            ["line_items"] = new JsonArray(new JsonObject { ["quantity"] = 1, ["price_data"] = price }),
            ["success_url"] = checkout.SuccessUrl,
            ["cancel_url"] = checkout.CancelUrl,
            ["metadata"] = about,
            ["payment_intent_data"] = new JsonObject { ["metadata"] = about.DeepClone() },
        };
        return await PostAsync("v1/checkout/sessions", form, $"{checkout.Key}", ct);
    }

    /// <summary>How a page to pay on stands: <see cref="StripeRules.OfCheckout"/> reads it.</summary>
    public Task<StripeAnswer> FindCheckoutAsync(string session, CancellationToken ct) =>
        GetAsync($"v1/checkout/sessions/{Escape(session)}", ct);

    internal Task<StripeAnswer> GetAsync(string path, CancellationToken ct) => SendAsync(new(HttpMethod.Get, path), ct);

    internal Task<StripeAnswer> PostAsync(string path, JsonObject form, string key, CancellationToken ct) =>
        SendAsync(new(HttpMethod.Post, path, form, key), ct);

    /// <summary>What carries this text with it: a search result, up to a minute old.</summary>
    internal Task<StripeAnswer> FindByMetadataAsync(string kind, string name, string value, CancellationToken ct) =>
        GetAsync($"v1/{kind}/search?query={Escape($"metadata['{name}']:'{value}'")}", ct);

    /// <summary>Metadata: which brand's, and what else is said. Ids only.</summary>
    internal JsonObject About(params IEnumerable<(string Name, string Value)> more) =>
        new(
            more.Prepend(("tenant", Ids.Show(IdPrefix.Tenant, scope.Id)))
                .Select(m => KeyValuePair.Create(m.Item1, (JsonNode?)JsonValue.Create(m.Item2)))
        );

    internal static string Escape(string id) => Uri.EscapeDataString(id);

    private async Task<StripeAnswer> SendAsync(StripeCall call, CancellationToken ct) =>
        await gateways.FindAsync(StripeGateway.Called, ct) is { } settings
            ? await http.SendAsync(scope.Tenant.Keys.OpenText(settings.SecretKey, scope.Id), call, ct)
            : StripeAnswer.Refused(GatewayService.NotConnected.Code);
}
