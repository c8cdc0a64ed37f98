using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Billing;
using MemberCloud.Memberships;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>What buying a plan comes to: paid, in trial, waiting, refused, bought again.</summary>
public sealed class Buying(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task A_paid_membership_is_active_for_its_term_and_says_what_comes_next(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-10T00:00:00Z", zone: "UTC");
        var member = await brand.Member("ann");

        var bought = (await brand.Buy(member, await brand.Plan())).Must(201);

        Assert.StartsWith("mbs_", bought.Text("id"));
        Assert.Equal(("active", "plus", "fake"), (bought.Text("state"), bought.Text("family"), bought.Text("gateway")));
        Assert.Equal("2026-01-10T00:00:00Z", bought.Text("current_period.starts_at"));
        Assert.Equal("2027-01-10T00:00:00Z", bought.Text("current_period.ends_at"));
        Assert.Equal("2027-01-10T00:00:00Z", bought.Text("next_renewal.at"));
        Assert.Equal(36_500, bought.Number("next_renewal.amount"));
        // Perks go on through the grace of a renewal that is not decided yet.
        Assert.Equal("2027-01-17T00:00:00Z", bought.Text("perks_until"));
        Assert.Equal(bought.Raw, (await brand.Membership(bought.Text("id"))).Raw);
        var invoice = (await brand.Get($"/v1/members/{member}/invoices")).Must(200);
        Assert.Equal(["INV-000001"], invoice.Each("data", "number"));
        Assert.Equal(("paid", "first"), (invoice.Text("data.0.state"), invoice.Text("data.0.kind")));
        Assert.Equal("2027-01-10T00:00:00Z", invoice.Text("data.0.covers_until"));
        Assert.Equal([bought.Text("id")], (await brand.Get($"/v1/members/{member}/memberships")).Must(200).Each("data", "id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Offline_it_waits_a_day_for_the_brands_report(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-10T00:00:00Z", zone: "UTC");
        var plan = await brand.Plan();
        var (ann, bob, cid) = (await brand.Member("ann"), await brand.Member("bob"), await brand.Member("cid"));

        var paid = (await brand.Buy(ann, plan, gateway: "offline", paid: "till-1")).Must(201);
        var waits = (await brand.Buy(bob, plan, gateway: "offline")).Must(201);
        var never = (await brand.Buy(cid, plan, gateway: "offline")).Must(201);
        Assert.Equal("active", paid.Text("state"));
        Assert.Equal(("pending_payment", 36_500), (waits.Text("state"), waits.Number("amount_due")));
        (await brand.Buy(bob, plan, gateway: "offline")).MustRefuse(409, "payment_pending");
        (await brand.Buy(await brand.Member("dan"), plan, gateway: "offline", paid: "till-1")).MustRefuse(409, "payment_known");

        var pay = $"/v1/memberships/{waits.Text("id")}/payments";
        object Report(long amount, string no, string at = "2026-01-10T00:00:00Z") =>
            new
            {
                amount,
                paid_at = at,
                paid_reference = no,
            };
        Assert.Equal(36_500, (await brand.Post(pay, Report(1, "till-2"))).MustRefuse(422, "amount_differs").Number("due"));
        (await brand.Post(pay, Report(36_500, "till-1"))).MustRefuse(409, "payment_known");
        (await brand.Post(pay, Report(36_500, "till-2", "2026-01-11T00:00:00Z"))).MustRefuse(400, "in_future");
        Assert.Equal("active", (await brand.Post(pay, Report(36_500, "till-2"))).Must(200).Text("state"));

        await brand.MoveTo("2026-01-11T00:00:00Z");
        Assert.Equal("expired_unpaid", (await brand.Membership(never.Text("id"))).Text("state"));
        (await brand.Post($"/v1/memberships/{never.Text("id")}/payments", Report(36_500, "till-3"))).MustRefuse(
            409,
            "membership_ended"
        );
        // It keeps its number, and nobody owes it.
        Assert.Equal(["void"], (await brand.Get($"/v1/members/{cid}/invoices")).Each("data", "state"));
        Assert.Equal("pending_payment", (await brand.Buy(cid, plan, gateway: "offline")).Must(201).Text("state"));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_the_gateway_says_decides_and_what_it_does_not_say_is_asked(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-10T00:00:00Z", zone: "UTC");
        var plan = await brand.Plan();
        async Task<string> Bought(string method) =>
            (await brand.Buy(await brand.Member(method), plan, method)).Must(201).Text("id");
        var (declined, charged) = (await Bought("fake_decline"), await Bought("fake_unknown_charged"));
        var (not, late) = (await Bought("fake_unknown_not_charged"), await Bought("fake_late"));
        async Task<string> State(string id) => (await brand.Membership(id)).Text("state");

        Assert.Equal("payment_failed", (await brand.Membership(declined)).Text("reason"));
        foreach (var id in new[] { declined, charged, not, late })
            Assert.Equal("pending_payment", await State(id));

        await brand.MoveTo("2026-01-10T00:10:00Z");
        Assert.Equal("active", await State(charged));
        Assert.Equal("payment_failed", (await brand.Membership(not)).Text("reason"));

        // A payment under way at its gateway is waited for, longer than the 24 hours for who has not begun.
        await brand.MoveTo("2026-01-11T12:00:00Z");
        Assert.Equal(
            ("expired_unpaid", "expired_unpaid", "pending_payment"),
            (await State(declined), await State(not), await State(late))
        );
        await brand.MoveTo("2026-01-12T12:00:00Z");
        Assert.Equal("active", await State(late));
        Assert.Equal(2, await brand.Count<FakePayment>(p => p.Taken));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_trial_is_had_once_and_is_charged_at_its_end(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-10T00:00:00Z", zone: "UTC");
        var plan = await brand.Plan(more: new { trial_days = 3 });
        var none = await brand.Plan("PLAIN", family: "other");
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));

        var trial = (await brand.Buy(ann, plan, nextRenewal: "2026-01-13T00:00:00Z", accepted: "2026-01-10T00:00:00Z")).Must(201);
        var unpaid = (await brand.Buy(bob, plan, method: null)).Must(201);
        Assert.Equal(("trialing", "2026-01-13T00:00:00Z"), (trial.Text("state"), trial.Text("current_period.ends_at")));
        Assert.Empty((await brand.Get($"/v1/members/{ann}/invoices")).At("data")!.AsArray());
        (await brand.Buy(ann, none, trial: true)).MustRefuse(422, "no_trial");

        await brand.MoveTo("2026-01-13T00:00:00Z");
        var paid = await brand.Membership(trial.Text("id"));
        Assert.Equal(("active", "2027-01-13T00:00:00Z"), (paid.Text("state"), paid.Text("paid_until")));
        var over = await brand.Membership(unpaid.Text("id"));
        Assert.Equal(("expired", "no_payment_method"), (over.Text("state"), over.Text("reason")));
        (await brand.Buy(bob, plan, trial: true)).MustRefuse(409, "trial_used");
        Assert.Equal("active", (await brand.Buy(bob, plan)).Must(201).Text("state"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Buying_again_goes_on_where_what_is_paid_ends(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-31T00:00:00Z", zone: "UTC");
        var plan = await brand.Plan(unit: "month", price: 3_000, more: new { intro = new { price = 1_000, terms = 2 } });
        var other = await brand.Plan("PRO", 9_900);
        var ann = await brand.Member("ann");

        var first = (await brand.Buy(ann, plan)).Must(201);
        var again = (await brand.Buy(ann, plan)).Must(200);
        var third = (await brand.Buy(ann, plan)).Must(200);

        Assert.Equal(first.Text("id"), third.Text("id"));
        Assert.Equal(("2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"), (first.Text("paid_until"), again.Text("paid_until")));
        Assert.Equal(
            ("2026-04-30T00:00:00Z", "2026-02-28T00:00:00Z"),
            (third.Text("paid_until"), third.Text("current_period.ends_at"))
        );
        var invoices = (await brand.Get($"/v1/members/{ann}/invoices")).Must(200);
        Assert.Equal(["3000", "1000", "1000"], invoices.Each("data", "total"));
        Assert.Equal(["INV-000003", "INV-000002", "INV-000001"], invoices.Each("data", "number"));
        (await brand.Buy(ann, other)).MustRefuse(409, "use_change");
        // A refused charge leaves what there is as it is.
        Assert.Equal(third.Text("paid_until"), (await brand.Buy(ann, plan, "fake_decline")).Must(200).Text("paid_until"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_charge_that_is_refused_leaves_a_cancelled_membership_cancelled(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-10T00:00:00Z", zone: "UTC");
        var plan = await brand.Plan();
        var id = (await brand.Buy(await brand.Member("ann"), plan)).Must(201).Text("id");
        (await brand.Post($"/v1/memberships/{id}/cancel", new { })).Must(200);
        var method = (await brand.Membership(id)).Text("payment_method");

        var refused = (await brand.Buy(await brand.Member("ann"), plan, "fake_decline")).Must(200);
        Assert.Equal((true, method), ((bool)refused.At("cancel_at_end")!, refused.Text("payment_method")));
        var paid = (await brand.Buy(await brand.Member("ann"), plan, "fake_late")).Must(200);
        Assert.True((bool)paid.At("cancel_at_end")!);
        await brand.MoveTo("2026-01-12T07:00:00Z");
        // Paid at last, and still ending: nobody is charged again for what was not heard of in time.
        Assert.Equal(
            ("2028-01-10T00:00:00Z", true),
            ((await brand.Membership(id)).Text("paid_until"), (bool)(await brand.Membership(id)).At("cancel_at_end")!)
        );
        var again = (await brand.Buy(await brand.Member("ann"), plan)).Must(200);
        Assert.Equal(("2029-01-10T00:00:00Z", false), (again.Text("paid_until"), (bool)again.At("cancel_at_end")!));
    }

    [SkippableTheory, EveryEngine]
    public async Task The_same_request_sells_once_and_many_at_once_make_one_membership(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-10T00:00:00Z", zone: "UTC");
        var plan = await brand.Plan();
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));

        var same = await AtOnce(8, _ => brand.Buy(ann, plan, key: "one"));
        Assert.All(same, a => Assert.True(a.Status is 201 or 409, a.Raw));
        Assert.Equal("2027-01-10T00:00:00Z", (await brand.Buy(ann, plan, key: "one")).Must(201).Text("paid_until"));
        (await brand.Buy(bob, plan, key: "one")).MustRefuse(422, "idempotency_key_reused");

        var apart = await AtOnce(8, _ => brand.Buy(bob, plan));
        Assert.Single(apart, a => a.Status == 201);
        Assert.All(apart.Where(a => a.Status == 409), a => a.MustRefuse(409, "payment_pending"));
        var terms = apart.Count(a => a.Status is 201 or 200);
        Assert.Equal(1, await brand.Count<Membership>(m => m.LiveFamily != null) - 1);
        Assert.Equal(terms + 1, await brand.Count<FakePayment>());
        Assert.Equal(terms + 1, await brand.Count<Invoice>());
    }

    [SkippableTheory, EveryEngine]
    public async Task What_cannot_be_bought_is_refused_and_changes_nothing(string engine)
    {
        var brand = await NewBrand(engine);
        var foreign = await NewBrand(engine);
        var plan = await brand.Plan();
        var off = await brand.Plan("OLD", family: "old", more: new { active = false });
        var daily = await brand.Plan("DAY", family: "day", unit: "day", count: 3);
        var ann = await brand.Member("ann");

        (await brand.Buy(ann, off)).MustRefuse(409, "plan_not_sold");
        (await brand.Buy(ann, await foreign.Plan())).MustRefuse(422, "plan_unknown");
        (await brand.Buy(await foreign.Member("eve"), plan)).MustRefuse(404, "not_found");
        (await brand.Buy(ann, plan, gateway: "paypal")).MustRefuse(422, "gateway_unknown");
        (await brand.Buy(ann, plan, method: "fake_maybe")).MustRefuse(422, "method_unknown");
        (await brand.Buy(ann, plan, method: null)).MustRefuse(422, "method_missing");
        (await brand.Buy(ann, daily)).MustRefuse(422, "term_too_short");
        (await brand.Buy(ann, plan, accepted: "2026-02-01T00:00:00Z")).MustRefuse(400, "in_future");
        (await brand.Buy(ann, plan, paid: "x")).MustRefuse(400, "not_applicable");
        Assert.Equal(0, await brand.Count<Membership>());
        Assert.Equal(0, await brand.Count<InvoiceSeries>());

        Assert.Equal("active", (await brand.Buy(ann, daily, renew: false)).Must(201).Text("state"));
        var theirs = (await foreign.Buy(await foreign.Member("eve"), await foreign.Plan("P2"))).Must(201).Text("id");
        (await brand.Get($"/v1/memberships/{theirs}")).MustRefuse(404, "not_found");
        (await brand.Post($"/v1/memberships/{theirs}/cancel", new { })).MustRefuse(404, "not_found");
        (await brand.Post($"/v1/memberships/{theirs}/pause")).MustRefuse(404, "not_found");
    }
}
