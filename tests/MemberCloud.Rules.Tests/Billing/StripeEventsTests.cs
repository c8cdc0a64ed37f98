using System.Text;
using System.Text.Json;
using MemberCloud.Billing;

namespace MemberCloud.Rules.Tests.Billing;

/// <summary>Events as Stripe sends them, stored and read.</summary>
public sealed class StripeEventsTests
{
    private const string Key = "01900000-0000-7000-8000-000000000001";
    private static readonly Guid Tenant = Guid.Parse("01900000-0000-7000-8000-00000000000a");
    private static readonly DateTime Received = new(2026, 1, 1, 0, 0, 9, DateTimeKind.Utc);

    private static string Event(string type, string about) =>
        $$"""
            { "id": "evt_1", "object": "event", "api_version": "2026-07-29.dahlia", "created": 1767225600, "livemode": false, "type": "{{type}}",
              "data": { "object": {{about}} }, "request": { "id": "req_1", "idempotency_key": "k" } }
            """;

    /// <summary>An object with our metadata, and what Stripe says beside what we read.</summary>
    private static string About(string kind, string fields) =>
        $$"""
            { "id": "{{kind[..2]}}_1", "object": "{{kind}}", {{fields}}, "currency": "cny",
              "metadata": { "key": "{{Key}}", "tenant": "tnt_1", "note": "Wanda Secret" },
              "receipt_email": "wanda@example.org", "shipping": { "name": "Wanda Secret" }, "client_secret": "x_secret_y" }
            """;

    private static GatewayEvent Open(string type, string about) =>
        StripeEvents.Open(Tenant, Encoding.UTF8.GetBytes(Event(type, about)), Received)!;

    private static GatewayNews Read(string type, string about) => StripeEvents.Read(Open(type, about))!;

    [Theory]
    [InlineData("succeeded", "\"status\": \"succeeded\"", GatewayOutcome.Succeeded, null)]
    [InlineData("processing", "\"status\": \"processing\"", GatewayOutcome.Pending, null)]
    [InlineData("requires_action", "\"status\": \"requires_action\"", GatewayOutcome.NeedsAction, null)]
    [InlineData("canceled", "\"status\": \"canceled\", \"cancellation_reason\": null", GatewayOutcome.Declined, "canceled")]
    [InlineData(
        "payment_failed",
        """
            "status": "requires_payment_method", "last_payment_error": { "type": "card_error", "code": "card_declined",
            "decline_code": "insufficient_funds", "message": "Your card has insufficient funds.", "payment_method": { "id": "pm_1" } }
            """,
        GatewayOutcome.Declined,
        "insufficient_funds"
    )]
    public void A_payments_events(string what, string fields, GatewayOutcome outcome, string? code) =>
        Assert.Equal(
            new GatewayNews(GatewayTopic.Payment, new(outcome, "pa_1", code), "pa_1", Guid.Parse(Key)),
            Read($"payment_intent.{what}", About("payment_intent", $"\"amount\": 1999, {fields}"))
        );

    [Theory]
    [InlineData("completed", "complete", "paid", GatewayOutcome.Succeeded, null)]
    [InlineData("completed", "complete", "unpaid", GatewayOutcome.Pending, null)]
    [InlineData("async_payment_succeeded", "complete", "paid", GatewayOutcome.Succeeded, null)]
    [InlineData("expired", "expired", "unpaid", GatewayOutcome.Declined, "checkout_expired")]
    public void A_checkouts_events(string what, string status, string paid, GatewayOutcome outcome, string? code) =>
        Assert.Equal(
            new GatewayNews(GatewayTopic.Payment, new(outcome, "pi_1", code), "pi_1", Guid.Parse(Key)),
            Read(
                $"checkout.session.{what}",
                About(
                    "checkout.session",
                    $"\"status\": \"{status}\", \"payment_status\": \"{paid}\", \"payment_intent\": \"pi_1\""
                )
            )
        );

    [Theory]
    [InlineData("updated", "succeeded", "null", GatewayOutcome.Succeeded, null)]
    [InlineData("failed", "failed", "\"expired_or_canceled_card\"", GatewayOutcome.Declined, "expired_or_canceled_card")]
    public void A_refunds_events(string what, string status, string reason, GatewayOutcome outcome, string? code) =>
        Assert.Equal(
            new GatewayNews(GatewayTopic.Refund, new(outcome, "re_1", code), "pi_1", Guid.Parse(Key), 500),
            Read(
                $"refund.{what}",
                About(
                    "refund",
                    $"\"amount\": 500, \"payment_intent\": \"pi_1\", \"status\": \"{status}\", \"failure_reason\": {reason}"
                )
            )
        );

    [Fact]
    public void A_charge_says_how_much_of_it_was_given_back_in_all() =>
        Assert.Equal(
            new GatewayNews(GatewayTopic.Refunded, new(GatewayOutcome.Succeeded, "ch_1"), "pi_1", Guid.Parse(Key), 700),
            Read(
                "charge.refunded",
                About(
                    "charge",
                    "\"amount\": 1999, \"amount_refunded\": 700, \"payment_intent\": \"pi_1\", \"status\": \"succeeded\""
                )
            )
        );

