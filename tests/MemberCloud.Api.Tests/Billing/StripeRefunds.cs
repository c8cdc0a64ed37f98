using MemberCloud.Billing;
using MemberCloud.Shared;

namespace MemberCloud.Api.Tests.Billing;

/// <summary>Money given back at Stripe: once under one key, however late it is asked for again.</summary>
public sealed class StripeRefunds(StripeCloud cloud) : StripeTests(cloud)
{
    private const string Lists = "GET /v1/refunds";
    private const string Refunds = "POST /v1/refunds";
    private static readonly StripeReply None = new(
        200,
        """{ "object": "list", "url": "/v1/refunds", "has_more": false, "data": [] }"""
    );

    private static GatewayRefund Refund(long amount = 500, string currency = "CNY") => new(Ids.New(), "pi_1", amount, currency);

    private static string Made(Guid key, string status, string reason = "null") =>
        $$"""{ "id": "re_1", "object": "refund", "amount": 500, "currency": "cny", "status": "{{status}}", "failure_reason": {{reason}}, "metadata": { "key": "{{key}}" } }""";

    [Theory]
    [InlineData("succeeded", "null", GatewayOutcome.Succeeded, null)]
    [InlineData("pending", "null", GatewayOutcome.Pending, null)]
    [InlineData("failed", "\"declined\"", GatewayOutcome.Declined, "declined")]
    public async Task A_refund_is_made_once_it_is_known_not_to_be_there(
        string status,
        string reason,
        GatewayOutcome outcome,
        string? code
    )
    {
        var (brand, refund) = (await Connected(), Refund());
        Stripe.Answers(Lists, None);
        Stripe.Answers(Refunds, new StripeReply(200, Made(refund.Key, status, reason)));

        Assert.Equal(new(outcome, "re_1", code), await Gateway(brand, g => g.RefundAsync(refund, default)));

        Assert.Equal([Lists, Refunds], Asked.Select(r => r.What));
        Assert.Equal("?payment_intent=pi_1&limit=100", Asked[0].Query);
        Assert.Equal(
            ["payment_intent=pi_1", "amount=500", $"metadata[tenant]={brand.Id}", $"metadata[key]={refund.Key}"],
            Asked[1].Form
        );
        Assert.Equal($"{refund.Key}", Asked[1].Key);
    }

    /// <summary>Stripe has forgotten the key by then: what it made carries it.</summary>
    [Fact]
    public async Task One_that_was_made_is_found_days_later_and_not_made_again()
    {
        var (brand, refund) = (await Connected(), Refund());
        var others = Made(Ids.New(), "succeeded");
        Stripe.Answers(
            Lists,
            new StripeReply(200, $$"""{ "object": "list", "data": [{{others}}, {{Made(refund.Key, "succeeded")}}] }""")
        );

        Assert.Equal(new(GatewayOutcome.Succeeded, "re_1"), await Gateway(brand, g => g.RefundAsync(refund, default)));

        Assert.Equal([Lists], Asked.Select(r => r.What));
    }

    [Fact]
    public async Task Where_it_cannot_be_looked_or_nobody_answers_it_is_unknown()
    {
        var (brand, refund) = (await Connected(), Refund());
        Stripe.Answers(Lists, StripeReply.Dropped);
        Assert.Equal(new(GatewayOutcome.Unknown), await Gateway(brand, g => g.RefundAsync(refund, default)));
        Assert.DoesNotContain(Asked, r => r.What == Refunds);

        Stripe.Answers(Lists, None);
        Stripe.Answers(Refunds, StripeReply.Dropped);
        Assert.Equal(new(GatewayOutcome.Unknown), await Gateway(brand, g => g.RefundAsync(refund, default)));
    }

    [Fact]
    public async Task What_Stripe_refuses_is_declined_with_its_word()
    {
        var brand = await Connected();
        Stripe.Answers(Lists, None);
        Stripe.Answers(
            Refunds,
            StripeReply.Error(400, "\"type\": \"invalid_request_error\", \"code\": \"charge_already_refunded\"")
        );

        Assert.Equal(
            new(GatewayOutcome.Declined, null, "charge_already_refunded"),
            await Gateway(brand, g => g.RefundAsync(Refund(), default))
        );
        Assert.Equal(
            new(GatewayOutcome.Declined, null, "amount_not_chargeable"),
            await Gateway(brand, g => g.RefundAsync(Refund(1, "BHD"), default))
        );
    }
}
