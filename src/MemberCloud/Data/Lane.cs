using Npgsql;

namespace MemberCloud.Data;

/// <summary>
/// While a batch is under way others gather, and then go together, as one: a commit for many costs little more than for one. Nobody waits for company: who comes
/// first goes at once.
/// </summary>
/// <param name="run">Does several batches as one, whole or not at all; true = a single one that may wait for locks as long as it takes.</param>
/// <param name="width">How many are under way at once.</param>
/// <param name="guarded">The rows of a batch of which there may be one writer at a time.</param>
/// <param name="most">Batches that go together.</param>
internal sealed class Lane<T>(
    Func<IReadOnlyList<T>, bool, CancellationToken, Task> run,
    int width,
    Func<T, IEnumerable<IComparable>>? guarded = null,
    int most = 32
)
{
    private readonly record struct Waiting(T Batch, TaskCompletionSource Done, CancellationToken Ct);

    private readonly Lock gate = new();
    private readonly Queue<Waiting> queue = new();
    private readonly HashSet<IComparable> writing = [];
    private int underWay;

    /// <summary>Until it is done, with others or alone. Who gives up stops it where it is alone; one with others in it goes on, but never waits for a lock.</summary>
    public Task RunAsync(T batch, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool starts;
        lock (gate)
        {
            // Somebody is writing one of its rows: what it was decided on is stale, or will be.
            if (Guarded(batch).Any(writing.Contains))
                throw new ConflictException("A row that is being written");
            writing.UnionWith(Guarded(batch));
            queue.Enqueue(new(batch, done, ct));
            starts = underWay < width;
            if (starts)
                underWay++;
        }
        // Not in the name of the request that happens to start it.
        if (starts)
            ThreadPool.UnsafeQueueUserWorkItem(static lane => _ = lane.DriveAsync(), this, preferLocal: false);
        return done.Task.WaitAsync(ct);
    }

    private IEnumerable<IComparable> Guarded(T batch) => guarded?.Invoke(batch) ?? [];

    private async Task DriveAsync()
    {
        while (Next() is { Count: > 0 } together)
            await RunAsync(together);
    }

    private List<Waiting> Next()
    {
        lock (gate)
        {
            var together = new List<Waiting>();
            while (together.Count < most && queue.TryDequeue(out var waiting))
                together.Add(waiting);
            if (together.Count == 0)
                underWay--;
            return together;
        }
    }

    private async Task RunAsync(List<Waiting> together)
    {
        try
        {
            await run([.. together.Select(w => w.Batch)], false, together.Count == 1 ? together[0].Ct : CancellationToken.None);
            together.ForEach(w => Finish(w, null));
        }
        catch (Exception error) when (error is PostgresException or ConflictException)
        {
            // One of them was refused, or waits for somebody's lock, and so all were undone: each alone beside the lane, and only that one fails or waits.
            if (together.Count > 1 || error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
                together.ForEach(w => _ = AloneAsync(w));
            else
                Finish(together[0], error);
        }
        catch (Exception error)
        {
            together.ForEach(w => Finish(w, error));
        }
    }

    private async Task AloneAsync(Waiting waiting)
    {
        try
        {
            await run([waiting.Batch], true, waiting.Ct);
            Finish(waiting, null);
        }
        catch (Exception error)
        {
            Finish(waiting, error);
        }
    }

    private void Finish(Waiting waiting, Exception? error)
    {
        lock (gate)
            writing.ExceptWith(Guarded(waiting.Batch));
        if (error is null)
            waiting.Done.SetResult();
        else
            waiting.Done.SetException(error);
    }
}
