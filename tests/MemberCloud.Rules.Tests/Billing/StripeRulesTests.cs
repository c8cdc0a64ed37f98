using MemberCloud.Billing;

namespace MemberCloud.Rules.Tests.Billing;

public sealed class StripeRulesTests
{
    [Theory]
    [InlineData("CNY", 1999, 1999L)]
    [InlineData("JPY", 500, 500L)] // no digits here nor there
    [InlineData("KWD", 5120, 5120L)] // thousandths, in steps of ten
    [InlineData("KWD", 5124, null)]
    [InlineData("TND", 1, null)]
    [InlineData("ISK", 5, 500L)] // no digits here, two there
    [InlineData("UGX", 5, 500L)]
    public void Amounts_in_Stripes_units(string currency, long amount, long? stripes)
    {
        Assert.Equal(stripes, StripeRules.ToStripe(amount, currency));
        if (stripes is { } there)
        {
            Assert.Equal(amount, StripeRules.FromStripe(there, currency));
            Assert.Equal(amount, StripeRules.FromStripe(there, currency.ToLowerInvariant()));
        }
    }

    private static StripeObject Intent(string status, string? error = null, string? decline = null) =>
        new()
        {
            Id = "pi_1",
            Status = status,
            ClientSecret = "pi_1_secret",
            LastPaymentError = error is null ? null : new("card_error", error, decline),
        };

    [Theory]
    [InlineData("succeeded", null, null, GatewayOutcome.Succeeded, null)]
    [InlineData("processing", null, null, GatewayOutcome.Pending, null)]
    [InlineData("requires_capture", null, null, GatewayOutcome.Pending, null)]
    [InlineData("requires_confirmation", null, null, GatewayOutcome.Prepared, null)]
    [InlineData("requires_action", null, null, GatewayOutcome.NeedsAction, null)]
    [InlineData("requires_payment_method", null, null, GatewayOutcome.NeedsAction, null)]
    [InlineData("requires_payment_method", "card_declined", "insufficient_funds", GatewayOutcome.Declined, "insufficient_funds")]
    [InlineData("requires_payment_method", "expired_card", null, GatewayOutcome.Declined, "expired_card")]
    [InlineData(
        "requires_payment_method",
        "authentication_required",
        "authentication_required",
        GatewayOutcome.NeedsAction,
        "authentication_required"
    )]
    [InlineData("canceled", null, null, GatewayOutcome.Declined, "canceled")]
    [InlineData("a_state_of_next_year", null, null, GatewayOutcome.Unknown, null)]
    public void How_a_payment_stands(string status, string? error, string? decline, GatewayOutcome outcome, string? code)
    {
        var answer = StripeRules.OfPayment(Intent(status, error, decline));

        Assert.Equal((outcome, "pi_1", code), (answer.Outcome, answer.Reference, answer.Code));
        Assert.Equal(
            outcome == GatewayOutcome.NeedsAction ? new PaymentAction("confirm", ClientSecret: "pi_1_secret") : null,
            answer.Action
        );
    }

    [Theory]
    [InlineData("succeeded", null, GatewayOutcome.Succeeded, null)]
    [InlineData("pending", null, GatewayOutcome.Pending, null)]
    [InlineData("requires_action", null, GatewayOutcome.Pending, null)]
    [InlineData("failed", "lost_or_stolen_card", GatewayOutcome.Declined, "lost_or_stolen_card")]
    [InlineData("failed", null, GatewayOutcome.Declined, "failed")]
    [InlineData("canceled", null, GatewayOutcome.Declined, "canceled")]
    [InlineData(null, null, GatewayOutcome.Unknown, null)]
    public void How_a_refund_stands(string? status, string? failure, GatewayOutcome outcome, string? code) =>
        Assert.Equal(
            new GatewayAnswer(outcome, "re_1", code),
            StripeRules.OfRefund(
                new()
                {
                    Id = "re_1",
                    Status = status,
                    FailureReason = failure,
                }
            )
        );

