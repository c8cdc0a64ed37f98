using System.Text.Json.Nodes;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Billing;

/// <summary>Charges saved cards at the brand's own Stripe account, and gives back.</summary>
public sealed class StripeGateway(StripeClient client, TenantScope scope) : IPaymentGateway
{
    /// <summary>The name of this gateway.</summary>
    public const string Called = "stripe";

    /// <summary>Why an amount is declined that Stripe cannot charge: a three-digit currency's last digit is not 0.</summary>
    public const string NotChargeable = "amount_not_chargeable";

    /// <summary>Refunds of one payment that are looked through; Stripe lists no more at once, and nobody makes as many.</summary>
    private const int MaxRefunds = 100;

    public string Name => Called;

    /// <summary>The same as looking for it: what was made under this key before, by whichever try, is found, and made only while the key is young.</summary>
    public Task<GatewayAnswer> PrepareAsync(GatewayCharge charge, CancellationToken ct) => LookUpAsync(charge, ct);

    public async Task<GatewayAnswer> ConfirmAsync(GatewayCharge charge, CancellationToken ct) =>
        OfPayment(charge, await ActAsync(charge, "confirm", new() { ["off_session"] = true }, ct));

    public async Task<GatewayAnswer> LookUpAsync(GatewayCharge charge, CancellationToken ct)
    {
        if (charge.Reference is { } reference)
        {
            var found = await client.GetAsync($"v1/payment_intents/{StripeClient.Escape(reference)}", ct);
            // Stripe gave us this reference: an account that does not know it is another than it was, and says nothing of it.
            return found.Object is { } intent ? StripeRules.OfPayment(intent) : new(GatewayOutcome.Unknown, reference);
        }
        return scope.WallNow - charge.StartedAt < StripeRules.KeyLife
            ? await CreateAsync(charge, ct)
            : await SearchAsync(charge, ct);
    }

    public async Task<GatewayAnswer> CancelAsync(GatewayCharge charge, CancellationToken ct) =>
        OfPayment(charge, await ActAsync(charge, "cancel", [], ct));

    /// <summary>
    /// Looks before it acts: Stripe forgets a key after a day, and a refund asked for again by then would be a second one. What was made carries its key with it.
    /// </summary>
    public async Task<GatewayAnswer> RefundAsync(GatewayRefund refund, CancellationToken ct)
    {
        if (StripeRules.ToStripe(refund.Amount, refund.Currency) is not { } amount)
            return new(GatewayOutcome.Declined, Code: NotChargeable);
        var key = refund.Key.ToString();
        var made = await client.GetAsync(
            $"v1/refunds?payment_intent={StripeClient.Escape(refund.Payment)}&limit={MaxRefunds}",
            ct
        );
        if (made.Object is null)
            return StripeRules.Of(made, StripeRules.OfRefund);
        if (made.Object.Data?.FirstOrDefault(r => r.Metadata?.Key == key) is { } known)
            return StripeRules.OfRefund(known);
        var form = new JsonObject
        {
            ["payment_intent"] = refund.Payment,
            ["amount"] = amount,
            ["metadata"] = client.About(("key", key)),
        };
        return StripeRules.Of(await client.PostAsync("v1/refunds", form, key, ct), StripeRules.OfRefund);
    }

    /// <summary>Makes the payment, or hears of the one that was made under this key.</summary>
    private async Task<GatewayAnswer> CreateAsync(GatewayCharge charge, CancellationToken ct)
    {
        if (StripeRules.ToStripe(charge.Amount, charge.Currency) is not { } amount)
            return new(GatewayOutcome.Declined, Code: NotChargeable);
        var form = new JsonObject
        {
            ["amount"] = amount,
            ["currency"] = charge.Currency.ToLowerInvariant(),
            ["customer"] = charge.Customer,
            ["payment_method"] = charge.Method,
            ["payment_method_types"] = new JsonArray("card"),
            ["metadata"] = client.About(
                ("member", Ids.Show(IdPrefix.Member, charge.MemberId)),
                ("invoice", Ids.Show(IdPrefix.Invoice, charge.InvoiceId)),
                ("key", charge.Key.ToString())
            ),
        };
        return OfPayment(charge, await client.PostAsync("v1/payment_intents", form, charge.Key.ToString(), ct));
    }

    /// <summary>By what the payment carries with it: the key is too old to be sent again.</summary>
    private async Task<GatewayAnswer> SearchAsync(GatewayCharge charge, CancellationToken ct)
    {
        var found = await client.FindByMetadataAsync("payment_intents", "key", charge.Key.ToString(), ct);
        return found.Object?.Data switch
        {
            [var intent, ..] => StripeRules.OfPayment(intent),
            [] => new(GatewayOutcome.Absent),
            null => new(GatewayOutcome.Unknown),
        };
    }

    private Task<StripeAnswer> ActAsync(GatewayCharge charge, string act, JsonObject form, CancellationToken ct)
    {
        var reference = charge.Reference ?? throw new ArgumentException("A payment is prepared first.", nameof(charge));
        return client.PostAsync($"v1/payment_intents/{StripeClient.Escape(reference)}/{act}", form, $"{charge.Key}-{act}", ct);
    }

    private static GatewayAnswer OfPayment(GatewayCharge charge, StripeAnswer said)
    {
        var answer = StripeRules.Of(said, StripeRules.OfPayment);
        return answer with { Reference = answer.Reference ?? charge.Reference };
    }
}
