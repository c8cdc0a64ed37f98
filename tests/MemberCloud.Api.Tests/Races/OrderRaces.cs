using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Races;

/// <summary>The same order, the same new member, the same cap, at the same moment.</summary>
public sealed class OrderRaces(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task One_order_number_from_32_racers_is_one_order(string engine)
    {
        var brand = await NewBrand(engine, "2026-03-10T04:00:00Z");
        await brand.PointPerUnit();

        var answers = await AtOnce(32, _ => brand.Post("/v1/orders", brand.Order("ann", "2026-03-10T03:00:00Z", 12_345, "A-1")));

        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers, a => Assert.Contains(a.Status, new[] { 200, 201 }));
        Assert.Single(answers.Select(a => a.Text("id")).Distinct());
        Assert.Equal("0/123", await brand.Balance(await brand.Member("ann")));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Two_puts_of_one_new_external_id_make_one_member(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Rule(
            new
            {
                name = "welcome",
                trigger = "member.joined",
                currency = "points",
                formula = new { @fixed = 10 },
            }
        );

        for (var round = 0; round < 10; round++)
        {
            var answers = await AtOnce(2, _ => brand.Put($"/v1/members/by-external-id/new-{round}", new { name = "Ann" }));

            Assert.Equal([200, 201], answers.Select(a => a.Status).Order());
            Assert.Single(answers.Select(a => a.Text("id")).Distinct());
            Assert.Equal("10/0", await brand.Balance(answers[0].Text("id")));
        }
    }

    [SkippableTheory, EveryEngine]
    public async Task A_daily_cap_holds_exactly_under_parallel_orders_of_one_member(string engine)
    {
        var brand = await NewBrand(engine, "2026-03-10T04:00:00Z");
        await brand.Rule(
            new
            {
                name = "capped",
                trigger = "order.completed",
                currency = "points",
                formula = new { @fixed = 7 },
                caps = new { per_day = 50 },
            }
        );

        var answers = await AtOnce(24, i => brand.Post("/v1/orders", brand.Order("ann", "2026-03-10T03:00:00Z", no: $"A-{i}")));

        Assert.All(answers, a => a.Must(201));
        Assert.Equal("0/50", await brand.Balance(await brand.Member("ann")));
        Assert.Equal(50, answers.SelectMany(a => a.At("earned")!.AsArray()).Sum(e => (long)e!["amount"]!));
    }

    [SkippableTheory, EveryEngine]
    public async Task Bulk_reports_over_the_same_members_in_opposite_order_all_arrive(string engine)
    {
        var brand = await NewBrand(engine, "2026-03-10T04:00:00Z");
        await brand.PointPerUnit();
        await brand.GrowthPerUnit();
        object[] Batch(int batch) =>
            [
                .. Enumerable
                    .Range(0, 40)
                    .Select(i =>
                        brand.Order($"member-{(batch % 2 == 0 ? i : 39 - i)}", "2026-03-10T03:00:00Z", 1_000, $"{batch}-{i}")
                    ),
            ];

        var answers = await AtOnce(6, batch => brand.Post("/v1/orders/bulk", new { orders = Batch(batch) }, key: null));

        Assert.All(answers, a => Assert.All(a.Must(200).Each("results", "status"), status => Assert.Equal("201", status)));
        Assert.Equal("0/60", await brand.Balance(await brand.Member("member-7")));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Completing_and_cancelling_at_once_ends_in_one_of_the_two(string engine)
    {
        var brand = await NewBrand(engine, "2026-03-10T04:00:00Z");
        await brand.PointPerUnit(trigger: "order.paid");
        for (var round = 0; round < 6; round++)
        {
            await brand.Report(brand.Order($"member-{round}", "2026-03-10T03:00:00Z", no: $"A-{round}", completed: null));

            var answers = await AtOnce(2, i => brand.Post($"/v1/orders/A-{round}/{(i == 0 ? "complete" : "cancel")}", "{}"));

            Assert.Equal([200, 409], answers.Select(a => a.Status).Order());
            var state = (await brand.Get($"/v1/orders/A-{round}")).Text("state");
            Assert.Equal(state == "completed" ? "0/100" : "0/0", await brand.Balance(await brand.Member($"member-{round}")));
        }
    }
}
