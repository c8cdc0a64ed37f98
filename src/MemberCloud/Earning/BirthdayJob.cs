using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Earning;

/// <summary>Birthdays earn once a year, on the local day; a day missed in an outage is caught up for up to 30 days.</summary>
public sealed class BirthdayJob(Transactions transactions, EarningService earning, TenantScope scope) : ITenantJob
{
    public const string Name = "members.birthday";
    private const int CatchUpDays = 30;

    public static Schedule When { get; } = Schedule.At(0, 0);

    public async Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        (await earning.RulesAsync(ct)).For(EarningRules.MemberBirthday).Any()
            ? When.NextAfter(progress.LastRun ?? scope.Tenant.CreatedAt, scope.Tenant.Local)
            : null;

    public Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct) =>
        transactions.RunAsync(
            async () =>
            {
                var found = await CelebratedAsync(progress, batch, ct);
                var more = found.Count == batch;
                // Held, and read again: who was erased meanwhile has no birthday.
                var held = await MemberService.LoadAsync(
                    transactions.Door,
                    new(),
                    found.Select(f => f.MemberId).Distinct().ToDictionary(id => id, _ => DateTime.MaxValue),
                    ct
                );
                found.RemoveAll(f => held[f.MemberId].ErasedAt is not null);
                var db = transactions.Db;
                db.AddRange(
                    found.Select(f => new JobEffect
                    {
                        TenantId = scope.Id,
                        Job = Name,
                        SubjectId = f.MemberId,
                        Period = Year(f.Day),
                    })
                );
                await db.SaveChangesAsync(ct);
                await earning.EarnAsync(
                    [
                        .. found.Select(f =>
                            (
                                EarningRules.MemberBirthday,
                                f.MemberId,
                                held[f.MemberId].Channel,
                                scope.Tenant.Local.StartOf(f.Day),
                                new Points.Reference("birthday", Year(f.Day))
                            )
                        ),
                    ],
                    ct
                );
                return new JobOutcome(found.Count, found.Count, more);
            },
            ct
        );

    private async Task<List<(Guid MemberId, DateOnly Day)>> CelebratedAsync(JobProgress progress, int batch, CancellationToken ct)
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
            var done = transactions.Db.Set<JobEffect>().Where(e => e.Job == Name && e.Period == year);
            var members = await transactions
                .Db.Set<Member>()
                .Where(m => m.MergedInto == null && keys.Contains(m.BirthKey) && !done.Any(e => e.SubjectId == m.Id))
                .OrderBy(m => m.Id)
                .Select(m => m.Id)
                .Take(batch - found.Count)
                .ToListAsync(ct);
            found.AddRange(members.Select(m => (m, day)));
        }
        return found;
    }

    private static string Year(DateOnly day) => day.Year.ToString(CultureInfo.InvariantCulture);
}
