using Npgsql;

namespace MemberCloud.Data;

/// <summary>A batch as the statements it becomes.</summary>
public sealed partial class PostgresDoor
{
    private sealed class Steps(PostgresDoor door, Guid tenant, bool isNamed, bool locks, bool waits) : IDoorSteps
    {
        private readonly List<NpgsqlBatchCommand> commands = isNamed ? [] : [TenantCommand(tenant, waits)];
        private readonly List<Action<NpgsqlDataReader>> readers = isNamed ? [] : [_ => { }];
        private readonly List<(NpgsqlBatchCommand Command, int Rows, string Table)> guarded = [];

        /// <summary>The answer of a batch arrives before its commit: it is read to the end before anybody is told.</summary>
        public async Task RunAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken ct)
        {
            if (commands.Count == 0)
                return;
            try
            {
                await ReadAsync(connection, transaction, ct);
            }
            catch (PostgresException error) when (error.SqlState == PostgresSql.GuardBroken)
            {
                throw new ConflictException("A guarded row");
            }
            foreach (var (command, rows, table) in guarded)
            {
                if (command.RecordsAffected != rows)
                    throw new ConflictException(table);
            }
        }

        private async Task ReadAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken ct)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            commands.ForEach(batch.BatchCommands.Add);
            await using var reader = await batch.ExecuteReaderAsync(ct);
            foreach (var (i, read) in readers.Index())
            {
                if (i > 0)
                    await reader.NextResultAsync(ct);
                while (await reader.ReadAsync(ct))
                    read(reader);
            }
            while (await reader.NextResultAsync(ct)) { }
        }

        public void Select<T>(LoadBatch.SelectStep<T> step)
            where T : class, ITenantOwned
        {
            var (table, lookup, keys) = (door.Table<T>(), step.Lookup, step.Keys);
            var form = FormOf(keys.Count) | (locks ? Form.Locked : 0);
            var command = new NpgsqlBatchCommand(door.SelectOf(table, lookup, form));
            AddKeys(command, lookup.Keys, keys);
            readers.Add(
                keys.Count == 1
                    ? reader => step.Into[0].Add(table.Read(reader))
                    : reader => step.Into[(int)reader.GetInt64(table.Columns.Count) - 1].Add(table.Read(reader))
            );
        }

        public void Require<T>(StoreBatch.RequireStep<T> step)
            where T : class, ITenantOwned
        {
            var command = new NpgsqlBatchCommand(door.RequireOf(door.Table<T>(), step.Lookup, FormOf(step.Keys.Count)));
            AddKeys(command, step.Lookup.Keys, step.Keys);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = step.Keys.Count });
        }

        public void Insert<T>(StoreBatch.InsertStep<T> step)
            where T : class, ITenantOwned
        {
            var table = door.Table<T>();
            var command = new NpgsqlBatchCommand(door.InsertOf(table, FormOf(step.Rows.Count)));
            AddValues(command, table.Columns, step.Rows);
        }

        public void Update<T>(StoreBatch.UpdateStep<T> step)
            where T : class, ITenantOwned
        {
            var table = door.Table<T>();
            var raises = !locks && step.Update.Guard is { Key: null };
            var update = door.UpdateOf(table, step.Update, FormOf(step.Rows.Count) | (raises ? Form.Raising : 0));
            var command = new NpgsqlBatchCommand(update.Text);
            AddValues(command, update.Columns, step.Rows);
            if (step.Update.Guard is { } guard)
                command.Parameters.Add(
                    step.Rows.Count == 1
                        ? new NpgsqlParameter<long> { TypedValue = guard.Expected(step.Rows[0]) }
                        : PostgresSql.Array(step.Rows.Select(guard.Expected).ToArray())
                );
            if (raises)
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = step.Rows.Count });
            else
                guarded.Add((command, step.Rows.Count, table.Name));
        }

        public void Increase<T>(StoreBatch.IncreaseStep<T> step)
            where T : class, ITenantOwned
        {
            var table = door.Table<T>();
            List<DoorColumn<T>> keys = [.. table.Columns.Where(c => c.IsKey)];
            if (step.Increase.Limit is not null || step.Rows.Count == 1)
                IncreaseEach(table, step, keys);
            else
                IncreaseAll(table, step, keys);
        }

        /// <summary>A statement for each row: locks are taken in the order of the rows.</summary>
        private void IncreaseEach<T>(DoorTable<T> table, StoreBatch.IncreaseStep<T> step, List<DoorColumn<T>> keys)
            where T : class, ITenantOwned
        {
            var sql = door.IncreaseOf(table, step.Increase, locks ? Form.One : Form.Raising);
            foreach (var (row, by) in step.Rows)
            {
                var command = new NpgsqlBatchCommand(sql);
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = by });
                keys.ForEach(k => command.Parameters.Add(new NpgsqlParameter { Value = k.ValueOf(row) }));
                Guarded(command, 1, table.Name);
            }
        }

        private void IncreaseAll<T>(DoorTable<T> table, StoreBatch.IncreaseStep<T> step, List<DoorColumn<T>> keys)
            where T : class, ITenantOwned
        {
            var rows = step.Rows.GroupBy(r => step.Increase.Key(r.Row), (_, same) => same.ToList()).ToList();
            var sql = door.IncreaseOf(table, step.Increase, Form.Many | (locks ? 0 : Form.Raising));
            var command = new NpgsqlBatchCommand(sql);
            keys.ForEach(k => command.Parameters.Add(PostgresSql.Array(k.ArrayOf(rows.ConvertAll(r => r[0].Row)))));
            command.Parameters.Add(PostgresSql.Array(rows.Select(r => r.Sum(one => one.By)).ToArray()));
            if (!locks)
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = rows.Count });
            Guarded(command, rows.Count, table.Name);
        }

        /// <summary>Outside of a transaction the statement itself fails where its guard does.</summary>
        private void Guarded(NpgsqlBatchCommand command, int rows, string table)
        {
            commands.Add(command);
            if (locks)
                guarded.Add((command, rows, table));
        }

        private void AddKeys(NpgsqlBatchCommand command, Type[] types, IReadOnlyList<object[]> keys)
        {
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = tenant });
            for (var k = 0; k < types.Length; k++)
                command.Parameters.Add(keys.Count == 1 ? PostgresSql.One(keys[0][k]) : PostgresSql.Many(types[k], keys, k));
            commands.Add(command);
        }

        private void AddValues<T>(NpgsqlBatchCommand command, IReadOnlyList<DoorColumn<T>> columns, IReadOnlyList<T> rows)
        {
            foreach (var column in columns)
                command.Parameters.Add(rows.Count == 1 ? column.ParameterOf(rows[0]) : PostgresSql.Array(column.ArrayOf(rows)));
            commands.Add(command);
        }

        private static Form FormOf(int rows) => rows == 1 ? Form.One : Form.Many;

        /// <summary>What goes with others waits for nobody's locks for long: it would keep them waiting too.</summary>
        private static NpgsqlBatchCommand TenantCommand(Guid tenant, bool waits)
        {
            var command = new NpgsqlBatchCommand(
                waits
                    ? "SELECT set_config('membercloud.tenant', $1, true)"
                    : "SELECT set_config('membercloud.tenant', $1, true), set_config('lock_timeout', '100ms', true)"
            );
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = tenant.ToString() });
            return command;
        }
    }
}
