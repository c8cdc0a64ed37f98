namespace MemberCloud.Checkouts;

/// <summary>
/// Checkouts of one member, one after the other in this process, each from its quote to its end: side by side they would all choose the same coupon, and all but one choose
/// again. Some stand in one line by chance. Nothing rests on it: what two processes do at once the database decides.
/// </summary>
public sealed class CheckoutLines : IDisposable
{
    private readonly SemaphoreSlim[] lines = [.. Enumerable.Range(0, 1024).Select(_ => new SemaphoreSlim(1, 1))];

    public async Task<T> RunAsync<T>(Guid tenant, string member, Func<Task<T>> work, CancellationToken ct)
    {
        var line = lines[(uint)HashCode.Combine(tenant, member) % lines.Length];
        await line.WaitAsync(ct);
        try
        {
            return await work();
        }
        finally
        {
            line.Release();
        }
    }

    public void Dispose()
    {
        foreach (var line in lines)
            line.Dispose();
    }
}
