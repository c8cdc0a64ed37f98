using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Perks;

/// <summary>The perks that tiers name must exist.</summary>
public sealed class PerksOfTiers(MemberCloudDb db) : ITierPerks
{
    public async Task<Problem?> CheckAsync(IReadOnlyList<string>? named, CancellationToken ct)
    {
        if (named is not { Count: > 0 })
            return null;
        // From the table: the service of perks checks their templates, those their audiences, and those their tiers.
        var known = (await db.Set<Perk>().Select(p => p.Id).ToListAsync(ct))
            .Select(id => Ids.Show(IdPrefix.Perk, id))
            .ToHashSet();
        return named.FirstOrDefault(p => !known.Contains(p)) is { } unknown ? PerkService.Unknown(unknown) : null;
    }
}
