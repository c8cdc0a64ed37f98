using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace MemberCloud.Data;

/// <summary>
/// PostgreSQL: a batch is one round trip and one (implicit) transaction. Its first statement names the tenant for row security, transaction-local (the first batch's, in a longer one).
/// One statement per step, however many rows: several travel as arrays, a single one as plain values, which costs both sides less. What several requests of a
/// brand want at the same time goes in one batch (<see cref="PostgresLanes"/>).
/// </summary>
public sealed partial class PostgresDoor(NpgsqlDataSource dataSource, IModel dataModel) : IDoor
{
    private readonly NpgsqlDataSource source = dataSource;
    private readonly ConcurrentDictionary<(object What, Form Form), object> known = new();
    private readonly Lines lines = new();

    /// <summary>A pair for each brand that was served.</summary>
    private readonly ConcurrentDictionary<Guid, PostgresLanes> lanes = new();

    public Task<T> RunAsync<T>(
        Guid tenant,
        IComparable line,
        Func<IDoorSession, Task<T>> work,
        CancellationToken ct,
        bool locked = false
    ) =>
        lines.RunAsync(
            line,
            () =>
                Transactions.RetryAsync(
                    attempt => attempt == 1 && !locked ? work(new Session(this, tenant, null)) : LockedAsync(tenant, work, ct),
                    ct
                ),
            ct
        );

    public IDoorSession Join(Guid tenant, DbTransaction transaction) =>
        new Session(this, tenant, (NpgsqlTransaction)transaction, isNamed: true);

    public IDoorReads Look(Guid tenant) => new Session(this, tenant, null);

    private async Task<T> LockedAsync<T>(Guid tenant, Func<IDoorSession, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var result = await work(new Session(this, tenant, transaction));
        await transaction.CommitAsync(ct);
        return result;
    }

    private DoorTable<T> Table<T>()
        where T : class, ITenantOwned =>
        (DoorTable<T>)known.GetOrAdd((typeof(T), Form.One), static (_, model) => new DoorTable<T>(model), dataModel);

    private string SelectOf<T>(DoorTable<T> table, Lookup<T> lookup, Form form)
        where T : class, ITenantOwned =>
        (string)
            known.GetOrAdd(
                (lookup, form),
                static (key, of) => PostgresSql.Select(of.table, of.lookup, key.Form),
                (table, lookup)
            );

    private string RequireOf<T>(DoorTable<T> table, Lookup<T> lookup, Form form)
        where T : class, ITenantOwned =>
        (string)
            known.GetOrAdd(
                (lookup, form | Form.Raising),
                static (key, of) => PostgresSql.Require(of.table, of.lookup, key.Form),
                (table, lookup)
            );

    private string InsertOf<T>(DoorTable<T> table, Form form)
        where T : class, ITenantOwned =>
        (string)known.GetOrAdd((table, form), static (key, of) => PostgresSql.Insert(of, key.Form), table);

    private PostgresUpdate<T> UpdateOf<T>(DoorTable<T> table, Update<T> update, Form form)
        where T : class, ITenantOwned =>
        (PostgresUpdate<T>)
            known.GetOrAdd(
                (update, form),
                static (key, of) => PostgresSql.Update(of.table, of.update, key.Form),
                (table, update)
            );

    private string IncreaseOf<T>(DoorTable<T> table, Increase<T> increase, Form form)
        where T : class, ITenantOwned =>
        (string)
            known.GetOrAdd(
                (increase, form),
                static (key, of) => PostgresSql.Increase(of.table, of.increase, key.Form),
                (table, increase)
            );

    private PostgresLanes LanesOf(Guid tenant) =>
        lanes.GetOrAdd(
            tenant,
            static (id, door) =>
                new(
                    (batches, waits, ct) => door.RunAsync(id, LoadBatch.Of(batches).Accept, waits, ct),
                    (batches, waits, ct) => door.RunAsync(id, StoreBatch.Of(batches).Accept, waits, ct)
                ),
            this
        );

    private async Task RunAsync(Guid tenant, Action<IDoorSteps> add, bool waits, CancellationToken ct)
    {
        var steps = new Steps(this, tenant, isNamed: false, locks: false, waits);
        add(steps);
        await using var connection = await source.OpenConnectionAsync(ct);
        await steps.RunAsync(connection, null, ct);
    }

    /// <param name="isNamed">The transaction knows the tenant.</param>
    private sealed class Session(PostgresDoor door, Guid tenant, NpgsqlTransaction? transaction, bool isNamed = false)
        : IDoorSession
    {
        private bool named = isNamed;

        public Task LoadAsync(LoadBatch batch, CancellationToken ct) =>
            batch.IsEmpty ? Task.CompletedTask
            : transaction is null ? door.LanesOf(tenant).Loads.RunAsync(batch, ct)
            : InsideAsync(batch.Accept, ct);

        public Task StoreAsync(StoreBatch batch, CancellationToken ct)
        {
            batch.Guard(tenant);
            return transaction is null ? door.LanesOf(tenant).Stores.RunAsync(batch, ct) : InsideAsync(batch.Accept, ct);
        }

        private Task InsideAsync(Action<IDoorSteps> add, CancellationToken ct)
        {
            var steps = new Steps(door, tenant, named, locks: true, waits: true);
            named = true;
            add(steps);
            return steps.RunAsync(transaction!.Connection!, transaction, ct);
        }
    }
}
