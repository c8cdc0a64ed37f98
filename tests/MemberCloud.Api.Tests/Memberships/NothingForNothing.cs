using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>Ways to time, perks or money that nobody paid for.</summary>
public sealed class NothingForNothing(Clouds clouds) : ApiTests(clouds)
{
    private Task<Brand> January(string engine) => NewBrand(engine, clock: "2026-01-10T02:00:00Z", zone: "UTC");

    private static Task<string> Monthly(Brand brand, long price = 10_000, string name = "P", object? more = null) =>
        brand.Plan(name, price, "month", more: more);

    private static async Task<string> Bought(Brand brand, string plan, string member) =>
        (await brand.Buy(member, plan)).Must(201).Text("id");

    private static async Task<long> EndNow(Brand brand, string id) =>
        (await brand.Post($"/v1/memberships/{id}/cancel", new { at = "now" })).Must(200).Number("refunded");

    private static async Task Do(Brand brand, string id, string what) =>
        (await brand.Post($"/v1/memberships/{id}/{what}", new { })).Must(200);

    [SkippableTheory, EveryEngine]
    public async Task Cheap_terms_paid_ahead_do_not_become_dear_ones(string engine)
    {
        var brand = await January(engine);
        var (cheap, dear) = (await Monthly(brand, 1000), await Monthly(brand, 20_000, "Q"));
        var id = (await brand.Buy(await brand.Member("ann"), cheap, gateway: "offline", paid: "A")).Must(201).Text("id");
        var paid = new
        {
            amount = 1000,
            paid_at = "2026-01-10T02:00:00Z",
            paid_reference = "B",
        };
        (await brand.Post($"/v1/memberships/{id}/payments", paid)).Must(200);

        (await brand.Post($"/v1/memberships/{id}/change", new { plan_id = dear, paid_reference = "U" })).MustRefuse(
            409,
            "payment_pending"
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task What_was_given_back_is_not_credited_again(string engine)
    {
        var brand = await January(engine);
        var (plan, dear) = (await Monthly(brand), await Monthly(brand, 20_000, "Q"));
        var id = await Bought(brand, plan, await brand.Member("ann"));

        (await brand.Post($"/v1/memberships/{id}/refund", new { reason = "x", amount = 9999 })).Must(200);

        var cost = (await brand.Post($"/v1/memberships/{id}/change", new { plan_id = dear, dry_run = true })).Must(200);
        Assert.Equal((1, 19_999), (cost.Number("credit"), cost.Number("pay")));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_was_used_stays_used_after_a_pause_and_a_change(string engine)
    {
        var brand = await January(engine);
        var perk = await brand.Perk(5, "term", value: 8000);
        var terms = new { perks = new[] { perk }, refund_policy = "less_perks_used" };
        var plan = await Monthly(brand, more: terms);
        var days = await brand.Plan("D", 10_500, "day", 31, more: terms);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        var (paused, changed) = (await Bought(brand, plan, ann), await Bought(brand, plan, bob));
        (await brand.Consume(ann, perk)).Must(201);
        (await brand.Consume(bob, perk)).Must(201);

        await Do(brand, paused, "pause");
        await Do(brand, paused, "resume");
        Assert.Equal("5/1/0/4", await brand.Left(ann));
        Assert.Equal(2000, await EndNow(brand, paused));
        (await brand.Post($"/v1/memberships/{changed}/change", new { plan_id = days })).Must(200);
        Assert.Equal("5/1/0/4", await brand.Left(bob));
        Assert.Equal(2500, await EndNow(brand, changed));
    }

    // A perk that is worth nothing in money; one that is only set aside; a pack of which one coupon was used.
    [SkippableTheory, EveryEngine]
    public async Task Used_is_used_whatever_it_is_worth(string engine)
    {
        var brand = await January(engine);
        var perk = await brand.Perk(5, "term");
        var plan = await Monthly(brand, more: new { perks = new[] { perk } });
        var (ann, bob, cid) = (await brand.Member("ann"), await brand.Member("bob"), await brand.Member("cid"));
        var (used, kept, unused) = (
            await Bought(brand, plan, ann),
            await Bought(brand, plan, bob),
            await Bought(brand, plan, cid)
        );
        (await brand.Consume(ann, perk)).Must(201);
        (await brand.Reserve(bob, perk)).Must(201);

        Assert.Equal((0, 0, 10_000), (await EndNow(brand, used), await EndNow(brand, kept), await EndNow(brand, unused)));
    }

    [SkippableTheory, EveryEngine]
    public async Task Coupons_of_a_pack_go_back_with_the_fee(string engine)
    {
        var brand = await January(engine);
        var template = await brand.Template();
        var pack = await brand.Perk(
            period: "term",
            kind: "coupon_pack",
            config: new { coupons = new[] { new { template_id = template, quantity = 3 } } }
        );
        var plan = await Monthly(brand, more: new { perks = new[] { pack } });
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        var (unused, used) = (await Bought(brand, plan, ann), await Bought(brand, plan, bob));
        await brand.MoveTo("2026-01-11T02:00:00Z");
        Assert.Equal("issued issued issued", await brand.Wallet(ann));
        await brand.Report(
            brand.Order(
                null,
                "2026-01-11T02:00:00Z",
                memberId: bob,
                completed: null,
                coupons: [new { id = (await brand.Get($"/v1/members/{bob}/coupons")).Text("data.0.id"), amount = 100 }]
            )
        );

        Assert.Equal((10_000, 0), (await EndNow(brand, unused), await EndNow(brand, used)));
        Assert.Equal("void void void", await brand.Wallet(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task An_upgrade_begins_no_new_week_to_give_back_in(string engine)
    {
        var brand = await January(engine);
        var (year, more) = (await brand.Plan(), await brand.Plan("Y", 36_600));
        var id = await Bought(brand, year, await brand.Member("ann"));
        await brand.MoveTo("2026-04-20T02:00:00Z");

        (await brand.Post($"/v1/memberships/{id}/change", new { plan_id = more })).Must(200);

        Assert.Equal(0, await EndNow(brand, id));
    }

    [SkippableTheory, EveryEngine]
    public async Task The_first_terms_are_cheap_once(string engine)
    {
        var brand = await January(engine);
        var plan = await Monthly(brand, more: new { intro = new { price = 0, terms = 1 } });
        var ann = await brand.Member("ann");
        var first = await Bought(brand, plan, ann);
        await EndNow(brand, first);

        await Bought(brand, plan, ann);

        var invoices = (await brand.Get($"/v1/members/{ann}/invoices")).Must(200).At("data")!.AsArray();
        Assert.Equal([10_000, 0], invoices.Where(i => (string)i!["kind"]! == "first").Select(i => (long)i!["total"]!));
    }

    // On 10 Jan a perk of the term is used; paused from the 15th to 4 Feb, the term ends on 2 March.
    [SkippableTheory, EveryEngine]
    public async Task A_pause_does_not_bring_a_perk_of_the_term_again(string engine)
    {
        var brand = await January(engine);
        var perk = await brand.Perk(period: "term");
        var plan = await Monthly(brand, more: new { perks = new[] { perk } });
        var ann = await brand.Member("ann");
        var id = await Bought(brand, plan, ann);
        (await brand.Consume(ann, perk)).Must(201);
        await brand.MoveTo("2026-01-15T02:00:00Z");
        await Do(brand, id, "pause");
        await brand.MoveTo("2026-02-04T02:00:00Z");
        await Do(brand, id, "resume");

        await brand.MoveTo("2026-02-11T02:00:00Z");

        (await brand.Consume(ann, perk)).MustRefuse(409, "perk_used_up");
    }

    [SkippableTheory, EveryEngine]
    public async Task Time_that_went_to_another_membership_is_not_paid_back(string engine)
    {
        var brand = await January(engine);
        var plan = await brand.Plan();
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        await Bought(brand, plan, ann);
        var ended = await Bought(brand, plan, bob);
        (await brand.Post($"/v1/members/{ann}/merge", new { from_member_id = bob })).Must(200);

        (await brand.Post($"/v1/memberships/{ended}/refund", new { reason = "x" })).MustRefuse(409, "membership_merged");
    }
}
