using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Billing;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>What happens at the end of a period: told, charged, tried again, suspended, ended.</summary>
public sealed class Renewing(Clouds clouds) : ApiTests(clouds)
{
    private static async Task<(Brand Brand, string Id)> Started(Brand brand, string method = "fake_ok", object? more = null)
    {
        var plan = await brand.Plan(unit: "month", price: 3_000, more: more);
        return (brand, (await brand.Buy(await brand.Member("ann"), plan, method)).Must(201).Text("id"));
    }

    private Task<Brand> January(string engine) => NewBrand(engine, clock: "2026-01-31T09:00:00Z", zone: "UTC");

    private static async Task<(string State, string? Reason, string Until)> Now(Brand brand, string id)
    {
        var m = await brand.Membership(id);
        return (m.Text("state"), (string?)m.At("reason"), m.Text("paid_until"));
    }

    // 31 Jan          21 Feb   28 Feb          24 Mar  31 Mar
    // |--- paid ------n--------|--- paid ------n-------|
    //                 told     charged         told    charged
    [SkippableTheory, EveryEngine]
    public async Task Whoever_was_told_in_time_is_charged_at_the_end_of_each_period(string engine)
    {
        var (brand, id) = await Started(await January(engine));

        await brand.MoveTo("2026-02-21T09:00:00Z");
        Assert.Equal(1, await brand.DeliverNotices("2026-02-21T09:00:00Z"));
        await brand.MoveTo("2026-02-28T08:59:00Z");
        Assert.Equal(("active", null, "2026-02-28T09:00:00Z"), await Now(brand, id));
        await brand.MoveTo("2026-02-28T09:00:00Z");
        Assert.Equal(("active", null, "2026-03-31T09:00:00Z"), await Now(brand, id));

        await brand.MoveTo("2026-03-24T09:00:00Z");
        Assert.Equal(1, await brand.DeliverNotices("2026-03-24T09:00:00Z"));
        await brand.MoveTo("2026-04-15T00:00:00Z");
        Assert.Equal(("active", null, "2026-04-30T09:00:00Z"), await Now(brand, id));
        Assert.Equal(3, await brand.Count<FakePayment>());
    }

    // 28 Feb        7 Mar           12 Mar
    // |x awaiting --p---------------c--- paid until 31 Mar, as if it had been charged in time
    [SkippableTheory, EveryEngine]
    public async Task No_proof_no_charge_and_with_it_five_days_later(string engine)
    {
        var (brand, id) = await Started(await January(engine));

        await brand.MoveTo("2026-03-07T00:00:00Z");
        Assert.Equal(("past_due", "awaiting_notice", "2026-02-28T09:00:00Z"), await Now(brand, id));
        Assert.Equal(1, await brand.Count<FakePayment>());
        // Told ahead, at the end, and five days after that: nobody said that any of them arrived.
        Assert.Equal(3, await brand.DeliverNotices("2026-03-07T00:00:00Z"));

        await brand.MoveTo("2026-03-11T23:59:00Z");
        Assert.Equal("past_due", (await Now(brand, id)).State);
        Assert.Equal("2026-03-12T00:00:00Z", (await brand.Membership(id)).Text("next_renewal.at"));
        await brand.MoveTo("2026-03-12T00:00:00Z");
        Assert.Equal(("active", null, "2026-03-31T09:00:00Z"), await Now(brand, id));
    }

    [SkippableTheory, EveryEngine]
    public async Task Without_any_proof_it_ends_after_thirty_days_and_nothing_was_charged(string engine)
    {
        var (brand, id) = await Started(await January(engine));

        await brand.MoveTo("2026-03-30T08:59:00Z");
        Assert.Equal("past_due", (await Now(brand, id)).State);
        await brand.MoveTo("2026-03-30T09:00:00Z");

        Assert.Equal(("expired", "awaiting_notice", "2026-02-28T09:00:00Z"), await Now(brand, id));
        Assert.Equal(1, await brand.Count<FakePayment>());
    }

