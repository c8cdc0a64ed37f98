using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Tiers;

/// <summary>Growth at an instant; below zero where it was reversed.</summary>
public readonly record struct Growth(DateTime At, long Amount);

/// <summary>Where a member stands; no tier and no end for who never left the start.</summary>
public readonly record struct Standing(Guid? TierId, DateTime Since, DateTime? ValidUntil);

/// <summary>What happened to a standing.</summary>
public readonly record struct TierStep(
    TierStepKind Kind,
    Tier? From,
    Tier? To,
    DateTime At,
    DateTime? ValidUntil,
    TierReason Reason
);

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
            steps.Add(new(TierStepKind.Upgraded, tier, best, now, ValidUntil(best, now, local), TierReason.Growth));
        return steps;
    }

    /// <summary>The tiers that a step up reaches, lowest first: the one it leads to and every one between.</summary>
    public static IEnumerable<Tier> Reached(IReadOnlyList<Tier> ladder, TierStep step) =>
        step.Kind == TierStepKind.Upgraded
            ? ladder.Where(t => t.Rank > (step.From?.Rank ?? 0) && t.Rank <= step.To!.Rank).OrderBy(t => t.Rank)
            : [];

    /// <summary>The review of a tier at its end: enough growth keeps it for another term, too little leads down where the brand does not keep it all the same.</summary>
    public static TierStep Review(
        IReadOnlyList<Tier> ladder,
        Tier tier,
        DateTime end,
        IReadOnlyList<Growth> growth,
        TierDowngrade policy,
        LocalTime local
    )
    {
        var enough = Qualifying(growth, end, tier.ValidMonths, local) >= tier.GrowthThreshold;
        if (enough || policy == TierDowngrade.Keep)
            return new(
                TierStepKind.Kept,
                tier,
                tier,
                end,
                local.StartOf(local.DateOf(end).AddMonths(tier.ValidMonths)),
                enough ? TierReason.Growth : TierReason.Policy
            );
        var lower = ladder.Where(t => t.Rank < tier.Rank).OrderByDescending(t => t.Rank);
        var to = policy switch
        {
            TierDowngrade.OneStep => lower.FirstOrDefault(),
            TierDowngrade.ToMatch => lower.FirstOrDefault(t => Qualifying(growth, end, t.ValidMonths, local) >= t.GrowthThreshold)
                ?? Entry(ladder),
            TierDowngrade.Keep => tier,
        };
        return new(TierStepKind.Downgraded, tier, to, end, ValidUntil(to, end, local), TierReason.TooLittleGrowth);
    }

    /// <summary>
    /// What a reversal takes away: a tier whose running term the growth had earned before it and no longer earns after it goes, down to the highest one whose
    /// term the growth left still earns. A tier that stood on a policy's favour is not touched. Null = it stays.
    /// </summary>
    public static TierStep? Revoke(
        IReadOnlyList<Tier> ladder,
        Standing? standing,
        IReadOnlyList<Growth> before,
        IReadOnlyList<Growth> after,
        DateTime now,
        LocalTime local
    )
    {
        if (standing is not { ValidUntil: { } end } || TierOf(ladder, standing) is not { Rank: > 0 } tier)
            return null;
        // A term that a review began was earned at the review; every other at the growth that reached the threshold.
        DateTime[] begun = [local.PlusMonths(end, -tier.ValidMonths)];
        if (!Earns(tier, before, begun, now, local) || Earns(tier, after, begun, now, local))
            return null;
        var to =
            ladder.Where(t => t.Rank > 0 && t.Rank < tier.Rank && Earns(t, after, [], now, local)).MaxBy(t => t.Rank)
            ?? Entry(ladder);
        return new(TierStepKind.Revoked, tier, to, now, ValidUntil(to, now, local), TierReason.Reversal);
    }

    /// <summary>Whether growth reached a tier at some instant from which its term still runs: at an earning, or at one of the instants named.</summary>
    private static bool Earns(Tier tier, IReadOnlyList<Growth> growth, IEnumerable<DateTime> named, DateTime now, LocalTime local)
    {
        Growth[] sorted = [.. growth.OrderBy(g => g.At)];
        var sums = new long[sorted.Length + 1];
        for (var i = 0; i < sorted.Length; i++)
            sums[i + 1] = sums[i] + sorted[i].Amount;
        long Until(DateTime t) => sums[UpTo(sorted, t)];
        return sorted
            .Select(g => g.At)
            .Concat(named)
            .Distinct()
            .Where(t => t <= now && ValidUntil(tier, t, local) > now)
            .Any(t => Until(t) - Until(local.PlusMonths(t, -tier.ValidMonths)) >= tier.GrowthThreshold);
    }

    /// <summary>How many come at or before an instant.</summary>
    private static int UpTo(Growth[] sorted, DateTime t)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle].At <= t ? (middle + 1, high) : (low, middle);
        }
        return low;
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
