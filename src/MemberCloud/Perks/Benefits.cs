using System.Collections.Frozen;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tiers;

namespace MemberCloud.Perks;

/// <summary>What a member's tiers and plans do by themselves.</summary>
/// <param name="Tiers">The one the member stands on, and those that plans in force lift to; as shown outside.</param>
/// <param name="Plans">Plans in force; as shown outside.</param>
/// <param name="MultiplierBp">Of earnings that go by it: the largest of the better tier's and of the perks', never a product.</param>
public sealed record Benefits(IReadOnlyList<string> Tiers, IReadOnlyList<string> Plans, int MultiplierBp)
{
    public const int Once = 10_000;

    public static readonly Benefits None = new([], [], Once);
}

/// <summary>Perks that are given and do something in quotes and earnings without anybody asking for them.</summary>
/// <param name="Multipliers">Of earnings, basis points, by the perk as shown outside.</param>
/// <param name="Shipping">Free shipping, the higher priority first.</param>
/// <param name="AnyBirthdayGifts">Something is given on birthdays.</param>
public sealed record WorkingPerks(
    FrozenDictionary<string, int> Multipliers,
    IReadOnlyList<ShippingPerk> Shipping,
    bool AnyBirthdayGifts
)
{
    public static WorkingPerks Of(IEnumerable<Perk> perks)
    {
        var given = perks
            .Select(p => (Perk: p, Shown: Ids.Show(IdPrefix.Perk, p.Id), Body: Json.Read<PerkBody>(p.Body)))
            .Where(p => p.Body.Active)
            .ToLookup(p => p.Body.Kind!.Value);
        return new(
            given[PerkKind.PointsMultiplier].ToFrozenDictionary(p => p.Shown, p => p.Body.Config!.MultiplierBp!.Value),
            [
                .. given[PerkKind.FreeShipping]
                    .OrderByDescending(p => p.Body.Priority)
                    .ThenBy(p => p.Perk.Id)
                    .Select(p => new ShippingPerk(p.Perk.Id, p.Shown, p.Body, p.Perk.CreatedAt)),
            ],
            given[PerkKind.BirthdayGift].Any()
        );
    }
}

/// <summary>A perk of orders without shipping.</summary>
/// <param name="Shown">Its id as shown outside.</param>
/// <param name="Since">From when on there is the perk.</param>
public sealed record ShippingPerk(Guid Id, string Shown, PerkBody Body, DateTime Since);

/// <summary>What members get by themselves, of what was read of them. Pure.</summary>
/// <param name="ladder">The brand's tiers.</param>
/// <param name="perks">The brand's perks.</param>
/// <param name="holdings">Paid plans of the members asked for; those that are not in force are passed over.</param>
public sealed class MemberBenefits(IReadOnlyList<Tier> ladder, WorkingPerks perks, IEnumerable<PlanHolding> holdings)
{
    private readonly ILookup<Guid, PlanHolding> holdings = holdings.ToLookup(h => h.MemberId);

    /// <param name="memberId">Whose.</param>
    /// <param name="earned">Where the member stands by growth; null = on no tier.</param>
    /// <param name="at">When.</param>
    public Benefits Of(Guid memberId, Tier? earned, DateTime at)
    {
        var inForce = holdings[memberId].Where(h => h.IsInForce(at)).ToList();
        if (inForce.Count == 0 && earned is null)
            return Benefits.None;
        var better = EntitlementRules.LiftOf(ladder, earned, inForce)?.Tier ?? earned;
        var named = inForce.SelectMany(h => TierPerks.Read(h.Perks)).Concat(better is null ? [] : TierPerks.Read(better.Perks));
        var multiplier = named
            .Select(p => perks.Multipliers.GetValueOrDefault(p, Benefits.Once))
            .Append(better?.PointsMultiplierBp ?? Benefits.Once)
            .Max();
        var tiers = inForce.Select(h => h.TierId).Append(earned?.Id).OfType<Guid>().Distinct();
        return new(
            [.. tiers.Select(t => Ids.Show(IdPrefix.Tier, t))],
            [.. inForce.Select(h => Ids.Show(IdPrefix.Plan, h.PlanId))],
            multiplier
        );
    }
}
