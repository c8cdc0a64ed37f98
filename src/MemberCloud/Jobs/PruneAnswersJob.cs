using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Staff;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Jobs;

/// <summary>Forgets idempotent answers, and tokens that ended, after 7 days by the wall clock.</summary>
public sealed class PruneAnswersJob(Transactions transactions, TenantScope scope, TenantDirectory directory) : ITenantJob
{
    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        Task.FromResult<DateTime?>(DateTime.UnixEpoch);

    public Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct) =>
        transactions.RunAsync(
            async () =>
            {
                var before = scope.WallNow - Idempotency.Kept;
                var old = await transactions
                    .Db.Set<IdempotentAnswer>()
                    .Where(a => a.CreatedAt < before)
                    .OrderBy(a => a.CreatedAt)
                    .Take(batch)
                    .ExecuteDeleteAsync(ct);
                var ended = await directory.PruneAsync(transactions, scope.Id, batch, ct);
                // Whoever guessed at an address is forgotten a day after the wait is over.
                var dayAgo = scope.WallNow - TimeSpan.FromDays(1);
                await transactions.Db.Set<SignInTries>().Where(t => t.NextAt < dayAgo).ExecuteDeleteAsync(ct);
                var hourAgo = scope.WallNow - HourRules.Window;
                await transactions.Db.Set<HourCount>().Where(t => t.Since < hourAgo).ExecuteDeleteAsync(ct);
                return new JobOutcome(old + ended, old + ended, old == batch || ended == batch);
            },
            ct
        );
}
