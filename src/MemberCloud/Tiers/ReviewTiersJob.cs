using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Tiers;

/// <summary>Reviews tiers at their end, and says some days before when one will not be kept.</summary>
public sealed class ReviewTiersJob(Transactions transactions, PointsLedger ledger, TierService tiers, TenantScope scope)
    : ITenantJob
{
    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        transactions.Db.Set<TierStanding>().MinAsync(s => s.DueAt, ct);

    public async Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var now = scope.Now;
        var due = await transactions
            .Db.Set<TierStanding>()
            .AsNoTracking()
            .Where(s => s.DueAt <= now)
            .OrderBy(s => s.DueAt)
            .Take(batch)
            .Select(s => s.MemberId)
            .ToListAsync(ct);
        if (due.Count == 0)
            return new(0, 0, false);
        var (changed, failures) = await OneByOne.RunAsync(
            due,
            members => transactions.RunAsync(() => AdvanceAsync(members, ct), ct),
            m => Ids.Show(IdPrefix.Member, m)
        );
        return new(due.Count, changed, due.Count == batch && failures.Count == 0, Failures: failures);
    }

    private async Task<int> AdvanceAsync(IReadOnlyList<Guid> members, CancellationToken ct)
    {
        var door = transactions.Door;
        // The growth account is the lock of a standing: no earning lifts the member while the review looks.
        await ledger.OpenAsync(door, [.. members.Select(m => new AccountKey(m, Currencies.Growth))], LotsWanted.Due, ct);
        var work = await tiers.OpenAsync(door, members, ct);
        foreach (var member in members)
            work.Advance(member);
        var store = new StoreBatch();
        work.Write(store);
        await door.StoreAsync(store, ct);
        return work.Changed;
    }
}
