using System.Globalization;
using FsCheck.Fluent;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;

namespace MemberCloud.Rules.Tests.Tiers;

public sealed class TierRulesTests
{
    private static readonly LocalTime Shanghai = LocalTime.Of("Asia/Shanghai");
    private static readonly Tier[] Ladder = [Make("base", 0, 0), Make("silver", 1, 100), Make("gold", 2, 300)];

    private static Tier Make(string name, int rank, long threshold) =>
        new()
        {
            Id = Ids.New(),
            Name = name,
            Rank = rank,
            GrowthThreshold = threshold,
            ValidMonths = 12,
        };

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    /// <summary>"2026-03-10:300 2026-04-01:50" at noon UTC.</summary>
    private static Growth[] Read(string growth) =>
        [
            .. growth
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(g => g.Split(':'))
                .Select(g => new Growth(Utc($"{g[0]}T12:00:00Z"), long.Parse(g[1], CultureInfo.InvariantCulture))),
        ];

    private static Standing On(string tier, string since, string? until) =>
        new(Ladder.Single(t => t.Name == tier).Id, Utc($"{since}T12:00:00Z"), until is null ? null : Utc(until));

    // the tier, its term, growth before the reversal, what is reversed, now; where it leads (null: nowhere)
    [Theory]
    [InlineData("gold", "2026-03-10", "2027-03-10T16:00Z", "2026-03-10:300", "2026-03-10:300", "2026-05-01", "base")]
    [InlineData("gold", "2026-03-10", "2027-03-10T16:00Z", "2026-03-10:300", "2026-03-10:1", "2026-05-01", "silver")]
    [InlineData(
        "gold",
        "2026-03-10",
        "2027-03-10T16:00Z",
        "2026-03-01:100 2026-03-10:200",
        "2026-03-10:200",
        "2026-05-01",
        "silver"
    )]
    // what was bought later would have reached it without the first
    [InlineData("gold", "2026-03-10", "2027-03-10T16:00Z", "2026-03-10:300 2026-04-01:300", "2026-03-10:300", "2026-05-01", null)]
    // bought a year before: it counted when gold was reached, though it lies outside today's window
    [InlineData(
        "gold",
        "2026-03-10",
        "2027-03-10T16:00Z",
        "2025-04-01:150 2026-03-10:150 2026-06-01:9",
        "2026-06-01:9",
        "2026-07-01",
        null
    )]
    [InlineData(
        "gold",
        "2026-03-10",
        "2027-03-10T16:00Z",
        "2025-04-01:150 2026-03-10:150 2026-06-01:9",
        "2025-04-01:150",
        "2026-07-01",
        "silver"
    )]
    // kept at the review of 2027-03-10 by what was bought from then on to it; later purchases are few
    [InlineData("gold", "2026-03-10", "2028-03-10T16:00Z", "2026-04-01:300 2027-09-01:5", "2027-09-01:5", "2027-10-01", null)]
    [InlineData("gold", "2026-03-10", "2028-03-10T16:00Z", "2026-04-01:300 2027-09-01:5", "2026-04-01:300", "2027-10-01", "base")]
    [InlineData(
        "gold",
        "2026-03-10",
        "2028-03-10T16:00Z",
        "2026-04-01:300 2027-09-01:120",
        "2026-04-01:250",
        "2027-10-01",
        "silver"
    )]
    // one step down at a review, or kept by policy: it stands on no growth, so none takes it
    [InlineData("silver", "2027-03-10", "2028-03-10T16:00Z", "2026-03-10:300 2027-05-01:50", "2027-05-01:50", "2027-06-01", null)]
    [InlineData("gold", "2026-03-10", "2028-03-10T16:00Z", "2026-03-10:300 2027-05-01:50", "2027-05-01:50", "2027-06-01", null)]
    // the last hours of a term, when the purchase that reached it has left the window of a year
    [InlineData("gold", "2026-03-10", "2027-03-10T16:00Z", "2026-03-10:300 2027-03-01:5", "2027-03-01:5", "2027-03-10", null)]
    [InlineData("base", "2026-03-10", null, "2026-03-10:50", "2026-03-10:50", "2026-05-01", null)]
    public void A_reversal_takes_a_tier_whose_running_term_the_growth_no_longer_earns(
        string tier,
        string since,
        string? until,
        string before,
        string reversed,
        string now,
        string? to
    )
    {
        var had = Read(before);
        Growth[] has = [.. had, .. Read(reversed).Select(g => g with { Amount = -g.Amount })];
        var at = Utc($"{now}T13:00:00Z");

        var step = TierRules.Revoke(Ladder, On(tier, since, until), had, has, at, Shanghai);

        Assert.Equal(to, step?.To?.Name);
        if (step is not { } taken)
            return;
        Assert.Equal((TierStepKind.Revoked, TierReason.Reversal, at), (taken.Kind, taken.Reason, taken.At));
        Assert.Equal(TierRules.ValidUntil(taken.To, at, Shanghai), taken.ValidUntil);
    }

