using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Tiers;

/// <summary>Growth at an instant; below zero where it was reversed.</summary>
public readonly record struct Growth(DateTime At, long Amount);

/// <summary>Where a member stands; no tier and no end for who never left the start.</summary>
public readonly record struct Standing(Guid? TierId, DateTime Since, DateTime? ValidUntil);

/// <summary>What happened to a standing.</summary>
public readonly record struct TierStep(TierStepKind Kind, Tier? From, Tier? To, DateTime At, DateTime? ValidUntil);

/// <summary>When a member goes up, stays, goes down. Pure.</summary>
public static class TierRules
{
    /// <summary>Reviews in one go: more than a member can miss in a lifetime.</summary>
    private const int MaxReviews = 1000;

    public static Tier? Entry(IReadOnlyList<Tier> ladder) => ladder.FirstOrDefault(t => t.Rank == 0);

    /// <summary>The tier a standing means; somebody who never moved is at the entry.</summary>
    public static Tier? TierOf(IReadOnlyList<Tier> ladder, Standing? standing) =>
        ladder.FirstOrDefault(t => t.Id == standing?.TierId) ?? Entry(ladder);

    /// <summary>Growth that counts for a tier at t: occurred in (t - valid months, t].</summary>
    public static long Qualifying(IEnumerable<Growth> growth, DateTime t, int months, LocalTime local)
    {
        var from = local.PlusMonths(t, -months);
        return growth.Where(g => g.At > from && g.At <= t).Sum(g => g.Amount);
    }

    /// <summary>The end of a tier reached at an instant: N months on, at the end of that local day. The entry tier has none.</summary>
    public static DateTime? ValidUntil(Tier? tier, DateTime reachedAt, LocalTime local) =>
        tier is null or { Rank: 0 } ? null : local.EndOf(local.DateOf(reachedAt).AddMonths(tier.ValidMonths));

    /// <summary>Everything that happens to a standing by now: reviews in their order, then the way up if growth allows it.</summary>
    public static IReadOnlyList<TierStep> Advance(
        IReadOnlyList<Tier> ladder,
        Standing? standing,
        IReadOnlyList<Growth> growth,
        TierDowngrade policy,
        DateTime now,
        LocalTime local
    )
    {
        var steps = new List<TierStep>();
        var tier = TierOf(ladder, standing);
        var end = standing?.ValidUntil;
        while (end <= now && tier is not null && steps.Count < MaxReviews)
        {
            var step = Review(ladder, tier, end.Value, growth, policy, local);
            steps.Add(step);
            (tier, end) = (step.To, step.ValidUntil);
        }
        if (Best(ladder, growth, now, local) is { } best && best.Rank > (tier?.Rank ?? -1))
            steps.Add(new(TierStepKind.Upgraded, tier, best, now, ValidUntil(best, now, local)));
        return steps;
    }

    /// <summary>The review of a tier at its end: enough growth keeps it for another term, too little leads down.</summary>
    public static TierStep Review(
        IReadOnlyList<Tier> ladder,
        Tier tier,
        DateTime end,
        IReadOnlyList<Growth> growth,
        TierDowngrade policy,
        LocalTime local
    )
    {
        if (Qualifying(growth, end, tier.ValidMonths, local) >= tier.GrowthThreshold)
            return new(TierStepKind.Kept, tier, tier, end, local.StartOf(local.DateOf(end).AddMonths(tier.ValidMonths)));
        var lower = ladder.Where(t => t.Rank < tier.Rank).OrderByDescending(t => t.Rank);
        var to = policy switch
        {
            TierDowngrade.OneStep => lower.FirstOrDefault(),
            TierDowngrade.ToMatch => lower.FirstOrDefault(t => Qualifying(growth, end, t.ValidMonths, local) >= t.GrowthThreshold)
                ?? Entry(ladder),
        };
        return new(TierStepKind.Downgraded, tier, to, end, ValidUntil(to, end, local));
    }

    /// <summary>The highest tier whose threshold the growth reaches; the entry tier needs no growth.</summary>
    private static Tier? Best(IReadOnlyList<Tier> ladder, IReadOnlyList<Growth> growth, DateTime now, LocalTime local) =>
        ladder.Where(t => t.Rank > 0 && Qualifying(growth, now, t.ValidMonths, local) >= t.GrowthThreshold).MaxBy(t => t.Rank);

    /// <summary>The tier above, and what is missing to it at an instant; null at the top.</summary>
    public static (Tier Tier, long Growth, long Missing)? Next(
        IReadOnlyList<Tier> ladder,
        Tier? tier,
        IReadOnlyList<Growth> growth,
        DateTime now,
        LocalTime local
    )
    {
        if (ladder.Where(t => t.Rank > (tier?.Rank ?? -1)).MinBy(t => t.Rank) is not { } next)
            return null;
        var has = Qualifying(growth, now, next.ValidMonths, local);
        return (next, has, Math.Max(0, next.GrowthThreshold - has));
    }
}
