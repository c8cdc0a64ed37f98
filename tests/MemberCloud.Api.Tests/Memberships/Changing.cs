using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Billing;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>What changes a membership under way: another plan, a pause, an end, money back.</summary>
public sealed class Changing(Clouds clouds) : ApiTests(clouds)
{
    private static async Task<(string Id, string Plus, string Pro)> Started(
        Brand brand,
        string policy = "prorata",
        string gateway = "fake"
    )
    {
        var plus = await brand.Plan(price: 36_500, more: new { refund_policy = policy });
        var pro = await brand.Plan("PRO", 99_900, more: new { refund_policy = policy });
        var paid = gateway == "offline" ? "p1" : null;
        return ((await brand.Buy(await brand.Member("ann"), plus, gateway: gateway, paid: paid)).Must(201).Text("id"), plus, pro);
    }

    // domain.md section 4: 91 days used, 274 left of 365
    [SkippableTheory, EveryEngine]
    public async Task The_worked_upgrade_credits_274_00_charges_749_93_and_475_93_is_paid(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-10T08:00:00Z", zone: "UTC");
        var (id, plus, pro) = await Started(brand);
        await brand.MoveTo("2026-04-11T10:00:00Z");
        var path = $"/v1/memberships/{id}/change";

        var preview = (await brand.Post(path, new { plan_id = pro, dry_run = true })).Must(200);
        Assert.Equal((27_400, 74_993, 47_593), (preview.Number("credit"), preview.Number("charge"), preview.Number("pay")));
        Assert.Equal(plus, preview.Text("membership.plan_id"));
        Assert.Equal(1, await brand.Count<FakePayment>());

        var changed = (await brand.Post(path, new { plan_id = pro })).Must(200);
        Assert.Equal((pro, "2027-01-10T08:00:00Z"), (changed.Text("membership.plan_id"), changed.Text("membership.paid_until")));
        Assert.Equal(1, await brand.Count<FakePayment>(p => p.Amount == 47_593));
        Assert.Equal(99_900, changed.Number("membership.next_renewal.amount"));
        var lines = (await brand.Get($"/v1/members/{changed.Text("membership.member_id")}/invoices")).At("data.0.lines")!;
        Assert.Equal(["proration", "credit"], lines.AsArray().Select(l => (string)l!["kind"]!));
        Assert.Equal([74_993, -27_400], lines.AsArray().Select(l => (long)l!["amount"]!));
        (await brand.Post(path, new { plan_id = pro })).MustRefuse(409, "same_plan");
    }

