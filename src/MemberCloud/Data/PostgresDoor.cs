using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using NpgsqlTypes;

namespace MemberCloud.Data;

/// <summary>
/// PostgreSQL: a batch is one round trip and one (implicit) transaction. Its first statement names the tenant for row security, transaction-local.
/// One statement per step, however many rows: keys and rows travel as arrays.
/// </summary>
public sealed class PostgresDoor(NpgsqlDataSource dataSource, IModel model) : IDoor
{
    private readonly NpgsqlDataSource source = dataSource;
    private readonly ConcurrentDictionary<object, object> known = new();

    public Task<T> RunAsync<T>(Guid tenant, Func<IDoorSession, Task<T>> work, CancellationToken ct) =>
        Transactions.RetryAsync(
            attempt => attempt == 1 ? work(new Session(this, tenant, null)) : LockedAsync(tenant, work, ct),
            ct
        );

    public IDoorSession Join(Guid tenant, DbTransaction transaction) => new Session(this, tenant, (NpgsqlTransaction)transaction);

    private async Task<T> LockedAsync<T>(Guid tenant, Func<IDoorSession, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var result = await work(new Session(this, tenant, transaction));
        await transaction.CommitAsync(ct);
        return result;
    }

    private DoorTable<T> Table<T>()
        where T : class, ITenantOwned => (DoorTable<T>)known.GetOrAdd(typeof(T), _ => new DoorTable<T>(model));

    private string Sql(object key, Func<string> make) => (string)known.GetOrAdd(key, _ => make());

    private sealed class Session(PostgresDoor door, Guid tenant, NpgsqlTransaction? transaction) : IDoorSession
    {
        public Task LoadAsync(LoadBatch batch, CancellationToken ct)
        {
            var steps = new Steps(door, tenant, transaction is not null);
            batch.Steps.ForEach(s => s.Accept(steps));
            return RunAsync(steps, ct);
        }

        public Task StoreAsync(StoreBatch batch, CancellationToken ct)
        {
            batch.Guard(tenant);
            var steps = new Steps(door, tenant, transaction is not null);
            batch.Steps.ForEach(s => s.Accept(steps));
            return RunAsync(steps, ct);
        }

        private async Task RunAsync(Steps steps, CancellationToken ct)
        {
            if (transaction is not null)
            {
                await steps.RunAsync(transaction.Connection!, transaction, ct);
                return;
            }
            await using var connection = await door.source.OpenConnectionAsync(ct);
            await steps.RunAsync(connection, null, ct);
        }
    }

    private sealed class Steps(PostgresDoor door, Guid tenant, bool locks) : IDoorSteps
    {
        private readonly List<NpgsqlBatchCommand> commands = [TenantCommand(tenant)];
        private readonly List<Action<NpgsqlDataReader>> readers = [];
        private readonly List<(NpgsqlBatchCommand Command, int Rows, string Table)> guarded = [];

