using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Perks;

/// <summary>Gives back what reservations keep whose time ran out: each perk of each member in a transaction of its own.</summary>
public sealed class ReleasePerksJob(Transactions transactions, TenantScope scope) : ITenantJob
{
    public const string Name = "perks.release";

    // ix_perk_reservations_due
    private IQueryable<PerkReservation> Open =>
        transactions.Db.Set<PerkReservation>().AsNoTracking().Where(r => r.State == PerkReservationState.Reserved);

    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        Open.MinAsync(r => (DateTime?)r.ExpiresAt, ct);

    public async Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var now = scope.Now;
        var due = await Open.Where(r => r.ExpiresAt <= now)
            .OrderBy(r => r.ExpiresAt)
            .Take(batch)
            .Select(r => new { r.MemberId, r.PerkId })
            .ToListAsync(ct);
        var (changed, failed) = (0, new List<string>());
        foreach (var one in due.Distinct())
        {
            var (released, failures) = await OneByOne.RunAsync(
                [(one.MemberId, one.PerkId)],
                some => transactions.RunAsync(() => PerkWork.PostDueAsync(transactions.Door, scope.Tenant, some[0], now, ct), ct),
                of => $"{Ids.Show(IdPrefix.Member, of.MemberId)} {Ids.Show(IdPrefix.Perk, of.PerkId)}"
            );
            changed += released;
            failed.AddRange(failures);
        }
        return new(due.Count, changed, due.Count == batch && failed.Count == 0, Failures: failed);
    }
}
