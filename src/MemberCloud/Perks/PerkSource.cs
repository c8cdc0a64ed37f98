namespace MemberCloud.Perks;

/// <summary>What entitles a member to perks.</summary>
public enum PerkSourceKind
{
    /// <summary>The tier the member stands on, or is lifted to.</summary>
    Tier,

    /// <summary>A paid plan in force.</summary>
    Plan,
}

/// <summary>The term under way of a tier or plan.</summary>
/// <param name="Key">How its grants are told from those of another term.</param>
public sealed record PerkTerm(string Key, DateTime StartsAt, DateTime EndsAt);

/// <summary>A tier or plan that a member has in force.</summary>
/// <param name="Id">The tier, or the membership.</param>
/// <param name="ShownId">The tier or the plan, as shown outside.</param>
/// <param name="MembershipId">The membership it comes with; null = the member's own tier.</param>
/// <param name="Since">From when on it has been in force without a break.</param>
/// <param name="Until">When it ends if nothing more happens; null = not by itself.</param>
/// <param name="Perks">What it entitles to, as shown outside.</param>
public sealed record PerkSource(
    PerkSourceKind Kind,
    Guid Id,
    string ShownId,
    Guid? MembershipId,
    DateTime Since,
    DateTime? Until,
    PerkTerm Term,
    IReadOnlyList<string> Perks
);

/// <summary>A perk that a member is entitled to.</summary>
/// <param name="Since">From when on there is the perk.</param>
/// <param name="Sources">What entitles, the one held longest first: its terms count.</param>
public sealed record HeldPerk(Guid Id, PerkBody Body, DateTime Since, IReadOnlyList<PerkSource> Sources)
{
    /// <summary>What its terms are those of.</summary>
    public PerkSource Source => Sources[0];
}
