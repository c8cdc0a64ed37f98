using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Jobs;
using MemberCloud.Perks;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Perks;

/// <summary>Coupon packs come by themselves: once for each member, perk and period.</summary>
public sealed class CouponPacks(Clouds clouds) : ApiTests(clouds)
{
    private static Task<string> Pack(Brand brand, string template, string period = "month", int coupons = 2) =>
        brand.Perk(
            period: period,
            kind: "coupon_pack",
            config: new { coupons = new[] { new { template_id = template, quantity = coupons } } },
            value: 900
        );

    private static async Task<int> Coupons(Brand brand, string member) =>
        (await brand.Get($"/v1/members/{member}/coupons")).Must(200).Each("data", "id").Count;

    // Shanghai |  10 Jan, 08:00      11 Jan, 00:00     1 Feb, 00:00
    //          |  the plan begins    the first pack    the second
    [SkippableTheory, EveryEngine]
    public async Task Holders_of_a_plan_and_of_a_tier_get_a_pack_each_month(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await Pack(brand, await brand.Template());
        var tier = new
        {
            name = "gold",
            rank = 2,
            growth_threshold = 900,
            perks = new[] { perk },
        };
        var gold = (await brand.Post("/v1/tiers", tier)).Must(201).Text("id");
        var (ann, bob, cat) = (await brand.Holder("ann", perk), await brand.Member("bob"), await brand.Member("cat"));
        await brand.Hold(bob, [], tier: gold);

        await brand.MoveTo("2026-01-20T00:00:00Z");
        Assert.Equal((2, 2, 0), (await Coupons(brand, ann), await Coupons(brand, bob), await Coupons(brand, cat)));
        Assert.Equal("1/1/0/0", await brand.Left(ann));
        await brand.MoveTo("2026-01-31T15:59:59Z");
        Assert.Equal(2, await Coupons(brand, ann));
        await brand.MoveTo("2026-01-31T16:00:00Z");
        Assert.Equal((4, 4, 0), (await Coupons(brand, ann), await Coupons(brand, bob), await Coupons(brand, cat)));
        Assert.Equal(["perk"], (await brand.Get($"/v1/members/{ann}/coupons")).Each("data", "way").Distinct());
        (await brand.Consume(ann, perk)).MustRefuse(422, "not_applicable");
    }

    [SkippableTheory, EveryEngine]
    public async Task The_entry_tiers_pack_is_everybodys_and_a_term_that_begins_is_not_waited_for(string engine)
    {
        var brand = await NewBrand(engine);
        var template = await brand.Template();
        var (everybodys, ofPlan) = (await Pack(brand, template, coupons: 1), await Pack(brand, template, "term", 5));
        (
            await brand.Post(
                "/v1/tiers",
                new
                {
                    name = "base",
                    rank = 0,
                    growth_threshold = 0,
                    perks = new[] { everybodys },
                }
            )
        ).Must(201);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        await brand.Hold(ann, [ofPlan], since: "2026-01-12T05:00:00Z", until: "2026-03-01T00:00:00Z");

        await brand.MoveTo("2026-01-12T04:59:59Z");
        Assert.Equal((1, 1), (await Coupons(brand, ann), await Coupons(brand, bob)));
        await brand.MoveTo("2026-01-12T05:05:00Z");
        Assert.Equal((6, 1), (await Coupons(brand, ann), await Coupons(brand, bob)));
        await brand.MoveTo("2026-02-20T00:00:00Z");
        Assert.Equal((7, 2), (await Coupons(brand, ann), await Coupons(brand, bob)));
    }

    [SkippableTheory, EveryEngine]
    public async Task Workers_at_once_and_runs_again_give_it_once(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await Pack(brand, await brand.Template());
        var members = new List<string>();
        for (var i = 0; i < 5; i++)
            members.Add(await brand.Holder($"m-{i}", perk));

        await AtOnce(
            4,
            _ =>
                brand.Cloud.Host.InsideAsync(
                    brand.Id,
                    async services =>
                    {
                        // Batches of two, each going on where the one before ended.
                        var (job, cursor) = (services.GetRequiredService<IssuePerksJob>(), (string?)null);
                        for (var more = true; more; )
                        {
                            var done = await job.RunAsync(new(null, cursor), 2, default);
                            (more, cursor) = (done.More, done.Cursor);
                        }
                        return true;
                    }
                )
        );

        foreach (var member in members)
            Assert.Equal(2, await Coupons(brand, member));
        Assert.Equal(0, (await brand.Post($"/v1/jobs/{IssuePerksJob.Name}/run")).Must(200).Number("changed"));
        Assert.Contains(IssuePerksJob.Name, new JobTable().Names);
    }

    [SkippableTheory, EveryEngine]
    public async Task What_a_template_refuses_is_told_and_not_given_later(string engine)
    {
        var brand = await NewBrand(engine);
        var template = await brand.Template(new { limits = new { per_member = 1 } });
        var perk = await Pack(brand, template);
        var ann = await brand.Holder("ann", perk);

        await brand.MoveTo("2026-01-12T00:00:00Z");

        Assert.Equal(1, await Coupons(brand, ann));
        var told = Assert.Single(await brand.Events("perk.coupon_refused"));
        Assert.Contains("member_limit", told.Data, StringComparison.Ordinal);
        (await brand.Patch($"/v1/perks/{perk}", new { active = false })).Must(200);
        await brand.MoveTo("2026-02-02T00:00:00Z");
        Assert.Single(await brand.Events("perk.coupon_refused"));
    }
}
