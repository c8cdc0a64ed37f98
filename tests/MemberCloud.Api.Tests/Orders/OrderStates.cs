using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Orders;

/// <summary>Paying, completing, cancelling, settling.</summary>
public sealed class OrderStates(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T12:00:00Z";
    private const string Bought = "2026-03-10T03:00:00Z";

    private static Task<Answer> Do(Brand brand, string act, string? at = null, string no = "A-1") =>
        brand.Post($"/v1/orders/{no}/{act}", at is null ? "{}" : new { at });

    [SkippableTheory, EveryEngine]
    public async Task An_order_is_paid_then_completed_and_saying_it_again_is_fine(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit(trigger: "order.paid");
        await brand.Report(brand.Order("ann", Bought, no: "A-1", paid: null));

        (await Do(brand, "complete")).MustRefuse(409, "order_not_paid");
        (await Do(brand, "settle")).MustRefuse(409, "order_not_paid");
        (await Do(brand, "pay", "2026-03-10T02:59:59Z")).MustRefuse(400, "out_of_order");
        (await Do(brand, "pay", "2026-03-10T12:10:00Z")).MustRefuse(400, "in_future");
        Assert.Equal("paid", (await Do(brand, "pay", "2026-03-10T04:00:00Z")).Must(200).Text("state"));
        (await Do(brand, "pay", "2026-03-10T04:00:00Z")).Must(200);
        (await Do(brand, "pay", "2026-03-10T05:00:00Z")).MustRefuse(422, "order_differs");
        (await Do(brand, "complete", "2026-03-10T03:30:00Z")).MustRefuse(400, "out_of_order");
        Assert.Equal("completed", (await Do(brand, "complete", "2026-03-10T06:00:00Z")).Must(200).Text("state"));
        (await Do(brand, "complete")).Must(200);
        (await Do(brand, "complete", "2026-03-10T07:00:00Z")).MustRefuse(422, "order_differs");
        (await Do(brand, "cancel")).MustRefuse(409, "order_completed");
        (await Do(brand, "pay", no: "unknown")).MustRefuse(404, "not_found");

        Assert.Equal("2026-03-17T06:00:00Z", (await brand.Points(await brand.Member("ann"))).Text("lots.0.available_at"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Points_earned_on_payment_wait_for_the_completion(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit(trigger: "order.paid");
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A-1", completed: null))).Text("member_id");

        await brand.StandAt("2026-06-01T00:00:00Z");
        Assert.Equal("0/100", await brand.Balance(ann));
        await Do(brand, "complete", "2026-03-11T00:00:00Z");

        Assert.Equal("100/0", await brand.Balance(ann));
        Assert.Equal("2026-03-18T00:00:00Z", (await brand.Entries(ann)).Text("data.0.occurred_at"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Cancelling_before_completion_makes_everything_it_earned_vanish(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Rule(
            new
            {
                name = "capped",
                trigger = "order.paid",
                currency = "points",
                formula = new { per_amount = new { unit = 100, points = 1 } },
                caps = new
                {
                    per_day = 120,
                    per_month = 120,
                    per_member = 120,
                },
            }
        );
        await brand.GrowthPerUnit(trigger: "order.paid");
        await brand.Tier("base", 0, 0);
        await brand.Tier("gold", 1, 1_000);
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A-1", completed: null))).Text("member_id");
        Assert.Equal("0/100", await brand.Balance(ann));
        Assert.Equal(100, (await brand.Summary(ann)).Number("tier.growth"));

        var cancelled = (await Do(brand, "cancel")).Must(200);

        Assert.Equal("cancelled", cancelled.Text("state"));
        Assert.All(cancelled.Each("earned", "state"), state => Assert.Equal("reversed", state));
        Assert.Equal("0/0", await brand.Balance(ann));
        Assert.Equal("0/0", await brand.Balance(ann, "growth"));
        Assert.Equal(0, (await brand.Points(ann)).Number("debt"));
        Assert.Equal(0, (await brand.Summary(ann)).Number("tier.growth"));
        await brand.Report(brand.Order("ann", Bought, 20_000, no: "A-2", completed: null));
        Assert.Equal("0/120", await brand.Balance(ann));
        (await Do(brand, "cancel")).Must(200);
        (await Do(brand, "complete")).MustRefuse(409, "order_cancelled");
        (await Do(brand, "pay")).MustRefuse(409, "order_cancelled");
        Assert.Equal("0/120", await brand.Balance(ann));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_cancelled_order_takes_back_spent_points_as_debt_that_later_earnings_pay(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit(trigger: "order.paid");
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A-1", completed: null))).Text("member_id");
        (await Do(brand, "settle")).Must(200);
        (await brand.Spend(ann, 30)).Must(201);

        (await Do(brand, "cancel")).Must(200);

        var points = await brand.Points(ann);
        Assert.Equal((0L, 0L, 30L), (points.Number("available"), points.Number("pending"), points.Number("debt")));
        (await brand.Spend(ann, 1)).MustRefuse(409, "points_insufficient");
        (await brand.Earn(ann, 50)).Must(201);
        Assert.Equal("20/0", await brand.Balance(ann));
        Assert.Equal(0, (await brand.Points(ann)).Number("debt"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task After_a_cancelled_first_order_the_next_one_is_the_first(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Rule(
            new
            {
                name = "first",
                trigger = "order.paid",
                currency = "points",
                formula = new { @fixed = 50 },
                conditions = new { first_order = true },
            }
        );
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A-1", completed: null))).Text("member_id");
        await brand.Report(brand.Order("ann", Bought, no: "A-2", completed: null));
        Assert.Equal("0/50", await brand.Balance(ann));

        await Do(brand, "cancel");
        await Do(brand, "cancel", no: "A-2");
        await brand.Report(brand.Order("ann", Bought, no: "A-3", completed: null));

        Assert.Equal("0/50", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task An_explicit_settle_makes_an_orders_points_available_once(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Rule(
            new
            {
                name = "explicit",
                trigger = "order.completed",
                currency = "points",
                formula = new { @fixed = 50 },
                settle = new { on = "explicit" },
            }
        );
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A-1"))).Text("member_id");
        await brand.StandAt("2027-03-10T12:00:00Z");
        Assert.Equal("0/50", await brand.Balance(ann));

        (await Do(brand, "settle")).Must(200);
        Assert.Equal("settled", (await Do(brand, "settle")).Must(200).Text("earned.0.state"));

        Assert.Equal("50/0", await brand.Balance(ann));
    }
}
