using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Orders;

/// <summary>Giving back: what an order earned and what it was paid with follow the pieces.</summary>
public sealed class Refunds(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T12:00:00Z";
    private const string Bought = "2026-03-10T03:00:00Z";

    private static Task<Answer> Refund(Brand brand, string no, string refundNo, params (string Id, int Quantity)[] lines) =>
        brand.Post(
            $"/v1/orders/{no}/refunds",
            new { refund_no = refundNo, lines = lines.Select(l => new { id = l.Id, quantity = l.Quantity }) }
        );

    private static Task<Answer> Full(Brand brand, string no, string refundNo = "all") =>
        brand.Post($"/v1/orders/{no}/refunds", new { refund_no = refundNo, full = true });

    private static object Line(string id, int quantity, long net, string sku = "tea") =>
        new
        {
            id,
            sku,
            quantity,
            net,
        };

    [SkippableTheory, EveryEngine]
    public async Task Three_refunds_of_a_third_take_33_33_and_34(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Rule(
            new
            {
                name = "a point and a bit",
                trigger = "order.completed",
                currency = "points",
                formula = new { @fixed = 100 },
                settle = new { after_days = 0 },
            }
        );
        await brand.GrowthPerUnit();
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A", lines: [Line("1", 3, 9999)]))).Text("member_id");
        Assert.Equal(("100/0", "99/0"), (await brand.Balance(ann), await brand.Balance(ann, "growth")));

        var answers = new List<Answer>();
        foreach (var no in new[] { "r1", "r2", "r3" })
            answers.Add((await Refund(brand, "A", no, ("1", 1))).Must(201));

        Assert.Equal("33 33 34", string.Join(' ', answers.Select(a => a.Number("points.clawed_back"))));
        Assert.Equal("33 33 33", string.Join(' ', answers.Select(a => a.Number("growth_reversed"))));
        Assert.Equal("3333 3333 3333", string.Join(' ', answers.Select(a => a.Number("refund.amount"))));
        Assert.Equal(
            "partly_refunded partly_refunded refunded",
            string.Join(' ', answers.Select(a => a.Text("refund.order_state")))
        );
        Assert.Equal(("0/0", "0/0"), (await brand.Balance(ann), await brand.Balance(ann, "growth")));
        (await Full(brand, "A")).MustRefuse(409, "order_refunded");
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_refund_before_settlement_takes_pending_points_and_one_after_takes_settled_ones(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit();
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A", lines: [Line("1", 2, 6000), Line("2", 1, 4000)]))).Text(
            "member_id"
        );

        (await Refund(brand, "A", "r1", ("1", 1))).Must(201);
        Assert.Equal("0/70", await brand.Balance(ann));
        await brand.MoveTo("2026-03-18T00:00:00Z");
        (await Refund(brand, "A", "r2", ("2", 1))).Must(201);
        Assert.Equal("30/0", await brand.Balance(ann));
        var order = await brand.Get("/v1/orders/A");
        Assert.Equal("1 1", string.Join(' ', order.Each("lines", "refunded_quantity")));
        Assert.Equal(70, order.Number("earned.0.reversed"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Spent_points_that_are_to_go_back_become_debt_which_later_earnings_pay(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit(settleDays: 0);
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A"))).Text("member_id");
        (await brand.Spend(ann, 90)).Must(201);

        Assert.Equal(100, (await Full(brand, "A")).Must(201).Number("points.clawed_back"));
        var points = await brand.Points(ann);
        Assert.Equal((0, 90), (points.Number("available"), points.Number("debt")));
        (await brand.Spend(ann, 1)).MustRefuse(409, "points_insufficient");
        await brand.Report(brand.Order("ann", Bought, net: 12_000, no: "B"));
        points = await brand.Points(ann);
        Assert.Equal((30, 0), (points.Number("available"), points.Number("debt")));
        await brand.LedgerIsClean();
    }

    [SkippableTheory]
    [InlineData("sqlite", "only_pending", 0, 50)]
    [InlineData("postgres", "only_pending", 0, 50)]
    [InlineData("sqlite", "within_balance", 50, 0)]
    [InlineData("postgres", "within_balance", 50, 0)]
    public async Task A_brand_may_take_back_less(string engine, string policy, int clawed, int left)
    {
        var brand = await NewBrand(engine, Now);
        (await brand.Patch("/v1/brand", new { points_clawback = policy })).Must(200);
        await brand.PointPerUnit(settleDays: 0);
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A"))).Text("member_id");
        (await brand.Spend(ann, 50)).Must(201);

        Assert.Equal(clawed, (await Full(brand, "A")).Must(201).Number("points.clawed_back"));

        var points = await brand.Points(ann);
        Assert.Equal((left, 0), (points.Number("available"), points.Number("debt")));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task An_order_refunded_in_part_before_its_completion_earns_on_what_is_left(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit(settleDays: 0);
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A", lines: [Line("1", 4, 10_000)], completed: null))).Text(
            "member_id"
        );
        (await Refund(brand, "A", "r1", ("1", 1))).Must(201);

        (await brand.Post("/v1/orders/A/complete", "{}")).Must(200);
        Assert.Equal("75/0", await brand.Balance(ann));
        (await Refund(brand, "A", "r2", ("1", 1))).Must(201);
        Assert.Equal("50/0", await brand.Balance(ann));
        (await Full(brand, "A")).Must(201);
        Assert.Equal("0/0", await brand.Balance(ann));
        (await brand.Post("/v1/orders/A/cancel", "{}")).MustRefuse(409, "order_refunded");
    }

    [SkippableTheory, EveryEngine]
    public async Task A_refund_number_happens_once(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit(settleDays: 0);
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A", lines: [Line("1", 10, 10_000)]))).Text("member_id");

        var answers = await AtOnce(24, i => Refund(brand, "A", $"r{i % 4}", ("1", 1)));

        Assert.Equal(4, answers.Count(a => a.Status == 201));
        Assert.All(answers, a => Assert.True(a.Status is 200 or 201, a.Raw));
        Assert.Equal(4, answers.Select(a => a.Raw).Distinct().Count());
        Assert.Equal("60/0", await brand.Balance(ann));
        (await Refund(brand, "A", "r1", ("1", 2))).MustRefuse(422, "refund_differs");
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_refund_that_meets_the_settlement_ends_the_same_either_way(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit();
        foreach (var i in Enumerable.Range(0, 12))
            await brand.Report(brand.Order($"m{i}", Bought, no: $"A{i}", lines: [Line("1", 2, 10_000)]));
        await brand.StandAt("2026-03-20T00:00:00Z");

        await Task.WhenAll(
            brand.Post("/v1/jobs/points.settle/run"),
            AtOnce(12, async i => (await Refund(brand, $"A{i}", "r", ("1", 1))).Must(201))
        );

        foreach (var i in Enumerable.Range(0, 12))
            Assert.Equal("50/0", await brand.Balance(await brand.Member($"m{i}")));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Bad_refunds_are_refused_and_change_nothing(string engine)
    {
        var (brand, other) = (await NewBrand(engine, Now), await NewBrand(engine, Now));
        await brand.PointPerUnit(settleDays: 0);
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A", lines: [Line("1", 2, 10_000)]))).Text("member_id");

        (await Refund(brand, "A", "r1", ("1", 3))).MustRefuse(422, "refund_above_sold");
        (await Refund(brand, "A", "r1", ("2", 1))).MustRefuse(422, "line_unknown");
        (await Refund(brand, "A", "r1", ("1", 0))).MustRefuse(400, "out_of_range");
        (await Refund(brand, "A", "r1", ("1", 1), ("1", 1))).MustRefuse(400, "duplicate");
        (await Refund(brand, "A", "r1")).MustRefuse(400, "one_of");
        (await Refund(brand, "B", "r1", ("1", 1))).MustRefuse(404, "not_found");
        (await Refund(other, "A", "r1", ("1", 1))).MustRefuse(404, "not_found");
        (await brand.Post("/v1/orders/A/refunds", new { refund_no = "r1", shipping = 1 })).MustRefuse(422, "refund_above_sold");

        Assert.Equal("100/0", await brand.Balance(ann));
        Assert.Equal("completed", (await brand.Get("/v1/orders/A")).Text("state"));
    }
}
