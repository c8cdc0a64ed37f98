using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;

namespace MemberCloud.Tiers;

/// <summary>Members by the tier they stand on, by their last review: a review that is due but not done yet is not foreseen here.</summary>
public sealed class SegmentByTier(MemberCloudDb db, TierService tiers) : ISegmentPart
{
    public async Task<Problem?> CheckAsync(SegmentFilter filter, CancellationToken ct)
    {
        if (filter.TierIds is not { Count: > 0 } asked)
            return null;
        var known = (await tiers.LadderAsync(ct)).Select(t => Ids.Show(IdPrefix.Tier, t.Id)).ToHashSet();
        return asked.FirstOrDefault(t => !known.Contains(t)) is { } unknown
            ? Problem.Contradiction("tier_unknown", $"The brand has no tier {unknown}.")
            : null;
    }

    // pk_tier_standings; ix_tier_standings_tier where few stand on the tier
    public async Task<IQueryable<Member>> NarrowAsync(IQueryable<Member> members, SegmentFilter filter, CancellationToken ct)
    {
        if (filter.TierIds is not { Count: > 0 } asked)
            return members;
        List<Guid> ids = [.. asked.Select(Read)];
        var standings = db.Set<TierStanding>();
        return TierRules.Entry(await tiers.LadderAsync(ct)) is { } entry && ids.Contains(entry.Id)
            // Whoever has no standing, or one that names no tier, is at the entry.
            ? members.Where(m => !standings.Any(s => s.MemberId == m.Id && s.TierId != null && !ids.Contains(s.TierId.Value)))
            : members.Where(m => standings.Any(s => s.MemberId == m.Id && s.TierId != null && ids.Contains(s.TierId.Value)));
    }

    private static Guid Read(string shown) => Ids.TryRead(IdPrefix.Tier, shown, out var id) ? id : Guid.Empty;
}
