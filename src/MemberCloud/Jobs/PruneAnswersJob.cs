using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Jobs;

/// <summary>Forgets idempotent answers after 7 days, by the wall clock.</summary>
public sealed class PruneAnswersJob(Transactions transactions, TenantScope scope) : ITenantJob
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
                return new JobOutcome(old, old, old == batch);
            },
            ct
        );
}
