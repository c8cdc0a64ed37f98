using MemberCloud.Api.Tests.Checkouts;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Perks;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Api.Tests.Perks;

/// <summary>Perks and plans that do something by themselves: in what orders earn, in what carts cost, on birthdays.</summary>
public sealed class PerksAtWork(Clouds clouds) : ApiTests(clouds)
{
    private const string At = "2026-01-10T00:00:00Z";

    private static Task<string> Earning(Brand brand, object? conditions = null, bool multiplied = false) =>
        brand.Rule(
            new
            {
                name = "points",
                trigger = "order.paid",
                currency = "points",
                conditions,
                formula = new { per_amount = new { unit = 100, points = 1 }, tier_multiplier = multiplied },
            }
        );

    /// <summary>What an order of 100.00 gets the member, pending.</summary>
    private static async Task<long> OfAnOrder(Brand brand, string member)
    {
        var before = (await brand.Points(member)).Number("pending");
        await brand.Report(brand.Order(null, At, memberId: member, completed: null));
        return (await brand.Points(member)).Number("pending") - before;
    }

    // The larger of tier and perk, never the product; a plan that is over has no say.
    [SkippableTheory, EveryEngine]
    public async Task The_larger_multiplier_counts_and_a_lifted_tier_is_a_tier(string engine)
    {
        var brand = await NewBrand(engine);
        var half = await brand.Perk(kind: "points_multiplier", config: new { multiplier_bp = 15_000 });
        var twice = await brand.Perk(kind: "points_multiplier", config: new { multiplier_bp = 20_000 });
        await brand.Tier("Basic", 0, 0, multiplier: 10_000);
        var gold = await brand.Tier("Gold", 1, 1000, multiplier: 17_000);
        await Earning(brand, multiplied: true);
        await Earning(brand, new { tier_ids = new[] { gold } });
        var (none, perk, lifted, both, over) = (
            await brand.Member("none"),
            await brand.Member("perk"),
            await brand.Member("lifted"),
            await brand.Member("both"),
            await brand.Member("over")
        );
        await brand.Hold(perk, [half]);
        await brand.Hold(lifted, [half], tier: gold);
        await brand.Hold(both, [half, twice], tier: gold);
        await brand.Hold(over, [twice], tier: gold, since: "2025-01-10T00:00:00Z", until: At);

        Assert.Equal(100, await OfAnOrder(brand, none));
        Assert.Equal(150, await OfAnOrder(brand, perk));
        Assert.Equal(170 + 100, await OfAnOrder(brand, lifted));
        Assert.Equal(200 + 100, await OfAnOrder(brand, both));
        Assert.Equal(100, await OfAnOrder(brand, over));
        var quote = (await brand.Post("/v1/quotes", Shop.Cart(both, [Shop.Line("1", "cup", 1, 10_000)]))).Must(200);
        Assert.Equal(300, quote.Number("earns.0.amount"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_rule_for_a_plan_earns_for_those_who_have_it(string engine)
    {
        var brand = await NewBrand(engine);
        var (plan, other) = (await brand.Plan(), await brand.Plan("Kids", family: "kids"));
        await Earning(brand, new { plan_ids = new[] { plan } });
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        var bought = (await brand.Buy(ann, plan)).Must(201).Text("id");
        (await brand.Buy(bob, other)).Must(201);

        Assert.Equal((100L, 0L), (await OfAnOrder(brand, ann), await OfAnOrder(brand, bob)));
        (await brand.Post($"/v1/memberships/{bought}/pause")).Must(200);
        Assert.Equal(0, await OfAnOrder(brand, ann));
        (
            await brand.Post(
                "/v1/earning-rules",
                new
                {
                    name = "x",
                    trigger = "check_in",
                    currency = "points",
                    formula = new { @fixed = 1 },
                    conditions = new { plan_ids = new[] { "plan_x" } },
                }
            )
        ).MustRefuse(422, "plan_unknown");
    }

    // Once a month, from 50.00 on.
    [SkippableTheory, EveryEngine]
    public async Task Free_shipping_is_quoted_set_aside_used_and_given_back(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var perk = await brand.Perk(kind: "free_shipping", config: new { min_amount = 5000 });
        var ann = await brand.Holder("ann", perk);
        object Cart(long price = 8000) => Shop.Cart(ann, [Shop.Line("1", "cup", 1, price)], shipping: 1200);
        async Task<long> Payable(long price = 8000) =>
            (await brand.Post("/v1/quotes", Cart(price))).Must(200).Number("totals.payable");

        var quote = (await brand.Post("/v1/quotes", Cart())).Must(200);
        Assert.Equal(
            ("perk", perk, -1200, 1200, 8000),
            (
                quote.Text("shipping_adjustments.0.source"),
                quote.Text("shipping_adjustments.0.source_id"),
                quote.Number("shipping_adjustments.0.amount"),
                quote.Number("totals.member_discount"),
                quote.Number("totals.payable")
            )
        );
        Assert.Equal(4999 + 1200, await Payable(4999));

        var first = await brand.Opened(Cart());
        Assert.Equal("1/0/1/0", await brand.Left(ann));
        Assert.Equal(9200, await Payable());
        Assert.Equal(9200, (await brand.Checkout(Cart())).Must(201).Number("quote.totals.payable"));
        await brand.Cancel(first);
        Assert.Equal("1/0/0/1", await brand.Left(ann));

        var second = await brand.Opened(Cart());
        var order = (await brand.Commit(second, "A-1", Shop.Now)).Must(200);
        Assert.Equal(0, order.Number("shipping"));
        Assert.Equal("1/1/0/0", await brand.Left(ann));
        Assert.Equal(9200, await Payable());
        await brand.MoveTo("2026-04-01T04:00:00Z");
        Assert.Equal(8000, await Payable());
        var third = await brand.Opened(Cart());
        await brand.MoveTo("2026-04-02T04:00:00Z");
        Assert.Equal(("expired", "1/0/0/1"), (await brand.State(third), await brand.Left(ann)));
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_many_checkouts_at_once_as_many_ship_free_as_there_is(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var perk = await brand.Perk(3, kind: "free_shipping");
        var ann = await brand.Holder("ann", perk);

        var made = await AtOnce(12, _ => brand.Checkout(Shop.Cart(ann, shipping: 1000)));

        Assert.All(made, a => a.Must(201));
        Assert.Equal(3, made.Count(a => a.Number("quote.totals.payable") == 8000));
        Assert.Equal("3/0/3/0", await brand.Left(ann));
        var ended = await AtOnce(
            12,
            i => i % 2 == 0 ? brand.Commit(made[i].Text("id"), $"A-{i}") : brand.Cancel(made[i].Text("id"))
        );
        Assert.All(ended, a => a.Must(200));
        var used = made.Where((a, i) => i % 2 == 0 && a.Number("quote.totals.payable") == 8000).Count();
        Assert.Equal($"3/{used}/0/{3 - used}", await brand.Left(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_a_checkout_set_aside_is_the_checkouts_alone(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var perk = await brand.Perk(kind: "free_shipping");
        var ann = await brand.Holder("ann", perk);
        var checkout = await brand.Opened(Shop.Cart(ann, shipping: 1000));
        var kept = await brand.Inside(db => db.Set<PerkReservation>().SingleAsync());
        var reserved = Ids.Show(IdPrefix.PerkReservation, kept.Id);

        foreach (var how in new[] { "commit", "release" })
            Assert.Equal(
                checkout,
                (await brand.Post($"/v1/perk-reservations/{reserved}/{how}", new { }))
                    .MustRefuse(409, "reservation_of_checkout")
                    .Text("checkout_id")
            );
        var forged = new { quantity = 1, reference = new { type = "checkout", id = checkout } };
        (await brand.Post($"/v1/members/{ann}/perks/{perk}/reserve", forged)).MustRefuse(400, "reference_reserved");
        (await brand.Commit(checkout, "A-1")).Must(200);
        (await brand.Post($"/v1/perk-reservations/{reserved}/release", new { })).MustRefuse(409, "reservation_committed");
    }

    // A coupon for free shipping is kept where a perk does the same.
    [SkippableTheory, EveryEngine]
    public async Task A_perk_is_used_before_a_coupon_that_does_the_same(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var perk = await brand.Perk(kind: "free_shipping");
        var ann = await brand.Holder("ann", perk);
        var coupon = await brand.NewCoupon(await brand.Template(new { kind = "free_shipping", amount_off = (long?)null }), ann);

        var quote = (await brand.Post("/v1/quotes", Shop.Cart(ann, shipping: 1000))).Must(200);

        Assert.Equal(("perk", coupon), (quote.Text("shipping_adjustments.0.source"), quote.Text("coupons.beaten.0.coupon_id")));
    }

    // Born on 29 February: the 28th in other years.
    [SkippableTheory, EveryEngine]
    public async Task A_birthday_gift_comes_once_a_year_to_who_has_the_perk(string engine)
    {
        var brand = await NewBrand(engine, "2026-02-20T00:00:00Z");
        var points = await brand.Perk(kind: "birthday_gift", config: new { points = 500 });
        var template = await brand.Template();
        var coupons = await brand.Perk(
            kind: "birthday_gift",
            config: new { coupons = new[] { new { template_id = template, quantity = 1 } } }
        );
        var leap = new { birthday = "1996-02-29" };
        var (ann, bob) = (await brand.Member("ann", leap), await brand.Member("bob", leap));
        await brand.Hold(ann, [points, coupons], until: "2029-01-01T00:00:00Z");

        await brand.MoveTo("2026-02-28T20:00:00Z");
        Assert.Equal("500", await Available(brand, ann));
        Assert.Equal("issued", await brand.Wallet(ann));
        Assert.Equal(("0", ""), (await Available(brand, bob), await brand.Wallet(bob)));
        await brand.MoveTo("2026-03-05T00:00:00Z");
        Assert.Equal("500", await Available(brand, ann));
        await brand.MoveTo("2027-03-05T00:00:00Z");
        Assert.Equal("500", await Available(brand, ann));
        Assert.Equal(2, (await brand.Entries(ann)).Each("data", "kind").Count(k => k == "earn"));
        await brand.LedgerIsClean();
    }

    private static async Task<string> Available(Brand brand, string member) =>
        (await brand.Points(member)).Number("available").ToString(System.Globalization.CultureInfo.InvariantCulture);
}
