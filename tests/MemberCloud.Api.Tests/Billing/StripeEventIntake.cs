using System.Text;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Billing;

/// <summary>What Stripe tells a brand: proved by its signature, stored once, answered.</summary>
public sealed class StripeEventIntake(Clouds clouds) : ApiTests(clouds)
{
    private const string Secret = "whsec_exampleSecret5678";

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private async Task<Brand> Connected(string engine)
    {
        var brand = await NewBrand(engine);
        (await brand.Put("/v1/gateways/stripe", new { secret_key = "sk_test_exampleKey1234", webhook_secret = Secret })).Must(
            200
        );
        return brand;
    }

    private static string Event(string id, string type = "payment_intent.succeeded", string? key = null) =>
        $$"""
            { "id": "{{id}}", "object": "event", "created": 1767225600, "type": "{{type}}", "data": { "object": {
              "id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": 1999, "currency": "cny", "client_secret": "pi_1_secret_2",
              "receipt_email": "wanda@example.org", "metadata": { "key": "{{key}}" } } } }
            """;

    private static string Signed(string body, string secret = Secret, long? at = null) =>
        $"t={at ?? Now},v1={StripeSignature.Sign(at ?? Now, Encoding.UTF8.GetBytes(body), secret)}";

    /// <summary>As Stripe sends it: no credential, its own media type's charset, the signature over these very bytes.</summary>
    private static Task<Answer> Send(Brand brand, string body, string? signature, string? slug = null) =>
        brand.Cloud.Nobody.Send(
            HttpMethod.Post,
            $"/stripe/webhooks/{slug ?? brand.Slug}",
            body,
            null,
            headers: signature is null ? [] : [("Stripe-Signature", signature)]
        );

    private static Task<List<GatewayEvent>> Stored(Brand brand) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            services =>
                services
                    .GetRequiredService<MemberCloudDb>()
                    .Set<GatewayEvent>()
                    .AsNoTracking()
                    .OrderBy(e => e.EventId)
                    .ToListAsync()
        );

    [SkippableTheory, EveryEngine]
    public async Task A_signed_event_is_stored_with_what_we_use_and_can_be_read(string engine)
    {
        var (brand, key) = (await Connected(engine), Ids.New());
        var body = Event("evt_1", key: key.ToString());

        (await Send(brand, body, Signed(body))).Must(200);

        var stored = Assert.Single(await Stored(brand));
        Assert.Equal(
            ("stripe", "evt_1", "payment_intent.succeeded", "pi_1", GatewayEventState.Waiting, null),
            (stored.Gateway, stored.EventId, stored.Type, stored.Reference, stored.State, stored.AppliedAt)
        );
        Assert.Equal(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), stored.CreatedAt);
        Assert.InRange(new DateTimeOffset(stored.ReceivedAt).ToUnixTimeSeconds(), Now - 60, Now + 60);
        Assert.DoesNotContain("wanda", stored.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", stored.Body, StringComparison.Ordinal);
        Assert.Equal(new(GatewayTopic.Payment, new(GatewayOutcome.Succeeded, "pi_1"), "pi_1", key), StripeEvents.Read(stored));
    }

    [SkippableTheory, EveryEngine]
    public async Task The_same_event_again_and_at_once_is_answered_well_and_stored_once(string engine)
    {
        var brand = await Connected(engine);
        var (first, second) = (Event("evt_1"), Event("evt_2", "customer.updated"));

        var answers = await AtOnce(8, _ => Send(brand, first, Signed(first)));
        (await Send(brand, first, Signed(first))).Must(200);
        (await Send(brand, second, Signed(second))).Must(200);

        Assert.All(answers, a => a.Must(200));
        Assert.Equal(
            [("evt_1", GatewayEventState.Waiting), ("evt_2", GatewayEventState.Ignored)],
            (await Stored(brand)).Select(e => (e.EventId, e.State))
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task What_is_not_proved_is_refused_and_not_stored(string engine)
    {
        var (brand, bare) = (await Connected(engine), await NewBrand(engine));
        var body = Event("evt_1");

        (await Send(brand, body, null)).MustRefuse(400, "signature_invalid");
        (await Send(brand, body, "nonsense")).MustRefuse(400, "signature_invalid");
        (await Send(brand, body, Signed(body, "whsec_ofAnotherBrand"))).MustRefuse(400, "signature_invalid");
        (await Send(brand, body + " ", Signed(body))).MustRefuse(400, "signature_invalid");
        (await Send(brand, body, Signed(body, at: Now - 400))).MustRefuse(400, "signature_expired");
        (await Send(brand, body, Signed(body, at: Now + 400))).MustRefuse(400, "signature_expired");
        (await Send(brand, body, Signed(body), "no-such-brand")).MustRefuse(404, "not_found");
        (await Send(bare, body, Signed(body))).MustRefuse(409, "gateway_not_connected");

        Assert.Empty(await Stored(brand));
        Assert.Empty(await Stored(bare));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_is_signed_and_no_event_is_refused(string engine)
    {
        var brand = await Connected(engine);
        var (longest, longer) = (Event("evt_1").PadRight(256 * 1024), new string(' ', 256 * 1024 + 1));

        (await Send(brand, "{}", Signed("{}"))).MustRefuse(400, "bad_value");
        (await Send(brand, "not json", Signed("not json"))).MustRefuse(400, "body_not_json");
        (await Send(brand, longer, Signed(longer))).MustRefuse(413, "body_too_large");
        (await Send(brand, longest, Signed(longest))).Must(200);
    }

    /// <summary>While a secret is being exchanged Stripe signs with both; so it does for whoever has only the new one, or only the old.</summary>
    [SkippableTheory, EveryEngine]
    public async Task A_secret_that_is_exchanged_counts_from_then_on(string engine)
    {
        var (brand, body) = (await Connected(engine), Event("evt_1"));
        var both = $"{Signed(body)},{Signed(body, "whsec_exampleSecretNew").Split(',')[1]}";
        (await Send(brand, body, both)).Must(200);

        (await brand.Put("/v1/gateways/stripe", new { webhook_secret = "whsec_exampleSecretNew" })).Must(200);

        (await Send(brand, body, Signed(body))).MustRefuse(400, "signature_invalid");
        (await Send(brand, body, both)).Must(200);
    }

    /// <summary>Each brand has its own: the same event id of two accounts is two events.</summary>
    [SkippableTheory, EveryEngine]
    public async Task Brands_do_not_see_each_others_events(string engine)
    {
        var (mine, theirs) = (await Connected(engine), await Connected(engine));
        var body = Event("evt_1");

        (await Send(mine, body, Signed(body))).Must(200);
        Assert.Empty(await Stored(theirs));
        (await Send(theirs, body, Signed(body))).Must(200);

        Assert.Equal((1, 1), ((await Stored(mine)).Count, (await Stored(theirs)).Count));
    }

    /// <summary>What happened to a brand's money has happened, suspended or not.</summary>
    [SkippableTheory, EveryEngine]
    public async Task A_suspended_brands_events_are_kept(string engine)
    {
        var (brand, body) = (await Connected(engine), Event("evt_1"));
        (await brand.Cloud.Operator.Post($"/platform/v1/tenants/{brand.Id}/suspend")).Must(200);

        (await Send(brand, body, Signed(body))).Must(200);

        Assert.Single(await Stored(brand));
    }
}