    [Fact]
    public void A_dispute_is_a_chargeback() =>
        Assert.Equal(
            new GatewayNews(GatewayTopic.Chargeback, new(GatewayOutcome.Succeeded, "dp_1", "fraudulent"), "pi_1", null, 5),
            Read(
                "charge.dispute.created",
                """{ "id": "dp_1", "object": "dispute", "amount": 500, "currency": "isk", "payment_intent": "pi_1", "reason": "fraudulent", "metadata": {} }"""
            )
        );

    [Fact]
    public void A_saved_method_says_whose_it_is() =>
        Assert.Equal(
            new GatewayNews(
                GatewayTopic.Method,
                new(GatewayOutcome.Succeeded, "se_1"),
                null,
                Guid.Parse(Key),
                null,
                "cus_1",
                "pm_1"
            ),
            Read(
                "setup_intent.succeeded",
                About("setup_intent", "\"status\": \"succeeded\", \"customer\": \"cus_1\", \"payment_method\": \"pm_1\"")
            )
        );

    [Fact]
    public void What_is_stored_holds_what_we_use_and_nothing_personal()
    {
        var stored = Open("payment_intent.succeeded", About("payment_intent", "\"status\": \"succeeded\""));

        Assert.Equal(
            (Tenant, "stripe", "evt_1", "payment_intent.succeeded", "pa_1", GatewayEventState.Waiting),
            (stored.TenantId, stored.Gateway, stored.EventId, stored.Type, stored.Reference, stored.State)
        );
        Assert.Equal((new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), Received), (stored.CreatedAt, stored.ReceivedAt));
        Assert.Equal(
            $$$"""{"id":"pa_1","object":"payment_intent","status":"succeeded","currency":"cny","metadata":{"key":"{{{Key}}}"}}""",
            stored.Body
        );
    }

    /// <summary>The brand's shop may use the same account, and a "key" of its own.</summary>
    [Theory]
    [InlineData("\"metadata\": { \"key\": \"cart 7\" }")]
    [InlineData("\"metadata\": {}")]
    [InlineData("\"metadata\": null")]
    [InlineData("\"livemode\": false")]
    public void A_payment_that_is_not_ours_has_no_key(string metadata) =>
        Assert.Null(Read("payment_intent.succeeded", $$"""{ "id": "pi_1", "status": "succeeded", {{metadata}} }""").Key);

    [Theory]
    [InlineData("customer.updated", """{ "id": "cus_1", "name": "Wanda Secret", "status": { "odd": true } }""", "cus_1")]
    [InlineData("balance.available", """{ "object": "balance", "available": [] }""", null)]
    [InlineData("payment_intent.of_next_year", """{ "id": 7 }""", null)]
    public void Another_type_is_stored_as_ignored_with_nothing_in_it(string type, string about, string? reference)
    {
        var stored = Open(type, about);

        Assert.Equal((GatewayEventState.Ignored, "{}", reference), (stored.State, stored.Body, stored.Reference));
        Assert.Null(StripeEvents.Read(stored));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{ "id": "evt_1", "type": "a.b", "created": 1767225600 }""")]
    [InlineData("""{ "id": "evt_1", "type": "a.b", "created": 1767225600, "data": {} }""")]
    [InlineData("""{ "id": "evt_1", "type": "a.b", "created": 1767225600, "data": { "object": "pi_1" } }""")]
    [InlineData("""{ "id": "", "type": "a.b", "created": 1767225600, "data": { "object": {} } }""")]
    [InlineData("""{ "id": "evt_1", "created": 1767225600, "data": { "object": {} } }""")]
    [InlineData("""{ "id": "evt_1", "type": "a.b", "data": { "object": {} } }""")]
    [InlineData("""{ "id": "evt_1", "type": "a.b", "created": 99999999999999, "data": { "object": {} } }""")]
    public void What_is_no_event_is_not_stored(string body) =>
        Assert.Null(StripeEvents.Open(Tenant, Encoding.UTF8.GetBytes(body), Received));

    [Fact]
    public void What_is_longer_than_we_can_hold_is_no_event()
    {
        Assert.Null(Opened($$"""{ "id": "{{new string('e', 256)}}", "type": "a", "created": 1, "data": { "object": {} } }"""));
        Assert.Null(Opened($$"""{ "id": "e", "type": "{{new string('t', 101)}}", "created": 1, "data": { "object": {} } }"""));
        Assert.Null(
            Opened($$"""{ "id": "e", "type": "a", "created": 1, "data": { "object": { "id": "{{new string('r', 256)}}" } } }""")
        );
        Assert.Throws<JsonException>(() => Opened("not json"));

        static GatewayEvent? Opened(string body) => StripeEvents.Open(Tenant, Encoding.UTF8.GetBytes(body), Received);
    }
}
