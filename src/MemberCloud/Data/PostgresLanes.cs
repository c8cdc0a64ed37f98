namespace MemberCloud.Data;

/// <summary>
/// One brand's lanes to PostgreSQL: a statement for many rows costs little more than for one.
/// </summary>
internal sealed class PostgresLanes(
    Func<IReadOnlyList<LoadBatch>, bool, CancellationToken, Task> load,
    Func<IReadOnlyList<StoreBatch>, bool, CancellationToken, Task> store
)
{
    /// <summary>While one batch commits the next is worked on.</summary>
    private const int Width = 2;

    public Lane<LoadBatch> Loads { get; } = new(load, Width);

    public Lane<StoreBatch> Stores { get; } = new(store, Width, batch => batch.Guarded);
}
