using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>Up at once, valid for months, reviewed at the end of the local day. Shanghai is UTC+8.</summary>
public sealed class TierLife(Clouds clouds) : ApiTests(clouds)
{
    private const string End = "2027-03-10T16:00:00Z";

    private async Task<(Brand Brand, string Ann)> GoldAsync(
        string engine,
        string at = "2026-03-10T04:00:00Z",
        long growth = 300,
        string policy = "one_step"
    )
    {
        var brand = await NewBrand(engine, at);
        (await brand.Patch("/v1/brand", new { tier_downgrade = policy })).Must(200);
        await brand.Tier("base", 0, 0);
        await brand.Tier("silver", 1, 100);
        await brand.Tier("gold", 2, 300);
        await brand.Tier("black", 3, 1_000);
        await brand.GrowthPerUnit();
        var ann = (await brand.Report(brand.Order("ann", at, growth * 100))).Text("member_id");
        return (brand, ann);
    }

    private static async Task<string> Tier(Brand brand, string member) => (await brand.Summary(member)).Text("tier.name");

    [SkippableTheory, EveryEngine]
    public async Task Growth_lifts_over_several_levels_at_once_and_shows_the_way_to_the_next(string engine)
    {
        var (brand, ann) = await GoldAsync(engine);

        var tier = (await brand.Summary(ann)).At("tier")!;

        Assert.Equal("gold", (string?)tier["name"]);
        Assert.Equal((2L, 300L), ((long)tier["rank"]!, (long)tier["growth"]!));
        Assert.Equal(("black", 700L), ((string?)tier["next"]!["name"], (long)tier["next"]!["growth_missing"]!));
        Assert.Equal(End, (string?)tier["valid_until"]);
        Assert.Single(await brand.Events("tier.upgraded"));
        Assert.Equal(["upgraded"], (await brand.Get($"/v1/members/{ann}/tier-history")).Each("data", "kind"));
        var newcomer = (await brand.Summary(await brand.Member("bob"))).At("tier")!;
        Assert.Equal(("base", 100L), ((string?)newcomer["name"], (long)newcomer["next"]!["growth_missing"]!));
        Assert.Null(newcomer["valid_until"]);
    }

    // domain.md section 3: the purchase of 2026-03-10 reached the tier; E is the end of 2027-03-10; it does not count again at E.
    [SkippableTheory, EveryEngine]
    public async Task Worked_example_the_purchase_of_2026_03_10_does_not_count_again_at_the_review(string engine)
    {
        var (brand, ann) = await GoldAsync(engine);
        await brand.StandAt("2027-03-10T15:59:59Z");
        Assert.Equal("gold", await Tier(brand, ann));
        await brand.StandAt(End);
        Assert.Equal("silver", await Tier(brand, ann));

        await brand.MoveTo("2027-03-10T17:00:00Z");

        Assert.Equal("silver", await Tier(brand, ann));
        Assert.Equal("2028-03-11T16:00:00Z", (await brand.Summary(ann)).Text("tier.valid_until"));
        Assert.Equal(["downgraded", "upgraded"], (await brand.Get($"/v1/members/{ann}/tier-history")).Each("data", "kind"));
        var told = Assert.Single(await brand.Events("tier.downgraded"));
        Assert.Equal(new DateTime(2027, 3, 10, 16, 0, 0, DateTimeKind.Utc), told.OccurredAt);
    }

    [SkippableTheory, EveryEngine]
    public async Task Growth_one_second_into_the_11th_counts_and_keeps_the_tier(string engine)
    {
        var (brand, ann) = await GoldAsync(engine);
        await brand.StandAt("2026-03-10T16:00:01Z");
        await brand.Report(brand.Order("ann", "2026-03-10T16:00:01Z", 30_000));
        Assert.Equal(End, (await brand.Summary(ann)).Text("tier.valid_until"));

        await brand.StandAt("2027-03-10T15:00:00Z");
        await brand.MoveTo("2027-03-10T17:00:00Z");

        Assert.Equal("gold", await Tier(brand, ann));
        Assert.Equal("2028-03-10T16:00:00Z", (await brand.Summary(ann)).Text("tier.valid_until"));
        Assert.Equal(["kept", "upgraded"], (await brand.Get($"/v1/members/{ann}/tier-history")).Each("data", "kind"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_review_to_match_goes_straight_to_what_the_growth_reaches(string engine)
    {
        var (brand, ann) = await GoldAsync(engine, growth: 1_000, policy: "to_match");
        Assert.Equal("black", await Tier(brand, ann));
        await brand.StandAt("2026-09-01T00:00:00Z");
        await brand.Report(brand.Order("ann", "2026-09-01T00:00:00Z", 15_000));

        await brand.StandAt(End);
        Assert.Equal("silver", await Tier(brand, ann));
        Assert.Equal("base", await Tier(brand, await brand.Member("bob")));
    }

    [SkippableTheory, EveryEngine]
    public async Task Thirty_days_before_a_lost_review_the_outbox_says_so_once(string engine)
    {
        var (brand, _) = await GoldAsync(engine);
        await brand.StandAt("2027-02-08T15:00:00Z");
        await brand.Move("PT59M");
        Assert.Empty(await brand.Events("tier.will_downgrade"));

        await brand.MoveTo("2027-02-10T00:00:00Z");

        var told = Assert.Single(await brand.Events("tier.will_downgrade"));
        Assert.Equal(new DateTime(2027, 2, 8, 16, 0, 0, DateTimeKind.Utc), told.OccurredAt);
        Assert.Contains("\"from\":\"gold\"", told.Data, StringComparison.Ordinal);
        Assert.Contains("\"to\":\"silver\"", told.Data, StringComparison.Ordinal);
    }

    [SkippableTheory, EveryEngine]
    public async Task Who_will_pass_the_review_is_not_warned(string engine)
    {
        var (brand, _) = await GoldAsync(engine);
        await brand.StandAt("2026-09-01T00:00:00Z");
        await brand.Report(brand.Order("ann", "2026-09-01T00:00:00Z", 30_000));

        await brand.StandAt("2027-02-08T15:00:00Z");
        await brand.MoveTo("2027-02-10T00:00:00Z");

        Assert.Empty(await brand.Events("tier.will_downgrade"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_ladder_must_rise_and_a_tier_in_use_stays(string engine)
    {
        var (brand, _) = await GoldAsync(engine);
        (
            await brand.Post(
                "/v1/tiers",
                new
                {
                    name = "odd",
                    rank = 4,
                    growth_threshold = 1_000,
                }
            )
        ).MustRefuse(422, "thresholds_not_rising");
        (
            await brand.Post(
                "/v1/tiers",
                new
                {
                    name = "odd",
                    rank = 3,
                    growth_threshold = 5_000,
                }
            )
        ).MustRefuse(409, "rank_taken");
        var tiers = (await brand.Get("/v1/tiers")).Must(200);
        Assert.Equal(["base", "silver", "gold", "black"], tiers.Each("data", "name"));

        Assert.Equal(409, (await brand.Delete($"/v1/tiers/{tiers.Text("data.2.id")}")).Status);
        Assert.Equal(204, (await brand.Delete($"/v1/tiers/{tiers.Text("data.3.id")}")).Status);
        Assert.Equal(404, (await brand.Delete($"/v1/tiers/{tiers.Text("data.3.id")}")).Status);
    }
}