    [Fact]
    public void Nobody_who_never_moved_loses_a_tier() =>
        Assert.Null(TierRules.Revoke(Ladder, null, Read("2026-03-10:300"), [], Utc("2026-04-01T00:00Z"), Shanghai));

    [Fact]
    public void Without_an_entry_tier_a_revoked_tier_leads_to_none()
    {
        Tier[] ladder = [.. Ladder.Skip(1)];

        var step = TierRules.Revoke(
            ladder,
            On("silver", "2026-03-10", "2027-03-10T16:00Z"),
            Read("2026-03-10:100"),
            [],
            Utc("2026-04-01T00:00Z"),
            Shanghai
        );

        Assert.NotNull(step);
        Assert.Null(step.Value.To);
        Assert.Null(step.Value.ValidUntil);
    }

    // "The order never happened": growth and its full reversal in between leave everybody where they would have been without it.
    [Fact]
    public void Within_a_term_a_reversal_leads_where_the_order_never_happened_would()
    {
        var start = Utc("2026-03-10T04:00Z");
        var growth = Gen.Zip(Gen.Choose(0, 300), Gen.Choose(1, 250)).ListOf(6);
        Cases.ForAll(
            Gen.Zip(growth, Gen.Choose(0, 5)),
            story =>
            {
                Growth[] all = [.. story.Item1.Select(g => new Growth(start.AddDays(g.Item1), g.Item2)).OrderBy(g => g.At)];
                var gone = all[story.Item2];
                var now = start.AddDays(301);
                Growth[] left = [.. all, gone with { Amount = -gone.Amount }];
                var stood = Live(all, now);

                var step = TierRules.Revoke(Ladder, stood, all, left, now, Shanghai);

                var rest = all.Where((_, i) => i != story.Item2).ToArray();
                Assert.Equal(
                    TierRules.TierOf(Ladder, Live(rest, now))!.Name,
                    step is { } s ? s.To!.Name : TierRules.TierOf(Ladder, stood)!.Name
                );
            }
        );
    }

    private static Standing? Live(Growth[] growth, DateTime now)
    {
        Standing? standing = null;
        foreach (var at in growth.Select(g => g.At).Append(now))
        {
            var known = growth.Where(g => g.At <= at).ToArray();
            foreach (var step in TierRules.Advance(Ladder, standing, known, TierDowngrade.OneStep, at, Shanghai))
                standing = new(step.To?.Id, step.At, step.ValidUntil);
        }
        return standing;
    }

    [Theory]
    [InlineData(TierDowngrade.OneStep, "2026-04-01:300", "gold", TierStepKind.Kept, TierReason.Growth)]
    [InlineData(TierDowngrade.Keep, "2026-04-01:300", "gold", TierStepKind.Kept, TierReason.Growth)]
    [InlineData(TierDowngrade.OneStep, "2026-04-01:299", "silver", TierStepKind.Downgraded, TierReason.TooLittleGrowth)]
    [InlineData(TierDowngrade.OneStep, "", "silver", TierStepKind.Downgraded, TierReason.TooLittleGrowth)]
    [InlineData(TierDowngrade.ToMatch, "2026-04-01:100", "silver", TierStepKind.Downgraded, TierReason.TooLittleGrowth)]
    [InlineData(TierDowngrade.ToMatch, "2026-04-01:99", "base", TierStepKind.Downgraded, TierReason.TooLittleGrowth)]
    [InlineData(TierDowngrade.Keep, "", "gold", TierStepKind.Kept, TierReason.Policy)]
    public void A_review_keeps_or_leads_down_by_policy(
        TierDowngrade policy,
        string growth,
        string to,
        TierStepKind kind,
        TierReason reason
    )
    {
        var end = Utc("2027-03-10T16:00Z");

        var step = TierRules.Review(Ladder, Ladder[2], end, Read(growth), policy, Shanghai);

        Assert.Equal((to, kind, reason), (step.To!.Name, step.Kind, step.Reason));
        Assert.Equal(
            kind == TierStepKind.Kept ? Utc("2028-03-10T16:00Z") : TierRules.ValidUntil(step.To, end, Shanghai),
            step.ValidUntil
        );
    }

    [Theory]
    [InlineData(null, "gold", "silver gold")]
    [InlineData("base", "gold", "silver gold")]
    [InlineData("base", "silver", "silver")]
    [InlineData("silver", "gold", "gold")]
    public void A_step_up_reaches_every_level_between(string? from, string to, string reached)
    {
        var step = new TierStep(TierStepKind.Upgraded, Named(from), Named(to), default, null, TierReason.Growth);

        Assert.Equal(reached, string.Join(' ', TierRules.Reached(Ladder, step).Select(t => t.Name)));
        foreach (var kind in new[] { TierStepKind.Kept, TierStepKind.Downgraded, TierStepKind.Revoked })
            Assert.Empty(TierRules.Reached(Ladder, step with { Kind = kind }));
    }

    private static Tier? Named(string? name) => Ladder.SingleOrDefault(t => t.Name == name);
}
