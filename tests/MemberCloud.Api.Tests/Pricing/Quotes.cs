using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Pricing;

/// <summary>What a cart costs a member now: the rules are tested apart, here what is read and how it is said.</summary>
public sealed class Quotes(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T04:00:00Z";

    private static object Line(string id, string sku, int quantity, long? price = null) =>
        new
        {
            id,
            sku,
            quantity,
            list_price = price,
        };

    private static Task<Answer> Quote(Caller who, string member, object lines, object? coupons = null, object? points = null) =>
        who.Post(
            "/v1/quotes",
            new
            {
                member_id = member,
                lines,
                shipping = 1000,
                coupons = coupons ?? "best",
                points = points ?? 0,
            }
        );

    /// <summary>Points as money, a catalogue, a price list for VIPs; and a VIP with points, a coupon that fits and one that asks for more.</summary>
    private static async Task<(string List, string Ann, string Coupon, string Dear)> ShopAsync(Brand brand)
    {
        (await brand.Patch("/v1/brand", """{ "points_money": { "points": 100, "amount": 100, "cap_bp": 2000 } }""")).Must(200);
        await brand.Products("tea 6000");
        var list = await brand.PriceList(
            new { name = "VIP", audience = new { tags = new[] { "vip" } } },
            new { sku = "tea", percent_off_bp = 1000 }
        );
        var ann = await brand.Member("ann", new { tags = new[] { "vip" } });
        await brand.Earn(ann, 10_000);
        async Task<string> Coupon(string name, long off, long from) => (
                await brand.Claim(
                    await brand.Template(
                        new
                        {
                            name,
                            amount_off = off,
                            threshold = new { amount = from },
                            stack_group = name,
                        }
                    ),
                    ann
                )
            ).Must(201).Text("id");
        return (list, ann, await Coupon("30 off", 3000, 15_000), await Coupon("90 off", 9000, 40_000));
    }

    // Two teas at 60.00 (members 54.00) and a cup at 80.00: 188.00; 30.00 off from 150.00; 20 % of that in points; shipping 10.00.
    [SkippableTheory, EveryEngine]
    public async Task A_cart_is_priced_with_every_reason(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var (list, ann, coupon, dear) = await ShopAsync(brand);
        var cart = new[] { Line("1", "tea", 2), Line("2", "cup", 1, 8000) };

        var quote = (await Quote(brand, ann, cart, points: "max")).Must(200);

        Assert.Equal(
            (20_000, 1200, 3000, 3160, 1000, 13_640),
            (
                quote.Number("totals.list"),
                quote.Number("totals.member_discount"),
                quote.Number("totals.coupon_discount"),
                quote.Number("totals.points_discount"),
                quote.Number("totals.shipping"),
                quote.Number("totals.payable")
            )
        );
        Assert.Equal(["price_list", "coupon", "points"], quote.Each("lines.0.adjustments", "source"));
        Assert.Equal([list, coupon], quote.Each("lines.0.adjustments", "source_id").Take(2));
        Assert.Equal(["VIP", "30 off", "Points"], quote.Each("lines.0.adjustments", "reason"));
        Assert.Equal(12_640, quote.Number("lines.0.net") + quote.Number("lines.1.net"));
        Assert.Equal((coupon, dear), (quote.Text("coupons.applied.0.coupon_id"), quote.Text("coupons.refused.0.coupon_id")));
        Assert.Equal(
            ("below_threshold", 21_200),
            (quote.Text("coupons.refused.0.code"), quote.Number("coupons.refused.0.missing"))
        );
        Assert.Equal(
            ("threshold_gap", 21_200, 9000, "212.00 CNY more unlocks “90 off”."),
            (
                quote.Text("nudges.0.code"),
                quote.Number("nudges.0.needs"),
                quote.Number("nudges.0.saves"),
                quote.Text("nudges.0.message")
            )
        );
        Assert.Equal((3160, 3160), (quote.Number("points.usable"), quote.Number("points.used")));
        // Somebody who is no VIP and has nothing; and nothing was changed by asking.
        var bob = (await Quote(brand, await brand.Member("bob"), cart)).Must(200);
        Assert.Equal((21_000, 0), (bob.Number("totals.payable"), bob.Number("totals.member_discount")));
        Assert.Equal(quote.Number("totals.payable"), (await Quote(brand, ann, cart, points: "max")).Number("totals.payable"));
        Assert.Equal("issued issued", await brand.Wallet(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_the_order_would_earn_is_told(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Rule(
            new
            {
                name = "1 a yuan",
                trigger = "order.completed",
                currency = "points",
                formula = new { per_amount = new { unit = 100, points = 1 } },
            }
        );
        var ann = await brand.Member("ann");

        var quote = (await Quote(brand, ann, new[] { Line("1", "cup", 1, 12_345) })).Must(200);

        Assert.Equal(("points", 123), (quote.Text("earns.0.currency"), quote.Number("earns.0.amount")));
    }

    [SkippableTheory, EveryEngine]
    public async Task Named_coupons_are_tried_and_what_cannot_be_used_says_why(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        var (small, large) = (await brand.Template(), await brand.Template(new { amount_off = 900 }));
        var mine = new[] { (await brand.Claim(small, ann)).Text("id"), (await brand.Claim(large, ann)).Text("id") };
        var others = (await brand.Claim(small, bob)).Must(201).Text("id");
        var cart = new[] { Line("1", "cup", 1, 8000) };

        var best = (await Quote(brand, ann, cart)).Must(200);
        Assert.Equal((mine[1], mine[0]), (best.Text("coupons.applied.0.coupon_id"), best.Text("coupons.beaten.0.coupon_id")));
        Assert.Equal(mine[1], best.Text("coupons.beaten.0.by.0"));

        var named = (await Quote(brand, ann, cart, new[] { mine[0], others })).Must(200);
        Assert.Equal((mine[0], others), (named.Text("coupons.applied.0.coupon_id"), named.Text("coupons.refused.0.coupon_id")));
        Assert.Equal("not_owner", named.Text("coupons.refused.0.code"));
        var both = (await Quote(brand, ann, cart, mine)).Must(200);
        Assert.Equal(("excluded", mine[0]), (both.Text("coupons.refused.0.code"), both.Text("coupons.refused.0.coupon_id")));
        var none = (await Quote(brand, ann, cart, Array.Empty<string>())).Must(200);
        Assert.Equal(9000, none.Number("totals.payable"));
        (await Quote(brand, ann, cart, new[] { "cpn_nothing" })).MustRefuse(422, "coupon_unknown");
        var other = await brand.Cloud.NewBrand(Now);
        var foreign = (await other.Claim(await other.Template(), await other.Member("ann"))).Must(201).Text("id");
        (await Quote(brand, ann, cart, new[] { foreign })).MustRefuse(422, "coupon_unknown");
        (await Quote(other, ann, cart)).MustRefuse(404, "not_found");
    }

    private static readonly (string Body, int Status, string Code)[] Bad =
    [
        ("""{ "lines": [] }""", 400, "too_few"),
        ("""{ "lines": [{ "id": "1", "sku": "a", "quantity": 0, "list_price": 1 }] }""", 400, "out_of_range"),
        ("""{ "lines": [{ "id": "1", "sku": "a", "quantity": 1000000000, "list_price": 1 }] }""", 400, "out_of_range"),
        ("""{ "lines": [{ "id": "1", "sku": "a", "quantity": 1, "list_price": -1 }] }""", 400, "out_of_range"),
        ("""{ "lines": [{ "id": "1", "sku": "a", "quantity": 1000000, "list_price": 1000000000000 }] }""", 400, "out_of_range"),
        ("""{ "lines": [{ "id": "1", "sku": "a", "quantity": 1 }] }""", 422, "list_price_unknown"),
        (
            """{ "lines": [{ "id": "1", "sku": "a", "quantity": 1, "list_price": 1 }], "currency": "USD" }""",
            422,
            "currency_mismatch"
        ),
        ("""{ "lines": [{ "id": "1", "sku": "a", "quantity": 1, "list_price": 1 }], "points": 1 }""", 422, "points_no_money"),
        ("""{ "lines": [{ "id": "1", "sku": "a", "quantity": 1, "list_price": 1 }], "points": -1 }""", 400, "out_of_range"),
        ("""{ "lines": [{ "id": "1", "sku": "a", "quantity": 1, "list_price": 1 }], "points": "most" }""", 400, "bad_value"),
        ("""{ "lines": [{ "id": "1", "sku": "a", "quantity": 1, "list_price": 1 }], "coupons": ["x", "x"] }""", 400, "duplicate"),
        ("""{ "lines": [{ "id": "1", "sku": "a", "quantity": 1, "list_price": 1 }], "coupons": [null] }""", 400, "bad_value"),
        ("""{ "lines": [{ "id": "1", "sku": "a", "quantity": 1, "list_price": 1 }], "coupons": 5 }""", 400, "bad_value"),
        (
            """{ "lines": [{ "id": "1", "sku": "a", "quantity": 1, "list_price": 1 }, { "id": "1", "sku": "b", "quantity": 1, "list_price": 1 }] }""",
            400,
            "duplicate"
        ),
    ];

    [SkippableTheory, EveryEngine]
    public async Task Bad_carts_are_refused(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var ann = await brand.Member("ann");
        foreach (var (body, status, code) in Bad)
        {
            (await brand.Post("/v1/quotes", body.Insert(1, $" \"member_id\": \"{ann}\","))).MustRefuse(status, code);
        }
        var many = Enumerable.Range(0, 1001).Select(i => Line($"{i}", "a", 1, 1));
        (await Quote(brand, ann, many)).MustRefuse(400, "too_many");
        (await brand.Patch("/v1/brand", new { points_money = new { points = 1, amount = 1 } })).Must(200);
        (await Quote(brand, ann, new[] { Line("1", "a", 1, 100) }, points: 1)).MustRefuse(409, "points_insufficient");
        (await Quote(brand, "mem_nobody", new[] { Line("1", "a", 1, 100) })).MustRefuse(404, "not_found");
    }
}
