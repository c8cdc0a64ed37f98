using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Orders;

/// <summary>Orders as brands report them, again and again.</summary>
public sealed class OrderReports(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T12:00:00Z";
    private const string Bought = "2026-03-10T03:00:00Z";
    private const string Later = "2026-03-10T04:00:00Z";
    private const string Latest = "2026-03-10T05:00:00Z";

    [SkippableTheory, EveryEngine]
    public async Task Reporting_again_may_add_payment_and_completion(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit();
        object Order(string? paid, string? completed) => brand.Order("ann", Bought, no: "A-1", paid: paid, completed: completed);

        var placed = await brand.Report(Order(null, null));
        var paid = await brand.Report(Order(Later, null));
        var completed = await brand.Report(Order(Later, Latest));
        var again = await brand.Report(Order(Later, Latest));

        Assert.Equal([201, 200, 200, 200], [placed.Status, paid.Status, completed.Status, again.Status]);
        Assert.Equal(
            ["placed", "paid", "completed", "completed"],
            new[] { placed, paid, completed, again }.Select(a => a.Text("state"))
        );
        Assert.Equal(Latest, again.Text("completed_at"));
        Assert.Equal(["pending"], again.Each("earned", "state"));
        Assert.Equal("0/100", await brand.Balance(again.Text("member_id")));
        Assert.Equal(
            3,
            (await brand.Events("order.placed")).Count
                + (await brand.Events("order.paid")).Count
                + (await brand.Events("order.completed")).Count
                + (placed.Status == 201 ? 1 : 0)
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task Reporting_a_refunded_order_again_shows_it_refunded(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit();
        object[] lines =
        [
            new
            {
                id = "1",
                sku = "tea",
                quantity = 2,
                net = 10_000,
            },
        ];
        object Order(string? completed) => brand.Order("ann", Bought, no: "A-1", lines: lines, paid: Later, completed: completed);
        Task<Answer> Refund(object what) => brand.Post("/v1/orders/A-1/refunds", what);
        await brand.Report(Order(null));

        (await Refund(new { refund_no = "1", lines = new[] { new { id = "1", quantity = 1 } } })).Must(201);
        Assert.Equal("partly_refunded", (await brand.Report(Order(null))).Text("state"));
        Assert.Equal("partly_refunded", (await brand.Get("/v1/orders/A-1")).Text("state"));
        (await Refund(new { refund_no = "2", full = true })).Must(201);
        Assert.Equal("refunded", (await brand.Report(Order(null))).Text("state"));
        Assert.Equal("refunded", (await brand.Get("/v1/orders/A-1")).Text("state"));
        (await brand.Post("/v1/orders", Order(Latest))).MustRefuse(409, "order_refunded");
    }

    [SkippableTheory, EveryEngine]
    public async Task Reporting_again_with_other_contents_is_refused_and_changes_nothing(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit();
        object Order(
            long net = 10_000,
            string who = "ann",
            string at = Bought,
            string? paid = Later,
            string? completed = Latest,
            string? channel = null
        ) => brand.Order(who, at, net, "A-1", paid: paid, completed: completed, channel: channel);
        await brand.Report(Order());

        object[] others =
        [
            Order(net: 10_001),
            Order(who: "bob"),
            Order(at: "2026-03-10T02:00:00Z"),
            Order(paid: Bought),
            Order(completed: "2026-03-10T06:00:00Z"),
            Order(completed: null),
            Order(paid: null, completed: null),
        ];
        foreach (var other in others)
            (await brand.Post("/v1/orders", other)).MustRefuse(422, "order_differs");

        Assert.Equal("0/100", await brand.Balance(await brand.Member("ann")));
        Assert.Empty((await brand.Get("/v1/members?external_id=bob")).Each("data", "id"));
        Assert.Equal(Latest, (await brand.Get("/v1/orders/A-1")).Text("completed_at"));
    }

    [SkippableTheory, EveryEngine]
    public async Task An_unknown_external_id_makes_the_member_and_an_early_order_moves_its_joining_back(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Report(brand.Order("new", Bought));
        var old = await brand.Member("old");
        var before = (await brand.Get($"/v1/members/{old}")).Text("joined_at");

        await brand.Report(brand.Order(null, "2025-12-01T00:00:00Z", memberId: old));
        await brand.Report(brand.Order("old", "2026-01-01T00:00:00Z"));

        Assert.Equal(Bought, (await brand.Get("/v1/members?external_id=new")).Text("data.0.joined_at"));
        Assert.Equal(Now, before);
        Assert.Equal("2025-12-01T00:00:00Z", (await brand.Get($"/v1/members/{old}")).Text("joined_at"));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_contradicts_the_brand_or_its_clock_is_refused(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var stranger = (await NewBrand(engine, Now)).Member("x");
        object Order(
            string currency = "CNY",
            string at = Bought,
            string? paid = null,
            string? completed = null,
            string? member = null
        ) =>
            new
            {
                order_no = "A-1",
                external_id = member is null ? "ann" : null,
                member_id = member,
                occurred_at = at,
                paid_at = paid,
                completed_at = completed,
                currency,
                lines = new[]
                {
                    new
                    {
                        id = "1",
                        sku = "tea",
                        quantity = 1,
                        net = 100,
                    },
                },
            };

        (await brand.Post("/v1/orders", Order(currency: "USD"))).MustRefuse(422, "currency_mismatch");
        (await brand.Post("/v1/orders", Order(at: "2026-03-10T12:05:01Z"))).MustRefuse(400, "in_future");
        (await brand.Post("/v1/orders", Order(paid: "2026-03-10T12:06:00Z"))).MustRefuse(400, "in_future");
        (await brand.Post("/v1/orders", Order(paid: Later, completed: "2026-03-11T00:00:00Z"))).MustRefuse(400, "in_future");
        (await brand.Post("/v1/orders", Order(paid: "2026-03-10T02:00:00Z"))).MustRefuse(400, "out_of_order");
        (await brand.Post("/v1/orders", Order(completed: Later))).MustRefuse(400, "out_of_order");
        (await brand.Post("/v1/orders", Order(member: "mem_00000000000000000000000000"))).MustRefuse(404, "not_found");
        (await brand.Post("/v1/orders", Order(member: "nonsense"))).MustRefuse(404, "not_found");
        (await brand.Post("/v1/orders", Order(member: await stranger))).MustRefuse(404, "not_found");

        (await brand.Get("/v1/orders/A-1")).MustRefuse(404, "not_found");
        Assert.Empty((await brand.Get("/v1/members")).Each("data", "id"));
        (await brand.Post("/v1/orders", Order(at: "2026-03-10T12:05:00Z"))).Must(201);
    }

    [SkippableTheory, EveryEngine]
    public async Task In_a_bulk_report_each_order_stands_alone(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit();
        await brand.Report(brand.Order("ann", Bought, no: "known"));
        object?[] orders =
        [
            brand.Order("ann", Bought, no: "good"),
            brand.Order("ann", Bought, no: "known"),
            brand.Order("ann", Bought, 1, no: "known"),
            Dollars,
            brand.Order(null, Bought, no: "whose", memberId: "mem_00000000000000000000000000"),
            brand.Order("dan", "2027-01-01T00:00:00Z", no: "future"),
            new { order_no = "shapeless" },
            null,
            brand.Order("eve", Bought, 5_000, no: "twice"),
            brand.Order("eve", Bought, 5_000, no: "twice"),
        ];

        var answer = (await brand.Post("/v1/orders/bulk", new { orders }, key: null)).Must(200);

        Assert.Equal(["201", "200", "422", "422", "404", "400", "400", "400", "201", "200"], answer.Each("results", "status"));
        Assert.Equal(
            ["good", "known", "known", "usd", "whose", "future", "shapeless", "null", "twice", "twice"],
            answer.Each("results", "order_no")
        );
        Assert.Equal(
            ["", "", "order_differs", "currency_mismatch", "not_found", "in_future", "required", "required", "", ""],
            answer.At("results")!.AsArray().Select(r => (string?)r!["problem"]?["code"] ?? "")
        );
        Assert.Equal("0/200", await brand.Balance(await brand.Member("ann")));
        Assert.Equal("0/50", await brand.Balance(await brand.Member("eve")));
        Assert.Equal(["ann", "eve"], (await brand.Get("/v1/members")).Each("data", "external_id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task An_order_of_nothing_is_valid_and_earns_nothing(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit();

        var order = await brand.Report(brand.Order("ann", Bought, net: 0));

        Assert.Empty(order.Each("earned", "amount"));
        Assert.Empty((await brand.Entries(order.Text("member_id"))).Each("data", "id"));
    }

    private static object Dollars =>
        new
        {
            order_no = "usd",
            external_id = "cat",
            occurred_at = Bought,
            currency = "USD",
            lines = new[]
            {
                new
                {
                    id = "1",
                    sku = "tea",
                    quantity = 1,
                    net = 100,
                },
            },
        };
}