    // 28 Feb  +1  +3   +5   +7            +14
    // |x------x---x----x----x suspended --| expired
    [SkippableTheory, EveryEngine]
    public async Task A_refused_charge_is_tried_again_through_grace_then_suspended_then_over(string engine)
    {
        var (brand, id) = await Started(await January(engine));
        await brand.MoveTo("2026-02-21T09:00:00Z");
        await brand.DeliverNotices("2026-02-21T09:00:00Z");
        (await brand.Patch($"/v1/memberships/{id}", new { payment_method = "fake_decline" })).Must(200);
        Task<int> Tries() => brand.Count<PaymentAttempt>();

        foreach (
            var (at, state, tries) in new[]
            {
                ("2026-02-28T09:00:00Z", "past_due", 2),
                ("2026-03-01T09:00:00Z", "past_due", 3),
                ("2026-03-03T09:00:00Z", "past_due", 4),
                ("2026-03-05T09:00:00Z", "past_due", 5),
                ("2026-03-07T08:59:00Z", "past_due", 5),
                ("2026-03-07T09:00:00Z", "suspended", 6),
                ("2026-03-14T08:59:00Z", "suspended", 6),
                ("2026-03-14T09:00:00Z", "expired", 6),
            }
        )
        {
            await brand.MoveTo(at);
            Assert.Equal((at, state, tries), (at, (await Now(brand, id)).State, await Tries()));
        }
        Assert.Equal(
            ["void", "paid"],
            (await brand.Get($"/v1/members/{(await brand.Membership(id)).Text("member_id")}/invoices")).Each("data", "state")
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task Late_success_keeps_the_anchor_in_grace_and_begins_anew_after_it(string engine)
    {
        var brand = await January(engine);
        var plan = await brand.Plan(unit: "month", price: 3_000);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        var grace = (await brand.Buy(ann, plan)).Must(201).Text("id");
        var after = (await brand.Buy(bob, plan)).Must(201).Text("id");
        await brand.MoveTo("2026-02-21T09:00:00Z");
        await brand.DeliverNotices("2026-02-21T09:00:00Z");
        foreach (var id in new[] { grace, after })
            (await brand.Patch($"/v1/memberships/{id}", new { payment_method = "fake_decline" })).Must(200);

        await brand.MoveTo("2026-03-02T00:00:00Z");
        Assert.Equal("active", (await brand.Buy(ann, plan)).Must(200).Text("state"));
        Assert.Equal(("active", null, "2026-03-31T09:00:00Z"), await Now(brand, grace));
        await brand.MoveTo("2026-03-10T12:00:00Z");
        Assert.Equal("suspended", (await Now(brand, after)).State);
        Assert.Equal("active", (await brand.Buy(bob, plan)).Must(200).Text("state"));
        Assert.Equal(("active", null, "2026-04-10T12:00:00Z"), await Now(brand, after));
    }

    [SkippableTheory, EveryEngine]
    public async Task An_offline_payment_made_ahead_is_used_at_the_end_and_a_missing_one_is_waited_for(string engine)
    {
        var brand = await January(engine);
        var plan = await brand.Plan(unit: "month", price: 3_000);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        var ahead = (await brand.Buy(ann, plan, gateway: "offline", paid: "a1")).Must(201).Text("id");
        var late = (await brand.Buy(bob, plan, gateway: "offline", paid: "b1")).Must(201).Text("id");
        Task<Answer> Report(string id, string no, string at) =>
            brand.Post(
                $"/v1/memberships/{id}/payments",
                new
                {
                    amount = 3_000,
                    paid_at = at,
                    paid_reference = no,
                }
            );
        (await Report(ahead, "a2", "2026-01-31T09:00:00Z")).Must(200);
        (await Report(ahead, "a3", "2026-01-31T09:00:00Z")).Must(200);

        await brand.MoveTo("2026-03-02T09:00:00Z");
        Assert.Equal(("active", null, "2026-03-31T09:00:00Z"), await Now(brand, ahead));
        Assert.Equal(("past_due", "awaiting_payment", "2026-02-28T09:00:00Z"), await Now(brand, late));
        (await Report(late, "b2", "2026-03-02T09:00:00Z")).Must(200);
        Assert.Equal(("active", null, "2026-03-31T09:00:00Z"), await Now(brand, late));

        await brand.MoveTo("2026-05-01T09:00:00Z");
        Assert.Equal(("past_due", "awaiting_payment", "2026-04-30T09:00:00Z"), await Now(brand, ahead));
        Assert.Equal(("expired", "awaiting_payment", "2026-03-31T09:00:00Z"), await Now(brand, late));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_time_out_after_a_successful_charge_is_charged_once(string engine)
    {
        var (brand, id) = await Started(await January(engine));
        await brand.MoveTo("2026-02-21T09:00:00Z");
        await brand.DeliverNotices("2026-02-21T09:00:00Z");
        (await brand.Patch($"/v1/memberships/{id}", new { payment_method = "fake_unknown_charged" })).Must(200);

        await brand.MoveTo("2026-02-28T09:00:00Z");
        Assert.Equal("active", (await Now(brand, id)).State);
        await brand.MoveTo("2026-02-28T09:30:00Z");
        Assert.Equal(("active", null, "2026-03-31T09:00:00Z"), await Now(brand, id));
        Assert.Equal(2, await brand.Count<FakePayment>());
    }

    [SkippableTheory, EveryEngine]
    public async Task The_price_agreed_to_stays_until_the_brand_moves_its_members_and_tells_them(string engine)
    {
        var (brand, id) = await Started(await January(engine));
        var plan = (await brand.Membership(id)).Text("plan_id");
        (await brand.Patch($"/v1/plans/{plan}", new { price = 5_000 })).Must(200);
        Assert.Equal(3_000, (await brand.Membership(id)).Number("next_renewal.amount"));
        await brand.MoveTo("2026-02-21T09:00:00Z");
        await brand.DeliverNotices("2026-02-21T09:00:00Z");

        // After the notice: what it said is not so any more, and the member is told anew.
        (await brand.Patch($"/v1/plans/{plan}", new { apply_to_members = true })).Must(200);
        Assert.Equal(5_000, (await brand.Membership(id)).Number("next_renewal.amount"));
        await brand.MoveTo("2026-02-28T09:00:00Z");
        Assert.Equal(("past_due", "awaiting_notice", "2026-02-28T09:00:00Z"), await Now(brand, id));
        Assert.Equal(1, await brand.DeliverNotices("2026-02-28T09:00:00Z"));
        await brand.MoveTo("2026-03-05T09:00:00Z");
        Assert.Equal(("active", null, "2026-03-31T09:00:00Z"), await Now(brand, id));
        Assert.Equal(1, await brand.Count<Invoice>(i => i.Total == 5_000));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_cancelled_one_and_one_that_does_not_renew_end_with_their_period(string engine)
    {
        var (brand, id) = await Started(await January(engine));
        var plan = (await brand.Membership(id)).Text("plan_id");
        var once = (await brand.Buy(await brand.Member("bob"), plan, renew: false)).Must(201).Text("id");
        (await brand.Post($"/v1/memberships/{id}/cancel", new { at = "period_end" })).Must(200);
        (await brand.Post($"/v1/memberships/{id}/cancel", new { })).MustRefuse(409, "already_cancelled");
        Assert.Null((await brand.Membership(id)).At("next_renewal"));

        await brand.MoveTo("2026-02-28T08:59:59Z");
        Assert.Equal(("active", "active"), ((await Now(brand, id)).State, (await Now(brand, once)).State));
        await brand.MoveTo("2026-02-28T09:00:00Z");
        Assert.Equal(("expired", "cancelled", "2026-02-28T09:00:00Z"), await Now(brand, id));
        Assert.Equal(("expired", "not_renewed", "2026-02-28T09:00:00Z"), await Now(brand, once));
        Assert.Empty((await brand.Get("/v1/notices")).At("data")!.AsArray());
        (await brand.Post($"/v1/memberships/{id}/cancel", new { })).MustRefuse(409, "membership_ended");
    }
}
