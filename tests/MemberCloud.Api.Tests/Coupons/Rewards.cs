using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>Earning rules that give coupons.</summary>
public sealed class Rewards(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T04:00:00Z";

    [SkippableTheory, EveryEngine]
    public async Task A_completed_order_earns_coupons_and_loses_what_was_not_used_when_it_is_refunded_whole(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { stock = 10 });
        await Rule(brand, template, "order.completed", quantity: 2);
        var ann = await brand.Member("ann");

        var order = (await brand.Report(brand.Order("ann", Now, no: "1"))).Must(201);
        Assert.Equal(2, order.At("coupons_earned")!.AsArray().Count);
        Assert.Equal(template, order.Text("coupons_earned.0.template_id"));
        (await brand.Report(brand.Order("ann", Now, no: "1"))).Must(200);
        Assert.Equal("issued issued", await brand.Wallet(ann));
        var used = order.Text("coupons_earned.0.id");
        Assert.Equal("reward", (await brand.Get($"/v1/coupons/{used}")).Text("way"));
        (await brand.Report(brand.Order("ann", Now, no: "2", coupons: [new { id = used, amount = 500 }], completed: null))).Must(
            201
        );
        Assert.Equal("2/1/0/0 8", await brand.Counts(template));

        (await brand.Post("/v1/orders/1/refunds", new { refund_no = "r", full = true })).Must(201);

        Assert.Equal("1/1/0/1 9", await brand.Counts(template));
        var after = (await brand.Get("/v1/orders/1")).Must(200);
        Assert.Equal(["false", "true"], after.Each("coupons_earned", "revoked").Order());
        // What the second order gives back ends too: the order behind it is no more.
        (await brand.Post("/v1/orders/2/cancel", new { })).Must(200);
        Assert.Equal("0/0/0/2 10", await brand.Counts(template));
    }

    [SkippableTheory, EveryEngine]
    public async Task Caps_budget_limits_and_stock_allow_as_many_as_they_do(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { stock = 4, limits = new { per_member = 3 } });
        var rule = await Rule(brand, template, "check_in", quantity: 2, caps: new { per_day = 3 }, budget: 6);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));

        Assert.Equal(2, await CheckIn(brand, "1", ann));
        Assert.Equal(1, await CheckIn(brand, "2", ann)); // the day's third
        Assert.Equal(0, await CheckIn(brand, "3", ann)); // the cap
        Assert.Equal(1, await CheckIn(brand, "4", bob)); // the stock's last
        Assert.Equal(0, await CheckIn(brand, "5", bob)); // none left
        Assert.Equal(1, await CheckIn(brand, "4", bob)); // the same event again

        Assert.Equal("4/0/0/0 0", await brand.Counts(template));
        Assert.Equal(4, (await brand.Get($"/v1/earning-rules/{rule}")).Number("budget_used"));
        var refused = await brand.Events("coupon.reward_refused");
        Assert.Equal(2, refused.Count(e => e.Data.Contains("\"used_up\"", StringComparison.Ordinal)));
        (await brand.Patch($"/v1/coupon-templates/{template}", new { stock = 9 })).Must(200);
        Assert.Equal(2, await CheckIn(brand, "6", bob)); // of the budget's six these are the last
        await brand.MoveTo("2026-03-11T04:00:00Z");
        Assert.Equal(0, await CheckIn(brand, "7", bob));
    }

    [SkippableTheory, EveryEngine]
    public async Task Who_joins_and_whose_birthday_it_is_may_get_one(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var (welcome, birthday) = (await brand.Template(), await brand.Template());
        await Rule(brand, welcome, "member.joined");
        await Rule(brand, birthday, "member.birthday");

        var ann = await brand.Member("ann", """{ "birthday": "1990-03-12" }""");
        Assert.Equal("issued", await brand.Wallet(ann));
        await brand.MoveTo("2026-03-13T04:00:00Z");

        Assert.Equal(("1/0/0/0 -", "1/0/0/0 -"), (await brand.Counts(welcome), await brand.Counts(birthday)));
        // A member that a report makes has joined too.
        (await brand.Report(brand.Order("bob", "2026-03-13T04:00:00Z"))).Must(201);
        Assert.Equal("2/0/0/0 -", await brand.Counts(welcome));
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_many_orders_at_once_the_stock_gives_no_more_than_it_has(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { stock = 7, limits = new { per_member = 2 } });
        await Rule(brand, template, "order.completed");

        var answers = await AtOnce(24, i => brand.Report(brand.Order($"m{i % 6}", Now, no: $"o{i}")));

        Assert.All(answers, a => a.Must(201));
        Assert.Equal(7, answers.Sum(a => a.At("coupons_earned")!.AsArray().Count));
        Assert.Equal("7/0/0/0 0", await brand.Counts(template));
        var cancelled = await AtOnce(24, i => brand.Post($"/v1/orders/o{i}/refunds", new { refund_no = "r", full = true }));
        Assert.All(cancelled, a => a.Must(201));
        Assert.Equal("0/0/0/7 7", await brand.Counts(template));
    }

    [SkippableTheory, EveryEngine]
    public async Task Caps_of_coupons_hold_for_orders_at_once_and_come_back_with_all_of_them(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        await Rule(brand, template, "order.paid", quantity: 2, caps: new { per_day = 4, per_member = 6 });
        var ann = await brand.Member("ann");
        async Task<int> Orders(string mark) =>
            (await AtOnce(12, i => brand.Report(brand.Order("ann", Now, no: $"{mark}{i}", completed: null)))).Sum(a =>
                a.At("coupons_earned")!.AsArray().Count
            );

        Assert.Equal(4, await Orders("a"));
        Assert.All(await AtOnce(12, i => brand.Post($"/v1/orders/a{i}/cancel", new { })), a => a.Must(200));
        Assert.Equal("0/0/0/4 -", await brand.Counts(template));
        Assert.Equal(4, await Orders("b"));
        Assert.Equal(4, (await brand.Wallet(ann)).Split(' ').Count(s => s == "issued"));
    }

    [SkippableTheory, EveryEngine]
    public async Task An_earned_coupon_ends_with_its_order_when_the_order_that_used_it_gives_it_back(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        var rule = await Rule(brand, template, "order.paid", caps: new { per_day = 1 }, budget: 5);
        var first = (await brand.Report(brand.Order("ann", Now, no: "1"))).Must(201).Text("coupons_earned.0.id");
        await brand.MoveTo("2026-03-11T04:00:00Z");
        object[] uses = [new { id = first, amount = 100 }];
        (await brand.Report(brand.Order("ann", "2026-03-11T03:00:00Z", no: "2", paid: null, coupons: uses))).Must(201);

        (await brand.Post("/v1/orders/1/refunds", new { refund_no = "r", full = true })).Must(201);
        Assert.Equal("redeemed", await brand.Wallet(await brand.Member("ann")));
        Assert.Equal(1, (await brand.Get($"/v1/earning-rules/{rule}")).Number("budget_used"));
        (await brand.Post("/v1/orders/2/cancel", new { })).Must(200);

        Assert.Equal("void", await brand.Wallet(await brand.Member("ann")));
        Assert.Equal(0, (await brand.Get($"/v1/earning-rules/{rule}")).Number("budget_used"));
        Assert.Equal(["true"], (await brand.Get("/v1/orders/1")).Each("coupons_earned", "revoked"));
        (await brand.Report(brand.Order("ann", "2026-03-11T03:00:00Z", no: "3", paid: null))).Must(201);
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_the_order_that_earned_a_coupon_and_the_one_that_used_it_ending_at_once_nothing_is_left(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        await Rule(brand, template, "order.paid");
        var coupons = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            coupons.Add((await brand.Report(brand.Order($"m{i}", Now, no: $"e{i}"))).Must(201).Text("coupons_earned.0.id"));
            object[] uses = [new { id = coupons[i], amount = 100 }];
            (await brand.Report(brand.Order($"m{i}", Now, no: $"u{i}", paid: null, coupons: uses))).Must(201);
        }

        var ended = await AtOnce(
            16,
            i =>
                i % 2 == 0
                    ? brand.Post($"/v1/orders/e{i / 2}/refunds", new { refund_no = "r", full = true })
                    : brand.Post($"/v1/orders/u{i / 2}/cancel", new { })
        );

        Assert.All(ended, a => Assert.True(a.Status is 200 or 201, a.Raw));
        Assert.Equal("0/0/0/8 -", await brand.Counts(template));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_rule_that_makes_no_sense_is_refused(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var theirs = await (await NewBrand(engine, Now)).Template();
        var template = await brand.Template();
        object Body(object formula, string currency = "coupons", object? settle = null, object? expiry = null) =>
            new
            {
                name = "r",
                trigger = "check_in",
                currency,
                formula,
                settle,
                expiry,
            };
        Task<Answer> Add(object body) => brand.Post("/v1/earning-rules", body);
        var coupon = new { template_id = template };

        (await Add(Body(new { @fixed = 5 }))).MustRefuse(400, "one_of");
        (await Add(Body(new { coupon }, "points"))).MustRefuse(400, "one_of");
        (await Add(Body(new { coupon, @fixed = 5 }))).MustRefuse(400, "one_of");
        (await Add(Body(new { coupon, tier_multiplier = true }))).MustRefuse(400, "not_applicable");
        (await Add(Body(new { coupon }, settle: new { after_days = 1 }))).MustRefuse(400, "not_applicable");
        (await Add(Body(new { coupon }, expiry: new { policy = "never" }))).MustRefuse(400, "not_applicable");
        (await Add(Body(new { coupon = new { template_id = template, quantity = 21 } }))).MustRefuse(400, "out_of_range");
        (await Add(Body(new { coupon = new { template_id = theirs } }))).MustRefuse(422, "template_unknown");
        (await brand.Post("/v1/currencies", new { code = "coupons", name = "Coupons" })).MustRefuse(409, "currency_exists");
        var rule = (await Add(Body(new { coupon }))).Must(201).Text("id");
        (await brand.Post($"/v1/coupon-templates/{template}/end", new { })).Must(200);
        (await Add(Body(new { coupon }))).MustRefuse(409, "template_ended");
        Assert.Equal(0, await CheckIn(brand, "1", await brand.Member("ann")));
        (await brand.Patch($"/v1/earning-rules/{rule}", new { active = false })).Must(200);
    }

    private static Task<string> Rule(
        Brand brand,
        string template,
        string trigger,
        int quantity = 1,
        object? caps = null,
        long? budget = null
    ) =>
        brand.Rule(
            new
            {
                name = "reward",
                trigger,
                currency = "coupons",
                formula = new { coupon = new { template_id = template, quantity } },
                caps,
                budget,
            }
        );

    private static async Task<int> CheckIn(Brand brand, string id, string member) => (
            await brand.Post(
                "/v1/events",
                new
                {
                    id,
                    type = "check_in",
                    member_id = member,
                    occurred_at = Now,
                }
            )
        ).Must(200).At("coupons")!.AsArray().Count;
}
