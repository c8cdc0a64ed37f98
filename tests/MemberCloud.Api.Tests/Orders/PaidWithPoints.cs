using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Orders;

/// <summary>Orders paid with points: refused whole when those cannot be had, and given back with the pieces.</summary>
public sealed class PaidWithPoints(Clouds clouds) : ApiTests(clouds)
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

    /// <summary>An order like any other, paid with points too.</summary>
    private static object PaidWith(string no, object points, params object[] lines) =>
        new
        {
            order_no = no,
            external_id = "ann",
            occurred_at = Bought,
            paid_at = Bought,
            completed_at = Bought,
            currency = "CNY",
            lines,
            points,
        };

    [SkippableTheory, EveryEngine]
    public async Task Points_an_order_was_paid_with_go_back_to_their_lots_by_share(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 40, expiresAt: "2026-05-01T00:00:00Z");
        await brand.Earn(ann, 60, expiresAt: "2026-06-01T00:00:00Z");
        var order = (await brand.Report(PaidWith("A", new { amount = 70 }, Line("1", 3, 3000), Line("2", 1, 4000))));
        Assert.Equal(("30/0", 70), (await brand.Balance(ann), order.Number("points.amount")));

        // 70 points over nets of 30 and 40: 30 and 40. A piece of the first line is worth 10.
        var one = (await Refund(brand, "A", "r1", ("1", 1))).Must(201);
        Assert.Equal(10, one.Number("points.restored"));
        var points = await brand.Points(ann);
        Assert.Equal("40 2026-06-01T00:00:00Z", $"{points.Number("lots.0.remaining")} {points.Text("lots.0.expires_at")}");
        (await Refund(brand, "A", "r2", ("2", 1))).Must(201);
        points = await brand.Points(ann);
        Assert.Equal("20 60", string.Join(' ', points.Each("lots", "remaining")));
        Assert.Equal(20, (await Full(brand, "A")).Must(201).Number("points.restored"));
        Assert.Equal("40 60", string.Join(' ', (await brand.Points(ann)).Each("lots", "remaining")));
        await brand.LedgerIsClean();
    }

    [SkippableTheory]
    [InlineData("sqlite", "grace", "40/0", "2026-05-17T16:00:00Z")]
    [InlineData("postgres", "grace", "40/0", "2026-05-17T16:00:00Z")]
    [InlineData("sqlite", "restore_and_expire", "0/0", null)]
    [InlineData("postgres", "restore_and_expire", "0/0", null)]
    public async Task Points_whose_lot_has_ended_come_back_as_the_brand_says(
        string engine,
        string policy,
        string balance,
        string? end
    )
    {
        var brand = await NewBrand(engine, Now);
        (await brand.Patch("/v1/brand", new { points_restore = policy })).Must(200);
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 40, expiresAt: "2026-05-01T00:00:00Z");
        await brand.Report(PaidWith("A", new { amount = 40 }, Line("1", 1, 4000)));

        await brand.MoveTo("2026-05-10T12:00:00Z");
        (await Full(brand, "A")).Must(201);

        Assert.Equal(balance, await brand.Balance(ann));
        Assert.Equal(end, (await brand.Points(ann)).Each("lots", "expires_at").FirstOrDefault());
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task An_order_paid_with_a_hold_captures_it_and_one_that_cannot_is_refused_whole(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit();
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 100);
        var asked = new
        {
            amount = 60,
            ttl_seconds = 600,
            reference = new { type = "cart", id = "1" },
        };
        var hold = (await brand.Post($"/v1/members/{ann}/points/holds", asked)).Must(201).Text("id");

        (await brand.Post("/v1/orders", PaidWith("A", new { amount = 41 }, Line("1", 1, 5000)))).MustRefuse(
            409,
            "points_insufficient"
        );
        (await brand.Get("/v1/orders/A")).MustRefuse(404, "not_found");
        Assert.Equal("40/0", await brand.Balance(ann));
        await brand.Report(PaidWith("A", new { hold_id = hold }, Line("1", 1, 5000)));
        Assert.Equal("captured", (await brand.Get($"/v1/points/holds/{hold}")).Text("state"));
        await brand.Report(PaidWith("A", new { hold_id = hold }, Line("1", 1, 5000)));
        (await brand.Post("/v1/orders", PaidWith("A", new { amount = 60 }, Line("1", 1, 5000)))).MustRefuse(422, "order_differs");
        (await brand.Post("/v1/orders", PaidWith("B", new { hold_id = hold }, Line("1", 1, 5000)))).MustRefuse(
            409,
            "hold_captured"
        );
        Assert.Equal(60, (await Full(brand, "A")).Must(201).Number("points.restored"));
        Assert.Equal("100/0", await brand.Balance(ann));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Cancelling_gives_back_what_was_paid_with_points(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 100);
        await brand.Report(
            new
            {
                order_no = "A",
                external_id = "ann",
                occurred_at = Bought,
                currency = "CNY",
                lines = new[] { Line("1", 1, 5000) },
                points = new { amount = 30 },
            }
        );
        Assert.Equal("70/0", await brand.Balance(ann));
        (await Full(brand, "A")).MustRefuse(409, "order_not_paid");

        (await brand.Post("/v1/orders/A/cancel", "{}")).Must(200);

        Assert.Equal("100/0", await brand.Balance(ann));
        (await Full(brand, "A")).MustRefuse(409, "order_cancelled");
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task The_same_order_from_many_at_once_spends_once_and_is_known_to_the_others(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 100);

        var answers = await AtOnce(8, _ => brand.Post("/v1/orders", PaidWith("A", new { amount = 60 }, Line("1", 1, 1000))));

        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.Must(200));
        Assert.Equal("40/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Refunds_of_one_order_stand_in_line(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit(settleDays: 0);
        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A", lines: [Line("1", 24, 24_000)]))).Text("member_id");

        var answers = await AtOnce(24, i => Refund(brand, "A", $"r{i}", ("1", 1)));

        Assert.All(answers, a => a.Must(201));
        Assert.Equal("0/0", await brand.Balance(ann));
        await brand.LedgerIsClean();
    }
}
