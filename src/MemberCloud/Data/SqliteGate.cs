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

    // Erasures that asked, the last one the file was written anew for, the last one the log was cut for. The last two only inside the gate.
    private long asked;
    private long rewritten;
    private long wiped;

    public async Task<T> RunAsync<T>(Func<SqliteConnection, Task<T>> work, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            return await work(writer ??= Open());
        }
        finally
        {
            try
            {
                Cut();
            }
            finally
            {
                gate.Release();
            }
        }
    }

    /// <summary>
    /// Leaves nothing of what was deleted and committed before. secure_delete overwrites it in place, but copies that splits of pages left in unused parts of them stay: the
    /// file is written anew (for all who ask at the same time once), and the log before it is folded in and cut. Waits a little for readers of old pages; where they
    /// take longer, the next writers go on with the cut.
    /// </summary>
    public async Task WipeTracesAsync(CancellationToken ct)
    {
        var mine = Interlocked.Increment(ref asked);
        for (var attempt = 0; attempt < 40; attempt++)
        {
            await gate.WaitAsync(ct);
            try
            {
                if (rewritten < mine)
                {
                    var all = Interlocked.Read(ref asked);
                    Run(writer ??= Open(), "VACUUM");
                    rewritten = all;
                }
                Cut();
                if (wiped >= mine)
                    return;
            }
            finally
            {
                gate.Release();
            }
            await Task.Delay(25, ct);
        }
    }

    /// <summary>Something erased may still lie in the file: a wipe was asked for and not done, or this process has done none yet (the one before may have died on the way).</summary>
    public bool OwesWipe => rewritten == 0 || rewritten < Interlocked.Read(ref asked) || wiped < rewritten;

    private void Cut()
    {
        if (wiped < rewritten && Truncate(writer!))
            wiped = rewritten;
    }

    /// <summary>A prepared statement of the writer's connection; only for who is inside the gate.</summary>
    internal SqliteCommand Prepared(string sql, int parameters, SqliteTransaction transaction)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = Command(sql, parameters, transaction);
            prepared.Add(sql, command);
        }
        command.Transaction = transaction;
        return command;
    }

    /// <summary>A statement of a transaction on whatever connection.</summary>
    internal static SqliteCommand Command(string sql, int parameters, SqliteTransaction transaction)
    {
        var command = transaction.Connection!.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        for (var i = 0; i < parameters; i++)
            command.Parameters.Add(new SqliteParameter($"@p{i}", null));
        return command;
    }

    /// <summary>A connection beside the writer's, for who only reads.</summary>
    internal SqliteConnection Reader()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        return connection;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        Run(connection, "PRAGMA secure_delete = ON");
        // A process that died between an erasure and the cut of the log left it behind.
        Truncate(connection);
        return connection;
    }

    /// <summary>False when somebody still reads from the log.</summary>
    private static bool Truncate(SqliteConnection connection)
    {
        try
        {
            return Run(connection, "PRAGMA wal_checkpoint(TRUNCATE)") is 0L;
        }
        catch (SqliteException away) when (away.SqliteErrorCode is 5 or 6)
        {
            return false;
        }
    }

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
