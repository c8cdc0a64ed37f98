using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MemberCloud.Jobs;

/// <summary>
/// Runs what is due. Knows no scheduler: whoever calls <see cref="RunDueAsync"/> every minute, on however many nodes, is one. A tenant is taken by a lease on its
/// row in the due list, has a bounded turn, and goes to the end of the line when it is not done.
/// </summary>
public sealed partial class JobRunner(
    IServiceScopeFactory scopes,
    TenantDirectory directory,
    JobTable table,
    TimeProvider wall,
    ILogger<JobRunner> log
)
{
    private const int BatchesPerTurn = 10;
    private static readonly TimeSpan StandingClock = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromHours(1);

    private DateTime WallNow => Instants.Cut(wall.GetUtcNow().UtcDateTime);

    /// <summary>
    /// Works through the tenants that are due for a job until none is left. Returns how many turns were taken. <paramref name="stopping"/> ends it after the
    /// batch under way, and gives the tenant back; <paramref name="ct"/> undoes that batch, and its lease runs out.
    /// </summary>
    public async Task<int> RunDueAsync(JobDefinition job, CancellationToken ct, CancellationToken stopping = default)
    {
        if (stopping.IsCancellationRequested)
            return 0;
        await directory.EnsureDueAsync([job.Name], ct);
        var turns = 0;
        while (!stopping.IsCancellationRequested && await directory.ClaimAsync(job.Name, ct) is { } claimed)
        {
            await TurnAsync(job, claimed, ct, stopping);
            turns++;
        }
        return turns;
    }

    private async Task TurnAsync(JobDefinition job, JobDue claimed, CancellationToken ct, CancellationToken stopping)
    {
        using var span = Telemetry.Source.StartActivity($"job {job.Name}");
        span?.SetTag("membercloud.tenant", Ids.Show(IdPrefix.Tenant, claimed.TenantId));
        var before = new JobProgress(claimed.LastRun, claimed.Cursor);
        var (progress, next) = (before, WallNow + StandingClock);
        try
        {
            if (
                await directory.FindAsync(claimed.TenantId, ct) is { Status: TenantStatus.Active } tenant
                && !(job.MovesWithClock && tenant.ClockTarget is not null)
            )
                (progress, next) = await WorkAsync(job, tenant, before, ct, stopping);
            claimed.Failures = 0;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error);
            LogFailed(error, job.Name, Ids.Show(IdPrefix.Tenant, claimed.TenantId));
            next = WallNow + BackOff(++claimed.Failures);
        }
        await directory.ReleaseAsync(claimed, next, progress == before ? null : progress, ct);
    }

    private async Task<(JobProgress Progress, DateTime Next)> WorkAsync(
        JobDefinition job,
        TenantInfo tenant,
        JobProgress progress,
        CancellationToken ct,
        CancellationToken stopping
    )
    {
        await using var scope = Enter(tenant);
        var tally = new RunTally(job.Name, WallNow);
        try
        {
            (progress, var done) = await RunAsync(scope.ServiceProvider, job, progress, tally, BatchesPerTurn, ct, stopping);
            return (progress, done ? NextLook(job, tenant) : WallNow);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            tally.Fail(error.GetType().Name);
            throw;
        }
        finally
        {
            await RecordAsync(scope.ServiceProvider, tally, ct);
        }
    }

    /// <summary>Runs a job on the entered tenant while it is due, at most so many batches. Says how far it got, and whether nothing is left.</summary>
    internal static async Task<(JobProgress Progress, bool Done)> RunAsync(
        IServiceProvider services,
        JobDefinition job,
        JobProgress progress,
        RunTally tally,
        int batches,
        CancellationToken ct,
        CancellationToken stopping = default
    )
    {
        var scope = services.GetRequiredService<TenantScope>();
        var work = (ITenantJob)services.GetRequiredService(job.Type);
        var now = job.MovesWithClock ? scope.Now : scope.WallNow;
        for (var batch = 0; batch < batches && !stopping.IsCancellationRequested; batch++)
        {
            // A batch that left something said so: only the first asks whether anything is due.
            if (batch == 0 && progress.Cursor is null && !(await work.NextDueAsync(progress, ct) <= now))
                return (progress, true);
            var outcome = await work.RunAsync(progress, job.Batch, ct);
            tally.Add(outcome);
            if (!outcome.More)
                return (new(now, null), true);
            progress = progress with { Cursor = outcome.Cursor };
        }
        return (progress, false);
    }

    /// <summary>Runs a job on one tenant now, whatever its schedule says, until nothing is left.</summary>
    internal async Task<RunTally> RunNowAsync(IServiceProvider services, JobDefinition job, CancellationToken ct)
    {
        var tally = new RunTally(job.Name, WallNow);
        var work = (ITenantJob)services.GetRequiredService(job.Type);
        var due = (await directory.DueOfAsync(services.GetRequiredService<TenantScope>().Id, ct)).FirstOrDefault(d =>
            d.Job == job.Name
        );
        var progress = new JobProgress(due?.LastRun, null);
        for (var batch = 0; batch < 10_000; batch++)
        {
            var outcome = await work.RunAsync(progress, job.Batch, ct);
            tally.Add(outcome);
            if (!outcome.More)
                break;
            progress = progress with { Cursor = outcome.Cursor };
        }
        await RecordAsync(services, tally, ct);
        return tally;
    }

    internal AsyncServiceScope Enter(TenantInfo tenant)
    {
        var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenant);
        return scope;
    }

    internal static async Task RecordAsync(IServiceProvider services, RunTally tally, CancellationToken ct)
    {
        if (tally.IsEmpty)
            return;
        var transactions = services.GetRequiredService<Transactions>();
        var run = tally.ToRun(services.GetRequiredService<TenantScope>());
        Telemetry.Ran(run.Job, run.Looked, run.Changed, run.Failed, TimeSpan.FromMilliseconds(run.TookMs));
        await transactions.RunAsync(
            async () =>
            {
                transactions.Db.Add(run);
                await transactions.Db.SaveChangesAsync(ct);
            },
            ct
        );
    }

    /// <summary>A live brand by its own zone's schedule; a standing test clock is looked at every minute, for facts that came late.</summary>
    private DateTime NextLook(JobDefinition job, TenantInfo tenant) =>
        tenant.TestClock is not null && job.MovesWithClock
            ? WallNow + StandingClock
            : job.Schedule.NextAfter(WallNow, tenant.Local);

    private static TimeSpan BackOff(int failures) => failures > 6 ? LongestBackOff : TimeSpan.FromMinutes(1 << (failures - 1));

    internal IReadOnlyList<JobDefinition> Jobs => table.Jobs;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Job} failed on {Brand}")]
    private partial void LogFailed(Exception error, string job, string brand);
}
