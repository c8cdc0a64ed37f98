using MemberCloud.Billing;
using MemberCloud.Shared;

namespace MemberCloud.Api.Tests.Billing;

/// <summary>A charge at Stripe: prepared, confirmed, looked for; whatever the wire does to it.</summary>
public sealed class StripeCharges(StripeCloud cloud) : StripeTests(cloud)
{
    private const string Confirms = "POST /v1/payment_intents/pi_1/confirm";
    private const string Searches = "GET /v1/payment_intents/search";
    private static readonly StripeReply Fault = StripeReply.Error(500, "\"type\": \"api_error\"");
    private static readonly StripeReply Busy = StripeReply.Error(
        409,
        "\"type\": \"invalid_request_error\", \"code\": \"idempotency_key_in_use\""
    );
    private static readonly StripeReply TooFast = StripeReply.Error(
        429,
        "\"type\": \"invalid_request_error\", \"code\": \"rate_limit\""
    );

    [Fact]
    public async Task A_charge_is_prepared_unconfirmed_with_its_key_and_ids_only()
    {
        var (brand, charge) = (await Connected(), Charge());
        Stripe.Answers(Intents, Is("requires_confirmation"));

        Assert.Equal(new(GatewayOutcome.Prepared, "pi_1"), await Gateway(brand, g => g.PrepareAsync(charge, default)));

        var asked = Assert.Single(Asked);
        Assert.Equal(
            [
                "amount=1999",
                "currency=cny",
                "customer=cus_1",
                "payment_method=pm_1",
                "payment_method_types[0]=card",
                $"metadata[tenant]={brand.Id}",
                $"metadata[member]={Ids.Show(IdPrefix.Member, charge.MemberId)}",
                $"metadata[invoice]={Ids.Show(IdPrefix.Invoice, charge.InvoiceId)}",
                $"metadata[key]={charge.Key}",
            ],
            asked.Form
        );
        Assert.Equal(($"Bearer {SecretKey}", $"{charge.Key}"), (asked.Headers["Authorization"], asked.Key));
        Assert.Equal(StripeHttp.Version, asked.Headers["Stripe-Version"]);
        Assert.StartsWith("application/x-www-form-urlencoded", asked.Headers["Content-Type"]);
    }

    [Fact]
    public async Task A_confirmation_says_that_the_member_is_absent_and_has_a_key_of_its_own()
    {
        var (brand, charge) = (await Connected(), Charge(reference: "pi_1"));
        Stripe.Answers(Confirms, Is("succeeded"));

        Assert.Equal(new(GatewayOutcome.Succeeded, "pi_1"), await Gateway(brand, g => g.ConfirmAsync(charge, default)));

        var asked = Assert.Single(Asked);
        Assert.Equal(["off_session=true"], asked.Form);
        Assert.Equal($"{charge.Key}-confirm", asked.Key);
    }

    public static TheoryData<StripeReply, GatewayAnswer> Confirmations { get; } =
        new()
        {
            { Is("processing"), new(GatewayOutcome.Pending, "pi_1") },
            {
                Is("requires_action", "\"next_action\": { \"type\": \"use_stripe_sdk\" },"),
                new(GatewayOutcome.NeedsAction, "pi_1", null, new("confirm", ClientSecret: "pi_1_secret_2"))
            },
            {
                Card("card_declined", "insufficient_funds", "requires_payment_method"),
                new(GatewayOutcome.Declined, "pi_1", "insufficient_funds")
            },
            {
                Card("authentication_required", "authentication_required", "requires_payment_method"),
                new(GatewayOutcome.NeedsAction, "pi_1", "authentication_required", new("confirm", ClientSecret: "pi_1_secret_2"))
            },
            {
                StripeReply.Error(
                    400,
                    $"\"type\": \"invalid_request_error\", \"code\": \"payment_intent_unexpected_state\", \"payment_intent\": {Intent("succeeded")}"
                ),
                new(GatewayOutcome.Succeeded, "pi_1")
            },
            {
                StripeReply.Error(401, "\"type\": \"invalid_request_error\", \"code\": \"api_key_expired\""),
                new(GatewayOutcome.Unknown, "pi_1")
            },
        };

