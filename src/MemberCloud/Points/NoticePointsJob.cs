using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Points;

/// <summary>What <c>points.expiring</c> says: what ends soon, by currency and instant.</summary>
public sealed record ExpiringEvent(string MemberId, IReadOnlyList<ExpiringPart> Points);

/// <summary>Points that end together.</summary>
public sealed record ExpiringPart(string Currency, long Amount, DateTime ExpiresAt);

/// <summary>
/// Tells members what ends within the brand's notice days: each lot once, one event per member and local day. After an outage it tells once of all that
/// came into the window meanwhile.
/// </summary>
public sealed class NoticePointsJob(Transactions transactions, TenantScope scope) : ITenantJob
{
    public const string Name = "points.notice";

    public static Schedule When { get; } = Schedule.At(9, 0);

    private MemberCloudDb Db => transactions.Db;

    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        Task.FromResult<DateTime?>(When.NextAfter(progress.LastRun ?? scope.Tenant.CreatedAt, scope.Tenant.Local));

    public Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct) =>
        transactions.RunAsync(
            async () =>
            {
                var today = scope.Tenant.Local.DateOf(scope.Now).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                var told = Db.Set<JobEffect>().Where(e => e.Job == Name && e.Period == today);
                var lots = InWindow(progress.LastRun).Where(l => !told.Any(e => e.SubjectId == l.MemberId));
                var members = await lots.Select(l => l.MemberId).Distinct().OrderBy(m => m).Take(batch).ToListAsync(ct);
                var found = await lots.Where(l => members.Contains(l.MemberId)).ToListAsync(ct);
                var ending = await EndingAsync(await UntoldAsync(found, members, progress.LastRun, ct), ct);
                foreach (var member in members)
                {
                    Db.Add(
                        new JobEffect
                        {
                            TenantId = scope.Id,
                            Job = Name,
                            SubjectId = member,
                            Period = today,
                            At = scope.Now,
                        }
                    );
                    if (ending[member].Any())
                        Db.Add(OutboxEvent.Of(scope.Id, "points.expiring", member, EventOf(member, ending[member]), scope.Now));
                }
                await Db.SaveChangesAsync(ct);
                return new JobOutcome(found.Count, members.Count, members.Count == batch);
            },
            ct
        );

    /// <summary>A run that died told some members, and no run is noted: what those were told of then is not told again.</summary>
    private async Task<List<PointsLot>> UntoldAsync(
        List<PointsLot> lots,
        List<Guid> members,
        DateTime? lastRun,
        CancellationToken ct
    )
    {
        var last = lastRun ?? DateTime.UnixEpoch;
        var told = await Db.Set<JobEffect>()
            .AsNoTracking()
            .Where(e => e.Job == Name && members.Contains(e.SubjectId) && e.At > last)
            .ToListAsync(ct);
        var byMember = told.ToLookup(e => e.SubjectId, e => e.At!.Value);
        return [.. lots.Where(l => !byMember[l.MemberId].Any(at => l.AvailableAt <= at && l.DueAt <= WindowEnd(at)))];
    }

    /// <summary>What really ends in the window: activity since may have put off the end of points that end with inactivity.</summary>
    private async Task<ILookup<Guid, PointsLot>> EndingAsync(List<PointsLot> lots, CancellationToken ct)
    {
        var idle = lots.Where(l => ExpiryPolicy.Parse(l.Expiry).Kind == ExpiryKind.Inactive).ToList();
        var owners = idle.Select(l => l.MemberId).Distinct().ToList();
        var accounts =
            owners.Count == 0
                ? []
                : await Db.Set<PointsAccount>().AsNoTracking().Where(a => owners.Contains(a.MemberId)).ToListAsync(ct);
        var active = accounts.ToDictionary(a => (a.MemberId, a.Currency), a => a.ActiveAt);
        bool PutOff(PointsLot l) =>
            ExpiryPolicy.Parse(l.Expiry).EndOf(l.AvailableAt!.Value, active[(l.MemberId, l.Currency)], null, scope.Tenant.Local)
            > l.DueAt;
        return lots.Except(idle.Where(PutOff)).ToLookup(l => l.MemberId);
    }

    /// <summary>Lots that end in the window and did not lie in the window of the last run, or were not available then.</summary>
    private IQueryable<PointsLot> InWindow(DateTime? lastRun)
    {
        var (now, end) = (scope.Now, WindowEnd(scope.Now));
        var lots = Db.Set<PointsLot>()
            .AsNoTracking()
            .Where(l =>
                l.State != LotState.Closed
                && l.State == LotState.Available
                && l.Currency != Currencies.Growth
                && l.DueAt > now
                && l.DueAt <= end
            );
        if (lastRun is not { } last)
            return lots;
        var told = WindowEnd(last);
        return lots.Where(l => l.DueAt > told || l.AvailableAt > last);
    }

    private DateTime WindowEnd(DateTime at)
    {
        var local = scope.Tenant.Local;
        return local.EndOf(local.DateOf(at).AddDays(scope.Tenant.Settings.PointsNoticeDays));
    }

    private static ExpiringEvent EventOf(Guid memberId, IEnumerable<PointsLot> lots) =>
        new(
            Ids.Show(IdPrefix.Member, memberId),
            [
                .. lots.GroupBy(l => (l.Currency, l.DueAt))
                    .OrderBy(g => g.Key.DueAt)
                    .Select(g => new ExpiringPart(g.Key.Currency, g.Sum(l => l.Remaining), g.Key.DueAt!.Value)),
            ]
        );
}
