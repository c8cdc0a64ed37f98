using MemberCloud.Shared;

namespace MemberCloud.Perks;

/// <summary>What fields of a perk say together. Pure.</summary>
public static class PerkRules
{
    public const int MaxQuantity = 1_000_000;

    /// <summary>Coupons that packs give one member in one period.</summary>
    public const int MaxCoupons = 1_000;

    public static IEnumerable<FieldProblem> Check(PerkBody perk)
    {
        if (perk is { Period: PerkPeriod.Once, RolloverMax: > 0 })
            yield return new("/rollover_max", "not_applicable", "What is given once goes over into no next period.");
        var config = perk.Config ?? new();
        foreach (var problem in Fields(perk.Kind!.Value, config))
            yield return problem;
        var templates = (config.Coupons ?? []).Select(c => c.TemplateId).ToList();
        if (templates.Distinct(StringComparer.Ordinal).Count() < templates.Count)
            yield return new("/config/coupons", "duplicate", "A template is named once, with its quantity.");
        var packs = perk.Kind == PerkKind.CouponPack ? (long)perk.Quantity + perk.RolloverMax : 0;
        if (packs * (config.Coupons ?? []).Sum(c => (long)c.Quantity) > MaxCoupons)
            yield return new(
                "/quantity",
                "out_of_range",
                $"Packs are at most {MaxCoupons} coupons in a period, what goes over into it included."
            );
    }

    /// <summary>Each kind has its own fields: one of those it needs, any of those it may have, none of another's.</summary>
    private static IEnumerable<FieldProblem> Fields(PerkKind kind, PerkConfig config)
    {
        var given = Given(config);
        var (needed, may) = FieldsOf(kind);
        foreach (var field in given.Except(needed).Except(may))
            yield return new($"/config/{field}", "not_applicable", $"{field} belongs to another kind.");
        var chosen = given.Intersect(needed).Count();
        if (needed.Length == 1 && chosen == 0)
            yield return new($"/config/{needed[0]}", "required", $"This kind needs {needed[0]}.");
        if (needed.Length > 1 && chosen != 1)
            yield return new("/config", "one_of", $"This kind needs one of {string.Join(" and ", needed)}.");
    }

    private static (string[] Needed, string[] May) FieldsOf(PerkKind kind) =>
        kind switch
        {
            PerkKind.CouponPack => (["coupons"], []),
            PerkKind.PointsMultiplier => (["multiplier_bp"], []),
            PerkKind.FreeShipping => ([], ["min_amount"]),
            PerkKind.BirthdayGift => (["coupons", "points"], []),
            PerkKind.EarlyAccess => (["hours"], []),
            PerkKind.Service or PerkKind.Custom => ([], ["text"]),
            PerkKind.MemberPrice or PerkKind.PartnerCode => ([], []),
        };

    private static List<string> Given(PerkConfig c) =>
        [
            .. new (string Name, bool IsGiven)[]
            {
                ("coupons", c.Coupons is not null),
                ("points", c.Points is not null),
                ("multiplier_bp", c.MultiplierBp is not null),
                ("min_amount", c.MinAmount is not null),
                ("hours", c.Hours is not null),
                ("text", c.Text is not null),
            }
                .Where(f => f.IsGiven)
                .Select(f => f.Name),
        ];
}
