using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Tiers;

/// <summary>Welcomes once in a life, tiers that are kept, tiers that go with the growth that brought them.</summary>
public sealed class TierChanges(Clouds clouds) : ApiTests(clouds)
{
    private const string Start = "2026-03-10T04:00:00Z";

    private async Task<Brand> LadderAsync(string engine, object? settings = null)
    {
        var brand = await NewBrand(engine, Start);
        if (settings is not null)
            (await brand.Patch("/v1/brand", settings)).Must(200);
        await brand.Tier("base", 0, 0);
        await brand.Tier("silver", 1, 100);
        await brand.Tier("gold", 2, 300);
        await brand.GrowthPerUnit("order.paid");
        return brand;
    }

    private static async Task<string> Buy(Brand brand, string at, long growth, string no, string who = "ann") =>
        (await brand.Report(brand.Order(who, at, growth * 100, no: no, completed: null))).Text("member_id");

    private static async Task<string> Tier(Brand brand, string member) => (await brand.Summary(member)).Text("tier.name");

    private static async Task<string[]> Welcomes(Brand brand) =>
        [.. (await brand.Events("tier.welcome")).Select(e => (string)System.Text.Json.Nodes.JsonNode.Parse(e.Data)!["tier"]!)];

    private static async Task<IReadOnlyList<string>> History(Brand brand, string member)
    {
        var history = (await brand.Get($"/v1/members/{member}/tier-history")).Must(200);
        var (kinds, reasons) = (history.Each("data", "kind"), history.Each("data", "reason"));
        return [.. kinds.Zip(reasons, (k, r) => $"{k}: {r}")];
    }

