using System.Text.Json.Nodes;
using MemberCloud.Billing;

namespace MemberCloud.Rules.Tests.Billing;

public sealed class StripeFormTests
{
    [Theory]
    [InlineData("""{ "amount": 1999, "currency": "cny" }""", "amount=1999&currency=cny")]
    [InlineData("""{ "off_session": true }""", "off_session=true")]
    [InlineData("""{ "customer": null, "amount": 1 }""", "amount=1")] // what is not said is not sent: empty would clear it
    [InlineData("""{ "metadata": { "key": "a", "tenant": "b" } }""", "metadata%5Bkey%5D=a&metadata%5Btenant%5D=b")]
    [InlineData(
        """{ "payment_method_types": ["card", "alipay"] }""",
        "payment_method_types%5B0%5D=card&payment_method_types%5B1%5D=alipay"
    )]
    [InlineData(
        """{ "line_items": [{ "price_data": { "product_data": { "name": "PLUS" } } }] }""",
        "line_items%5B0%5D%5Bprice_data%5D%5Bproduct_data%5D%5Bname%5D=PLUS"
    )]
    [InlineData("""{ "name": "黄金 & 20% = +" }""", "name=%E9%BB%84%E9%87%91%20%26%2020%25%20%3D%20%2B")]
    [InlineData("{}", "")]
    public void A_form_is_written_as_Stripe_reads_it(string form, string encoded) =>
        Assert.Equal(encoded, StripeForm.Encode(JsonNode.Parse(form)!.AsObject()));

    [Fact]
    public void What_C_sharp_wrote_is_written_like_what_was_parsed() =>
        Assert.Equal(
            [("a", "5"), ("b", "true"), ("c[0]", "x"), ("c[1][d]", "y")],
            StripeForm.Fields(
                new()
                {
                    ["a"] = 5L,
                    ["b"] = true,
                    ["c"] = new JsonArray("x", new JsonObject { ["d"] = "y", ["e"] = null }),
                }
            )
        );
}
