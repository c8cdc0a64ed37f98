using MemberCloud.Members;
using MemberCloud.Perks;
using MemberCloud.Shared;
using MemberCloud.Tiers;

namespace MemberCloud.Rules.Tests.Perks;

public sealed class EntitlementRulesTests
{
    private static readonly LocalTime Shanghai = LocalTime.Of("Asia/Shanghai");
    private static readonly Tier Base = Rung("base", 0);
    private static readonly Tier Silver = Rung("silver", 1);
    private static readonly Tier Gold = Rung("gold", 2);
    private static readonly Tier[] Ladder = [Base, Silver, Gold];

    private static Tier Rung(string name, int rank) =>
        new()
        {
            Id = Ids.New(),
            Name = name,
            Rank = rank,
            ValidMonths = 12,
            Perks = $"perk_{name}",
        };

    private static DateTime At(string text) => PerkGrantRulesTests.At(text);

    private static PlanHolding Plan(
        string since,
        string until,
        Tier? lifts = null,
        string perks = "perk_plan",
        string family = "plus"
    ) =>
        new()
        {
            MembershipId = Ids.New(),
            Family = family,
            TierId = lifts?.Id,
            Perks = perks,
            Since = At(since),
            Until = At(until),
            TermStartsAt = At(since),
            TermEndsAt = At(until),
        };

    private static IReadOnlyList<PerkSource> On(string now, Standing? standing, params PlanHolding[] holdings) =>
        EntitlementRules.Sources(Ladder, standing, At("2025-08-01"), holdings, At(now), Shanghai);

    private static string Names(IEnumerable<PerkSource> sources) => string.Join(' ', sources.SelectMany(s => s.Perks));

    // earned, what the plan lifts to, whose perks
    [Theory]
    [InlineData(0, null, "perk_base perk_plan")]
    [InlineData(0, 1, "perk_silver perk_plan")]
    [InlineData(1, 1, "perk_silver perk_plan")]
    [InlineData(2, 1, "perk_gold perk_plan")]
    [InlineData(1, 2, "perk_gold perk_plan")]
    public void The_better_tier_counts_beside_the_plans(int earned, int? lifted, string perks)
    {
        var standing = earned == 0 ? (Standing?)null : new(Ladder[earned].Id, At("2026-01-01"), At("2027-01-02"));
        var plan = Plan("2026-02-01", "2027-02-01", lifted is { } rank ? Ladder[rank] : null);

        Assert.Equal(perks.Split(' ').Order(), Names(On("2026-03-10", standing, plan)).Split(' ').Order());
    }

    [Theory]
    [InlineData("2026-01-31T23:59:59Z", "perk_base")]
    [InlineData("2026-02-01T00:00:00Z", "perk_base perk_plan")]
    [InlineData("2027-01-31T23:59:59Z", "perk_base perk_plan")]
    [InlineData("2027-02-01T00:00:00Z", "perk_base")]
    public void A_plan_counts_from_its_start_until_before_its_end(string now, string perks) =>
        Assert.Equal(perks, Names(On(now, null, Plan("2026-02-01", "2027-02-01"))));

    [Fact]
    public void What_is_held_longest_comes_first()
    {
        var sources = On(
            "2026-06-01",
            new(Silver.Id, At("2026-03-01"), At("2027-03-02")),
            Plan("2026-04-01", "2027-04-01", perks: "perk_late", family: "late"),
            Plan("2026-02-01", "2027-02-01", perks: "perk_early", family: "early")
        );

        Assert.Equal("perk_early perk_silver perk_late", Names(sources));
    }

    [Fact]
    public void Of_two_lifts_the_higher_counts_and_goes_by_its_plans_term()
    {
        var gold = Plan("2026-02-01", "2027-02-01", Gold, perks: "", family: "black");

        var source = Assert.Single(
            On("2026-06-01", null, Plan("2026-01-01", "2027-01-01", Silver, perks: ""), gold),
            s => s.Kind == PerkSourceKind.Tier
        );

        Assert.Equal((Gold.Id, gold.MembershipId, gold.TermStartsAt), (source.Id, source.MembershipId, source.Term.StartsAt));
    }

    // reached 2026-03-10 12:00 local, review 2027-03-11 00:00 local; kept there for another year
    [Theory]
    [InlineData("2026-03-10T04:00:00Z", "2027-03-10T16:00Z", "t20270310T160000", "2026-03-10T04:00Z")]
    [InlineData("2027-01-01T00:00:00Z", "2027-03-10T16:00Z", "t20270310T160000", "2026-03-10T04:00Z")]
    [InlineData("2027-03-10T16:00:00Z", "2028-03-10T16:00Z", "t20280310T160000", "2027-03-10T16:00Z")]
    public void A_tiers_term_ends_at_its_review(string now, string review, string key, string starts)
    {
        var source = Assert.Single(On(now, new(Silver.Id, At("2026-03-10T04:00Z"), At(review))));

        Assert.Equal((new(key, At(starts), At(review)), At(review)), (source.Term, source.Until));
    }

    [Theory]
    [InlineData("2025-12-31T15:59:59Z", "y2025", "2024-12-31T16:00Z")]
    [InlineData("2025-12-31T16:00:00Z", "y2026", "2025-12-31T16:00Z")]
    public void The_entry_tiers_terms_are_calendar_years_and_it_has_no_end(string now, string key, string starts)
    {
        var source = Assert.Single(On(now, null));

        Assert.Equal((key, At(starts), null), (source.Term.Key, source.Term.StartsAt, source.Until));
        Assert.Equal(At("2024-12-31T16:00Z"), source.Since);
    }

    [Fact]
    public void A_brand_without_tiers_has_the_plans_alone() =>
        Assert.Equal(
            "perk_plan",
            Names(
                EntitlementRules.Sources(
                    [],
                    null,
                    At("2025-01-01"),
                    [Plan("2026-02-01", "2027-02-01")],
                    At("2026-03-01"),
                    Shanghai
                )
            )
        );
}