    /// <summary>402: the card was declined, and the payment stands so.</summary>
    private static StripeReply Card(string code, string decline, string status)
    {
        var why = $"\"type\": \"card_error\", \"code\": \"{code}\", \"decline_code\": \"{decline}\"";
        return StripeReply.Error(402, $"{why}, \"payment_intent\": {Intent(status, $"\"last_payment_error\": {{ {why} }},")}");
    }

    [Theory, MemberData(nameof(Confirmations))]
    public async Task What_a_confirmation_comes_to(StripeReply reply, GatewayAnswer answer)
    {
        var (brand, charge) = (await Connected(), Charge(reference: "pi_1"));
        Stripe.Answers(Confirms, reply);

        Assert.Equal(answer, await Gateway(brand, g => g.ConfirmAsync(charge, default)));

        Assert.Single(Asked);
    }

    public static TheoryData<StripeReply> Passing { get; } =
        new(Fault, Busy, TooFast, StripeReply.Dropped, StripeReply.Late, new StripeReply(502, "<html>Bad gateway</html>"));

    [Theory, MemberData(nameof(Passing))]
    public async Task What_may_pass_is_tried_again_under_the_same_key(StripeReply fault)
    {
        var (brand, charge) = (await Connected(), Charge());
        Stripe.Answers(Intents, fault, fault, Is("requires_confirmation"));

        Assert.Equal(new(GatewayOutcome.Prepared, "pi_1"), await Gateway(brand, g => g.PrepareAsync(charge, default)));

        Assert.Equal((3, charge.Key.ToString()), (Asked.Count, Assert.Single(Asked.Select(r => r.Key).Distinct())));
        Assert.Single(Asked.Select(r => r.Body).Distinct());
    }

    [Theory, MemberData(nameof(Passing))]
    public async Task What_does_not_pass_is_unknown_after_three_tries(StripeReply fault)
    {
        var (brand, charge) = (await Connected(), Charge());
        Stripe.Answers(Intents, fault);

        Assert.Equal(new(GatewayOutcome.Unknown), await Gateway(brand, g => g.PrepareAsync(charge, default)));

        Assert.Equal(3, Asked.Count);
    }

    [Fact]
    public async Task Stripe_says_itself_whether_and_when_to_come_again()
    {
        var (brand, charge) = (await Connected(), Charge());
        Stripe.Answers(Intents, Fault with { Headers = [("Stripe-Should-Retry", "false")] });
        Assert.Equal(GatewayOutcome.Unknown, (await Gateway(brand, g => g.PrepareAsync(charge, default))).Outcome);
        Assert.Single(Asked);

        Stripe.Answers(Intents, TooFast with { Headers = [("Retry-After", "1")] }, Is("requires_confirmation"));
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(GatewayOutcome.Prepared, (await Gateway(brand, g => g.PrepareAsync(charge, default))).Outcome);
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromSeconds(0.95));
    }

    /// <summary>prepare: sent, the answer is lost -> look up: the same create again -> Stripe answers what it made the first time.</summary>
    [Fact]
    public async Task An_unknown_create_is_repeated_with_the_same_key_while_it_is_young()
    {
        var (brand, charge) = (await Connected(), Charge(hoursAgo: 19.9));
        Stripe.Answers(Intents, StripeReply.Dropped);
        Assert.Equal(GatewayOutcome.Unknown, (await Gateway(brand, g => g.PrepareAsync(charge, default))).Outcome);
        Stripe.Answers(Intents, Is("requires_confirmation"));

        Assert.Equal(new(GatewayOutcome.Prepared, "pi_1"), await Gateway(brand, g => g.LookUpAsync(charge, default)));

        Assert.Equal(
            (4, 1, 1),
            (Asked.Count, Asked.Select(r => r.Key).Distinct().Count(), Asked.Select(r => r.Body).Distinct().Count())
        );
    }

    [Fact]
    public async Task An_old_one_is_searched_by_what_it_carries_and_never_made_anew()
    {
        var (brand, charge) = (await Connected(), Charge(hoursAgo: 20.1));
        Task<GatewayAnswer> Look() => Gateway(brand, g => g.LookUpAsync(charge, default));
        Stripe.Answers(
            Searches,
            new StripeReply(200, $$"""{ "object": "search_result", "data": [{{Intent("requires_confirmation")}}] }""")
        );
        Assert.Equal(new(GatewayOutcome.Prepared, "pi_1"), await Look());

        Stripe.Answers(Searches, new StripeReply(200, """{ "object": "search_result", "data": [], "has_more": false }"""));
        Assert.Equal(new(GatewayOutcome.Absent), await Look());
        Assert.Equal(new(GatewayOutcome.Absent), await Gateway(brand, g => g.PrepareAsync(charge, default)));

        // There are countries without search: nothing found is not nothing there.
        Stripe.Answers(Searches, StripeReply.Error(400, "\"type\": \"invalid_request_error\""));
        Assert.Equal(new(GatewayOutcome.Unknown), await Look());

        Assert.All(Asked, r => Assert.Equal(Searches, r.What));
        Assert.Equal($"?query=metadata['key']:'{charge.Key}'", Asked[0].Query);
    }

    [Fact]
    public async Task With_a_reference_it_is_read_by_that()
    {
        var (brand, charge) = (await Connected(), Charge(reference: "pi_1", hoursAgo: 100));
        Stripe.Answers("GET /v1/payment_intents/pi_1", Is("succeeded"));

        Assert.Equal(new(GatewayOutcome.Succeeded, "pi_1"), await Gateway(brand, g => g.LookUpAsync(charge, default)));
        Assert.Equal(("GET /v1/payment_intents/pi_1", ""), (Assert.Single(Asked).What, Asked[0].Key));

        // Of another account than the one it was made in: nobody knows.
        var elsewhere = charge with
        {
            Reference = "pi_2",
        };
        Assert.Equal(new(GatewayOutcome.Unknown, "pi_2"), await Gateway(brand, g => g.LookUpAsync(elsewhere, default)));
    }

    [Fact]
    public async Task What_waits_for_the_member_is_called_off_unless_it_is_too_late()
    {
        var (brand, charge) = (await Connected(), Charge(reference: "pi_1"));
        Stripe.Answers(
            "POST /v1/payment_intents/pi_1/cancel",
            Is("canceled"),
            StripeReply.Error(400, $"\"code\": \"payment_intent_unexpected_state\", \"payment_intent\": {Intent("succeeded")}")
        );
        IPaymentGateway Any(StripeGateway g) => g;

        Assert.Equal(
            new(GatewayOutcome.Declined, "pi_1", "canceled"),
            await Gateway(brand, g => Any(g).CancelAsync(charge, default))
        );
        Assert.Equal(new(GatewayOutcome.Succeeded, "pi_1"), await Gateway(brand, g => Any(g).CancelAsync(charge, default)));

        Assert.All(Asked, r => Assert.Equal($"{charge.Key}-cancel", r.Key));
    }

    [Theory]
    [InlineData("JPY", 500, "500")]
    [InlineData("KWD", 5120, "5120")]
    [InlineData("ISK", 5, "500")]
    public async Task Amounts_go_in_Stripes_units(string currency, long amount, string sent)
    {
        var (brand, charge) = (await Connected(), Charge(amount, currency));
        Stripe.Answers(Intents, Is("requires_confirmation"));

        await Gateway(brand, g => g.PrepareAsync(charge, default));

        Assert.Equal([$"amount={sent}", $"currency={currency.ToLowerInvariant()}"], Assert.Single(Asked).Form.Take(2));
    }

    [Fact]
    public async Task What_cannot_be_charged_is_declined_without_asking()
    {
        var (brand, other) = (await Connected(), await NotConnected());
        var fils = Charge(5124, "KWD");

        Assert.Equal(
            new(GatewayOutcome.Declined, null, "amount_not_chargeable"),
            await Gateway(brand, g => g.PrepareAsync(fils, default))
        );
        Assert.Equal(
            new(GatewayOutcome.Declined, null, "gateway_not_connected"),
            await Gateway(other, g => g.PrepareAsync(Charge(), default))
        );

        Assert.Empty(Asked);
    }

    [Fact]
    public async Task Logs_say_what_was_refused_and_neither_secrets_nor_what_was_sent()
    {
        var (brand, charge) = (await Connected(), Charge(reference: "pi_1"));
        Stripe.Answers(Confirms, Card("card_declined", "stolen_card", "requires_payment_method"));

        await Gateway(brand, g => g.ConfirmAsync(charge, default));

        Assert.Contains(Logs, l => l.Contains("402 stolen_card (request req_1, try 1)", StringComparison.Ordinal));
        string[] secrets = [SecretKey, "whsec_exampleSecret1234", "Wanda", "pi_1_secret_2"];
        Assert.All(secrets, s => Assert.DoesNotContain(Logs, l => l.Contains(s, StringComparison.Ordinal)));
    }
}