        /// <summary>The answer of a batch arrives before its commit: it is read to the end before anybody is told.</summary>
        public async Task RunAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken ct)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            commands.ForEach(batch.BatchCommands.Add);
            await using (var reader = await batch.ExecuteReaderAsync(ct))
            {
                await reader.ReadAsync(ct);
                foreach (var read in readers)
                {
                    await reader.NextResultAsync(ct);
                    while (await reader.ReadAsync(ct))
                        read(reader);
                }
                while (await reader.NextResultAsync(ct)) { }
            }
            foreach (var (command, rows, table) in guarded)
            {
                if (command.RecordsAffected != rows)
                    throw new ConflictException(table);
            }
        }

        public void Select<T>(LoadBatch.SelectStep<T> step)
            where T : class, ITenantOwned
        {
            var table = door.Table<T>();
            var command = new NpgsqlBatchCommand(
                door.Sql((step.Lookup, locks), () => SelectSql(table, step.Lookup, locks ? LockOf(step.Lookup) : ""))
            );
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = tenant });
            for (var k = 0; k < step.Lookup.Keys.Length; k++)
                command.Parameters.Add(ArrayOf(KeyArray(step.Lookup.Keys[k], step.Keys, k)));
            commands.Add(command);
            readers.Add(reader => step.Into.Add(table.Read(reader)));
        }

        public void Insert<T>(StoreBatch.InsertStep<T> step)
            where T : class, ITenantOwned
        {
            var table = door.Table<T>();
            var command = new NpgsqlBatchCommand(
                door.Sql(
                    (typeof(T), "insert"),
                    () => $"INSERT INTO {table.Name} ({Names(table.Columns)}) SELECT * FROM unnest({Arrays(table.Columns)})"
                )
            );
            AddArrays(command, table.Columns, step.Rows);
        }

        public void Update<T>(StoreBatch.UpdateStep<T> step)
            where T : class, ITenantOwned
        {
            var table = door.Table<T>();
            var columns = UpdateColumns(table, step.Update);
            var command = new NpgsqlBatchCommand(door.Sql(step.Update, () => UpdateSql(table, step.Update, columns)));
            AddArrays(command, columns, step.Rows);
            if (step.Update.Guard is { } guard)
                command.Parameters.Add(ArrayOf(step.Rows.Select(guard.Expected).ToArray()));
            guarded.Add((command, step.Rows.Count, table.Name));
        }

        /// <summary>A statement for each row: locks are taken in the order of the rows.</summary>
        public void Increase<T>(StoreBatch.IncreaseStep<T> step)
            where T : class, ITenantOwned
        {
            var table = door.Table<T>();
            List<DoorColumn<T>> keys = [.. table.Columns.Where(c => c.IsKey)];
            var sql = door.Sql(step.Increase, () => IncreaseSql(table, step.Increase, keys));
            foreach (var (row, by) in step.Rows)
            {
                var command = new NpgsqlBatchCommand(sql);
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = by });
                keys.ForEach(k => command.Parameters.Add(new NpgsqlParameter { Value = k.ValueOf(row) }));
                commands.Add(command);
                guarded.Add((command, 1, table.Name));
            }
        }

        private void AddArrays<T>(NpgsqlBatchCommand command, IReadOnlyList<DoorColumn<T>> columns, IReadOnlyList<T> rows)
        {
            foreach (var column in columns)
                command.Parameters.Add(ArrayOf(column.ArrayOf(rows)));
            commands.Add(command);
        }

        private static NpgsqlBatchCommand TenantCommand(Guid tenant)
        {
            var command = new NpgsqlBatchCommand("SELECT set_config('membercloud.tenant', $1, true)");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tenant.ToString() });
            return command;
        }
    }

    /// <summary>LATERAL runs the inner select once per key, in the order of the keys: so do its locks.</summary>
    private static string SelectSql<T>(DoorTable<T> table, Lookup<T> lookup, string withLock)
        where T : class, ITenantOwned
    {
        var keys = Enumerable.Range(0, lookup.Keys.Length).Select(i => $"k{i}").ToArray();
        var arrays = string.Join(", ", lookup.Keys.Select((type, i) => $"${i + 2}::{SqlType(type)}[]"));
        var sql = new StringBuilder(
            $"SELECT x.* FROM unnest({arrays}) AS k({string.Join(", ", keys)}) CROSS JOIN LATERAL (SELECT {Names(table.Columns)} FROM {table.Name} "
        );
        sql.Append("WHERE tenant_id = $1 AND ")
            .AppendFormat(null, CompositeFormat.Parse(lookup.Where), [.. keys.Select(k => "k." + k)]);
        if (lookup.Order.Length > 0)
            sql.Append(" ORDER BY ").Append(lookup.Order);
        if (lookup.Limit > 0)
            sql.Append(" LIMIT ").Append(lookup.Limit);
        else if (withLock.Length == 0)
            sql.Append(" OFFSET 0"); // a fence: without it the planner turns the keys into a join, and reads a brand's whole table for one of them
        return sql.Append(withLock).Append(") x").ToString();
    }

    /// <summary>A key share is what a foreign key's check takes anyway: it keeps nobody waiting but who locks the whole row.</summary>
    private static string LockOf<T>(Lookup<T> lookup)
        where T : class, ITenantOwned =>
        lookup.Locks ? " FOR UPDATE"
        : lookup.Holds ? " FOR KEY SHARE"
        : "";

    private static List<DoorColumn<T>> UpdateColumns<T>(DoorTable<T> table, Update<T> update)
        where T : class, ITenantOwned => [.. table.Columns.Where(c => c.IsKey || update.Set.Contains(c.Property))];

    private static string UpdateSql<T>(DoorTable<T> table, Update<T> update, List<DoorColumn<T>> columns)
        where T : class, ITenantOwned
    {
        var set = columns.Where(c => !c.IsKey).Select(c => $"{c.Name} = u.{c.Name}");
        var where = columns.Where(c => c.IsKey).Select(c => $"t.{c.Name} = u.{c.Name}");
        var (arrays, names) = (Arrays(columns), Names(columns));
        if (update.Guard is { } guard)
        {
            where = where.Append($"t.{table.Column(guard.Property).Name} = u.expected");
            (arrays, names) = ($"{arrays}, ${columns.Count + 1}::bigint[]", $"{names}, expected");
        }
        return $"UPDATE {table.Name} t SET {string.Join(", ", set)} FROM unnest({arrays}) AS u({names}) WHERE {string.Join(" AND ", where)}";
    }

    private static string IncreaseSql<T>(DoorTable<T> table, Increase<T> increase, List<DoorColumn<T>> keys)
        where T : class, ITenantOwned
    {
        var (value, limit) = (table.Column(increase.Property).Name, table.Column(increase.Limit).Name);
        var where = string.Join(" AND ", keys.Select((k, i) => $"{k.Name} = ${i + 2}"));
        return $"UPDATE {table.Name} SET {value} = {value} + $1 WHERE {where} AND ($1 < 0 OR {value} + $1 <= {limit})";
    }

    private static string Names<T>(IEnumerable<DoorColumn<T>> columns) => string.Join(", ", columns.Select(c => c.Name));

    private static string Arrays<T>(IReadOnlyList<DoorColumn<T>> columns) =>
        string.Join(", ", columns.Select((c, i) => $"${i + 1}::{SqlType(c.ArrayType.GetElementType()!)}[]"));

    private static Array KeyArray(Type type, IReadOnlyList<object[]> keys, int part)
    {
        var array = Array.CreateInstance(type, keys.Count);
        for (var i = 0; i < keys.Count; i++)
            array.SetValue(keys[i][part], i);
        return array;
    }

    /// <summary>The element type is said: it cannot be guessed from an array that begins with a null.</summary>
    private static NpgsqlParameter ArrayOf(Array values) =>
        new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | TypeOf(values.GetType().GetElementType()!) };

    private static string SqlType(Type type) =>
        TypeOf(type) == NpgsqlDbType.TimestampTz ? "timestamptz" : TypeOf(type).ToString().ToLowerInvariant();

    private static NpgsqlDbType TypeOf(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) switch
        {
            var t when t == typeof(Guid) => NpgsqlDbType.Uuid,
            var t when t == typeof(string) => NpgsqlDbType.Text,
            var t when t == typeof(long) => NpgsqlDbType.Bigint,
            var t when t == typeof(int) => NpgsqlDbType.Integer,
            var t when t == typeof(bool) => NpgsqlDbType.Boolean,
            var t when t == typeof(DateTime) => NpgsqlDbType.TimestampTz,
            var t when t == typeof(byte[]) => NpgsqlDbType.Bytea,
            var t => throw new InvalidOperationException($"The door has no array of {t}."),
        };
}
