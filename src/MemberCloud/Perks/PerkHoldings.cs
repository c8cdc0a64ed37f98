using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Perks;

/// <summary>What members have of perks as a whole, for erasing and merging them. Inside the caller's transaction, the members locked.</summary>
public sealed class PerkHoldings(Transactions transactions, TenantScope scope)
{
    private MemberCloudDb Db => transactions.Db;

    private IQueryable<PerkGrant> Grants => Db.Set<PerkGrant>();

    /// <summary>Nothing is set aside any more.</summary>
    public async Task EndAsync(Guid id, CancellationToken ct)
    {
        var now = scope.Now;
        await Db.Set<PerkReservation>()
            .Where(r => r.MemberId == id && r.State == PerkReservationState.Reserved)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(r => r.State, PerkReservationState.Released)
                        .SetProperty(r => r.ResolvedAt, now)
                        .SetProperty(r => r.Version, r => r.Version + 1),
                ct
            );
        await Grants
            .Where(g => g.MemberId == id && g.Reserved > 0)
            .ExecuteUpdateAsync(set => set.SetProperty(g => g.Reserved, 0).SetProperty(g => g.Version, g => g.Version + 1), ct);
    }

    /// <summary>
    /// What the one was granted is the other's: of what both were granted for one period the larger use counts, so that two members are no way around a quota.
    /// Refused while one of them has something set aside.
    /// </summary>
    public async Task<Problem?> JoinAsync(Guid from, Guid into, CancellationToken ct)
    {
        var now = scope.Now;
        var open = await Db.Set<PerkReservation>()
            .Where(r => (r.MemberId == from || r.MemberId == into) && r.State == PerkReservationState.Reserved)
            .Select(r => new
            {
                r.MemberId,
                r.PerkId,
                r.ExpiresAt,
            })
            .ToListAsync(ct);
        if (open.Exists(r => r.ExpiresAt > now))
            return Problem.Conflict(
                "open_perk_reservation",
                "One of them has some of a perk set aside: commit or release it first."
            );
        foreach (var of in open.Select(r => (r.MemberId, r.PerkId)).Distinct())
            await PerkWork.PostDueAsync(transactions.Door, scope.Tenant, of, now, ct);
        await JoinGrantsAsync(from, into, now, ct);
        return null;
    }

    /// <summary>What came with the one goes back with it, as it stands now.</summary>
    public Task PartAsync(Guid from, Guid into, CancellationToken ct) =>
        MoveAsync(Grants.Where(g => g.MemberId == into && g.BroughtFrom == from), from, null, ct);

    private async Task JoinGrantsAsync(Guid from, Guid into, DateTime now, CancellationToken ct)
    {
        var inForce = await Grants
            .Where(g => (g.MemberId == from || g.MemberId == into) && (g.EndsAt == null || g.EndsAt > now))
            .ToListAsync(ct);
        var stay = new List<Guid>();
        foreach (var brought in inForce.Where(g => g.MemberId == from))
            if (inForce.Find(g => g.MemberId == into && PerkGrantRules.IsSame(g, brought)) is { } own)
            {
                (own.Used, own.Version) = (PerkGrantRules.Joined(own, brought), own.Version + 1);
                stay.Add(brought.Id);
            }
        await Db.SaveChangesAsync(ct);
        var alone = Grants
            .Where(g => g.MemberId == from && !stay.Contains(g.Id))
            .Where(g => !Grants.Any(o => o.MemberId == into && o.PerkId == g.PerkId && o.Period == g.Period));
        await MoveAsync(alone, into, from, ct);
    }

    private static Task MoveAsync(IQueryable<PerkGrant> grants, Guid to, Guid? broughtFrom, CancellationToken ct) =>
        grants.ExecuteUpdateAsync(
            set =>
                set.SetProperty(g => g.MemberId, to)
                    .SetProperty(g => g.BroughtFrom, broughtFrom)
                    .SetProperty(g => g.Version, g => g.Version + 1),
            ct
        );
}
