namespace MemberCloud.Data;

/// <summary>
/// Works that name the same are done one after the other in this process: side by side they would get in each other's way. Some stand in one line by chance. Nothing rests on
/// it: what two processes do at once the database decides.
/// </summary>
public sealed class Lines
{
    private readonly SemaphoreSlim[] lines = [.. Enumerable.Range(0, 1024).Select(_ => new SemaphoreSlim(1, 1))];

    public async Task<T> RunAsync<T>(object line, Func<Task<T>> work, CancellationToken ct)
    {
        var turn = lines[(uint)line.GetHashCode() % lines.Length];
        await turn.WaitAsync(ct);
        try
        {
            return await work();
        }
        finally
        {
            turn.Release();
        }
    }
}
