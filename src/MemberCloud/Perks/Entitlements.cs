using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Perks;

/// <summary>Which perks members are entitled to now, by their plans in force and the better of their tiers. Reads only.</summary>
public sealed class Entitlements(MemberCloudDb db, TierService tiers, PerkService perks, TenantScope scope)
{
    /// <summary>All perks of a member, oldest first.</summary>
    public async Task<IReadOnlyList<HeldPerk>> OfAsync(Member member, CancellationToken ct)
    {
        var sources = await SourcesAsync(member, ct);
        return [.. (await perks.AllAsync(ct)).Select(p => Held(p, sources)).Where(p => p.Sources.Count > 0)];
    }

    /// <summary>One perk of a member; without sources where nothing entitles to it. Null = the brand has no such perk.</summary>
    public async Task<HeldPerk?> FindAsync(Member member, Guid perkId, CancellationToken ct) =>
        (await perks.AllAsync(ct)).FirstOrDefault(p => p.Id == perkId) is { } perk
            ? Held(perk, await SourcesAsync(member, ct))
            : null;

    /// <summary>What a perk of the brand is.</summary>
    public async Task<PerkKind> KindAsync(Guid perkId, CancellationToken ct) =>
        Json.Read<PerkBody>((await perks.AllAsync(ct)).First(p => p.Id == perkId).Body).Kind!.Value;

    private async Task<IReadOnlyList<PerkSource>> SourcesAsync(Member member, CancellationToken ct)
    {
        var (now, ladder) = (scope.Now, await tiers.LadderAsync(ct));
        var standing = await db.Set<TierStanding>().AsNoTracking().FirstOrDefaultAsync(s => s.MemberId == member.Id, ct);
        // A review that is due counts as done.
        if (standing?.ValidUntil <= now)
            standing = (await tiers.ReadAsync(member.Id, ct)).Standing;
        // pk_plan_holdings
        var holdings = await db.Set<PlanHolding>().AsNoTracking().Where(h => h.MemberId == member.Id).ToListAsync(ct);
        return EntitlementRules.Sources(
            ladder,
            standing is { } s ? new(s.TierId, s.Since, s.ValidUntil) : null,
            member.JoinedAt,
            holdings,
            now,
            scope.Tenant.Local
        );
    }

    private static HeldPerk Held(Perk perk, IReadOnlyList<PerkSource> sources)
    {
        var shown = Ids.Show(IdPrefix.Perk, perk.Id);
        return new(
            perk.Id,
            Json.Read<PerkBody>(perk.Body),
            perk.CreatedAt,
            [.. sources.Where(s => s.Perks.Contains(shown, StringComparer.Ordinal))]
        );
    }
}
