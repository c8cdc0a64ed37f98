using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Orders;
using MemberCloud.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Orders;

/// <summary>A coupon or a price list tried on past orders says what it would have taken off, and gives nothing to anybody. The amounts are tested apart.</summary>
public sealed class OfferSimulations(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-06-10T12:00:00Z";
    private const string Year = """{ "from": "2026-01-01T00:00:00Z", "to": "2026-06-11T00:00:00Z" }""";

    private static readonly string[] Vip = ["vip"];

    private static object Line(string id, string sku, int quantity, long net) =>
        new
        {
            id,
            sku,
            quantity,
            net,
        };

    /// <summary>Tea costs the brand 20.00 and members 60.00; of milk nothing is known. Ann is a VIP.</summary>
    private static async Task OrdersAsync(Brand brand)
    {
        object[] products =
        [
            new
            {
                sku = "tea",
                name = "Tea",
                category = "drinks",
                list_price = 6_000,
                cost = 2_000,
            },
        ];
        (await brand.Put("/v1/products", new { products })).Must(200);
        await brand.Member("ann", new { tags = Vip });
        (string Who, string At, object[] Lines)[] orders =
        [
            ("ann", "2026-01-15T04:00:00Z", [Line("1", "tea", 2, 12_000), Line("2", "milk", 1, 3_000)]),
            ("ann", "2026-03-15T04:00:00Z", [Line("1", "tea", 1, 5_000)]),
            ("bob", "2026-03-15T04:00:00Z", [Line("1", "tea", 1, 6_000)]),
            ("cat", "2026-04-01T04:00:00Z", [Line("1", "milk", 2, 2_000)]),
        ];
        foreach (var (who, at, lines) in orders)
            await brand.Report(brand.Order(who, at, lines: lines));
        // Placed and never paid counts, called off does not.
        await brand.Report(brand.Order("dan", "2026-05-01T04:00:00Z", 6_000, paid: null, completed: null));
        await brand.Report(brand.Order("dan", "2026-05-02T04:00:00Z", 6_000, no: "gone", paid: null, completed: null));
        (await brand.Post("/v1/orders/gone/cancel", new { })).Must(200);
    }

    private static async Task<Answer> SimulateAsync(Brand brand, string what, string range = Year)
    {
        var id = (await brand.Post($"/v1/{what}/simulate", range)).Must(202).Text("simulation_id");
        (await brand.Post("/v1/jobs/simulations.run/run")).Must(200);
        var done = (await brand.Get($"/v1/simulations/{id}")).Must(200);
        Assert.Equal("done", done.Text("state"));
        return done;
    }

    // 10 % off drinks: of ann 12.00 and 5.00, of bob 6.00, of dan 6.00.
    [SkippableTheory, EveryEngine]
    public async Task A_draft_of_a_coupon_says_who_would_have_used_it_and_at_what_cost(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await OrdersAsync(brand);
        var template = await brand.Template(
            new
            {
                kind = "percent_off",
                amount_off = (object?)null,
                percent_off_bp = 1_000,
                scope = new { include = new { categories = new[] { "drinks" } } },
            },
            active: false
        );

        var done = await SimulateAsync(brand, $"coupon-templates/{template}");

        Assert.Equal(("coupon_template", template, "CNY"), (done.Text("kind"), done.Text("rule_id"), done.Text("currency")));
        Assert.Equal(
            (5L, 4L, 3L, 2_900L, 0L),
            (
                done.Number("orders"),
                done.Number("orders_earning"),
                done.Number("members"),
                done.Number("discount"),
                done.Number("points")
            )
        );
        Assert.Equal(["2026-01", "2026-03", "2026-05"], done.Each("months", "month"));
        Assert.Equal(["1200", "1100", "600"], done.Each("months", "discount"));
        Assert.Equal(["1200", "600", "600", "500"], done.Each("largest", "discount"));
        // 320.00 were sold in those orders, 290.00 of it tea; five teas cost 100.00.
        Assert.Equal(
            (32_000L, 19_000L, 16_100L, 9_062L),
            (
                done.Number("offer.sales"),
                done.Number("offer.margin.before"),
                done.Number("offer.margin.after"),
                done.Number("offer.margin.coverage_bp")
            )
        );
        Assert.Equal("0/0/0/0 -", await brand.Counts(template));
        Assert.Equal("", await brand.Wallet(await brand.Member("ann")));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_price_list_says_what_its_members_would_have_paid_less(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await OrdersAsync(brand);
        var list = await brand.PriceList(
            new
            {
                audience = new { tags = Vip },
                active = false,
                starts_at = "2030-01-01T00:00:00Z",
            },
            new
            {
                sku = "tea",
                price = 4_500,
                limit = new { quantity = 1, per = "month" },
            },
            new { sku = "milk", percent_off_bp = 1_000 }
        );

        var done = await SimulateAsync(brand, $"price-lists/{list}");

        // In January one of two teas 15.00 less, and milk 3.00; in March 5.00 less than was paid.
        Assert.Equal(("price_list", list), (done.Text("kind"), done.Text("rule_id")));
        Assert.Equal((2_300L, 1_500L, 1L), (done.Number("discount"), done.Number("cut_by_caps"), done.Number("members")));
        Assert.Equal(["1800", "500"], done.Each("months", "discount"));
    }

    // A coupon of the template that was used is given back first, one that does not go with it bars it.
    [SkippableTheory, EveryEngine]
    public async Task An_order_that_used_coupons_keeps_them(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var (own, other) = (await brand.Template(), await brand.Template(new { name = "other", stack_group = "x" }));
        var ann = await brand.Member("ann");
        var (mine, its) = ((await brand.Claim(own, ann)).Text("id"), (await brand.Claim(other, ann)).Text("id"));
        object[] Use(string coupon) => [new { id = coupon, amount = 500 }];
        await brand.Report(brand.Order("ann", Now, 9_500, coupons: Use(mine)));
        await brand.Report(brand.Order("ann", Now, 300, coupons: Use(its)));

        Assert.Equal(800, (await SimulateAsync(brand, $"coupon-templates/{own}")).Number("discount"));
        // "order" is the group of both unless they say otherwise.
        var third = await brand.Template(new { name = "third" }, active: false);
        Assert.Equal(300, (await SimulateAsync(brand, $"coupon-templates/{third}")).Number("discount"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Limits_stock_and_a_sample_are_told(string engine)
    {
        var brand = await NewBrand(engine, Now);
        for (var i = 0; i < 40; i++)
            await brand.Report(brand.Order($"m{i % 20}", $"2026-0{1 + (i / 20)}-03T04:00:00Z"));
        var template = await brand.Template(new { stock = 15, limits = new { per_member = 1 } }, active: false);

        var done = await SimulateAsync(brand, $"coupon-templates/{template}");

        Assert.Equal(
            (40L, 20L, 15 * 500L, 20 * 500L, 5 * 500L),
            (
                done.Number("orders"),
                done.Number("orders_earning"),
                done.Number("discount"),
                done.Number("cut_by_caps"),
                done.Number("cut_by_budget")
            )
        );
        var part = await SimulateAsync(brand, $"coupon-templates/{template}", Year.Replace("}", ", \"sample_percent\": 50 }"));
        Assert.Equal(50, part.Number("sample_percent"));
        Assert.InRange(part.Number("orders"), 2, 38); // 20 members, each with a chance of a half
        Assert.Equal(0, part.Number("orders") % 2); // a member whole, or not at all
    }

    // batches of two orders by two workers at once: limits are remembered from batch to batch
    [SkippableTheory, EveryEngine]
    public async Task Two_workers_look_at_every_order_once(string engine)
    {
        var brand = await NewBrand(engine, Now);
        for (var i = 0; i < 9; i++)
            await brand.Report(brand.Order($"m{i % 2}", $"2026-03-0{1 + i}T04:00:00Z"));
        var template = await brand.Template(new { limits = new { per_member = 3 } }, active: false);
        var id = (await brand.Post($"/v1/coupon-templates/{template}/simulate", Year)).Must(202).Text("simulation_id");
        Task<JobOutcome> Batch(int _) =>
            brand.Cloud.Host.InsideAsync(
                brand.Id,
                s => s.GetRequiredService<SimulationJob>().RunAsync(default, 2, CancellationToken.None)
            );

        for (var i = 0; i < 10 && (await AtOnce(2, Batch)).Any(o => o.More); i++) { }

        var done = (await brand.Get($"/v1/simulations/{id}")).Must(200);
        Assert.Equal(("done", 9L, 6L), (done.Text("state"), done.Number("orders"), done.Number("orders_earning")));
        Assert.Equal((3_000L, 1_500L), (done.Number("discount"), done.Number("cut_by_caps")));
    }

    [SkippableTheory, EveryEngine]
    public async Task Margins_are_for_those_who_set_up_the_programme(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await OrdersAsync(brand);
        var template = await brand.Template(active: false);
        var done = await SimulateAsync(brand, $"coupon-templates/{template}");
        Assert.True(done.Number("offer.margin.before") > 0);

        var viewer = await brand.Staff("viewer");

        var shown = (await viewer.Get($"/v1/simulations/{done.Text("id")}")).Must(200);
        Assert.Equal(done.Number("discount"), shown.Number("discount"));
        Assert.Null(shown.At("offer.margin"));
        (await viewer.Post($"/v1/coupon-templates/{template}/simulate", Year)).MustRefuse(403, "role_missing");
    }

    [SkippableTheory, EveryEngine]
    public async Task What_cannot_be_tried_is_refused(string engine)
    {
        var (brand, other) = (await NewBrand(engine, Now), await NewBrand(engine, Now));
        var (template, list) = (await brand.Template(active: false), await brand.PriceList());
        foreach (var what in new[] { $"coupon-templates/{template}", $"price-lists/{list}" })
        {
            (await other.Post($"/v1/{what}/simulate", Year)).MustRefuse(404, "not_found");
            var backwards = """{ "from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z" }""";
            (await brand.Post($"/v1/{what}/simulate", backwards)).MustRefuse(400, "out_of_order");
            foreach (var percent in new[] { 0, 101 })
                (await brand.Post($"/v1/{what}/simulate", Year.Replace("}", $", \"sample_percent\": {percent} }}"))).MustRefuse(
                    400,
                    "out_of_range"
                );
        }
        (await brand.Post($"/v1/coupon-templates/{list}/simulate", Year)).MustRefuse(404, "not_found");
        (await brand.Post($"/v1/price-lists/{template}/simulate", Year)).MustRefuse(404, "not_found");
    }
}
