using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>Northwind's orders bought again, by members with prices of their own, coupons and points: to the cent what a plain calculation says.</summary>
public sealed class NorthwindStory(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "1998-05-07T12:00:00Z";

    /// <summary>All 830 in the long run, else every twentieth.</summary>
    private static int Every => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1" ? 1 : 20;

    private static List<NorthwindOrder> Orders => [.. Northwind.Orders().Where((_, i) => i % Every == 0)];

    // quoted -> checked out -> committed and paid -> completed -> given back line by line, the shipping with the last
    [SkippableTheory, EveryEngine]
    public async Task Each_order_is_bought_and_given_back_and_its_member_is_as_before(string engine)
    {
        var (orders, brand) = (Orders, await NewBrand(engine, Now, "America/New_York", "USD"));
        var shop = await NorthwindShop.OpenAsync(brand, orders);
        var seen = new List<Quote>();
        foreach (var order in orders)
        {
            var buyer = await shop.BuyerAsync(order.Customer);
            var before = await StateAsync(brand, buyer);
            var expected = NorthwindShop.Expected(buyer, order);

            var quote = (await brand.Post("/v1/quotes", NorthwindShop.Cart(buyer, order))).Must(200);
            var checkout = await brand.Post("/v1/checkouts", NorthwindShop.Cart(buyer, order, quote.Text("hash")));
            var bought = await BuyAsync(brand, order, checkout.Must(201).Text("id"));

            MustBe(order, NorthwindShop.Said(expected), NorthwindShop.Said(quote));
            var goods = expected.Lines.Sum(l => l.Net);
            var earned = goods / 100;
            Assert.Equal(expected.Lines.Select(l => $"{l.Net}"), bought.Each("lines", "net"));
            Assert.Equal((goods, expected.Totals.Payable - goods), (bought.Number("total"), bought.Number("shipping")));
            Assert.Equal(
                $"{NorthwindShop.Points - expected.PointsUsed}/{earned} {1_000 + earned}",
                $"{await brand.Balance(buyer.Id)} {(await brand.Points(buyer.Id, "growth")).Number("available")}"
            );

            seen.Add(expected);
            await GiveBackAsync(brand, order, bought, expected);
            MustBe(order, before, await StateAsync(brand, buyer));
        }
        await brand.LedgerIsClean();
        // Orders on which nothing happens would say nothing.
        Assert.InRange(seen.SelectMany(q => q.Applied).Select(a => a.Coupon.Terms.Kind).Distinct().Count(), 4, 6);
        Assert.Contains(seen, q => q is { Totals.MemberDiscount: > 0, PointsUsed: > 0, Applied.Count: > 1 });
    }

    private static async Task<Answer> BuyAsync(Brand brand, NorthwindOrder order, string checkout)
    {
        var commit = new { order_no = order.No, paid_at = Now };
        (await brand.Post($"/v1/checkouts/{checkout}/commit", commit)).Must(200);
        return (await brand.Post($"/v1/orders/{order.No}/complete", new { })).Must(200);
    }

    private static async Task GiveBackAsync(Brand brand, NorthwindOrder order, Answer bought, Quote expected)
    {
        var (money, points, taken, coupons) = (0L, 0L, 0L, new List<string>());
        foreach (var (i, line) in order.Lines.Index())
        {
            var isLast = i == order.Lines.Count - 1;
            var refund = (
                await brand.Post(
                    $"/v1/orders/{order.No}/refunds",
                    new
                    {
                        refund_no = $"r{i}",
                        lines = new[] { new { id = $"{i + 1}", quantity = line.Quantity } },
                        shipping = isLast ? bought.Number("shipping") : 0,
                    }
                )
            ).Must(201);
            Assert.Equal(expected.Lines[i].Net + (isLast ? bought.Number("shipping") : 0), refund.Number("refund.amount"));
            money += refund.Number("refund.amount");
            points += refund.Number("points.restored");
            taken += refund.Number("points.clawed_back");
            coupons.AddRange(refund.At("coupons_returned")!.AsArray().Select(c => (string)c!));
        }
        Assert.Equal((expected.Totals.Payable, expected.PointsUsed), (money, points));
        Assert.Equal(expected.Lines.Sum(l => l.Net) / 100, taken);
        Assert.Equal(expected.Applied.Select(a => Ids.Show(IdPrefix.Coupon, a.Coupon.Id)).Order(), coupons.Order());
    }

    /// <summary>All that an order changes of a member. What purchase limits have left shows in the next order's quote.</summary>
    private static async Task<string> StateAsync(Brand brand, NorthwindBuyer buyer)
    {
        var points = await brand.Points(buyer.Id);
        var worth = points.Number("available") + points.Number("pending") - points.Number("debt");
        var growth = (await brand.Points(buyer.Id, "growth")).Number("available");
        var tier = (await brand.Summary(buyer.Id)).Text("tier.name");
        return $"{worth} points, {points.Number("held")} held, {growth} growth, {tier}, {await brand.Wallet(buyer.Id)}";
    }

    private static void MustBe(NorthwindOrder order, string expected, string was) =>
        Assert.True(expected == was, $"Order {order.No}: expected\n{expected}\nbut it was\n{was}");
}