    [Theory]
    [InlineData("complete", "paid", GatewayOutcome.Succeeded)]
    [InlineData("complete", "no_payment_required", GatewayOutcome.Succeeded)]
    [InlineData("complete", "unpaid", GatewayOutcome.Pending)]
    [InlineData("open", "unpaid", GatewayOutcome.NeedsAction)]
    [InlineData("expired", "unpaid", GatewayOutcome.Declined)]
    [InlineData(null, null, GatewayOutcome.Unknown)]
    public void How_a_page_to_pay_on_stands(string? status, string? paid, GatewayOutcome outcome)
    {
        var answer = StripeRules.OfCheckout(
            new()
            {
                Id = "cs_1",
                Status = status,
                PaymentStatus = paid,
                PaymentIntent = "pi_1",
                Url = "https://pay",
            }
        );

        Assert.Equal((outcome, "pi_1"), (answer.Outcome, answer.Reference));
        Assert.Equal(outcome == GatewayOutcome.NeedsAction ? new PaymentAction("redirect", "https://pay") : null, answer.Action);
    }

    public static TheoryData<StripeAnswer, GatewayAnswer> Answers { get; } =
        new()
        {
            { new(200, Intent("succeeded")), new(GatewayOutcome.Succeeded, "pi_1") },
            {
                new(402, null, new("card_error", "card_declined", "do_not_honor")),
                new(GatewayOutcome.Declined, null, "do_not_honor")
            },
            { new(402, null, new("card_error")), new(GatewayOutcome.Declined, null, "card_error") },
            { new(400, null, new()), new(GatewayOutcome.Declined, null, "refused") },
            {
                new(
                    402,
                    null,
                    new(
                        "card_error",
                        "card_declined",
                        "stolen_card",
                        Intent("requires_payment_method", "card_declined", "stolen_card")
                    )
                ),
                new(GatewayOutcome.Declined, "pi_1", "stolen_card")
            },
            // Confirmed again after the key was forgotten: it had succeeded.
            {
                new(400, null, new("invalid_request_error", "payment_intent_unexpected_state", null, Intent("succeeded"))),
                new(GatewayOutcome.Succeeded, "pi_1")
            },
            // Refused before anything was tried.
            {
                new(400, null, new("invalid_request_error", "resource_missing", null, Intent("requires_confirmation"))),
                new(GatewayOutcome.Declined, "pi_1", "resource_missing")
            },
            // It may have happened: nobody answered, a fault, the same key under way, our key not taken, another request under the key.
            { new(0), new(GatewayOutcome.Unknown) },
            { new(400), new(GatewayOutcome.Unknown) },
            { new(500, null, new("api_error")), new(GatewayOutcome.Unknown) },
            { new(409, null, new("invalid_request_error", "idempotency_key_in_use")), new(GatewayOutcome.Unknown) },
            { new(429, null, new("invalid_request_error", "rate_limit")), new(GatewayOutcome.Unknown) },
            { new(401, null, new("invalid_request_error", "api_key_expired")), new(GatewayOutcome.Unknown) },
            { new(403, null, new("invalid_request_error", "secret_key_required")), new(GatewayOutcome.Unknown) },
            { new(400, null, new("idempotency_error")), new(GatewayOutcome.Unknown) },
        };

    [Theory, MemberData(nameof(Answers))]
    public void What_an_answer_says(StripeAnswer said, GatewayAnswer means) =>
        Assert.Equal(means, StripeRules.Of(said, StripeRules.OfPayment));

    [Theory]
    [InlineData(1, 0, null, null, 200)] // the network
    [InlineData(1, 409, null, null, 200)]
    [InlineData(1, 429, null, null, 200)]
    [InlineData(1, 500, null, null, 200)]
    [InlineData(2, 503, null, null, 400)] // growing
    [InlineData(3, 503, null, null, null)] // three are enough
    [InlineData(1, 200, null, null, null)]
    [InlineData(1, 402, null, null, null)]
    [InlineData(1, 400, "true", null, 200)] // Stripe knows best
    [InlineData(1, 500, "false", null, null)]
    [InlineData(1, 429, null, 2, 2000)]
    [InlineData(2, 429, null, 0, 400)]
    [InlineData(1, 429, null, 5, 5000)]
    [InlineData(1, 429, null, 6, null)] // too long to wait for: a later look finds out
    public void When_a_call_is_made_again(int tried, int status, string? should, int? after, int? milliseconds)
    {
        var retryAfter = after is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var pause = StripeRules.PauseBeforeNext(tried, status, should, retryAfter, chance: 0);

        Assert.Equal(milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null, pause);
    }

    [Fact]
    public void Chance_spreads_pauses_over_twice_the_shortest() =>
        Assert.Equal(TimeSpan.FromMilliseconds(400), StripeRules.PauseBeforeNext(1, 500, null, null, chance: 1));
}
