using MemberCloud.Jobs;
using Microsoft.Data.Sqlite;

namespace MemberCloud.Benchmarks;

/// <summary>Many rows at once for the brand called bench in a SQLite file.</summary>
public static class SqliteFill
{
    private const string Tenant = "(SELECT id FROM tenants WHERE slug = 'bench')";

    /// <summary>Members with the tag tea; whatever else a row must have is zero.</summary>
    public static void Tagged(string connection, int members) =>
        Run(
            connection,
            open =>
                [
                    Insert(
                        open,
                        "members",
                        members,
                        new()
                        {
                            ["tenant_id"] = Tenant,
                            ["id"] = "unhex(printf('01900000000070008000%012x', n))",
                            ["external_id"] = "n",
                            ["attributes"] = "'{}'",
                        }
                    ),
                    Insert(
                        open,
                        "member_tags",
                        members,
                        new()
                        {
                            ["tenant_id"] = Tenant,
                            ["member_id"] = "unhex(printf('01900000000070008000%012x', n))",
                            ["tag"] = "'tea'",
                        }
                    ),
                ]
        );

    /// <summary>One job is due, all others are not.</summary>
    public static void Only(string connection, string job) =>
        Run(
            connection,
            _ =>
                new JobTable().Names.Select(name =>
                    $"INSERT OR REPLACE INTO job_due (tenant_id, job, next_due, served_at, failures) SELECT id, '{name}', {(name == job ? 0 : 4102444800000000)}, 0, 0 FROM tenants"
                )
        );

    private static string Insert(SqliteConnection open, string table, int rows, Dictionary<string, string> values)
    {
        using var columns = open.CreateCommand();
        columns.CommandText = $"SELECT name FROM pragma_table_info('{table}') WHERE \"notnull\" = 1";
        using var reader = columns.ExecuteReader();
        while (reader.Read())
            values.TryAdd(reader.GetString(0), "0");
        return $"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows}) "
            + $"INSERT INTO {table} ({string.Join(", ", values.Keys)}) SELECT {string.Join(", ", values.Values)} FROM s";
    }

    private static void Run(string connection, Func<SqliteConnection, IEnumerable<string>> statements)
    {
        using var open = new SqliteConnection(connection + ";Pooling=false");
        open.Open();
        foreach (var statement in statements(open).ToList())
        {
            using var command = open.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
