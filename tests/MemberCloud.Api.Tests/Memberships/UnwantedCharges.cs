using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Billing;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>Who said no, in whatever state, is not charged; and nobody is charged anything else than they were told.</summary>
public sealed class UnwantedCharges(Clouds clouds) : ApiTests(clouds)
{
    private Task<Brand> January(string engine) => NewBrand(engine, clock: "2026-01-10T02:00:00Z", zone: "UTC");

    /// <summary>A month at 100.00, told of its renewal in time.</summary>
    private static async Task<(string Id, string Plan)> Told(Brand brand, string member = "ann")
    {
        var plan = await brand.Plan(unit: "month", price: 10_000);
        var id = (await brand.Buy(await brand.Member(member), plan)).Must(201).Text("id");
        await brand.MoveTo("2026-02-04T00:00:00Z");
        await brand.DeliverNotices("2026-02-04T00:00:00Z");
        return (id, plan);
    }

    private static async Task Set(Brand brand, string id, object change) =>
        (await brand.Patch($"/v1/memberships/{id}", change)).Must(200);

    private static async Task<(string State, string? Reason)> Now(Brand brand, string id)
    {
        var m = await brand.Membership(id);
        return (m.Text("state"), (string?)m.At("reason"));
    }

    private static Task<int> Taken(Brand brand) => brand.Count<Invoice>(i => i.State == InvoiceState.Paid && i.Total > 0);

    [SkippableTheory, EveryEngine]
    public async Task A_cancellation_while_a_charge_has_no_end_is_the_end(string engine)
    {
        var brand = await January(engine);
        var (id, _) = await Told(brand);
        await Set(brand, id, new { payment_method = "fake_unknown_not_charged" });
        await brand.MoveTo("2026-02-10T02:00:30Z");

        var cancelled = (await brand.Post($"/v1/memberships/{id}/cancel", new { })).Must(200);

        Assert.Equal(("expired", "cancelled"), (cancelled.Text("membership.state"), cancelled.Text("membership.reason")));
        await brand.MoveTo("2026-03-10T00:00:00Z");
        Assert.Equal(1, await Taken(brand));
    }

    // Whichever way it became past due.
    [SkippableTheory, EveryEngine]
    public async Task Renewal_that_is_turned_off_when_past_due_is_off(string engine)
    {
        var brand = await January(engine);
        var (refused, plan) = await Told(brand);
        var untold = (await brand.Buy(await brand.Member("bob"), plan, "fake_ok")).Must(201).Text("id");
        await Set(brand, refused, new { payment_method = "fake_decline" });
        await brand.MoveTo("2026-02-10T03:00:00Z");
        Assert.Equal(("past_due", "payment_failed"), await Now(brand, refused));
        await Set(brand, refused, new { auto_renew = false, payment_method = "fake_ok" });
        await brand.MoveTo("2026-03-05T03:00:00Z");
        Assert.Equal(("past_due", "awaiting_notice"), await Now(brand, untold));
        await Set(brand, untold, new { auto_renew = false });
        await brand.DeliverNotices("2026-03-05T03:00:00Z");

        await brand.MoveTo("2026-03-20T00:00:00Z");

        Assert.Equal(
            (("expired", "not_renewed"), ("expired", "not_renewed")),
            (await Now(brand, refused), await Now(brand, untold))
        );
        Assert.Equal(2, await Taken(brand));
    }

    // The trial ends on the 13th: the consent named that charge, of 10.00.
    [SkippableTheory, EveryEngine]
    public async Task A_consent_covers_the_price_that_was_agreed_to(string engine)
    {
        var brand = await January(engine);
        var plan = await brand.Plan(unit: "month", price: 1000, more: new { trial_days = 3 });
        var end = "2026-01-13T02:00:00Z";
        var id = (await brand.Buy(await brand.Member("ann"), plan, nextRenewal: end, accepted: "2026-01-10T02:00:00Z"))
            .Must(201)
            .Text("id");
        (await brand.Patch($"/v1/plans/{plan}", new { price = 99_900, apply_to_members = true })).Must(200);

        await brand.MoveTo("2026-01-14T02:00:00Z");

        Assert.Equal(("past_due", "awaiting_notice"), await Now(brand, id));
        Assert.Equal(0, await Taken(brand));
    }

