using System.ComponentModel.DataAnnotations;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Billing;

/// <summary>The secrets of the brand's own account at a gateway. Both the first time; later, what is absent stays. They are never shown again.</summary>
/// <param name="SecretKey">The account's secret or restricted key: sk_live_ or rk_live_ of a live brand, sk_test_ or rk_test_ of a sandbox.</param>
/// <param name="WebhookSecret">What the account signs its events with: whsec_, shown where the webhook endpoint was made.</param>
public sealed record GatewayKeys(
    [property: Text(255), RegularExpression("[sr]k_(live|test)_[A-Za-z0-9]{8,}")] string? SecretKey = null,
    [property: Text(255), RegularExpression("whsec_[A-Za-z0-9+/=_-]{8,}")] string? WebhookSecret = null
)
{
    /// <summary>As the key itself says.</summary>
    public static GatewayMode ModeOf(string secretKey) =>
        secretKey.AsSpan(3).StartsWith("live_") ? GatewayMode.Live : GatewayMode.Test;
}

/// <summary>A gateway that the brand has connected.</summary>
/// <param name="Name">stripe.</param>
/// <param name="Mode">live: it moves money. test: it does not.</param>
/// <param name="SecretKeyLast4">The last four characters of the key in use.</param>
/// <param name="WebhookSecretLast4">The last four characters of the webhook secret in use.</param>
/// <param name="SetAt">When either was last set, by the wall clock.</param>
public sealed record GatewayShape(string Name, GatewayMode Mode, string SecretKeyLast4, string WebhookSecretLast4, DateTime SetAt)
{
    public static GatewayShape Of(GatewaySettings g) => new(g.Name, g.Mode, g.SecretKeyLast4, g.WebhookSecretLast4, g.SetAt);
}

/// <summary>The gateways through which the brand takes money, and what they tell us.</summary>
public static class GatewaysEndpoints
{
    /// <summary>Bytes of an event. Stripe's are a few thousand.</summary>
    public const int MaxEvent = 256 * 1024;

    private const long MaxAnswer = 4 * 1024 * 1024;

    public static IServiceCollection AddGateways(this IServiceCollection services)
    {
        services
            .AddHttpClient<StripeHttp>(
                (provider, http) =>
                {
                    var settings = provider.GetRequiredService<IConfiguration>().GetSection("Stripe");
                    http.BaseAddress = new Uri(settings["BaseAddress"] ?? "https://api.stripe.com");
                    http.Timeout = TimeSpan.FromSeconds(settings.GetValue("TimeoutSeconds", 20.0));
                    http.MaxResponseContentBufferSize = MaxAnswer;
                }
            )
            // Stripe sends nobody elsewhere: who does is not Stripe, and gets no key.
            .UseSocketsHttpHandler((handler, _) => handler.AllowAutoRedirect = false)
            .RemoveAllLoggers();
        services.AddScoped<GatewayService>().AddScoped<GatewayInbox>().AddScoped<StripeClient>();
        return services.AddScoped<StripeGateway>().AddScoped<IPaymentGateway>(s => s.GetRequiredService<StripeGateway>());
    }

    public static void MapGateways(this IEndpointRouteBuilder app)
    {
        var gateways = app.MapBrand("/v1/gateways", "Payments");
        gateways.MapGet("", ListGateways);
        gateways.MapGet("{name}", GetGateway);
        gateways.MapPut("{name}", PutGateway);
        app.MapPost("/stripe/webhooks/{tenant}", ReceiveStripeEvent)
            .WithTags("Payments")
            .RequirePermission()
            .WithMetadata(new RequestSizeLimitAttribute(MaxEvent));
    }

    /// <summary>Lists the gateways that the brand has connected.</summary>
    private static async Task<Ok<Page<GatewayShape>>> ListGateways(GatewayService gateways, CancellationToken ct) =>
        TypedResults.Ok(new Page<GatewayShape>([.. (await gateways.AllAsync(ct)).Select(GatewayShape.Of)], null));

    /// <summary>Reads how a gateway is connected.</summary>
    /// <remarks>Errors: gateway_unknown (404), also while it is not connected.</remarks>
    private static async Task<Results<Ok<GatewayShape>, ProblemHttpResult>> GetGateway(
        string name,
        GatewayService gateways,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (await gateways.FindAsync(name, ct) is not { } found)
            return GatewayService.Unknown.ToHttp();
        ETags.Show(http, found.Version);
        return TypedResults.Ok(GatewayShape.Of(found));
    }

    /// <summary>Connects the brand's own account at a gateway, or exchanges its secrets.</summary>
    /// <remarks>
    /// Payments under way are asked for with the new key: it must be one of the same account. If-Match is honoured (412 stale). Errors: gateway_unknown (404),
    /// key_wrong_mode (422) for a live key in a sandbox or a test key in a live brand.
    /// </remarks>
    private static async Task<Results<Ok<GatewayShape>, ProblemHttpResult>> PutGateway(
        string name,
        GatewayKeys body,
        GatewayService gateways,
        HttpContext http,
        CancellationToken ct
    )
    {
        var put = await gateways.PutAsync(name, body, version => ETags.Stale(http, version), ct);
        if (!put.Refused)
            ETags.Show(http, put.Value.Version);
        return put.ToOk(GatewayShape.Of);
    }

    /// <summary>Takes an event of Stripe's.</summary>
    /// <remarks>
    /// For Stripe alone: the address of the webhook endpoint in the brand's Stripe account. The body is Stripe's event, up to 256 KiB, with its Stripe-Signature; it is
    /// answered once it is stored, and the same event again has no further effect. Errors: signature_invalid, signature_expired, body_not_json, bad_value (400),
    /// gateway_not_connected (409), body_too_large (413).
    /// </remarks>
    private static async Task<Results<Ok, ProblemHttpResult>> ReceiveStripeEvent(
        string tenant,
        GatewayInbox inbox,
        HttpContext http,
        CancellationToken ct
    )
    {
        var body = await Bodies.ReadAsync(http);
        var signature = (string?)http.Request.Headers["Stripe-Signature"];
        return await inbox.TakeFromStripeAsync(tenant, signature, body.ToArray(), ct) is { } problem
            ? problem.ToHttp()
            : TypedResults.Ok();
    }
}
