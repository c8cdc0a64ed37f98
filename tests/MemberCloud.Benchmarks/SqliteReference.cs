using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MemberCloud.Benchmarks;

/// <summary>SQLite doing the least possible: one connection, statements prepared, one durable transaction a posting.</summary>
public static class SqliteReference
{
    private const int Accounts = 100_000;

    private const string Tables = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        CREATE TABLE account (
          id INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0), version INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE ledger (
          id INTEGER PRIMARY KEY, idem_key TEXT NOT NULL UNIQUE, account_id INTEGER NOT NULL, amount INTEGER NOT NULL);
        CREATE INDEX ledger_account ON ledger (account_id, id);
        """;

    public static Measured Drive(string file, TimeSpan time)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        Command(connection, Tables).ExecuteNonQuery();
        Command(
                connection,
                $"WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Accounts}) INSERT INTO account (id, balance) SELECT i, 10000 FROM n"
            )
            .ExecuteNonQuery();
        using var begin = Command(connection, "BEGIN IMMEDIATE");
        using var update = Command(
            connection,
            "UPDATE account SET balance = balance - 1, version = version + 1 WHERE id = @id AND balance >= 1"
        );
        using var insert = Command(connection, "INSERT INTO ledger (idem_key, account_id, amount) VALUES (@key, @id, -1)");
        using var commit = Command(connection, "COMMIT");
        var (samples, since) = (new List<double>(100_000), Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(since) < time)
        {
            var (sent, id) = (Stopwatch.GetTimestamp(), Random.Shared.Next(1, Accounts + 1));
            begin.ExecuteNonQuery();
            Set(update, "@id", id);
            update.ExecuteNonQuery();
            Set(insert, "@id", id);
            Set(insert, "@key", samples.Count.ToString("D36", CultureInfo.InvariantCulture));
            insert.ExecuteNonQuery();
            commit.ExecuteNonQuery();
            samples.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }
        samples.Sort();
        return new(
            samples.Count / Stopwatch.GetElapsedTime(since).TotalSeconds,
            samples[samples.Count / 2],
            samples[samples.Count * 99 / 100],
            0
        );
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static void Set(SqliteCommand command, string name, object value)
    {
        if (command.Parameters.Contains(name))
            command.Parameters[name].Value = value;
        else
            command.Parameters.AddWithValue(name, value);
    }
}
