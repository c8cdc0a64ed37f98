using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Checkouts;

/// <summary>What cannot be checked out, committed or refunded: each with a code of its own, and nothing changed.</summary>
public sealed class CheckoutRefusals(Clouds clouds) : ApiTests(clouds)
{
    private static object Cart(string ann, object lines, object? more = null)
    {
        var cart = new Dictionary<string, object?> { ["member_id"] = ann, ["lines"] = lines };
        foreach (var property in (more ?? new { }).GetType().GetProperties())
            cart[property.Name] = property.GetValue(more);
        return cart;
    }

    [SkippableTheory, EveryEngine]
    public async Task A_bad_cart_is_refused_and_changes_nothing(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        await brand.PointsAreMoney();
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        await brand.Earn(ann, 100);
        var template = await brand.Template();
        var (mine, bobs) = (await brand.NewCoupon(template, ann), await brand.NewCoupon(template, bob));
        var dear = await brand.NewCoupon(await brand.Template(new { threshold = new { amount = 90_000 } }), ann);
        var other = await brand.Cloud.NewBrand(Shop.Now);
        var foreign = await other.NewCoupon(await other.Template(), await other.Member("ann"));
        var cup = new[] { Shop.Line("1", "cup", 1, 8000) };
        (object Cart, int Status, string Code)[] bad =
        [
            (Cart(ann, Array.Empty<object>()), 400, "too_few"),
            (Cart(ann, new[] { Shop.Line("1", "cup", 0, 8000) }), 400, "out_of_range"),
            (Cart(ann, new[] { Shop.Line("1", "cup", 1_000_000_000, 8000) }), 400, "out_of_range"),
            (Cart(ann, new[] { Shop.Line("1", "cup", 1, -1) }), 400, "out_of_range"),
            (Cart(ann, new[] { Shop.Line("1", "pot", 1) }), 422, "list_price_unknown"),
            (Cart(ann, Enumerable.Range(0, 1001).Select(i => Shop.Line($"{i}", "cup", 1, 100))), 400, "too_many"),
            (Cart(ann, cup, new { coupons = new[] { bobs } }), 409, "not_owner"),
            (Cart(ann, cup, new { coupons = new[] { foreign } }), 422, "coupon_unknown"),
            (Cart(ann, cup, new { coupons = new[] { mine, mine } }), 400, "duplicate"),
            (Cart(ann, cup, new { coupons = new[] { dear } }), 409, "below_threshold"),
            (Cart(ann, cup, new { points = 101 }), 409, "points_insufficient"),
            (Cart(ann, cup, new { currency = "USD" }), 422, "currency_mismatch"),
            (Cart(ann, cup, new { ttl_seconds = 0 }), 400, "out_of_range"),
            (Cart(ann, cup, new { ttl_seconds = 86_401 }), 400, "out_of_range"),
            (Cart(ann, cup, new { at = Shop.Now }), 400, "unknown_field"),
            (Cart("mem_01jd4w7q0zf1x8e6t5n3k2h9ga", cup), 404, "not_found"),
            (new { external_id = "nobody", lines = cup }, 404, "not_found"),
            (new { lines = cup }, 400, "one_of"),
        ];

        foreach (var (cart, status, code) in bad)
            (await brand.Checkout(cart)).MustRefuse(status, code);
        (await brand.Checkout(Shop.Cart(ann), key: null)).MustRefuse(400, "idempotency_key_missing");

        Assert.Equal(("issued issued", "issued"), (await brand.Wallet(ann), await brand.Wallet(bob)));
        Assert.Equal("100/0/0", await brand.Purse(ann));
        Assert.Empty((await brand.Get($"/v1/members/{ann}/export")).At("checkouts")!.AsArray());
    }