    // 100 |      gold ------------ silver ------------- gold again
    //     | 2026-03-10         2027-03-11           2027-05-01
    [SkippableTheory, EveryEngine]
    public async Task Each_level_welcomes_once_ever_though_it_is_lost_and_reached_again(string engine)
    {
        var brand = await LadderAsync(engine);
        var ann = await Buy(brand, Start, 300, "1");
        Assert.Equal(["silver", "gold"], await Welcomes(brand));
        await brand.MoveTo("2027-03-12T00:00:00Z");
        Assert.Equal("silver", await Tier(brand, ann));
        await brand.StandAt("2027-05-01T00:00:00Z");

        await Buy(brand, "2027-05-01T00:00:00Z", 300, "2");

        Assert.Equal("gold", await Tier(brand, ann));
        Assert.Equal(["silver", "gold"], await Welcomes(brand));
        Assert.Equal(["upgraded: growth", "downgraded: too_little_growth", "upgraded: growth"], await History(brand, ann));
        var tiers = (await brand.Get("/v1/tiers")).Each("data", "id");
        var history = (await brand.Get($"/v1/members/{ann}/tier-history")).At("data")!.AsArray();
        Assert.Equal(
            [
                [],
                [],
                [tiers[1], tiers[2]],
            ],
            history.Select(h => h!["welcomed_tier_ids"]!.AsArray().Select(t => (string)t!).ToArray())
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task Many_orders_at_once_lift_and_welcome_once(string engine)
    {
        var brand = await LadderAsync(engine);

        await AtOnce(16, i => Buy(brand, Start, 50, $"o-{i}"));

        Assert.Equal(["gold", "silver"], (await Welcomes(brand)).Order());
        Assert.Equal("gold", await Tier(brand, await brand.Member("ann")));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_brand_that_keeps_tiers_loses_none_at_a_review_and_warns_nobody(string engine)
    {
        var brand = await LadderAsync(engine, new { tier_downgrade = "keep" });
        var ann = await Buy(brand, Start, 300, "1");

        await brand.MoveTo("2028-03-12T00:00:00Z");

        Assert.Equal("gold", await Tier(brand, ann));
        Assert.Equal("2029-03-10T16:00:00Z", (await brand.Summary(ann)).Text("tier.valid_until"));
        Assert.Equal(["kept: policy", "kept: policy", "upgraded: growth"], await History(brand, ann));
        Assert.Empty(await brand.Events("tier.will_downgrade"));
        Assert.Equal("keep", (await brand.Get("/v1/brand")).Text("tier_downgrade"));
    }

    /// <summary>Growth of orders a, b, c; which are cancelled; where that leads with revoke_on_refund.</summary>
    public static IEnumerable<object[]> Cancellations =>
        [
            [new long[] { 300 }, new[] { 0 }, "base"],
            [new long[] { 100, 200 }, new[] { 1 }, "silver"],
            [new long[] { 100, 200 }, new[] { 0 }, "silver"],
            [new long[] { 100, 200, 50 }, new[] { 2 }, "gold"],
            [new long[] { 150, 200, 60 }, new[] { 2, 0 }, "silver"],
            [new long[] { 50, 300 }, new[] { 0 }, "gold"],
            [new long[] { 99, 201 }, new[] { 1 }, "base"],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Cancellations))]
    public async Task A_tier_goes_with_the_growth_that_brought_it_where_the_brand_revokes(
        string engine,
        long[] growth,
        int[] cancelled,
        string tier
    )
    {
        var brand = await LadderAsync(engine, new { tier_revoke_on_refund = true });
        var ann = "";
        for (var i = 0; i < growth.Length; i++)
            ann = await Buy(brand, Start, growth[i], $"o-{i}");
        Assert.Equal("gold", await Tier(brand, ann));

        foreach (var i in cancelled)
            (await brand.Post($"/v1/orders/o-{i}/cancel", new { })).Must(200);

        Assert.Equal(tier, await Tier(brand, ann));
        var told = await brand.Events("tier.revoked");
        Assert.Equal(tier == "gold" ? 0 : 1, told.Count);
        if (tier == "gold")
            return;
        Assert.Contains($"\"to\":\"{tier}\"", told[0].Data, StringComparison.Ordinal);
        Assert.Equal("revoked: reversal", (await History(brand, ann))[0]);
        Assert.Equal(tier == "base" ? null : "2027-03-10T16:00:00Z", (string?)(await brand.Summary(ann)).At("tier.valid_until"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Without_that_policy_a_tier_stays_to_its_end(string engine)
    {
        var brand = await LadderAsync(engine);
        var ann = await Buy(brand, Start, 300, "1");

        (await brand.Post("/v1/orders/1/cancel", new { })).Must(200);

        Assert.Equal("gold", await Tier(brand, ann));
        Assert.Equal(["upgraded: growth"], await History(brand, ann));
    }

    // 300 growth on 3 pieces: gold takes 300, silver 100
    [SkippableTheory, EveryEngine]
    public async Task Refunds_in_parts_take_a_tier_when_its_threshold_is_no_longer_reached(string engine)
    {
        var brand = await LadderAsync(engine, new { tier_revoke_on_refund = true });
        object[] lines =
        [
            new
            {
                id = "1",
                sku = "tea",
                quantity = 3,
                net = 30_000,
            },
        ];
        var ann = (await brand.Report(brand.Order("ann", Start, no: "1", lines: lines))).Text("member_id");
        var stood = new List<string>();

        foreach (var no in new[] { "a", "b", "c" })
        {
            (
                await brand.Post("/v1/orders/1/refunds", new { refund_no = no, lines = new[] { new { id = "1", quantity = 1 } } })
            ).Must(201);
            stood.Add(await Tier(brand, ann));
        }

        Assert.Equal(["silver", "silver", "base"], stood);
        Assert.Equal(2, (await brand.Events("tier.revoked")).Count);
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_two_members_who_are_one_neither_is_welcomed_again(string engine)
    {
        var brand = await LadderAsync(engine);
        var ann = await Buy(brand, Start, 10, "1");
        var bob = await Buy(brand, Start, 300, "2", "bob");

        (await brand.Post($"/v1/members/{ann}/merge", new { from_member_id = bob })).Must(200);

        Assert.Equal("gold", await Tier(brand, ann));
        Assert.Equal(["silver", "gold"], await Welcomes(brand));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_tier_that_was_revoked_and_is_reached_again_welcomes_no_more(string engine)
    {
        var brand = await LadderAsync(engine, new { tier_revoke_on_refund = true });
        var ann = await Buy(brand, Start, 300, "1");
        (await brand.Post("/v1/orders/1/cancel", new { })).Must(200);
        Assert.Equal("base", await Tier(brand, ann));

        await Buy(brand, Start, 120, "2");

        Assert.Equal("silver", await Tier(brand, ann));
        Assert.Equal(["silver", "gold"], await Welcomes(brand));
    }
}
