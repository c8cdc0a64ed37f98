using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Perks;

/// <summary>
/// Gives out coupon packs, once for each member, perk and period: at the start of a local day, and when a plan's term, a tier or the membership of the programme began.
/// What begins in another way, a perk that a tier has from now on, is found at the start of the next day.
/// </summary>
public sealed class IssuePerksJob(MemberCloudDb db, TenantScope scope, PerkService perks, TierService tiers, PackService packs)
    : ITenantJob
{
    public const string Name = "perks.issue";

    private static readonly Schedule Daily = Schedule.At(0, 0);

    public async Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct)
    {
        if ((await ActiveAsync(ct)).Count == 0)
            return null;
        var last = progress.LastRun ?? scope.Tenant.CreatedAt;
        DateTime?[] begun =
        [
            Daily.NextAfter(last, scope.Tenant.Local),
            await db.Set<PlanHolding>().Where(h => h.TermStartsAt > last).MinAsync(h => (DateTime?)h.TermStartsAt, ct),
            await db.Set<TierStanding>().Where(s => s.Since > last).MinAsync(s => (DateTime?)s.Since, ct),
            await db.Set<Member>().Where(m => m.JoinedAt > last).MinAsync(m => (DateTime?)m.JoinedAt, ct),
        ];
        return begun.Min();
    }

    public async Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var (at, active) = (PackCursor.Read(progress.Cursor), await ActiveAsync(ct));
        if (active.Find(p => p.Id.CompareTo(at.Perk) >= 0) is not { } perk)
            return new(0, 0, false);
        var members = await HoldersAsync(perk, perk.Id == at.Perk ? at.Member : Guid.Empty, batch, ct);
        var (changed, failed) = (0, new List<string>());
        foreach (var member in members)
        {
            var (issued, failures) = await OneByOne.RunAsync(
                [member],
                some => packs.IssueAsync(some[0], perk.Id, ct),
                m => $"{Ids.Show(IdPrefix.Member, m)} {Ids.Show(IdPrefix.Perk, perk.Id)}"
            );
            changed += issued;
            failed.AddRange(failures);
        }
        PackCursor? next =
            members.Count == batch ? new(perk.Id, members[^1])
            : active.Find(p => p.Id.CompareTo(perk.Id) > 0) is { } other ? new(other.Id, Guid.Empty)
            : null;
        return new(members.Count, changed, next is not null, next?.ToString(), failed);
    }

    private async Task<List<Perk>> ActiveAsync(CancellationToken ct) =>
        [.. (await perks.AllAsync(ct)).Where(p => Json.Read<PerkBody>(p.Body) is { Kind: PerkKind.CouponPack, Active: true })];

    /// <summary>Members whom something entitles to the perk and who have no grant of the period, by what is written; whoever gives it out looks closer.</summary>
    private async Task<List<Guid>> HoldersAsync(Perk perk, Guid after, int batch, CancellationToken ct)
    {
        var (now, shown) = (scope.Now, Ids.Show(IdPrefix.Perk, perk.Id));
        var ladder = await tiers.LadderAsync(ct);
        var with = ladder.Where(t => TierPerks.Read(t.Perks).Contains(shown)).Select(t => (Guid?)t.Id).ToList();
        var atEntry = with.Contains(TierRules.Entry(ladder)?.Id);
        var byTerm = Json.Read<PerkBody>(perk.Body).Period == PerkPeriod.Term;
        var holdings = db.Set<PlanHolding>().Where(h => h.Since <= now && now < h.Until);
        var standings = db.Set<TierStanding>();
        var grants = db.Set<PerkGrant>().Where(g => g.PerkId == perk.Id && (g.EndsAt == null || g.EndsAt > now));
        return await db.Set<Member>()
            .Where(m => m.ErasedAt == null && m.MergedInto == null && m.Id.CompareTo(after) > 0)
            .Where(m =>
                holdings.Any(h => h.MemberId == m.Id && (h.Perks.Contains(shown) || with.Contains(h.TierId)))
                || standings.Any(s => s.MemberId == m.Id && with.Contains(s.TierId))
                || (atEntry && !standings.Any(s => s.MemberId == m.Id && s.TierId != null))
            )
            // A term's grant says nothing about the term of something else.
            .Where(m =>
                !grants.Any(g =>
                    g.MemberId == m.Id
                    && (
                        !byTerm
                        || with.Contains(g.SourceId)
                        || holdings.Any(h => h.MemberId == m.Id && h.MembershipId == g.SourceId)
                    )
                )
            )
            .OrderBy(m => m.Id)
            .Select(m => m.Id)
            .Take(batch)
            .ToListAsync(ct);
    }
}

/// <summary>How far packs were given out: of which perk, up to which member.</summary>
public readonly record struct PackCursor(Guid Perk, Guid Member)
{
    public static PackCursor Read(string? text) =>
        text?.Split(' ') is [var perk, var member] ? new(Guid.Parse(perk), Guid.Parse(member)) : default;

    public override string ToString() => $"{Perk} {Member}";
}
