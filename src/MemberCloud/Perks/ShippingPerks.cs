using MemberCloud.Data;
using MemberCloud.Tenancy;

namespace MemberCloud.Perks;

/// <summary>Free shipping that a member has left, for quotes: read in the batch of whoever asks, nothing locked.</summary>
public static class ShippingPerks
{
    /// <summary>Adds to a batch what says how much is left; once that is loaded it is asked by what entitles the member.</summary>
    /// <returns>Of the perks those the member can use, in their order.</returns>
    public static Func<IReadOnlyList<PerkSource>, IReadOnlyList<HeldPerk>> Ask(
        LoadBatch load,
        TenantInfo tenant,
        IReadOnlyList<ShippingPerk> perks,
        Guid? member,
        DateTime now
    )
    {
        if (member is not { } id)
            return _ => [];
        var asked = perks.Select(p => (Perk: p, Open: PerkWork.Look(load, tenant, (id, p.Id), now))).ToList();
        return sources =>
        {
            var usable = new List<HeldPerk>();
            foreach (var (perk, open) in asked)
            {
                List<PerkSource> entitling = [.. sources.Where(s => s.Perks.Contains(perk.Shown, StringComparer.Ordinal))];
                if (entitling.Count == 0)
                    continue;
                var held = new HeldPerk(perk.Id, perk.Body, perk.Since, entitling);
                if (open().Usable(held).Any(g => PerkGrantRules.Left(g) > 0))
                    usable.Add(held);
            }
            return usable;
        };
    }
}
