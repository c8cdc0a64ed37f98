using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>
/// A throw-away SQLite database, a copy of one that was migrated once for the whole run. In memory where the machine has a file system there: as with PostgreSQL's
/// fsync=off, nothing here tests whether a disk keeps its word.
/// </summary>
internal static class SqliteFolder
{
    private const string Memory = "/dev/shm";
    private const string Name = "membercloud.db";

    private static readonly Lazy<Task<byte[]>> Template = new(MigratedAsync);

    /// <summary>The folder, which the caller removes, and the connection to the file in it.</summary>
    public static async Task<(string Folder, string Connection)> NewAsync()
    {
        var (folder, connection) = New();
        await File.WriteAllBytesAsync(Path.Combine(folder, Name), await Template.Value);
        return (folder, connection);
    }

    public static void Remove(string folder)
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<byte[]> MigratedAsync()
    {
        var (folder, connection) = New();
        // Without a pool: with its last connection gone all of the database is in the one file.
        var options = new DatabaseOptions(DatabaseOptions.Sqlite, connection + ";Pooling=false", null, true);
        await new DatabaseSetup(options, NullLogger<DatabaseSetup>.Instance).PrepareAsync(connection, CancellationToken.None);
        var file = await File.ReadAllBytesAsync(Path.Combine(folder, Name));
        Remove(folder);
        return file;
    }

    private static (string Folder, string Connection) New()
    {
        var folder = Directory.Exists(Memory)
            ? Directory.CreateDirectory(Path.Combine(Memory, $"membercloud-sqlite-{Ids.New():N}")).FullName
            : Directory.CreateTempSubdirectory("membercloud-sqlite-").FullName;
        return (folder, $"Data Source={Path.Combine(folder, Name)}");
    }
}
