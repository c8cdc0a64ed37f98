using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Api.Tests.Robustness;
using MemberCloud.Billing;
using MemberCloud.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MemberCloud.Api.Tests.Billing;

/// <summary>A cloud whose Stripe is ours.</summary>
public sealed class StripeCloud : IAsyncLifetime
{
    public StripeServer Stripe { get; private set; } = null!;
    public TestCloud Cloud { get; private set; } = null!;
    public CapturedLogs Logs { get; } = new();

    public async Task InitializeAsync()
    {
        Stripe = await StripeServer.StartAsync();
        Cloud = await TestCloud.StartAsync(
            "sqlite",
            builder =>
            {
                builder.Configuration["Stripe:BaseAddress"] = Stripe.Url;
                builder.Configuration["Stripe:TimeoutSeconds"] = "1";
                builder.Logging.AddProvider(Logs);
                builder.Logging.AddFilter<CapturedLogs>(null, LogLevel.Trace);
            }
        );
    }

    public async Task DisposeAsync()
    {
        await Cloud.DisposeAsync();
        await Stripe.DisposeAsync();
        Logs.Dispose();
    }
}

/// <summary>Calls of Stripe by a brand that has connected its account. What goes over the wire does not depend on the database: one engine will do.</summary>
public abstract class StripeTests : IClassFixture<StripeCloud>
{
    protected const string SecretKey = "sk_test_exampleKey1234";
    protected const string Intents = "POST /v1/payment_intents";

    private readonly StripeCloud cloud;

    protected StripeTests(StripeCloud cloud)
    {
        this.cloud = cloud;
        Stripe.Forget();
    }

    protected StripeServer Stripe => cloud.Stripe;
    protected IEnumerable<string> Logs => cloud.Logs.Lines;

    protected List<StripeRequest> Asked => [.. Stripe.Requests];

    protected static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    protected async Task<Brand> Connected()
    {
        var brand = await cloud.Cloud.NewBrand();
        var secrets = new { secret_key = SecretKey, webhook_secret = "whsec_exampleSecret1234" };
        (await brand.Put("/v1/gateways/stripe", secrets)).Must(200);
        return brand;
    }

    protected Task<Brand> NotConnected() => cloud.Cloud.NewBrand();

    protected Task<T> Inside<T, TService>(Brand brand, Func<TService, Task<T>> ask)
        where TService : notnull =>
        cloud.Cloud.Host.InsideAsync(brand.Id, services => ask(services.GetRequiredService<TService>()));

    protected Task<GatewayAnswer> Gateway(Brand brand, Func<StripeGateway, Task<GatewayAnswer>> ask) => Inside(brand, ask);

    protected Task<StripeAnswer> Client(Brand brand, Func<StripeClient, Task<StripeAnswer>> ask) => Inside(brand, ask);

    protected static GatewayCharge Charge(
        long amount = 1999,
        string currency = "CNY",
        string? reference = null,
        double hoursAgo = 0
    ) => new(Ids.New(), Ids.New(), Ids.New(), amount, currency, "cus_1", "pm_1", reference, Now.AddHours(-hoursAgo));

    /// <summary>A payment as Stripe shows it.</summary>
    protected static string Intent(string status, string more = "") =>
        $$"""
            { "id": "pi_1", "object": "payment_intent", "amount": 1999, "amount_received": 0, "currency": "cny", "customer": "cus_1", "livemode": false,
              "client_secret": "pi_1_secret_2", "payment_method": "pm_1", "payment_method_types": ["card"], "latest_charge": null, {{more}} "status": "{{status}}" }
            """;

    protected static StripeReply Is(string status, string more = "") => new(200, Intent(status, more));
}
