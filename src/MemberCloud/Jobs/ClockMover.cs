using System.Collections.Concurrent;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MemberCloud.Jobs;

/// <summary>What a move did so far.</summary>
public sealed record ClockMove(Guid RunId, DateTime Now, DateTime? Target, IReadOnlyList<JobTotal> Runs);

/// <summary>What one job did on the way.</summary>
public sealed record JobTotal(string Job, int Changed);

/// <summary>
/// Moves a sandbox's clock: to the earliest instant at which any of its jobs has something to do, runs them there in their order until nothing is due, and on,
/// up to the target. A move that dies is carried on by whoever notices, from where the clock stands.
/// </summary>
public sealed partial class ClockMover(JobRunner runner, TenantDirectory directory, ILogger<ClockMover> log) : IDisposable
{
    private const int BatchesPerStep = 100_000;
    private const int PassesPerStep = 10;

    private readonly ConcurrentDictionary<Guid, Task<Result<ClockMove>>> moves = new();
    private readonly CancellationTokenSource stopping = new();

    private JobDefinition[] Moving => [.. runner.Jobs.Where(j => j.MovesWithClock)];

    /// <summary>Begins a move, and waits for it up to a time. A longer one goes on; ask for it with its run id.</summary>
    public async Task<Result<ClockMove>> MoveAsync(
        Guid tenantId,
        Func<DateTime, DateTime> target,
        TimeSpan patience,
        CancellationToken ct
    )
    {
        var begun = await directory.BeginMoveAsync(tenantId, target, ct);
        if (begun.Problem is { } problem)
            return problem;
        var (info, runId) = (begun.Value, Ids.New());
        var move = Task.Run(() => CarryOnAsync(info, runId, stopping.Token), CancellationToken.None);
        moves[runId] = move;
        await Task.WhenAny(move, Task.Delay(patience, ct));
        if (!move.IsCompleted)
            return new ClockMove(runId, info.TestClock!.Value, info.ClockTarget, []);
        moves.TryRemove(runId, out _);
        return await move;
    }

    /// <summary>Carries on what a mover that died left behind.</summary>
    public async Task ResumeAsync(CancellationToken ct)
    {
        foreach (var id in await directory.StrandedMovesAsync(ct))
        {
            if (await directory.FindAsync(id, ct) is { ClockTarget: { } target })
                await MoveAsync(id, _ => target, TimeSpan.FromMinutes(10), ct);
        }
    }

    private async Task<Result<ClockMove>> CarryOnAsync(TenantInfo tenant, Guid runId, CancellationToken ct)
    {
        var target = tenant.ClockTarget!.Value;
        var total = new Dictionary<string, int>();
        var steps = new StepState(await ProgressAsync(tenant.Id, ct));
        var tried = false;
        do
        {
            var due = await NextAsync(tenant, steps, ct) ?? target;
            var clock = tenant.TestClock!.Value;
            // What came late is done where the clock stands. What stays due after that could not be done: it is named in its run, and time goes
            // on without it, a day at a time.
            var instant = Earlier(due > clock || clock == target || !tried ? due : clock.AddDays(1), target);
            if (!await directory.SetClockAsync(tenant.Id, instant > clock ? instant : clock, target, ct))
                return Problem.Conflict("clock_moving", "Another mover carries this move on.");
            tenant = tenant with { TestClock = instant > clock ? instant : clock };
            await StepAsync(tenant, steps, total, ct);
            tried = true;
        } while (tenant.TestClock < target);
        await directory.EndMoveAsync(tenant.Id, target, ct);
        LogMoved(tenant.Slug, target);
        return new ClockMove(runId, target, null, [.. total.Select(t => new JobTotal(t.Key, t.Value))]);
    }

    /// <summary>Runs the jobs in their order until none is due at this instant, or none can do more.</summary>
    private async Task StepAsync(TenantInfo tenant, StepState steps, Dictionary<string, int> total, CancellationToken ct)
    {
        for (var pass = 0; pass < PassesPerStep; pass++)
        {
            var changed = await PassAsync(tenant, steps, total, ct);
            if (changed == 0 || !(await NextAsync(tenant, steps, ct) <= tenant.TestClock))
                return;
        }
    }

    private async Task<int> PassAsync(TenantInfo tenant, StepState steps, Dictionary<string, int> total, CancellationToken ct)
    {
        var changed = 0;
        await using var scope = runner.Enter(tenant);
        foreach (var job in Moving)
        {
            var tally = new RunTally(job.Name, scope.ServiceProvider.GetRequiredService<TenantScope>().WallNow);
            var before = steps.Of(job.Name);
            var (progress, _) = await JobRunner.RunAsync(scope.ServiceProvider, job, before, tally, BatchesPerStep, ct);
            if (progress == before)
                continue;
            steps.Set(job.Name, progress);
            await directory.NoteAsync(tenant.Id, job.Name, progress, ct);
            await JobRunner.RecordAsync(scope.ServiceProvider, tally, ct);
            total[job.Name] = total.GetValueOrDefault(job.Name) + tally.Changed;
            changed += tally.Changed;
        }
        return changed;
    }

    private async Task<DateTime?> NextAsync(TenantInfo tenant, StepState steps, CancellationToken ct)
    {
        await using var scope = runner.Enter(tenant);
        DateTime? next = null;
        foreach (var job in Moving)
        {
            var due = await ((ITenantJob)scope.ServiceProvider.GetRequiredService(job.Type)).NextDueAsync(steps.Of(job.Name), ct);
            next = due < next || next is null ? due ?? next : next;
        }
        return next;
    }

    private async Task<Dictionary<string, JobProgress>> ProgressAsync(Guid tenantId, CancellationToken ct)
    {
        await directory.EnsureDueAsync([.. Moving.Select(j => j.Name)], ct);
        return (await directory.DueOfAsync(tenantId, ct)).ToDictionary(d => d.Job, d => new JobProgress(d.LastRun, d.Cursor));
    }

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The clock of {Brand} stands at {Target}")]
    private partial void LogMoved(string brand, DateTime target);

    private sealed class StepState(Dictionary<string, JobProgress> progress)
    {
        public JobProgress Of(string job) => progress.GetValueOrDefault(job);

        public void Set(string job, JobProgress value) => progress[job] = value;
    }
}
