using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>Northwind's orders bought again, by members with prices of their own, coupons and points: to the cent what a plain calculation says.</summary>
public sealed class NorthwindStory(Clouds clouds) : ApiTests(clouds)
{
    /// <summary>All 830 in the long run, else every so manieth.</summary>
    private static int Every => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1" ? 1 : 14;

    private static List<NorthwindOrder> Orders => [.. Northwind.Orders().Where((_, i) => i % Every == 0)];

    [SkippableTheory, EveryEngine]
    public async Task Each_order_is_quoted_to_the_cent(string engine)
    {
        var (orders, brand) = (Orders, await NewBrand(engine, "1998-05-07T12:00:00Z", "America/New_York", "USD"));
        var shop = await NorthwindShop.OpenAsync(brand, orders);
        foreach (var order in orders)
        {
            var buyer = await shop.BuyerAsync(order.Customer);
            var expected = NorthwindShop.Expected(buyer, order);

            var quote = (await brand.Post("/v1/quotes", NorthwindShop.Cart(buyer, order))).Must(200);

            MustBe(order, NorthwindShop.Said(expected), NorthwindShop.Said(quote));
        }
    }

    private static void MustBe(NorthwindOrder order, string expected, string was) =>
        Assert.True(expected == was, $"Order {order.No}: expected\n{expected}\nbut it was\n{was}");
}
