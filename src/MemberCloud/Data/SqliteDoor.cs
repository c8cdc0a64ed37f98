using System.Collections.Concurrent;
using System.Data.Common;
using System.Runtime.ExceptionServices;
using MemberCloud.Shared;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MemberCloud.Data;

/// <summary>
/// SQLite: the one writer's connection behind the gate, statements prepared once, a statement per row (a call, not a trip). What waits meanwhile shares the next
/// transaction, each work with a savepoint of its own.
/// </summary>
public sealed class SqliteDoor : IDoor
{
    private readonly SqliteGate gate;
    private readonly IModel model;
    private readonly Lane<Work> lane;
    private readonly ConcurrentDictionary<object, object> known = new();

    public SqliteDoor(SqliteGate gate, IModel model)
    {
        (this.gate, this.model) = (gate, model);
        lane = new((together, _, _) => gate.RunAsync(writer => WorkAsync(writer, together), CancellationToken.None), 1);
    }

    /// <summary>All works are one line here, and the whole database is theirs.</summary>
    public Task<T> RunAsync<T>(
        Guid tenant,
        IComparable line,
        Func<IDoorSession, Task<T>> work,
        CancellationToken ct,
        bool locked = false
    ) =>
        Transactions.RetryAsync(
            async _ =>
            {
                var result = default(T)!;
                var mine = new Work(tenant, async session => result = await work(session), ct);
                await lane.RunAsync(mine, ct);
                mine.Error?.Throw();
                return result;
            },
            ct
        );

    public IDoorSession Join(Guid tenant, DbTransaction transaction) => new Session(this, tenant, (SqliteTransaction)transaction);

    public IDoorReads Look(Guid tenant) => new Reader(this, tenant);

