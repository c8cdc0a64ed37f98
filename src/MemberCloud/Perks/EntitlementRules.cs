using System.Globalization;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tiers;

namespace MemberCloud.Perks;

/// <summary>What entitles a member to perks: the better of the tier earned and the tiers that paid plans lift to, and each plan. Pure.</summary>
public static class EntitlementRules
{
    /// <summary>What is in force at an instant, the source held longest first.</summary>
    /// <param name="ladder">The brand's tiers.</param>
    /// <param name="standing">Where the member stands by growth; null = at the entry.</param>
    /// <param name="joinedAt">From when on the entry tier is held.</param>
    /// <param name="holdings">The member's paid plans; those that are not in force are passed over.</param>
    public static IReadOnlyList<PerkSource> Sources(
        IReadOnlyList<Tier> ladder,
        Standing? standing,
        DateTime joinedAt,
        IEnumerable<PlanHolding> holdings,
        DateTime now,
        LocalTime local
    )
    {
        var inForce = holdings.Where(h => h.IsInForce(now)).OrderBy(h => h.Since).ThenBy(h => h.Family).ToList();
        var earned = TierRules.TierOf(ladder, standing);
        var tier =
            LiftOf(ladder, earned, inForce) is { } lift ? Lifted(lift.Tier, lift.Holding, now)
            : earned is not null ? Earned(earned, standing, joinedAt, now, local)
            : null;
        return [.. inForce.Select(h => Plan(h, now)).Concat(tier is null ? [] : [tier]).OrderBy(s => s.Since)];
    }

    /// <summary>The best tier that plans in force lift to, and the plan that does; null = none is better than the one earned.</summary>
    public static (Tier Tier, PlanHolding Holding)? LiftOf(
        IReadOnlyList<Tier> ladder,
        Tier? earned,
        IEnumerable<PlanHolding> inForce
    ) =>
        inForce
            .Select(h => (Tier: ladder.FirstOrDefault(t => t.Id == h.TierId), Holding: h))
            .Where(l => l.Tier?.Rank > (earned?.Rank ?? -1))
            .OrderByDescending(l => l.Tier!.Rank)
            .Select(l => ((Tier, PlanHolding)?)(l.Tier!, l.Holding))
            .FirstOrDefault();

    private static PerkSource Plan(PlanHolding holding, DateTime now) =>
        new(
            PerkSourceKind.Plan,
            holding.MembershipId,
            Ids.Show(IdPrefix.Plan, holding.PlanId),
            holding.MembershipId,
            holding.Since,
            holding.Until,
            TermOf(holding, now),
            TierPerks.Read(holding.Perks)
        );

    private static PerkSource Lifted(Tier tier, PlanHolding holding, DateTime now) =>
        new(
            PerkSourceKind.Tier,
            tier.Id,
            Ids.Show(IdPrefix.Tier, tier.Id),
            holding.MembershipId,
            holding.Since,
            holding.Until,
            TermOf(holding, now),
            TierPerks.Read(tier.Perks)
        );

    private static PerkSource Earned(Tier tier, Standing? standing, DateTime joinedAt, DateTime now, LocalTime local)
    {
        PerkSource Of(DateTime since, PerkTerm term) =>
            new(
                PerkSourceKind.Tier,
                tier.Id,
                Ids.Show(IdPrefix.Tier, tier.Id),
                null,
                since,
                standing?.ValidUntil,
                term,
                TierPerks.Read(tier.Perks)
            );
        if (standing is not { ValidUntil: { } end } stands)
            // Its first year counts from the first of January.
            return Of(YearOf(standing?.Since ?? joinedAt, local).StartsAt, YearOf(now, local));
        // A review that keeps the tier moves its end. The first term began when the tier was reached: months of different lengths move its end by some days.
        var begun = local.PlusMonths(end, -tier.ValidMonths);
        var start = begun <= local.PlusDays(stands.Since, 4) ? stands.Since : begun;
        return Of(stands.Since, new($"t{Stamp(end)}", start, end));
    }

    private static PerkTerm TermOf(PlanHolding holding, DateTime now)
    {
        var (start, end) = holding.TermAt(now);
        return new($"p{Stamp(start)}", start, end);
    }

    /// <summary>The entry tier has no end: its terms are the calendar's years.</summary>
    private static PerkTerm YearOf(DateTime now, LocalTime local)
    {
        var year = local.DateOf(now).Year;
        return new(
            string.Create(CultureInfo.InvariantCulture, $"y{year}"),
            local.StartOf(new(year, 1, 1)),
            local.StartOf(new(year + 1, 1, 1))
        );
    }

    private static string Stamp(DateTime instant) => instant.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);
}
