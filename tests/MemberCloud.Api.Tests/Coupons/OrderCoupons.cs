using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>Coupons that reported orders use, and what becomes of them when the order is cancelled or refunded.</summary>
public sealed class OrderCoupons(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T04:00:00Z";

    private static object Order(
        string who,
        string no,
        object[] coupons,
        string at = Now,
        string? completed = null,
        params (long Net, long Quantity)[] lines
    ) =>
        new
        {
            order_no = no,
            external_id = who,
            occurred_at = at,
            paid_at = at,
            completed_at = completed,
            currency = "CNY",
            lines = (lines.Length == 0 ? [(10_000, 1)] : lines).Select(
                (l, i) =>
                    new
                    {
                        id = $"{i + 1}",
                        sku = "tea",
                        net = l.Net,
                        quantity = l.Quantity,
                    }
            ),
            coupons,
        };

    private static object Uses(string coupon, long amount = 500) => new { id = coupon, amount };

    private static async Task<(string Member, string Coupon)> Holder(Brand brand, string template, string who)
    {
        var member = await brand.Member(who);
        return (member, (await brand.Claim(template, member)).Must(201).Text("id"));
    }

    private static async Task<string> State(Brand brand, string coupon) =>
        (await brand.Get($"/v1/coupons/{coupon}")).Must(200).Text("state");

    [SkippableTheory, EveryEngine]
    public async Task An_order_uses_a_coupon_once_and_the_same_report_again_changes_nothing(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { stock = 5 });
        var (ann, coupon) = await Holder(brand, template, "ann");
        var (_, bobs) = await Holder(brand, template, "bob");

        var first = (await brand.Post("/v1/orders", Order("ann", "1", [Uses(coupon)]))).Must(201);
        (await brand.Post("/v1/orders", Order("ann", "1", [Uses(coupon)]))).Must(200);
        (await brand.Post("/v1/orders", Order("ann", "1", []))).MustRefuse(422, "order_differs");
        (await brand.Post("/v1/orders", Order("ann", "2", [Uses(coupon)]))).MustRefuse(409, "already_redeemed");
        var theirs = (await brand.Post("/v1/orders", Order("ann", "3", [Uses(bobs)]))).MustRefuse(409, "not_owner");
        (await brand.Post("/v1/orders", Order("ann", "4", [Uses("cpn_01jd4w7q0zf1x8e6t5n3k2h9ga")]))).MustRefuse(
            404,
            "not_found"
        );

        Assert.Equal((coupon, 500), (first.Text("coupons.0.id"), first.Number("coupons.0.amount")));
        Assert.Equal(bobs, theirs.Text("coupon_id"));
        Assert.Equal("2/1/0/0 3", await brand.Counts(template));
        Assert.Equal(404, (await brand.Get("/v1/orders/3")).Status);
        (await brand.Post($"/v1/coupons/{coupon}/void", new { reason = "x" })).MustRefuse(409, "already_redeemed");
        Assert.Equal(0, (await brand.Summary(ann)).Number("coupons.usable"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_late_report_counts_by_the_time_of_the_order(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        var (_, coupon) = await Holder(brand, template, "ann");
        var (_, second) = await Holder(brand, template, "ann");
        await brand.MoveTo("2026-03-18T00:00:00Z");
        Assert.Equal("2/0/2/0 -", await brand.Counts(template));

        (await brand.Post("/v1/orders", Order("ann", "late", [Uses(coupon)], "2026-03-17T03:59:59Z"))).Must(201);
        (await brand.Post("/v1/orders", Order("ann", "over", [Uses(second)], "2026-03-17T04:00:00Z"))).MustRefuse(409, "expired");
        (await brand.Post("/v1/orders", Order("ann", "before", [Uses(second)], "2026-03-10T03:59:59Z"))).MustRefuse(
            409,
            "not_started"
        );

        Assert.Equal("2/1/1/0 -", await brand.Counts(template));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_cancelled_or_wholly_refunded_order_gives_its_coupons_back_by_their_policy(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var back = await brand.Template();
        var never = await brand.Template(new { return_policy = "never" });
        var longer = await brand.Template(new { return_policy = "extend_days", return_extend_days = 30 });
        var (_, a) = await Holder(brand, back, "ann");
        var (_, b) = await Holder(brand, never, "ann");
        var (_, c) = await Holder(brand, longer, "ann");
        object[] all = [Uses(a), Uses(b), Uses(c)];

        (await brand.Post("/v1/orders", Order("ann", "1", all))).Must(201);
        (await brand.Post("/v1/orders/1/cancel", new { })).Must(200);
        Assert.Equal("issued redeemed issued", $"{await State(brand, a)} {await State(brand, b)} {await State(brand, c)}");
        Assert.Equal("2026-04-09T04:00:00Z", (await brand.Get($"/v1/coupons/{c}")).Text("valid_until"));

        (
            await brand.Post("/v1/orders", Order("ann", "2", [Uses(a), Uses(c)], completed: Now, lines: [(6_000, 2), (4_000, 1)]))
        ).Must(201);
        var part = await brand.Post(
            "/v1/orders/2/refunds",
            new { refund_no = "r1", lines = new[] { new { id = "1", quantity = 1 } } }
        );
        Assert.Empty(part.Must(201).At("coupons_returned")!.AsArray());
        await brand.MoveTo("2026-03-20T00:00:00Z"); // a has ended since
        var rest = (await brand.Post("/v1/orders/2/refunds", new { refund_no = "r2", full = true })).Must(201);

        Assert.Equal([c], rest.At("coupons_returned")!.AsArray().Select(n => (string)n!));
        Assert.Equal("expired issued", $"{await State(brand, a)} {await State(brand, c)}");
        Assert.Equal("1/0/1/0 -", await brand.Counts(back));
        Assert.Equal("1/1/0/0 -", await brand.Counts(never));
        Assert.Equal("1/0/0/0 -", await brand.Counts(longer));
    }

    // 3 pieces of 100.00 less 30.00 for 200.00 and more: 270.00 paid. What is kept of it must come to 200.00 before the coupon.
    [SkippableTheory, EveryEngine]
    public async Task A_threshold_that_is_no_longer_met_is_reclaimed_until_the_rest_goes_back_too(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await Reclaiming(brand, 20_000, [(27_000, 3)]);

        Assert.Equal("9000 0 0", await Refund(brand, "r1", "1")); // 200.00 kept: still met
        Assert.Equal("8000 1000 0", await Refund(brand, "r2", "1")); // 100.00 kept: the 10.00 it took off that piece
        Assert.Equal("10000 -1000 1", await Refund(brand, "r3", "1")); // nothing kept: the coupon comes back, and so does all that was paid
    }

    // A piece of 0.02 that goes back first cannot pay for the discount: the next one does. 270.02 paid, 270.02 back.
    [SkippableTheory, EveryEngine]
    public async Task What_one_refund_is_too_small_for_the_next_one_keeps_back(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await Reclaiming(brand, 30_001, [(13_500, 1), (13_500, 1), (2, 1)]);

        Assert.Equal("0 2 0", await Refund(brand, "r1", "3"));
        Assert.Equal("12002 1498 0", await Refund(brand, "r2", "2"));
        Assert.Equal(1500, (await brand.Get("/v1/orders/1")).Number("coupons.0.reclaimed"));
        Assert.Equal("15000 -1500 1", await Refund(brand, "r3", "1"));
    }

    /// <summary>An order that used a coupon of 30.00 off, to be reclaimed below a threshold.</summary>
    private static async Task Reclaiming(Brand brand, long threshold, (long Net, long Quantity)[] lines)
    {
        var template = await brand.Template(
            new
            {
                amount_off = 3000,
                threshold = new { amount = threshold },
                partial_refund = "reclaim",
            }
        );
        var (_, coupon) = await Holder(brand, template, "ann");
        (await brand.Post("/v1/orders", Order("ann", "1", [Uses(coupon, 3000)], completed: Now, lines: lines))).Must(201);
    }

    private static async Task<string> Refund(Brand brand, string no, string line)
    {
        var parts = new[] { new { id = line, quantity = 1 } };
        var r = (await brand.Post("/v1/orders/1/refunds", new { refund_no = no, lines = parts })).Must(201);
        return $"{r.Number("refund.amount")} {r.Number("refund.coupons_reclaimed")} {r.At("coupons_returned")!.AsArray().Count}";
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_20_orders_at_once_one_uses_the_coupon(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        var (_, coupon) = await Holder(brand, template, "ann");

        var answers = await AtOnce(20, i => brand.Post("/v1/orders", Order("ann", $"o-{i}", [Uses(coupon)])));
        var same = await AtOnce(10, _ => brand.Post("/v1/orders", Order("ann", "same", [])));

        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "already_redeemed"));
        Assert.All(same, a => Assert.True(a.Status is 200 or 201, a.Raw));
        Assert.Equal("1/1/0/0 -", await brand.Counts(template));
    }

    [SkippableTheory, EveryEngine]
    public async Task One_order_reported_20_times_at_once_uses_its_coupon_once(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        var (_, coupon) = await Holder(brand, template, "ann");

        var answers = await AtOnce(20, _ => brand.Post("/v1/orders", Order("ann", "1", [Uses(coupon)])));

        Assert.Single(answers, a => a.Must(a.Status == 201 ? 201 : 200).Status == 201);
        Assert.Equal("1/1/0/0 -", await brand.Counts(template));
    }

    [SkippableTheory, EveryEngine]
    public async Task Erasing_ends_coupons_and_merging_moves_them_with_their_limits(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { stock = 10, limits = new { per_member = 2 } });
        var (ann, anns) = await Holder(brand, template, "ann");
        var (bob, bobs) = await Holder(brand, template, "bob");

        (await brand.Post($"/v1/members/{ann}/merge", new { from_member_id = bob })).Must(200);
        Assert.Equal("issued issued", await brand.Wallet(ann));
        (await brand.Claim(template, ann)).MustRefuse(409, "member_limit");
        (await brand.Claim(template, bob)).MustRefuse(409, "member_limit");
        (await brand.Post("/v1/orders", Order("bob", "1", [Uses(anns)]))).Must(201);
        (await brand.Post($"/v1/members/{ann}/unmerge", new { from_member_id = bob })).Must(200);
        Assert.Equal(("redeemed", "issued"), (await brand.Wallet(ann), await brand.Wallet(bob)));
        (await brand.Claim(template, bob)).Must(201);

        (await brand.Delete($"/v1/members/{bob}")).Must(204);
        Assert.Equal("void", await State(brand, bobs));
        Assert.Equal("1/1/0/2 9", await brand.Counts(template));
        (await brand.Claim(template, bob)).MustRefuse(409, "erased_member");
    }

    [SkippableTheory, EveryEngine]
    public async Task Bad_coupons_of_an_order_are_refused(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        var (_, coupon) = await Holder(brand, template, "ann");
        (await brand.Post("/v1/orders", Order("ann", "1", [Uses(coupon), Uses(coupon)]))).MustRefuse(400, "duplicate");
        (await brand.Post("/v1/orders", Order("ann", "1", [Uses(coupon, -1)]))).MustRefuse(400, "out_of_range");
        object Parts(string line, long amount) =>
            new
            {
                id = coupon,
                amount = 500,
                lines = new[] { new { id = line, amount } },
            };
        (await brand.Post("/v1/orders", Order("ann", "1", [Parts("9", 500)]))).MustRefuse(400, "line_unknown");
        (await brand.Post("/v1/orders", Order("ann", "1", [Parts("1", 499)]))).MustRefuse(400, "does_not_add_up");
        (await brand.Post("/v1/orders", Order("ann", "1", [Parts("1", 500)]))).Must(201);
    }
}
