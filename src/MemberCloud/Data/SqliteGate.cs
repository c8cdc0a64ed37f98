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
    private bool traces;

    public async Task<T> RunAsync<T>(Func<SqliteConnection, Task<T>> work, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            return await work(writer ??= Open());
        }
        finally
        {
            // Who read an old page when it was asked for kept it: the next one through the gate tries again.
            traces = traces && !Wipe(writer!);
            gate.Release();
        }
    }

    /// <summary>
    /// What was deleted is overwritten in the file already (secure_delete); the log before it holds it still, until it is folded in and cut. Waits a little for
    /// readers of old pages; where they take longer, the next writers go on with it.
    /// </summary>
    public async Task WipeTracesAsync(CancellationToken ct)
    {
        for (var attempt = 0; attempt < 40; attempt++)
        {
            await gate.WaitAsync(ct);
            try
            {
                traces = !Wipe(writer ??= Open());
                if (!traces)
                    return;
            }
            finally
            {
                gate.Release();
            }
            await Task.Delay(25, ct);
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
        Run(connection, "PRAGMA secure_delete = ON");
        // A process that died between an erasure and the cut of the log left it behind.
        Wipe(connection);
        return connection;
    }

    /// <summary>False when somebody still reads from the log.</summary>
    private static bool Wipe(SqliteConnection connection) => Run(connection, "PRAGMA wal_checkpoint(TRUNCATE)") is 0L;

    private static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
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