    [SkippableTheory, EveryEngine]
    public async Task A_refusal_names_the_coupon_carries_a_fresh_quote_and_is_kept_with_its_key(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        var bobs = await brand.NewCoupon(await brand.Template(), bob);
        var cup = new[] { Shop.Line("1", "cup", 1, 8000) };

        var refused = (await brand.Checkout(Cart(ann, cup, new { coupons = new[] { bobs } }), "kept")).MustRefuse(
            409,
            "not_owner"
        );
        Assert.Equal(bobs, refused.Text("coupon_id"));
        Assert.Equal(8000, refused.Number("quote.totals.payable"));
        Assert.Equal(
            refused.At("quote")!.ToJsonString(),
            (await brand.Checkout(Cart(ann, cup, new { coupons = new[] { bobs } }), "kept")).At("quote")!.ToJsonString()
        );
        (await brand.Checkout(Shop.Cart(ann), "kept")).MustRefuse(422, "idempotency_key_reused");
    }

    [SkippableTheory, EveryEngine]
    public async Task Another_brands_checkout_is_unknown_and_a_checkout_in_its_way_keeps_what_it_has(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var other = await brand.Cloud.NewBrand(Shop.Now);
        var ann = await brand.Member("ann");
        var coupon = await brand.NewCoupon(await brand.Template(), ann);
        var id = await brand.Opened(Shop.Cart(ann));

        (await other.Commit(id, "A-1")).MustRefuse(404, "not_found");
        (await other.Cancel(id)).MustRefuse(404, "not_found");
        Assert.Equal(404, (await other.Get($"/v1/checkouts/{id}")).Status);
        (await brand.Commit("chk_nothing", "A-1")).MustRefuse(404, "not_found");
        (await brand.Commit(id, "")).MustRefuse(400, "required");
        (await brand.Commit(id, "A-1", "2026-03-10T03:59:59Z")).MustRefuse(400, "out_of_order");
        (await brand.Commit(id, "A-1", "2026-03-10T04:06:00Z")).MustRefuse(400, "in_future");
        // Nobody else gets what is set aside.
        var (used, named) = (new[] { new { id = coupon, amount = 500 } }, new[] { coupon });
        (await brand.Post("/v1/orders", brand.Order("ann", Shop.Now, no: "B-1", coupons: used))).MustRefuse(
            409,
            "locked_by_other_order"
        );
        (await brand.Checkout(Shop.Cart(ann, coupons: named))).MustRefuse(409, "locked_by_other_order");
        Assert.Equal("open", await brand.State(id));
        (await brand.Commit(id, "A-1")).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task Nobody_takes_out_of_a_checkouts_hands_what_it_set_aside(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        await brand.PointsAreMoney();
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 1000);
        var coupon = await brand.NewCoupon(await brand.Template(), ann);
        var id = await brand.Opened(Shop.Cart(ann, points: 1000));
        var hold = (await brand.Get($"/v1/members/{ann}/export")).Must(200).Text("holds.0.id");
        var order = brand.Order("ann", Shop.Now, no: "B-1", points: new { hold_id = hold });

        (await brand.Post($"/v1/coupons/{coupon}/void", new { reason = "wrong" })).MustRefuse(409, "locked_by_other_order");
        var refused = (await brand.Post($"/v1/points/holds/{hold}/release")).MustRefuse(409, "hold_of_checkout");
        Assert.Equal(id, refused.Text("checkout_id"));
        (await brand.Post($"/v1/points/holds/{hold}/capture", new { amount = 1 })).MustRefuse(409, "hold_of_checkout");
        (await brand.Post("/v1/orders", order)).MustRefuse(409, "hold_of_checkout");
        var alike = new
        {
            amount = 1,
            ttl_seconds = 60,
            reference = new { type = "checkout", id },
        };
        (await brand.Post($"/v1/members/{ann}/points/holds", alike)).MustRefuse(400, "reference_reserved");

        (await brand.Commit(id, "A-1", Shop.Now)).Must(200);
        (await brand.Post($"/v1/points/holds/{hold}/release")).MustRefuse(409, "hold_captured");
        await brand.LedgerIsClean();
    }
}
