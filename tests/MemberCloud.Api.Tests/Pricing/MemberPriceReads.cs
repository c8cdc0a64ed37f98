using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Pricing;

/// <summary>What SKUs cost a member: by tier, tag and window, by priority, for more pieces, on another node.</summary>
public sealed class MemberPriceReads(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task A_member_sees_the_price_of_the_list_that_is_chosen(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Products("tea 1000", "pot 500", "cup 333");
        (await brand.Put("/v1/products", """{ "products": [{ "sku": "unpriced", "name": "No price" }] }""")).Must(200);
        var base0 = await brand.Tier("base", 0, 0);
        var gold = await brand.Tier("gold", 1, 100);
        var (ann, bob) = (await brand.Member("ann", new { tags = new[] { "vip" } }), await brand.Member("bob"));
        (await brand.Earn(bob, 100, "growth")).Must(201);
        await brand.PriceList(
            new { name = "All" },
            new { sku = "tea", percent_off_bp = 1_000 },
            new { sku = "cup", percent_off_bp = 5_000 }
        );
        await brand.PriceList(
            new { name = "VIP", audience = new { tags = new[] { "vip", "press" } } },
            new { sku = "tea", price = 880 },
            new { sku = "unpriced", price = 1 }
        );
        var golden = await brand.PriceList(
            new
            {
                name = "Gold",
                priority = 1,
                audience = new { tier_ids = new[] { gold } },
            },
            new { sku = "tea", amount_off = 50 },
            new { sku = "pot", price = 600 }
        );

        Assert.Equal(
            ("880 VIP", "500 -", "166 All", "? -"),
            (
                await brand.Price(ann, "tea"),
                await brand.Price(ann, "pot"),
                await brand.Price(ann, "cup"),
                await brand.Price(ann, "unpriced")
            )
        );
        // Priority goes before price, and a list that saves nothing is chosen all the same.
        Assert.Equal(("950 Gold", "500 Gold"), (await brand.Price(bob, "tea"), await brand.Price(bob, "pot")));
        (await brand.Patch($"/v1/price-lists/{golden}", new { audience = new { tier_ids = new[] { base0 } } })).Must(200);
        Assert.Equal(("900 All", "950 Gold"), (await brand.Price(bob, "tea"), await brand.Price(ann, "tea")));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_window_begins_at_its_instant_and_ends_before_the_other(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Products("tea 1000");
        var bob = await brand.Member("bob");
        await brand.PriceList(new { name = "All" }, new { sku = "tea", percent_off_bp = 1_000 });
        await brand.PriceList(
            new
            {
                name = "February",
                priority = 9,
                starts_at = "2026-02-01T00:00:00Z",
                ends_at = "2026-03-01T00:00:00Z",
            },
            new { sku = "tea", price = 1 }
        );

        await brand.StandAt("2026-01-31T23:59:59.999999Z");
        Assert.Equal("900 All", await brand.Price(bob, "tea"));
        await brand.StandAt("2026-02-01T00:00:00Z");
        Assert.Equal("1 February", await brand.Price(bob, "tea"));
        await brand.StandAt("2026-03-01T00:00:00Z");
        Assert.Equal("900 All", await brand.Price(bob, "tea"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Limits_and_quantity_prices_are_told_beside_it(string engine)
    {
        var brand = await NewBrand(engine, currency: "JPY");
        await brand.Products("tea 1000");
        var ann = await brand.MemberCaller("ann");
        var list = await brand.PriceList(
            null,
            new
            {
                sku = "tea",
                price = 900,
                limit = new { quantity = 3, per = "week" },
            },
            new
            {
                sku = "tea",
                price = 900,
                min_quantity = 5,
            },
            new
            {
                sku = "tea",
                price = 700,
                min_quantity = 10,
            }
        );

        var shown = (await ann.Get("/v1/me/prices?sku=tea&sku=unknown&sku=tea")).Must(200);

        var tea = $$"""
            {
              "sku": "tea", "name": "tea", "list_price": 1000, "member_price": 900, "saving": 100, "price_list_id": "{{list}}", "price_list_name": "Members",
              "limit": { "quantity": 3, "per": "week" }, "quantity_prices": [{ "min_quantity": 10, "price": 700, "price_list_id": "{{list}}" }], "currency": "JPY"
            }
            """;
        Assert.Equal(System.Text.Json.Nodes.JsonNode.Parse(tea)!.ToJsonString(), shown.At("data.0")!.ToJsonString());
        Assert.Equal(["tea", "unknown"], shown.Each("data", "sku"));
        Assert.Null(shown.At("data.1.member_price"));
        Assert.Equal(
            shown.Raw,
            (await brand.Get($"/v1/members/{await brand.Member("ann")}/prices?sku=tea&sku=unknown")).Must(200).Raw
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task What_cannot_be_asked_is_refused(string engine)
    {
        var (brand, theirs) = (await NewBrand(engine), await NewBrand(engine));
        var ann = await brand.Member("ann");
        await theirs.Products("tea 1000");
        await theirs.PriceList(null, new { sku = "tea", price = 1 });

        (await brand.Get($"/v1/members/{ann}/prices")).MustRefuse(400, "required");
        (
            await brand.Get($"/v1/members/{ann}/prices?{string.Join('&', Enumerable.Range(0, 101).Select(i => $"sku={i}"))}")
        ).MustRefuse(400, "too_many");
        (await brand.Get($"/v1/members/{ann}/prices?sku=")).MustRefuse(400, "bad_format");
        (await brand.Get($"/v1/members/{ann}/prices?sku={new string('s', 101)}")).MustRefuse(400, "bad_format");
        (await theirs.Get($"/v1/members/{ann}/prices?sku=tea")).MustRefuse(404, "not_found");
        (await (await theirs.MemberCaller("bob")).Get($"/v1/members/{ann}/prices?sku=tea")).MustRefuse(403, "scope_missing");
        (await brand.Get("/v1/me/prices?sku=tea")).MustRefuse(403, "scope_missing");
        Assert.Equal("? -", await brand.Price(ann, "tea"));
    }

    [SkippableFact]
    public async Task A_change_reaches_the_other_node_within_seconds_and_readers_always_see_one_version_whole()
    {
        var cloud = await On("postgres");
        await using var second = await cloud.SecondHost();
        var here = await cloud.NewBrand(clock: null);
        var there = here.At(second);
        await here.Products("a 1000", "b 1000");
        var ann = await here.Member("ann");
        object[] At(int price) => [new { sku = "a", price }, new { sku = "b", price }];
        var list = await here.PriceList(null, At(1));
        using var stop = new CancellationTokenSource();

        var readers = Enumerable
            .Range(0, 4)
            .Select(i =>
                Task.Run(async () =>
                {
                    while (!stop.IsCancellationRequested)
                    {
                        var seen = (await (i % 2 == 0 ? here : there).Get($"/v1/members/{ann}/prices?sku=a&sku=b")).Must(200);
                        Assert.Single(seen.Each("data", "member_price").Distinct());
                    }
                })
            )
            .ToList();
        for (var price = 2; price <= 10; price++)
            (await here.PutEntries(list, At(price))).Must(200);
        await Task.Delay(TimeSpan.FromSeconds(3));
        await stop.CancelAsync();
        await Task.WhenAll(readers);

        Assert.Equal(("10 Members", "10 Members"), (await here.Price(ann, "a"), await there.Price(ann, "b")));
    }
}