    private async Task<bool> WorkAsync(SqliteConnection writer, IReadOnlyList<Work> together)
    {
        await using var transaction = writer.BeginTransaction(deferred: false);
        foreach (var work in together.Where(w => !w.Ct.IsCancellationRequested))
            await WorkAsync(work, transaction);
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>A work that fails undoes itself only.</summary>
    private async Task WorkAsync(Work work, SqliteTransaction transaction)
    {
        gate.Prepared("SAVEPOINT work", 0, transaction).ExecuteNonQuery();
        try
        {
            await work.RunAsync(new Session(this, work.Tenant, transaction));
        }
        catch (Exception error)
        {
            work.Error = ExceptionDispatchInfo.Capture(error);
            gate.Prepared("ROLLBACK TO work", 0, transaction).ExecuteNonQuery();
        }
        gate.Prepared("RELEASE work", 0, transaction).ExecuteNonQuery();
    }

    private sealed record Work(Guid Tenant, Func<IDoorSession, Task> RunAsync, CancellationToken Ct)
    {
        public ExceptionDispatchInfo? Error { get; set; }
    }

    private DoorTable<T> Table<T>()
        where T : class, ITenantOwned => (DoorTable<T>)known.GetOrAdd(typeof(T), _ => new DoorTable<T>(model));

    private string Sql(object key, Func<string> make) => (string)known.GetOrAdd(key, _ => make());

    /// <summary>On a connection of its own for each batch, which is of one moment.</summary>
    private sealed class Reader(SqliteDoor door, Guid tenant) : IDoorReads
    {
        public async Task LoadAsync(LoadBatch batch, CancellationToken ct)
        {
            if (batch.IsEmpty)
                return;
            await using var connection = door.gate.Reader();
            await using var transaction = connection.BeginTransaction(deferred: true);
            await new Session(door, tenant, transaction, isWriter: false).LoadAsync(batch, ct);
        }
    }

    private sealed class Session(SqliteDoor door, Guid tenant, SqliteTransaction transaction, bool isWriter = true)
        : IDoorSession,
            IDoorSteps
    {
        public Task LoadAsync(LoadBatch batch, CancellationToken ct)
        {
            batch.Accept(this);
            return Task.CompletedTask;
        }

        public Task StoreAsync(StoreBatch batch, CancellationToken ct)
        {
            batch.Guard(tenant);
            batch.Accept(this);
            return Task.CompletedTask;
        }

        public void Select<T>(LoadBatch.SelectStep<T> step)
            where T : class, ITenantOwned
        {
            EachKey(
                step.Lookup,
                step.Keys,
                (i, table, reader) =>
                {
                    while (reader.Read())
                        step.Into[i].Add(table.Read(reader));
                }
            );
        }

        public void Require<T>(StoreBatch.RequireStep<T> step)
            where T : class, ITenantOwned
        {
            EachKey(
                step.Lookup,
                step.Keys,
                (_, table, reader) =>
                {
                    if (!reader.Read())
                        throw new ConflictException(table.Name);
                }
            );
        }

        private void EachKey<T>(Lookup<T> lookup, IReadOnlyList<object[]> keys, Action<int, DoorTable<T>, SqliteDataReader> read)
            where T : class, ITenantOwned
        {
            var table = door.Table<T>();
            var command = Command(door.Sql(lookup, () => SelectSql(table, lookup)), lookup.Keys.Length + 1);
            command.Parameters[0].Value = tenant.ToByteArray(bigEndian: true);
            foreach (var (i, key) in keys.Index())
            {
                for (var k = 0; k < key.Length; k++)
                    command.Parameters[k + 1].Value = Native(key[k]);
                using var reader = command.ExecuteReader();
                read(i, table, reader);
            }
        }

        public void Insert<T>(StoreBatch.InsertStep<T> step)
            where T : class, ITenantOwned
        {
            var table = door.Table<T>();
            var sql = door.Sql(
                (typeof(T), "insert"),
                () =>
                    $"INSERT INTO {table.Name} ({string.Join(", ", table.Columns.Select(c => c.Name))}) VALUES ({string.Join(", ", table.Columns.Select((_, i) => $"@p{i}"))})"
            );
            EachRow(sql, table.Columns, step.Rows);
        }

        public void Update<T>(StoreBatch.UpdateStep<T> step)
            where T : class, ITenantOwned
        {
            var table = door.Table<T>();
            List<DoorColumn<T>> columns = [.. table.Columns.Where(c => c.IsKey || step.Update.Set.Contains(c.Property))];
            EachRow(
                door.Sql(step.Update, () => UpdateSql(table, step.Update, columns)),
                columns,
                step.Rows,
                table.Name,
                step.Update.Guard
            );
        }

        public void Increase<T>(StoreBatch.IncreaseStep<T> step)
            where T : class, ITenantOwned
        {
            var table = door.Table<T>();
            List<DoorColumn<T>> keys = [.. table.Columns.Where(c => c.IsKey)];
            var command = Command(door.Sql(step.Increase, () => IncreaseSql(table, step.Increase, keys)), keys.Count + 1);
            foreach (var (row, by) in step.Rows)
            {
                command.Parameters[0].Value = by;
                for (var k = 0; k < keys.Count; k++)
                    command.Parameters[k + 1].Value = keys[k].ValueOf(row);
                if (command.ExecuteNonQuery() == 0)
                    throw new ConflictException(table.Name);
            }
        }

        private void EachRow<T>(
            string sql,
            IReadOnlyList<DoorColumn<T>> columns,
            IReadOnlyList<T> rows,
            string? guarded = null,
            Guard<T>? guard = null
        )
            where T : class, ITenantOwned
        {
            var command = Command(sql, columns.Count + (guard is null ? 0 : 1));
            foreach (var row in rows)
            {
                for (var c = 0; c < columns.Count; c++)
                    command.Parameters[c].Value = columns[c].ValueOf(row);
                if (guard is not null)
                    command.Parameters[columns.Count].Value = guard.Expected(row);
                if (command.ExecuteNonQuery() == 0 && guarded is not null)
                    throw new ConflictException(guarded);
            }
        }

        private SqliteCommand Command(string sql, int parameters) =>
            isWriter ? door.gate.Prepared(sql, parameters, transaction) : SqliteGate.Command(sql, parameters, transaction);
    }

    private static string SelectSql<T>(DoorTable<T> table, Lookup<T> lookup)
        where T : class, ITenantOwned
    {
        var where = string.Format(
            null,
            System.Text.CompositeFormat.Parse(lookup.Where),
            [.. lookup.Keys.Select((_, i) => $"@p{i + 1}")]
        );
        var order = lookup.Order.Length > 0 ? $" ORDER BY {lookup.Order}" : "";
        var limit = lookup.Limit > 0 ? $" LIMIT {lookup.Limit}" : "";
        return $"SELECT {string.Join(", ", table.Columns.Select(c => c.Name))} FROM {table.Name} WHERE tenant_id = @p0 AND {where}{order}{limit}";
    }

    private static string UpdateSql<T>(DoorTable<T> table, Update<T> update, List<DoorColumn<T>> columns)
        where T : class, ITenantOwned
    {
        var set = columns.Select((c, i) => (c, i)).Where(x => !x.c.IsKey).Select(x => $"{x.c.Name} = @p{x.i}");
        var where = columns.Select((c, i) => (c, i)).Where(x => x.c.IsKey).Select(x => $"{x.c.Name} = @p{x.i}");
        if (update.Guard is { } guard)
            where = where.Append($"{table.Column(guard.Property).Name} = @p{columns.Count}");
        return $"UPDATE {table.Name} SET {string.Join(", ", set)} WHERE {string.Join(" AND ", where)}";
    }

    private static string IncreaseSql<T>(DoorTable<T> table, Increase<T> increase, List<DoorColumn<T>> keys)
        where T : class, ITenantOwned
    {
        var value = table.Column(increase.Property).Name;
        var where = string.Join(" AND ", keys.Select((k, i) => $"{k.Name} = @p{i + 1}"));
        var limit = increase.Limit is { } of ? $" AND (@p0 < 0 OR {value} + @p0 <= {table.Column(of).Name})" : "";
        return $"UPDATE {table.Name} SET {value} = {value} + @p0 WHERE {where}{limit}";
    }

    private static object Native(object value) =>
        value switch
        {
            Guid id => id.ToByteArray(bigEndian: true),
            DateTime time => (Instants.Cut(time).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
            _ => value,
        };
}
