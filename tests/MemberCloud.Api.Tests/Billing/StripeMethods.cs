using MemberCloud.Billing;
using MemberCloud.Shared;

namespace MemberCloud.Api.Tests.Billing;

/// <summary>Customers, saved methods and pages to pay on.</summary>
public sealed class StripeMethods(StripeCloud cloud) : StripeTests(cloud)
{
    private const string FindsCustomers = "GET /v1/customers/search";
    private const string MakesCustomers = "POST /v1/customers";
    private static readonly Guid Ann = Ids.New();
    private static readonly string ShownAnn = Ids.Show(IdPrefix.Member, Ann);

    [Fact]
    public async Task A_member_has_one_customer_known_by_an_id_alone()
    {
        var brand = await Connected();
        Stripe.Answers(FindsCustomers, new StripeReply(200, """{ "object": "search_result", "data": [] }"""));
        Stripe.Answers(MakesCustomers, new StripeReply(200, """{ "id": "cus_1", "object": "customer", "name": null }"""));

        Assert.Equal("cus_1", (await Client(brand, c => c.CustomerAsync(Ann, default))).Object!.Id);

        Assert.Equal($"?query=metadata['member']:'{ShownAnn}'", Asked[0].Query);
        Assert.Equal([$"metadata[tenant]={brand.Id}", $"metadata[member]={ShownAnn}"], Asked[1].Form);
        Assert.Equal($"customer-{Ann}", Asked[1].Key);

        Stripe.Forget();
        Stripe.Answers(FindsCustomers, new StripeReply(200, """{ "object": "search_result", "data": [{ "id": "cus_1" }] }"""));
        Assert.Equal("cus_1", (await Client(brand, c => c.CustomerAsync(Ann, default))).Object!.Id);
        Assert.Single(Asked);

        // Not found because not looked: none is made.
        Stripe.Forget();
        Stripe.Answers(FindsCustomers, StripeReply.Dropped);
        Assert.True((await Client(brand, c => c.CustomerAsync(Ann, default))).SaysNothing);
        Assert.DoesNotContain(Asked, r => r.What == MakesCustomers);
    }

    [Fact]
    public async Task A_card_is_saved_for_charges_without_the_member()
    {
        var (brand, key) = (await Connected(), Ids.New());
        Stripe.Answers(
            "POST /v1/setup_intents",
            new StripeReply(200, """{ "id": "seti_1", "object": "setup_intent", "client_secret": "seti_1_secret" }""")
        );

        var begun = await Client(brand, c => c.SaveMethodAsync("cus_1", Ann, key, default));

        Assert.Equal(("seti_1", "seti_1_secret"), (begun.Object!.Id, begun.Object.ClientSecret));
        Assert.Equal(
            [
                "customer=cus_1",
                "usage=off_session",
                "payment_method_types[0]=card",
                $"metadata[tenant]={brand.Id}",
                $"metadata[member]={ShownAnn}",
                $"metadata[key]={key}",
            ],
            Assert.Single(Asked).Form
        );
    }

    [Fact]
    public async Task A_method_is_attached_and_read_with_what_may_be_shown_of_it()
    {
        var brand = await Connected();
        var card = new StripeReply(
            200,
            """
            { "id": "pm_1", "object": "payment_method", "type": "card", "customer": "cus_1",
              "card": { "brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030 },
              "billing_details": { "name": "Wanda Secret", "address": { "city": null } } }
            """
        );
        Stripe.Answers("POST /v1/payment_methods/pm_1/attach", card);
        Stripe.Answers("GET /v1/payment_methods/pm_1", card);

        var attached = await Client(brand, c => c.AttachMethodAsync("pm_1", "cus_1", default));
        var read = await Client(brand, c => c.FindMethodAsync("pm_1", default));
        var elsewhere = await Client(brand, c => c.FindMethodAsync("../refunds?limit=1", default));

        Assert.Equal(("card", new StripeCard("visa", "4242")), (attached.Object!.Type, attached.Object.Card));
        Assert.Equal((attached.Object, "cus_1"), (read.Object, read.Object!.Customer));
        Assert.Equal(["customer=cus_1"], Asked[0].Form);
        Assert.Equal("resource_missing", elsewhere.Error!.Word);
        Assert.StartsWith("GET /v1/payment_methods/", Asked[^1].What);
    }

    [Theory]
    [InlineData("cus_1")]
    [InlineData(null)]
    public async Task A_page_to_pay_on_takes_cards_WeChat_Pay_and_Alipay(string? customer)
    {
        var (brand, key, invoice) = (await Connected(), Ids.New(), Ids.New());
        Stripe.Answers(
            "POST /v1/checkout/sessions",
            new StripeReply(
                200,
                """{ "id": "cs_1", "object": "checkout.session", "status": "open", "payment_status": "unpaid", "url": "https://checkout.stripe.com/c/1" }"""
            )
        );
        var checkout = new StripeCheckout(key, Ann, invoice, 1999, "CNY", "PLUS", customer, "https://a/ok", "https://a/no");

        var opened = await Client(brand, c => c.OpenCheckoutAsync(checkout, default));

        Assert.Equal(
            new(GatewayOutcome.NeedsAction, null, null, new("redirect", "https://checkout.stripe.com/c/1")),
            StripeRules.OfCheckout(opened.Object!)
        );
        string[] forRenewals = customer is null
            ? []
            : ["payment_method_options[card][setup_future_usage]=off_session", $"customer={customer}"];
        string[] metadata =
        [
            $"[tenant]={brand.Id}",
            $"[member]={ShownAnn}",
            $"[invoice]={Ids.Show("inv", invoice)}",
            $"[key]={key}",
        ];
        Assert.Equal(
            [
                "mode=payment",
                "payment_method_types[0]=card",
                "payment_method_types[1]=wechat_pay",
                "payment_method_types[2]=alipay",
                "payment_method_options[wechat_pay][client]=web",
                .. forRenewals,
                "line_items[0][quantity]=1",
                "line_items[0][price_data][currency]=cny",
                "line_items[0][price_data][unit_amount]=1999",
                "line_items[0][price_data][product_data][name]=PLUS",
                "success_url=https://a/ok",
                "cancel_url=https://a/no",
                .. metadata.Select(m => $"metadata{m}"),
                .. metadata.Select(m => $"payment_intent_data[metadata]{m}"),
            ],
            Assert.Single(Asked).Form
        );
    }

    [Fact]
    public async Task A_page_to_pay_on_says_whether_it_was_paid()
    {
        var brand = await Connected();
        Stripe.Answers(
            "GET /v1/checkout/sessions/cs_1",
            new StripeReply(200, """{ "id": "cs_1", "payment_status": "paid", "payment_intent": "pi_1" }""")
        );

        var paid = await Client(brand, c => c.FindCheckoutAsync("cs_1", default));

        Assert.Equal(new(GatewayOutcome.Succeeded, "pi_1"), StripeRules.OfCheckout(paid.Object!));
    }

    [Fact]
    public async Task No_page_is_opened_for_what_cannot_be_charged()
    {
        var brand = await Connected();
        var checkout = new StripeCheckout(Ids.New(), Ann, Ids.New(), 5124, "KWD", "PLUS", null, "https://a/ok", "https://a/no");

        Assert.Equal("amount_not_chargeable", (await Client(brand, c => c.OpenCheckoutAsync(checkout, default))).Error!.Word);

        Assert.Empty(Asked);
    }
}
