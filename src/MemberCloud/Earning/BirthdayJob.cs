using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Tenancy;

namespace MemberCloud.Earning;

/// <summary>Birthdays earn once a year, on the local day; a day missed in an outage is caught up for up to 30 days.</summary>
public sealed class BirthdayJob(Transactions transactions, EarningService earning, TenantScope scope) : ITenantJob
{
    public const string Name = "members.birthday";

    public async Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        (await earning.RulesAsync(ct)).For(EarningRules.MemberBirthday).Any()
            ? Birthdays.When.NextAfter(progress.LastRun ?? scope.Tenant.CreatedAt, scope.Tenant.Local)
            : null;

    public Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct) =>
        transactions.RunAsync(
            async () =>
            {
                var found = await Birthdays.CelebratedAsync(transactions.Db, scope, Name, progress, batch, ct);
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
                db.AddRange(found.Select(f => Birthdays.Effect(scope, Name, f.MemberId, f.Day)));
                await db.SaveChangesAsync(ct);
                await earning.EarnAsync(
                    [
                        .. found.Select(f =>
                            (
                                EarningRules.MemberBirthday,
                                f.MemberId,
                                held[f.MemberId].Channel,
                                scope.Tenant.Local.StartOf(f.Day),
                                new Points.Reference("birthday", Birthdays.Year(f.Day))
                            )
                        ),
                    ],
                    ct
                );
                return new JobOutcome(found.Count, found.Count, more);
            },
            ct
        );
}
