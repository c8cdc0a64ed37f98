using MemberCloud.Shared;

namespace MemberCloud.Tiers;

/// <summary>What of perks a tier has to know. They lie above tiers: these ask, those answer.</summary>
public interface ITierPerks
{
    /// <summary>Null when the brand has every perk named (ids as shown outside).</summary>
    Task<Problem?> CheckAsync(IReadOnlyList<string>? named, CancellationToken ct);
}

/// <summary>The perks a tier names, as it is asked for and as it is stored. Pure.</summary>
public static class TierPerks
{
    /// <summary>Perks of one tier.</summary>
    public const int Most = 50;

    public static IEnumerable<FieldProblem> Check(IReadOnlyList<string>? named)
    {
        if (named is not null && named.Distinct(StringComparer.Ordinal).Count() < named.Count)
            yield return new("/perks", "duplicate", "A perk is named once.");
    }

    public static string Write(IReadOnlyList<string> named) => string.Join(',', named);

    public static IReadOnlyList<string> Read(string stored) => stored.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
