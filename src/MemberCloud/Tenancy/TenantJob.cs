using MemberCloud.Shared;

namespace MemberCloud.Tenancy;

/// <summary>What a job knows of its last runs on a tenant.</summary>
/// <param name="LastRun">The tenant's time of the last complete run; null before the first.</param>
/// <param name="Cursor">Where a run that is not complete goes on; null at a start.</param>
public readonly record struct JobProgress(DateTime? LastRun, string? Cursor);

/// <summary>What one batch did.</summary>
/// <param name="More">Something due is left: run again.</param>
/// <param name="Failures">What could not be done, one sentence each; ids only.</param>
public sealed record JobOutcome(
    int Looked,
    int Changed,
    bool More,
    string? Cursor = null,
    IReadOnlyList<string>? Failures = null
);

/// <summary>
/// Timed work on one tenant, in bounded batches. May run twice, on several workers at once, and stop anywhere: each batch is one transaction that changes only
/// what is still due.
/// </summary>
public interface ITenantJob
{
    /// <summary>The earliest instant, by the tenant's clock, at which there is something to do; null = nothing in sight.</summary>
    Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct);

    /// <summary>One batch of what is due by the tenant's now.</summary>
    Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct);
}

/// <summary>When a job looks, in the tenant's zone. Pure.</summary>
public readonly record struct Schedule(TimeSpan? Interval, TimeOnly? Daily)
{
    /// <summary>By elapsed time: a repeated hour gets it in both passes.</summary>
    public static Schedule Every(TimeSpan interval) => new(interval, null);

    /// <summary>Once each local day, the repeated hour's first pass included and no second.</summary>
    public static Schedule At(int hour, int minute) => new(null, new TimeOnly(hour, minute));

    /// <summary>The first time after an instant.</summary>
    public DateTime NextAfter(DateTime instant, LocalTime local)
    {
        if (Interval is { } interval)
            return new DateTime(instant.Ticks - instant.Ticks % interval.Ticks + interval.Ticks, DateTimeKind.Utc);
        var today = local.DateOf(instant);
        var at = local.At(today, Daily!.Value);
        return at > instant ? at : local.At(today.AddDays(1), Daily.Value);
    }

    public override string ToString() =>
        Interval is { } interval ? $"every {interval.TotalMinutes:0} min" : $"daily {Daily:HH:mm}";
}

/// <summary>A batch that fails is done one by one, so that one subject that cannot be done does not hold up the others: it is named.</summary>
public static class OneByOne
{
    public static async Task<(int Changed, IReadOnlyList<string> Failures)> RunAsync<T>(
        IReadOnlyList<T> subjects,
        Func<IReadOnlyList<T>, Task<int>> work,
        Func<T, string> name
    )
    {
        try
        {
            return (await work(subjects), []);
        }
        catch (Exception error) when (IsTheirs(error))
        {
            return await EachAsync(subjects, work, name);
        }
    }

    private static async Task<(int, IReadOnlyList<string>)> EachAsync<T>(
        IReadOnlyList<T> subjects,
        Func<IReadOnlyList<T>, Task<int>> work,
        Func<T, string> name
    )
    {
        var (changed, failures) = (0, new List<string>());
        foreach (var subject in subjects)
        {
            try
            {
                changed += await work([subject]);
            }
            catch (Exception error) when (IsTheirs(error))
            {
                failures.Add($"{name(subject)}: {error.GetType().Name}");
            }
        }
        return (changed, failures);
    }

    /// <summary>A database that is away, or a race lost again and again, is no fault of the subjects.</summary>
    private static bool IsTheirs(Exception error) =>
        error is not (OperationCanceledException or TimeoutException or System.Data.Common.DbException)
        && !Data.Transactions.LostRace(error);
}
