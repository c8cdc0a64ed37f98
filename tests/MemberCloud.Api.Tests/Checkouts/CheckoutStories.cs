using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Checkouts;

/// <summary>A cart that is set aside, becomes an order, and goes back piece by piece.</summary>
public sealed class CheckoutStories(Clouds clouds) : ApiTests(clouds)
{
    /// <summary>Ann, with 5,000 points (50.00), a coupon of 30.00 off from 150.00, and tea at 45.00 three times a month.</summary>
    private static async Task<(string Ann, string Coupon, string Template)> AnnAsync(Brand brand, object? fields = null)
    {
        await brand.PointsAreMoney();
        await brand.LimitedTea();
        await brand.PointPerUnit(settleDays: 0, trigger: "order.paid");
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 5000);
        var template = await brand.Template(fields ?? new { amount_off = 3000, threshold = new { amount = 15_000 } });
        return (ann, await brand.NewCoupon(template, ann), template);
    }

    private static object[] Teas => [Shop.Line("1", "tea", 4), Shop.Line("2", "cup", 1, 8000)];

    // 3 teas at 45.00 and one at 60.00, a cup at 80.00: 275.00; 30.00 off; 20.00 in points; shipping 10.00.
    [SkippableTheory, EveryEngine]
    public async Task A_checkout_sets_aside_what_its_quote_uses_and_becomes_the_order_it_said(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var (ann, coupon, template) = await AnnAsync(brand);

        var made = (await brand.Checkout(Shop.Cart(ann, Teas, points: 2000, shipping: 1000))).Must(201);
        var id = made.Text("id");
        Assert.Equal(("open", "2026-03-10T04:15:00Z"), (made.Text("state"), made.Text("expires_at")));
        Assert.Equal(23_500, made.Number("quote.totals.payable"));
        Assert.Equal(("locked", "3000/0/2000"), (await brand.Wallet(ann), await brand.Purse(ann)));
        Assert.Equal(0, await brand.Left(ann, "tea"));
        Assert.Equal(made.Raw, (await brand.Get($"/v1/checkouts/{id}")).Must(200).Raw);

        var order = (await brand.Commit(id, "A-1", Shop.Now)).Must(200);
        Assert.Equal(("paid", 22_500, 1000), (order.Text("state"), order.Number("total"), order.Number("shipping")));
        Assert.Equal(
            made.At("quote.lines")!.AsArray().Select(l => (long)l!["net"]!),
            order.At("lines")!.AsArray().Select(l => (long)l!["net"]!)
        );
        Assert.Equal((coupon, 3000), (order.Text("coupons.0.id"), order.Number("coupons.0.amount")));
        Assert.Equal((2000, 225), (order.Number("points.amount"), order.Number("earned.0.amount")));
        Assert.Equal(id, order.Text("checkout_id"));
        Assert.Equal(order.Raw, (await brand.Get("/v1/orders/A-1")).Must(200).Raw);
        Assert.Equal(("redeemed", "3000/225/0"), (await brand.Wallet(ann), await brand.Purse(ann)));
        Assert.Equal(("1/1/0/0 -", 0), (await brand.Counts(template), await brand.Left(ann, "tea")));
        var read = (await brand.Get($"/v1/checkouts/{id}")).Must(200);
        Assert.Equal(("committed", "A-1"), (read.Text("state"), read.Text("order_no")));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task The_same_commit_again_is_the_same_order_and_another_number_is_refused(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var (ann, _, _) = await AnnAsync(brand);
        var id = await brand.Opened(Shop.Cart(ann, Teas));

        var first = (await brand.Commit(id, "A-1", key: "once")).Must(200);
        Assert.Equal(first.Raw, (await brand.Commit(id, "A-1", key: "once")).Must(200).Raw);
        Assert.Equal(first.Raw, (await brand.Commit(id, "A-1")).Must(200).Raw);
        Assert.Equal("A-1", (await brand.Commit(id, "A-2")).MustRefuse(409, "checkout_committed").Text("order_no"));
        (await brand.Commit(id, "A-1", Shop.Now)).MustRefuse(422, "order_differs");
        (await brand.Cancel(id)).MustRefuse(409, "checkout_committed");
        (await brand.Report(brand.Order("ann", Shop.Now, no: "B-1"))).Must(201);
        var other = await brand.Opened(Shop.Cart(ann));
        (await brand.Commit(other, "B-1")).MustRefuse(422, "order_exists");
        (await brand.Post("/v1/orders", brand.Order("ann", Shop.Now, no: "A-1"))).MustRefuse(422, "order_differs");
        Assert.Equal("open", await brand.State(other));
        (await brand.Commit(other, "B-2")).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_cancelled_checkout_gives_everything_back_and_so_does_one_whose_time_is_over(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var (ann, coupon, template) = await AnnAsync(brand);
        var cart = Shop.Cart(ann, Teas, points: 2000, ttl: 60);

        var id = await brand.Opened(cart);
        Assert.Equal("cancelled", (await brand.Cancel(id)).Must(200).Text("state"));
        (await brand.Cancel(id)).Must(200);
        (await brand.Commit(id, "A-1")).MustRefuse(409, "checkout_cancelled");
        Assert.Equal(("issued", "5000/0/0", 3), (await brand.Wallet(ann), await brand.Purse(ann), await brand.Left(ann, "tea")));

        // Reads are honest before any job has run; a new checkout finds all of it free.
        var late = await brand.Opened(cart);
        await brand.StandAt("2026-03-10T04:01:00Z");
        Assert.Equal("expired", await brand.State(late));
        Assert.Equal(("issued", "5000/0/0", 3), (await brand.Wallet(ann), await brand.Purse(ann), await brand.Left(ann, "tea")));
        var refused = (await brand.Commit(late, "A-2")).MustRefuse(409, "checkout_expired");
        Assert.Equal(coupon, refused.Text("quote.coupons.applied.0.coupon_id"));
        (await brand.Cancel(late)).MustRefuse(409, "checkout_expired");
        var again = await brand.Opened(cart);

        // The job ends the one that is over and leaves the one that is open.
        await brand.MoveTo("2026-03-10T04:01:30Z");
        Assert.Equal(
            ("locked", "3000/0/2000", 0),
            (await brand.Wallet(ann), await brand.Purse(ann), await brand.Left(ann, "tea"))
        );
        await brand.MoveTo("2026-03-10T04:03:00Z");
        Assert.Equal(("issued", "5000/0/0", 3), (await brand.Wallet(ann), await brand.Purse(ann), await brand.Left(ann, "tea")));
        Assert.Equal(("expired", "expired"), (await brand.State(late), await brand.State(again)));
        Assert.Equal("1/0/0/0 -", await brand.Counts(template));
        Assert.Equal(404, (await brand.Get("/v1/orders/A-2")).Status);
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_quote_that_was_shown_is_what_is_checked_out_or_nothing_is(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var (ann, coupon, _) = await AnnAsync(brand);
        async Task<string> Shown(object? points = null) =>
            (await brand.Post("/v1/quotes", Shop.Cart(ann, Teas, points: points))).Must(200).Text("hash");

        var hash = await Shown();
        await brand.StandAt("2026-03-10T04:14:59Z");
        var id = await brand.Opened(Shop.Cart(ann, Teas, hash: hash));
        var taken = (await brand.Checkout(Shop.Cart(ann, Teas, hash: hash))).MustRefuse(409, "quote_changed");
        Assert.Equal(32_000, taken.Number("quote.totals.payable"));
        (await brand.Cancel(id)).Must(200);
        // The words of the quote may be another language's; another wish is another quote.
        (
            await brand.Send(
                HttpMethod.Post,
                "/v1/checkouts",
                Shop.Cart(ann, Teas, hash: hash),
                "zh",
                headers: ("Accept-Language", "zh-CN")
            )
        ).Must(201);
        (await brand.Checkout(Shop.Cart(ann, Teas, points: 100, hash: hash))).MustRefuse(409, "quote_changed");
        (await brand.Checkout(Shop.Cart(ann, Teas, hash: "no hash"))).MustRefuse(409, "quote_changed");
        await brand.StandAt("2026-03-10T04:15:00Z");
        (await brand.Checkout(Shop.Cart(ann, hash: hash))).MustRefuse(409, "quote_changed");

        // What the brand changes meanwhile changes the quote.
        hash = await Shown("max");
        (await brand.Patch("/v1/brand", """{ "points_money": { "points": 100, "amount": 90 } }""")).Must(200);
        (await brand.Checkout(Shop.Cart(ann, Teas, points: "max", hash: hash))).MustRefuse(409, "quote_changed");
        Assert.Equal("locked", (await brand.Get($"/v1/coupons/{coupon}")).Text("state"));
    }

    // A coupon that counts from 150.00 and is reclaimed: kept tea no longer reaches it.
    [SkippableTheory, EveryEngine]
    public async Task A_checked_out_order_goes_back_piece_by_piece_until_it_never_happened(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var (ann, coupon, template) = await AnnAsync(brand);
        var before = (await brand.Purse(ann), await brand.Left(ann, "tea"), await brand.Wallet(ann));
        var id = await brand.Opened(Shop.Cart(ann, Teas, points: 2000, shipping: 1000));
        (await brand.Commit(id, "A-1", Shop.Now)).Must(200);
        (await brand.Post("/v1/orders/A-1/complete", new { })).Must(200);

        // Of four teas, three of them limited: the one at list price goes back first.
        var first = (await brand.Refund("A-1", "R1", ("1", 1))).Must(201);
        Assert.Equal(0, await brand.Left(ann, "tea"));
        var second = (await brand.Refund("A-1", "R2", ("1", 2))).Must(201);
        Assert.Equal(2, await brand.Left(ann, "tea"));
        Assert.Equal(second.Raw, (await brand.Refund("A-1", "R2", ("1", 2))).Must(200).Raw);
        (await brand.Refund("A-1", "R3", ("1", 2))).MustRefuse(422, "refund_above_sold");
        var last = (await brand.Refund("A-1", "R4")).Must(201);

        Assert.Equal(coupon, last.Text("coupons_returned.0"));
        Assert.Equal(23_500, new[] { first, second, last }.Sum(r => r.Number("refund.amount")));
        Assert.Equal(2000, new[] { first, second, last }.Sum(r => r.Number("points.restored")));
        Assert.Equal(225, new[] { first, second, last }.Sum(r => r.Number("points.clawed_back")));
        Assert.Equal(before, (await brand.Purse(ann), await brand.Left(ann, "tea"), await brand.Wallet(ann)));
        Assert.Equal("1/0/0/0 -", await brand.Counts(template));
        (await brand.Refund("A-1", "R5")).MustRefuse(409, "order_refunded");
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_cancelled_order_gives_everything_back(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var (ann, _, template) = await AnnAsync(brand);
        var id = await brand.Opened(Shop.Cart(ann, Teas, points: 2000));
        (await brand.Commit(id, "A-1")).Must(200);
        (await brand.Post("/v1/orders/A-1/pay", new { })).Must(200);
        Assert.Equal(("3000/225/0", 0), (await brand.Purse(ann), await brand.Left(ann, "tea")));

        (await brand.Post("/v1/orders/A-1/cancel", new { })).Must(200);

        Assert.Equal(("5000/0/0", 3, "issued"), (await brand.Purse(ann), await brand.Left(ann, "tea"), await brand.Wallet(ann)));
        Assert.Equal("1/0/0/0 -", await brand.Counts(template));
        await brand.LedgerIsClean();
    }

    // 3 teas and a cup, 275 - 30. The threshold counts what the lines were worth when the coupon was applied: points paid later are no reason to take it back.
    [SkippableTheory, EveryEngine]
    public async Task A_coupon_is_reclaimed_by_what_its_threshold_counted_at_checkout(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var terms = new
        {
            amount_off = 3000,
            threshold = new { amount = 18_000 },
            partial_refund = "reclaim",
            scope = new { include = new { skus = new[] { "tea" } } },
        };
        var (ann, _, _) = await AnnAsync(brand, terms);
        var id = await brand.Opened(Shop.Cart(ann, Teas, points: 5000));
        (await brand.Commit(id, "A-1", Shop.Now)).Must(200);

        // The cup is nothing the coupon looks at.
        var cup = (await brand.Refund("A-1", "R1", ("2", 1))).Must(201);
        Assert.Equal(0, cup.Number("refund.coupons_reclaimed"));
        // 195.00 of tea less a quarter of it.
        var tea = (await brand.Refund("A-1", "R2", ("1", 1))).Must(201);
        Assert.Equal(2250, tea.Number("refund.coupons_reclaimed"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_limit_counts_by_its_period_and_what_exceeds_it_pays_list_price(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        await brand.LimitedTea(3, "day");
        var ann = await brand.Member("ann");
        Task<Answer> Quote(int teas) => brand.Post("/v1/quotes", Shop.Cart(ann, [Shop.Line("1", "tea", teas)]));

        (await brand.Commit(await brand.Opened(Shop.Cart(ann, [Shop.Line("1", "tea", 2)])), "A-1")).Must(200);
        var two = (await Quote(2)).Must(200);
        Assert.Equal(
            (10_500, 1, "limit_reached"),
            (two.Number("totals.payable"), two.Number("lines.0.limit.left"), two.Text("lines.0.limit.code"))
        );
        Assert.Null((await Quote(1)).At("lines.0.limit.code"));
        var id = await brand.Opened(Shop.Cart(ann, [Shop.Line("1", "tea", 1)]));
        var none = (await Quote(2)).Must(200);
        Assert.Equal((12_000, 0), (none.Number("totals.payable"), none.Number("lines.0.limit.left")));
        // Another member has a limit of their own; the next local day a new one.
        Assert.Equal(3, await brand.Left(await brand.Member("bob"), "tea"));
        await brand.StandAt("2026-03-10T16:00:00Z");
        Assert.Equal(3, await brand.Left(ann, "tea"));
        Assert.Equal("expired", await brand.State(id));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_member_with_an_open_checkout_is_neither_erased_nor_merged_and_limits_follow_the_person(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        await brand.LimitedTea();
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        Task<Answer> Merge() => brand.Post($"/v1/members/{ann}/merge", new { from_member_id = bob });
        (await brand.Commit(await brand.Opened(Shop.Cart(ann, [Shop.Line("1", "tea", 1)])), "A-1")).Must(200);
        var id = await brand.Opened(Shop.Cart(bob, [Shop.Line("1", "tea", 1)]));

        (await brand.Delete($"/v1/members/{bob}")).MustRefuse(409, "open_checkout");
        (await Merge()).MustRefuse(409, "open_checkout");
        (await brand.Commit(id, "B-1", Shop.Now)).Must(200);
        (await Merge()).Must(200);
        var next = await brand.Opened(Shop.Cart(ann));
        (await brand.Post($"/v1/members/{ann}/unmerge", "{}")).MustRefuse(409, "open_checkout");
        (await brand.Cancel(next)).Must(200);
        Assert.Equal(1, await brand.Left(ann, "tea"));
        (await brand.Refund("B-1", "R1")).Must(201);
        Assert.Equal(2, await brand.Left(ann, "tea"));
        var export = (await brand.Get($"/v1/members/{ann}/export")).Must(200);
        Assert.Equal(3, export.At("checkouts")!.AsArray().Count);
        (await brand.Delete($"/v1/members/{ann}")).Must(204);
    }
}