    [SkippableTheory, EveryEngine]
    public async Task A_refused_charge_changes_nothing_and_a_cheaper_plan_waits_for_the_end(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-10T08:00:00Z", zone: "UTC");
        var (id, plus, pro) = await Started(brand);
        var lite = await brand.Plan("LITE", 9_900);
        var path = $"/v1/memberships/{id}/change";
        (await brand.Patch($"/v1/memberships/{id}", new { payment_method = "fake_decline" })).Must(200);

        (await brand.Post(path, new { plan_id = pro })).MustRefuse(409, "payment_failed");
        Assert.Equal(
            (plus, "active"),
            ((await brand.Membership(id)).Text("plan_id"), (await brand.Membership(id)).Text("state"))
        );
        var down = (await brand.Post(path, new { plan_id = lite })).Must(200);
        Assert.Equal(("2027-01-10T08:00:00Z", lite), (down.Text("applies_at"), down.Text("membership.next_plan_id")));
        Assert.Null(down.At("pay"));

        (await brand.Patch($"/v1/memberships/{id}", new { payment_method = "fake_ok" })).Must(200);
        await brand.MoveTo("2027-01-03T08:00:00Z");
        await brand.DeliverNotices("2027-01-03T08:00:00Z");
        await brand.MoveTo("2027-01-10T08:00:00Z");
        var after = await brand.Membership(id);
        Assert.Equal(
            (lite, "2028-01-10T08:00:00Z", "LITE"),
            (after.Text("plan_id"), after.Text("paid_until"), after.Text("plan"))
        );
        Assert.Equal(1, await brand.Count<FakePayment>(p => p.Amount == 9_900 && p.Taken));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_cannot_be_changed_is_refused(string engine)
    {
        var brand = await NewBrand(engine, zone: "UTC");
        var (id, _, pro) = await Started(brand, gateway: "offline");
        var other = await brand.Plan("BOOK", 50_000, family: "books");
        var off = await brand.Plan("OLD", 80_000, more: new { active = false });
        var path = $"/v1/memberships/{id}/change";

        (await brand.Post(path, new { plan_id = other })).MustRefuse(422, "family_differs");
        (await brand.Post(path, new { plan_id = off })).MustRefuse(409, "plan_not_sold");
        (await brand.Post(path, new { plan_id = id })).MustRefuse(422, "plan_unknown");
        var due = (await brand.Post(path, new { plan_id = pro })).MustRefuse(422, "method_missing").Number("due");
        Assert.Equal(99_900 - 36_500, due);
        (await brand.Post(path, new { plan_id = pro, paid_reference = "p1" })).MustRefuse(409, "payment_known");
        Assert.Equal(
            pro,
            (await brand.Post(path, new { plan_id = pro, paid_reference = "p2" })).Must(200).Text("membership.plan_id")
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task A_pause_freezes_what_is_left_and_twice_a_year_is_enough(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-10T08:00:00Z", zone: "UTC");
        var (id, _, _) = await Started(brand);
        Task<Answer> Do(string what) => brand.Post($"/v1/memberships/{id}/{what}");
        (await Do("resume")).MustRefuse(409, "not_paused");

        await brand.MoveTo("2026-02-09T08:00:00Z");
        var paused = (await Do("pause")).Must(200);
        Assert.Equal("paused", paused.Text("state"));
        Assert.Null(paused.At("perks_until"));
        Assert.Null(paused.At("next_renewal"));
        (await Do("pause")).MustRefuse(409, "already_paused");
        await brand.MoveTo("2026-02-19T08:00:00Z");
        Assert.Equal("2027-01-20T08:00:00Z", (await Do("resume")).Must(200).Text("paid_until"));

        (await Do("pause")).Must(200);
        // Nobody wakes it: after 90 days it goes on by itself.
        await brand.MoveTo("2026-06-01T00:00:00Z");
        var woken = await brand.Membership(id);
        Assert.Equal(("active", "2027-04-20T08:00:00Z"), (woken.Text("state"), woken.Text("paid_until")));
        (await Do("pause")).MustRefuse(409, "too_many_pauses");
        await brand.MoveTo("2027-01-01T00:00:00Z");
        (await Do("pause")).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task Cancelled_at_once_it_gives_back_by_the_plans_policy(string engine)
    {
        foreach (
            var (policy, day, back) in new[]
            {
                ("prorata", "2026-04-11T10:00:00Z", 27_400),
                ("none", "2026-01-11T10:00:00Z", 0),
                ("full_if_unused", "2026-01-17T07:59:00Z", 36_500),
                ("full_if_unused", "2026-01-17T08:00:00Z", 0),
                ("less_perks_used", "2026-06-01T00:00:00Z", 36_500),
            }
        )
        {
            var brand = await NewBrand(engine, clock: "2026-01-10T08:00:00Z", zone: "UTC");
            var (id, _, _) = await Started(brand, policy);
            await brand.MoveTo(day);

            var ended = (await brand.Post($"/v1/memberships/{id}/cancel", new { at = "now" })).Must(200);

            Assert.Equal((policy, day, back), (policy, day, (int)ended.Number("refunded")));
            Assert.Equal(("expired", "cancelled"), (ended.Text("membership.state"), ended.Text("membership.reason")));
            Assert.Equal(back > 0 ? 1 : 0, await brand.Count<FakePayment>(p => p.RefundOf != null && p.Amount == back));
            var invoices = await brand.Get($"/v1/members/{ended.Text("membership.member_id")}/invoices");
            Assert.Equal(back > 0 ? ["CRN-000001", "INV-000001"] : ["INV-000001"], invoices.Each("data", "number"));
        }
    }

    [SkippableTheory, EveryEngine]
    public async Task No_more_is_given_back_than_was_paid_and_the_same_request_gives_it_once(string engine)
    {
        var brand = await NewBrand(engine, zone: "UTC");
        var (id, plus, _) = await Started(brand);
        var path = $"/v1/memberships/{id}/refund";

        Assert.Equal(
            36_500,
            (await brand.Post(path, new { amount = 36_501, reason = "x" }))
                .MustRefuse(422, "refund_above_paid")
                .Number("refundable")
        );
        var part = (await brand.Post(path, new { amount = 10_000, reason = "sorry" }, "k")).Must(200);
        Assert.Equal(part.Raw, (await brand.Post(path, new { amount = 10_000, reason = "sorry" }, "k")).Must(200).Raw);
        Assert.Equal("active", part.Text("membership.state"));
        var racing = await AtOnce(6, _ => brand.Post(path, new { amount = 10_000, reason = "sorry" }));
        Assert.Equal(2, racing.Count(a => a.Status == 200));
        var all = (await brand.Post(path, new { reason = "all" })).Must(200);
        Assert.Equal(
            (6_500, "revoked", "refunded"),
            (all.Number("refunded"), all.Text("membership.state"), all.Text("membership.reason"))
        );
        (await brand.Post(path, new { reason = "all" })).MustRefuse(422, "refund_above_paid");
        Assert.Equal(4, await brand.Count<FakePayment>(p => p.RefundOf != null));
        Assert.Equal("active", (await brand.Buy(await brand.Member("ann"), plus)).Must(201).Text("state"));
    }
}
