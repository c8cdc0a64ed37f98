using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>What was paid is the member's, through pauses, merges and payments at odd moments.</summary>
public sealed class NothingIsLost(Clouds clouds) : ApiTests(clouds)
{
    private Task<Brand> January(string engine) => NewBrand(engine, clock: "2026-01-10T02:00:00Z", zone: "UTC");

    private static async Task<string> Bought(Brand brand, string plan, string member) =>
        (await brand.Buy(member, plan)).Must(201).Text("id");

    private static async Task<long> EndNow(Brand brand, string id) =>
        (await brand.Post($"/v1/memberships/{id}/cancel", new { at = "now" })).Must(200).Number("refunded");

    private static readonly object Prorata = new { refund_policy = "prorata" };

    // 365.00 for 365 days, 10 of them used: woken by hand, by itself after 90 days, or not at all.
    [SkippableTheory, EveryEngine]
    public async Task The_rest_of_a_paused_year_is_worth_what_it_was(string engine)
    {
        var brand = await January(engine);
        var plan = await brand.Plan(more: Prorata);
        var (woken, waking, paused) = (
            await Bought(brand, plan, await brand.Member("a")),
            await Bought(brand, plan, await brand.Member("b")),
            await Bought(brand, plan, await brand.Member("c"))
        );
        await brand.MoveTo("2026-01-20T02:00:00Z");
        foreach (var id in new[] { woken, waking, paused })
            (await brand.Post($"/v1/memberships/{id}/pause", new { })).Must(200);
        await brand.MoveTo("2026-03-11T02:00:00Z");

        (await brand.Post($"/v1/memberships/{woken}/resume", new { })).Must(200);
        Assert.Equal((35_500, 35_500), (await EndNow(brand, woken), await EndNow(brand, paused)));
        await brand.MoveTo("2026-04-20T02:00:00Z");
        Assert.Equal("active", (await brand.Membership(waking)).Text("state"));
        Assert.Equal(35_500, await EndNow(brand, waking));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_month_paused_longer_than_it_is_keeps_its_rest(string engine)
    {
        var brand = await January(engine);
        var plan = await brand.Plan("M", 31_000, "month", more: Prorata);
        var id = await Bought(brand, plan, await brand.Member("ann"));
        await brand.MoveTo("2026-01-20T02:00:00Z");
        (await brand.Post($"/v1/memberships/{id}/pause", new { })).Must(200);
        await brand.MoveTo("2026-03-11T02:00:00Z");

        (await brand.Post($"/v1/memberships/{id}/resume", new { })).Must(200);

        Assert.Equal("2026-04-01T02:00:00Z", (await brand.Membership(id)).Text("paid_until"));
        Assert.Equal(21_000, await EndNow(brand, id));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_merge_keeps_the_time_of_both_whatever_state_they_are_in(string engine)
    {
        var brand = await January(engine);
        var (plan, dear) = (await brand.Plan(), await brand.Plan("Q", 73_000));
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        var pending = (await brand.Buy(ann, plan, gateway: "offline")).Must(201).Text("id");
        await Bought(brand, plan, bob);

        (await brand.Post($"/v1/members/{ann}/merge", new { from_member_id = bob })).Must(200);

        Assert.Equal(
            ("active", "2027-01-10T02:00:00Z"),
            ((await brand.Membership(pending)).Text("state"), (await brand.Membership(pending)).Text("paid_until"))
        );
        // What the other paid is credited where the plan is changed.
        var cost = (await brand.Post($"/v1/memberships/{pending}/change", new { plan_id = dear, dry_run = true })).Must(200);
        Assert.Equal((36_500, 36_500), (cost.Number("credit"), cost.Number("pay")));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_payment_reported_while_proof_is_missing_renews(string engine)
    {
        var brand = await January(engine);
        var plan = await brand.Plan("M", 10_000, "month");
        var id = await Bought(brand, plan, await brand.Member("ann"));
        await brand.MoveTo("2026-02-12T02:00:00Z");
        Assert.Equal("awaiting_notice", (await brand.Membership(id)).Text("reason"));
        var paid = new
        {
            amount = 10_000,
            paid_at = "2026-02-12T02:00:00Z",
            paid_reference = "till-1",
        };

        (await brand.Post($"/v1/memberships/{id}/payments", paid)).Must(200);
        await brand.MoveTo("2026-02-12T03:00:00Z");

        Assert.Equal(
            ("active", "2026-03-10T02:00:00Z"),
            ((await brand.Membership(id)).Text("state"), (await brand.Membership(id)).Text("paid_until"))
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task What_was_paid_ahead_goes_back_with_a_credit_note(string engine)
    {
        var brand = await January(engine);
        var plan = await brand.Plan("M", 10_000, "month");
        var ann = await brand.Member("ann");
        var id = (await brand.Buy(ann, plan, gateway: "offline", paid: "A")).Must(201).Text("id");
        var ahead = new
        {
            amount = 10_000,
            paid_at = "2026-01-10T02:00:00Z",
            paid_reference = "B",
        };
        (await brand.Post($"/v1/memberships/{id}/payments", ahead)).Must(200);

        Assert.Equal(20_000, await EndNow(brand, id));

        var credits = (await brand.Get($"/v1/members/{ann}/invoices"))
            .Must(200)
            .At("data")!
            .AsArray()
            .Where(i => (string)i!["kind"]! == "credit")
            .Sum(i => (long)i!["total"]!);
        Assert.Equal(20_000, credits);
    }

    [SkippableTheory, EveryEngine]
    public async Task Terms_bought_ahead_bring_their_perks_each(string engine)
    {
        var brand = await January(engine);
        var perk = await brand.Perk(period: "term");
        var plan = await brand.Plan("M", 10_000, "month", more: new { perks = new[] { perk } });
        var ann = await brand.Member("ann");
        await Bought(brand, plan, ann);
        foreach (var _ in new[] { 2, 3 })
            (await brand.Buy(ann, plan)).Must(200);

        foreach (var at in new[] { "2026-01-20T02:00:00Z", "2026-02-20T02:00:00Z", "2026-03-20T02:00:00Z" })
        {
            await brand.MoveTo(at);
            (await brand.Consume(ann, perk)).Must(201);
            (await brand.Consume(ann, perk)).MustRefuse(409, "perk_used_up");
        }
    }

    // Two terms, a perk used, an upgrade: the term that has not begun goes back, the one under way does not.
    [SkippableTheory, EveryEngine]
    public async Task After_an_upgrade_terms_that_have_not_begun_still_go_back(string engine)
    {
        var brand = await January(engine);
        var perk = await brand.Perk(period: "term");
        var (plan, dear) = (
            await brand.Plan("M", 10_000, "month", more: new { perks = new[] { perk } }),
            await brand.Plan("Q", 20_000, "month", more: new { perks = new[] { perk } })
        );
        var ann = await brand.Member("ann");
        var id = await Bought(brand, plan, ann);
        (await brand.Buy(ann, plan)).Must(200);
        (await brand.Consume(ann, perk)).Must(201);
        (await brand.Post($"/v1/memberships/{id}/change", new { plan_id = dear })).Must(200);

        // 31 days under way, 28 to come: 28/59 of 400.00.
        Assert.Equal(18_983, await EndNow(brand, id));
    }

    [SkippableTheory, EveryEngine]
    public async Task Two_members_again_have_their_own_memberships_and_ways_to_pay(string engine)
    {
        var brand = await January(engine);
        var plan = await brand.Plan();
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        var id = await Bought(brand, plan, bob);
        var card = (await brand.Get($"/v1/members/{bob}/payment-methods")).Must(200).Text("data.0.id");
        (await brand.Post($"/v1/members/{ann}/merge", new { from_member_id = bob })).Must(200);
        Assert.Equal(ann, (await brand.Membership(id)).Text("member_id"));

        (await brand.Post($"/v1/members/{ann}/unmerge", "{}")).Must(200);

        Assert.Equal(bob, (await brand.Membership(id)).Text("member_id"));
        (await brand.Buy(ann, plan, card)).MustRefuse(422, "method_unknown");
        Assert.Equal([card], (await brand.Get($"/v1/members/{bob}/payment-methods")).Must(200).Each("data", "id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_planned_downgrade_can_be_called_off(string engine)
    {
        var brand = await January(engine);
        var (plan, cheap) = (await brand.Plan(), await brand.Plan("C", 1000));
        var id = await Bought(brand, plan, await brand.Member("ann"));
        (await brand.Post($"/v1/memberships/{id}/change", new { plan_id = cheap })).Must(200);
        Assert.Equal(1000, (await brand.Membership(id)).Number("next_renewal.amount"));

        (await brand.Post($"/v1/memberships/{id}/change", new { plan_id = plan })).Must(200);

        Assert.Equal(36_500, (await brand.Membership(id)).Number("next_renewal.amount"));
        (await brand.Post($"/v1/memberships/{id}/change", new { plan_id = plan })).MustRefuse(409, "same_plan");
    }
}
