using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Races;

/// <summary>The same races through two hosts that share nothing but the database.</summary>
public sealed class TwoHosts(Clouds clouds) : ApiTests(clouds)
{
    [SkippableFact]
    public async Task Points_orders_keys_and_members_stay_exact_across_hosts()
    {
        var cloud = await On("postgres");
        await using var second = await cloud.SecondHost();
        var here = await cloud.NewBrand("2026-03-10T04:00:00Z");
        var both = new[] { here, here.At(second) };
        await here.PointPerUnit();
        var ann = await here.Member("ann");
        (await here.Earn(ann, 100)).Must(201);

        var spends = await AtOnce(128, i => both[i % 2].Spend(ann, 1));
        var keyed = await AtOnce(50, i => both[i % 2].Earn(ann, 7, key: "once"));
        var orders = await AtOnce(32, i => both[i % 2].Post("/v1/orders", here.Order("bob", "2026-03-10T03:00:00Z", no: "A-1")));
        var puts = await AtOnce(8, i => both[i % 2].Put("/v1/members/by-external-id/cat", "{}"));

        Assert.Equal(100, spends.Count(a => a.Status == 201));
        Assert.All(spends.Where(a => a.Status != 201), a => a.MustRefuse(409, "points_insufficient"));
        Assert.Single(keyed.Select(a => a.Must(201).Raw).Distinct());
        Assert.Equal("7/0", await here.Balance(ann));
        Assert.Single(orders, a => a.Must(a.Status == 201 ? 201 : 200).Status == 201);
        Assert.Equal("0/100", await here.Balance(orders[0].Text("member_id")));
        Assert.Single(puts.Select(a => a.Text("id")).Distinct());
        await here.LedgerIsClean();
    }

    [SkippableFact]
    public async Task A_change_of_configuration_reaches_the_other_host_within_5_seconds()
    {
        var cloud = await On("postgres");
        await using var second = await cloud.SecondHost();
        var live = await cloud.NewBrand(clock: null);
        var there = live.At(second);
        await CheckIn(there, "e-0");

        await live.Rule(
            new
            {
                name = "r",
                trigger = "check_in",
                currency = "points",
                formula = new { @fixed = 10 },
            }
        );
        (await CheckIn(live, "e-1")).Must(200);
        await Task.Delay(TimeSpan.FromSeconds(4));
        (await CheckIn(there, "e-2")).Must(200);

        Assert.Equal("20/0", await live.Balance(await live.Member("ann")));
    }

    private static Task<Answer> CheckIn(Brand brand, string id) =>
        brand.Post(
            "/v1/events",
            new
            {
                id,
                type = "check_in",
                external_id = "ann",
                occurred_at = "2026-01-01T00:00:00Z",
            }
        );
}