    [SkippableTheory, EveryEngine]
    public async Task Nobody_is_charged_another_amount_than_was_told(string engine)
    {
        var brand = await January(engine);
        var (id, plan) = await Told(brand);
        await Set(brand, id, new { payment_method = "fake_decline" });
        await brand.MoveTo("2026-02-10T04:00:00Z");
        var (ann, bob) = ((await brand.Membership(id)).Text("member_id"), await brand.Member("bob"));
        (await brand.Buy(bob, plan)).Must(201);
        (await brand.Post($"/v1/members/{ann}/merge", new { from_member_id = bob })).Must(200);
        await Set(brand, id, new { payment_method = "fake_ok" });
        (await brand.Patch($"/v1/plans/{plan}", new { price = 2000, apply_to_members = true })).Must(200);
        await brand.MoveTo("2026-03-04T00:00:00Z");
        await brand.DeliverNotices("2026-03-04T00:00:00Z");

        await brand.MoveTo("2026-03-11T00:00:00Z");

        var charged = (await brand.Get($"/v1/members/{ann}/invoices")).Must(200).Each("data", "number");
        Assert.Equal(2000, (await brand.Inside(db => Newest(db))).Total);
        Assert.NotEmpty(charged);
    }

    private static async Task<Invoice> Newest(MemberCloud.Data.MemberCloudDb db)
    {
        var all = db.Set<Invoice>().Where(i => i.State == InvoiceState.Paid && i.Total > 0);
        return await Microsoft.EntityFrameworkCore.EntityFrameworkQueryableExtensions.FirstAsync(
            all.OrderByDescending(i => i.Number)
        );
    }

    // 10 Jan          10 Feb      told ahead, no grace: charged on its day.
    [SkippableTheory, EveryEngine]
    public async Task A_plan_without_grace_is_charged_in_time(string engine)
    {
        var brand = await January(engine);
        var plan = await brand.Plan(unit: "month", price: 10_000, more: new { grace_days = 0 });
        var id = (await brand.Buy(await brand.Member("ann"), plan)).Must(201).Text("id");
        await brand.MoveTo("2026-02-04T00:00:00Z");
        await brand.DeliverNotices("2026-02-04T00:00:00Z");

        await brand.MoveTo("2026-02-10T03:00:00Z");

        Assert.Equal(
            ("active", "2026-03-10T02:00:00Z"),
            ((await Now(brand, id)).State, (await brand.Membership(id)).Text("paid_until"))
        );
    }

    // Of the same request many times at once one runs; none of the others' refusals is kept as its answer.
    [SkippableTheory, EveryEngine]
    public async Task The_answer_of_one_key_is_that_of_the_one_that_ran(string engine)
    {
        var brand = await January(engine);
        var (plan, dear) = (await brand.Plan(unit: "month", price: 10_000), await brand.Plan("Q", 20_000, "month"));
        var id = (await brand.Buy(await brand.Member("ann"), plan)).Must(201).Text("id");

        var change = await AtOnce(5, _ => brand.Post($"/v1/memberships/{id}/change", new { plan_id = dear }, "change"));
        Assert.All(change.Where(a => a.Status != 200), a => a.MustRefuse(409, "request_in_progress"));
        (await brand.Post($"/v1/memberships/{id}/change", new { plan_id = dear }, "change")).Must(200);
        var cancel = await AtOnce(5, _ => brand.Post($"/v1/memberships/{id}/cancel", new { at = "now" }, "cancel"));
        Assert.All(cancel.Where(a => a.Status != 200), a => a.MustRefuse(409, "request_in_progress"));
        var again = (await brand.Post($"/v1/memberships/{id}/cancel", new { at = "now" }, "cancel")).Must(200);
        Assert.Equal(20_000, again.Number("refunded"));
        // Two charges, and what went back of each.
        Assert.Equal(4, await brand.Count<FakePayment>());
    }
}
