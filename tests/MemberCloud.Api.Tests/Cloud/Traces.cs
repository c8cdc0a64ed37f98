using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>What somebody finds who holds the database itself: SQLite's files byte by byte, every row of every table of PostgreSQL.</summary>
public static class Traces
{
    /// <summary>Those of the values that stand in it.</summary>
    public static async Task<IReadOnlyList<string>> Of(TestCloud cloud, params string[] values)
    {
        var found = cloud.IsPostgres ? await InRowsAsync(cloud, values) : InFiles(cloud, values);
        return [.. values.Where(found.Contains)];
    }

    private static HashSet<string> InFiles(TestCloud cloud, string[] values)
    {
        var file = new SqliteConnectionStringBuilder(cloud.Connection).DataSource;
        var bytes = new[] { file, $"{file}-wal" }.Where(File.Exists).Select(Bytes).ToList();
        return [.. values.Where(v => bytes.Exists(b => b.AsSpan().IndexOf(Encoding.UTF8.GetBytes(v)) >= 0))];
    }

    private static byte[] Bytes(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static async Task<HashSet<string>> InRowsAsync(TestCloud cloud, string[] values)
    {
        await using var source = NpgsqlDataSource.Create(cloud.Connection + ";Pooling=false");
        var tables = new List<string>();
        await using (var command = source.CreateCommand("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        }
        var found = new HashSet<string>();
        foreach (var table in tables)
        {
            // A row as text, in which bytes are shown as hexadecimal digits.
            await using var command = source.CreateCommand($"SELECT string_agg(t::text, ' ') FROM \"{table}\" t");
            var text = await command.ExecuteScalarAsync() as string ?? "";
            found.UnionWith(
                values.Where(v => text.Contains(v) || text.Contains(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(v))))
            );
        }
        return found;
    }
}
