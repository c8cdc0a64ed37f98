using Microsoft.Data.Sqlite;

namespace MemberCloud.Data;

/// <summary>
/// One gate for all writers of the process: SQLite has one writer at a time, and waiting here in turn is fairer and faster than its busy wait.
/// Behind it stands one connection, with its statements prepared once. Readers have connections of their own (WAL).
/// </summary>
public sealed class SqliteGate(string connectionString) : IAsyncDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<string, SqliteCommand> prepared = [];
    private SqliteConnection? writer;

    public async Task<T> RunAsync<T>(Func<SqliteConnection, Task<T>> work, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            return await work(writer ??= Open());
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>A prepared statement of the writer's connection; only for who is inside the gate.</summary>
    internal SqliteCommand Prepared(string sql, int parameters, SqliteTransaction transaction)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = writer!.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < parameters; i++)
                command.Parameters.Add(new SqliteParameter($"@p{i}", null));
            prepared.Add(sql, command);
        }
        command.Transaction = transaction;
        return command;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var command in prepared.Values)
            await command.DisposeAsync();
        if (writer is not null)
            await writer.DisposeAsync();
        gate.Dispose();
    }
}
