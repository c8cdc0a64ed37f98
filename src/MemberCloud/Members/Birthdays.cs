using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Members;

/// <summary>Whose birthday it is, for jobs that do something about it once a year. A day missed in an outage is caught up for up to 30 days.</summary>
public static class Birthdays
{
    private const int CatchUpDays = 30;

    /// <summary>On the local day.</summary>
    public static Schedule When { get; } = Schedule.At(0, 0);

    /// <summary>Who celebrated since the job ran last and has no effect of it this year, day by day; not more than so many.</summary>
    public static async Task<List<(Guid MemberId, DateOnly Day)>> CelebratedAsync(
        MemberCloudDb db,
        TenantScope scope,
        string job,
        JobProgress progress,
        int batch,
        CancellationToken ct
    )
    {
        var today = scope.Tenant.Local.DateOf(scope.Now);
        var first = progress.LastRun is { } last ? scope.Tenant.Local.DateOf(last).AddDays(1) : today;
        first =
            first < today.AddDays(-CatchUpDays) ? today.AddDays(-CatchUpDays)
            : first > today ? today
            : first;
        var found = new List<(Guid, DateOnly)>();
        for (var day = first; day <= today && found.Count < batch; day = day.AddDays(1))
        {
            var keys = MemberRules.BirthKeysOn(day).Select(k => (int?)k).ToList();
            var year = Year(day);
            var done = db.Set<JobEffect>().Where(e => e.Job == job && e.Period == year);
            var members = await db.Set<Member>()
                .Where(m => m.MergedInto == null && keys.Contains(m.BirthKey) && !done.Any(e => e.SubjectId == m.Id))
                .OrderBy(m => m.Id)
                .Select(m => m.Id)
                .Take(batch - found.Count)
                .ToListAsync(ct);
            found.AddRange(members.Select(m => (m, day)));
        }
        return found;
    }

    /// <summary>That a job did this year's for a member.</summary>
    public static JobEffect Effect(TenantScope scope, string job, Guid member, DateOnly day) =>
        new()
        {
            TenantId = scope.Id,
            Job = job,
            SubjectId = member,
            Period = Year(day),
        };

    public static string Year(DateOnly day) => day.Year.ToString(CultureInfo.InvariantCulture);
}
