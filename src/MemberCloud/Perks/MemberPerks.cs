using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Perks;

/// <summary>What entitles a member to a perk.</summary>
/// <param name="Type">tier or plan.</param>
/// <param name="Id">The tier's or plan's id.</param>
/// <param name="Until">When it ends if nothing more happens; null = not by itself.</param>
public sealed record PerkSourceShape(PerkSourceKind Type, string Id, DateTime? Until);

/// <summary>A perk that a member has, as of now.</summary>
/// <param name="Id"><c>perk_...</c></param>
/// <param name="Kind">What it is.</param>
/// <param name="Period">After what the quantity begins anew.</param>
/// <param name="Quantity">How much the member has in the period under way, what went over from the one before included; null for kinds that hold all the time.</param>
/// <param name="Used">How much of it was used.</param>
/// <param name="Reserved">How much of it reservations keep.</param>
/// <param name="Left">How much can be used.</param>
/// <param name="ResetsAt">When the quantity begins anew; null = never.</param>
/// <param name="EndsAt">When the member has the perk no more if nothing more happens; null = not by itself.</param>
/// <param name="Config">What the kind asks for.</param>
/// <param name="Sources">What entitles to it, the one held longest first.</param>
public sealed record MemberPerkShape(
    string Id,
    string Name,
    PerkKind Kind,
    PerkPeriod Period,
    long? Quantity,
    long? Used,
    long? Reserved,
    long? Left,
    DateTime? ResetsAt,
    DateTime? EndsAt,
    PerkConfig Config,
    IReadOnlyList<PerkSourceShape> Sources
);

/// <summary>Reads what perks members have and what is left of them. A period that has no grant yet reads as a fresh one.</summary>
public sealed class MemberPerks(MemberCloudDb db, Entitlements entitlements, TenantScope scope)
{
    public async Task<IReadOnlyList<MemberPerkShape>> OfAsync(Member member, CancellationToken ct)
    {
        var held = await entitlements.OfAsync(member, ct);
        if (held.Count == 0)
            return [];
        var open = await db.Set<PerkReservation>()
            .AsNoTracking()
            .Where(r => r.MemberId == member.Id && r.State == PerkReservationState.Reserved)
            .ToListAsync(ct);
        var grants = (await GrantsAsync(member.Id, open, ct)).ToLookup(g => g.PerkId);
        var reservations = open.ToLookup(r => r.PerkId);
        return [.. held.Select(h => Show(h, Usable(member.Id, h, grants[h.Id], reservations[h.Id])))];
    }

    /// <summary>Those in force, the one of each perk that ended last, and those that reservations took from.</summary>
    private Task<List<PerkGrant>> GrantsAsync(Guid memberId, List<PerkReservation> open, CancellationToken ct)
    {
        var (now, all) = (scope.Now, db.Set<PerkGrant>().AsNoTracking());
        var reserved = open.SelectMany(r => GrantParts.Read(r.Parts)).Select(p => p.GrantId).Distinct().ToList();
        return all.Where(g => g.MemberId == memberId)
            .Where(g =>
                g.EndsAt == null
                || g.EndsAt > now
                || reserved.Contains(g.Id)
                || !all.Any(o => o.MemberId == memberId && o.PerkId == g.PerkId && o.EndsAt <= now && o.EndsAt > g.EndsAt)
            )
            .ToListAsync(ct);
    }

    private IReadOnlyList<PerkGrant> Usable(
        Guid memberId,
        HeldPerk held,
        IEnumerable<PerkGrant> grants,
        IEnumerable<PerkReservation> open
    ) =>
        PerkUseRules.HasQuantity(held.Body.Kind!.Value)
            ? new PerkWork(scope.Tenant, (memberId, held.Id), scope.Now, grants, open).Usable(held)
            : [];

    private MemberPerkShape Show(HeldPerk held, IReadOnlyList<PerkGrant> usable)
    {
        var body = held.Body;
        var counts = PerkUseRules.HasQuantity(body.Kind!.Value);
        long? Sum(Func<PerkGrant, long> part) => counts ? usable.Sum(part) : null;
        var span = PerkGrantRules.Span(body.Period, held.Source, scope.Now, scope.Tenant.Local);
        return new(
            Ids.Show(IdPrefix.Perk, held.Id),
            body.Name,
            body.Kind!.Value,
            body.Period,
            Sum(g => g.Amount),
            Sum(g => g.Used),
            Sum(g => g.Reserved),
            Sum(PerkGrantRules.Left),
            counts ? span.EndsAt : null,
            held.Sources.Any(s => s.Until is null) ? null : held.Sources.Max(s => s.Until),
            body.Config ?? new(),
            [.. held.Sources.Select(s => new PerkSourceShape(s.Kind, s.ShownId, s.Until))]
        );
    }
}
