using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MemberCloud.Jobs;

/// <summary>What a move did so far.</summary>
public sealed record ClockMove(Guid RunId, DateTime Now, DateTime? Target, IReadOnlyList<JobTotal> Runs);

/// <summary>What one job did on the way.</summary>
/// <param name="Job">Its name.</param>
/// <param name="Changed">Rows changed on the way.</param>
public sealed record JobTotal(string Job, int Changed);

/// <summary>
/// Moves a sandbox's clock: to the earliest instant at which any of its jobs has something to do, runs them there in their order until nothing is due, and on,
/// up to the target. A move that dies is carried on by whoever notices, from where the clock stands.
/// </summary>
public sealed partial class ClockMover(JobRunner runner, TenantDirectory directory, ILogger<ClockMover> log) : IDisposable
{
    private const int BatchesPerLease = 20;
    private const int PassesPerStep = 10;
    private static readonly TimeSpan LongestMove = TimeSpan.FromHours(12);

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
        var (info, runId, steps) = (begun.Value, Ids.New(), await ProgressAsync(tenantId, ct));
        var move = Task.Run(() => WatchedAsync(new(info, runId, steps), stopping.Token), CancellationToken.None);
        await Task.WhenAny(move, Task.Delay(patience, ct));
        return move.IsCompleted ? await move : new ClockMove(runId, info.TestClock!.Value, info.ClockTarget, []);
    }

    /// <summary>Moves a clock to an instant at least, however long it takes. Another's move is waited for; one that died is carried on once its lease has run out.</summary>
    public async Task<TenantInfo> MoveToAsync(TenantInfo tenant, DateTime to, CancellationToken ct)
    {
        if (tenant.TestClock >= to && tenant.ClockTarget is null)
            return tenant;
        var moved = await MoveAsync(tenant.Id, now => now > to ? now : to, LongestMove, ct);
        while (moved.Problem is { Code: "clock_moving" })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), ct);
            moved = await MoveAsync(tenant.Id, now => now > to ? now : to, LongestMove, ct);
        }
        return moved.Problem is { } problem
            ? throw new InvalidOperationException(problem.Detail)
            : await directory.FindAsync(tenant.Id, ct) ?? throw new InvalidOperationException("The brand is gone.");
    }

    /// <summary>Carries on what movers that died left behind. One that cannot be carried on does not hold up the others.</summary>
    public async Task ResumeAsync(CancellationToken ct)
    {
        foreach (var id in await directory.StrandedMovesAsync(ct))
        {
            try
            {
                if (await directory.FindAsync(id, ct) is { ClockTarget: { } target })
                    await MoveAsync(id, _ => target, TimeSpan.FromSeconds(1), ct);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(error, Ids.Show(IdPrefix.Tenant, id));
            }
        }
    }

    /// <summary>A move goes on when nobody waits for it any more: its failure is logged, and its lease lets another carry it on.</summary>
    private async Task<Result<ClockMove>> WatchedAsync(Move move, CancellationToken ct)
    {
        try
        {
            return await CarryOnAsync(move, ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(error, move.Tenant.Slug);
            throw;
        }
    }

    private async Task<Result<ClockMove>> CarryOnAsync(Move move, CancellationToken ct)
    {
        var target = move.Tenant.ClockTarget!.Value;
        var tried = false;
        do
        {
            var due = await NextAsync(move, ct) ?? target;
            var clock = move.Clock;
            // What came late is done where the clock stands. What stays due after that could not be done: it is named in its run, and time goes
            // on without it, a day at a time.
            var instant = Earlier(due > clock || clock == target || !tried ? due : clock.AddDays(1), target);
            if (!await SetAsync(move, instant > clock ? instant : clock, ct) || !await StepAsync(move, ct))
                return await AwaitOtherAsync(move, ct);
            tried = true;
        } while (move.Clock < target);
        await directory.EndMoveAsync(move.Tenant.Id, move.Lease, ct);
        return new ClockMove(move.RunId, target, null, [.. move.Total.Select(t => new JobTotal(t.Key, t.Value))]);
    }

    /// <summary>This mover was silent for longer than its lease, and another carries the move on: wait for that one.</summary>
    private async Task<Result<ClockMove>> AwaitOtherAsync(Move move, CancellationToken ct)
    {
        for (var look = 0; look < 120; look++)
        {
            var tenant = await directory.FindAsync(move.Tenant.Id, ct);
            if (tenant?.ClockTarget != move.Tenant.ClockTarget)
                return new ClockMove(move.RunId, tenant?.TestClock ?? move.Clock, null, []);
            await Task.Delay(TimeSpan.FromMilliseconds(500), ct);
        }
        return Problem.Conflict("clock_moving", "Another mover carries this move on.");
    }

    /// <summary>Sets the clock and renews the lease, which is the token of this mover: false = somebody else moves now.</summary>
    private async Task<bool> SetAsync(Move move, DateTime instant, CancellationToken ct)
    {
        if (await directory.SetClockAsync(move.Tenant.Id, instant, move.Lease, ct) is not { } lease)
            return false;
        (move.Lease, move.Tenant) = (lease, move.Tenant with { TestClock = instant });
        return true;
    }

    /// <summary>Runs the jobs in their order until none is due at this instant, or none can do more. False = somebody else moves now.</summary>
    private async Task<bool> StepAsync(Move move, CancellationToken ct)
    {
        for (var pass = 0; pass < PassesPerStep; pass++)
        {
            var changed = 0;
            foreach (var job in Moving)
            {
                if (await RunAsync(move, job, ct) is not { } done)
                    return false;
                changed += done;
            }
            if (changed == 0 || !(await NextAsync(move, ct) <= move.Clock))
                return true;
        }
        return true;
    }

    private async Task<int?> RunAsync(Move move, JobDefinition job, CancellationToken ct)
    {
        await using var scope = runner.Enter(move.Tenant);
        var tally = new RunTally(job.Name, scope.ServiceProvider.GetRequiredService<TenantScope>().WallNow);
        var (progress, done) = (move.Progress(job), false);
        while (!done)
        {
            (progress, done) = await JobRunner.RunAsync(scope.ServiceProvider, job, progress, tally, BatchesPerLease, ct);
            if (!done && !await SetAsync(move, move.Clock, ct))
                return null;
        }
        if (progress == move.Progress(job) && tally.IsEmpty)
            return 0;
        move.Steps[job.Name] = progress;
        move.Total[job.Name] = move.Total.GetValueOrDefault(job.Name) + tally.Changed;
        await directory.NoteAsync(move.Tenant.Id, job.Name, progress, ct);
        await JobRunner.RecordAsync(scope.ServiceProvider, tally, ct);
        return tally.Changed;
    }

    private async Task<DateTime?> NextAsync(Move move, CancellationToken ct)
    {
        await using var scope = runner.Enter(move.Tenant);
        DateTime? next = null;
        foreach (var job in Moving)
        {
            var due = await ((ITenantJob)scope.ServiceProvider.GetRequiredService(job.Type)).NextDueAsync(move.Progress(job), ct);
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

    [LoggerMessage(Level = LogLevel.Error, Message = "Moving the clock of {Brand} failed")]
    private partial void LogFailed(Exception error, string brand);

    /// <summary>A move under way: where the clock stands, whose lease it is, how far each job got.</summary>
    private sealed class Move(TenantInfo tenant, Guid runId, Dictionary<string, JobProgress> steps)
    {
        public TenantInfo Tenant { get; set; } = tenant;
        public Guid RunId => runId;
        public DateTime Lease { get; set; } = tenant.ClockLease!.Value;
        public DateTime Clock => Tenant.TestClock!.Value;
        public Dictionary<string, JobProgress> Steps => steps;
        public Dictionary<string, int> Total { get; } = [];

        public JobProgress Progress(JobDefinition job) => steps.GetValueOrDefault(job.Name);
    }
}
