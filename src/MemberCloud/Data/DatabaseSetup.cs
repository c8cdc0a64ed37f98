using System.Data.Common;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MemberCloud.Data;

/// <summary>Brings the database to the version of this build, and makes sure that requests are served by a role that row security binds.</summary>
public sealed partial class DatabaseSetup(DatabaseOptions options, ILogger<DatabaseSetup> log)
{
    public const string ServingRole = "membercloud_app";

    public async Task PrepareAsync(string servingConnection, CancellationToken ct)
    {
        if (options.Migrate)
            await MigrateAsync(servingConnection, ct);
        if (options.Engine == DatabaseOptions.Postgres)
            await CheckServingRoleAsync(servingConnection, ct);
    }

    /// <summary>Creates the database when it is not there, applies what is missing, then grants the serving role what it needs and no more.</summary>
    public async Task MigrateAsync(string servingConnection, CancellationToken ct)
    {
        if (options.Engine == DatabaseOptions.Sqlite)
            MakeFolder(
                Path.GetDirectoryName(Path.GetFullPath(new SqliteConnectionStringBuilder(options.Connection).DataSource))!
            );
        var missing = await MissingAsync(ct);
        if (missing == 0 && options.Engine == DatabaseOptions.Sqlite)
            return;
        await using var db = new MemberCloudDb(
            Engines.ForMigrations(options.Engine, options.Connection).Options,
            new CurrentTenant()
        );
        if (missing > 0)
        {
            await db.Database.MigrateAsync(ct);
            LogMigrated(missing);
        }
        if (options.Engine != DatabaseOptions.Postgres)
            return;
        await GrantWithRetryAsync(db, new NpgsqlConnectionStringBuilder(servingConnection), ct);
        await CompressAsync(ct);
    }

    /// <summary>How many of this build's migrations the database lacks. Asked by hand: EF would build its models to answer, half a second at every start.</summary>
    private async Task<int> MissingAsync(CancellationToken ct)
    {
        var known = Assembly
            .Load(Engines.MigrationsOf(options.Engine))
            .GetTypes()
            .Select(t => t.GetCustomAttribute<MigrationAttribute>()?.Id)
            .OfType<string>()
            .ToHashSet();
        try
        {
            await using var connection = Engines.Connect(options);
            await connection.OpenAsync(ct);
            await using var command = connection.CreateCommand();
            command.CommandText = """SELECT "MigrationId" FROM "__EFMigrationsHistory" """;
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
                known.Remove(reader.GetString(0));
        }
        catch (DbException error) when (IsEmpty(error))
        {
            return known.Count;
        }
        return known.Count;
    }

    /// <summary>No file, no database, or nothing in it: a first start.</summary>
    private static bool IsEmpty(DbException error) =>
        error
            is SqliteException { SqliteErrorCode: 1 or 14 }
                or PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.UndefinedTable };

    /// <summary>Members' names lie in the file: a folder that is made for it is its owner's alone.</summary>
    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Roles are the cluster's, advisory locks the database's: nodes of two databases of one cluster may still collide.</summary>
    private static async Task GrantWithRetryAsync(MemberCloudDb db, NpgsqlConnectionStringBuilder serving, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await GrantAsync(db, serving, ct);
                return;
            }
            catch (PostgresException error)
                when (attempt < Transactions.Attempts
                    && error.SqlState
                        is (
                            PostgresErrorCodes.InternalError
                            or PostgresErrorCodes.UniqueViolation
                            or PostgresErrorCodes.DuplicateObject
                        )
                )
            {
                await db.Database.GetDbConnection().CloseAsync();
                await Task.Delay(Random.Shared.Next(10, 100 << attempt), ct);
            }
        }
    }

    private static async Task GrantAsync(MemberCloudDb db, NpgsqlConnectionStringBuilder serving, CancellationToken ct)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Two nodes may start at once: roles are the cluster's, and two CREATE ROLE would collide. The lock ends with the transaction.
        await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock(7217301)", ct);
        var role = serving.Username!;
        if (role == ServingRole)
            await ExecuteAsync(connection, RoleSql(role, serving.Password!), ct);
        var quoted = $"\"{role.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        await ExecuteAsync(connection, $"GRANT USAGE ON SCHEMA public TO {quoted}", ct);
        foreach (var entity in db.Model.GetEntityTypes())
        {
            var rights = entity.FindAnnotation(Conventions.AppendOnly) is null
                ? "SELECT, INSERT, UPDATE, DELETE"
                : "SELECT, INSERT";
            await ExecuteAsync(connection, $"GRANT {rights} ON {entity.GetTableName()} TO {quoted}", ct);
        }
        await transaction.CommitAsync(ct);
    }

    /// <summary>
    /// Long texts (carts, answers) are packed by LZ4 where the server has it: a third of what its default costs. A table that is busy is left for the next start.
    /// </summary>
    private async Task CompressAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(options.Connection);
        await connection.OpenAsync(ct);
        await ExecuteAsync(
            connection,
            """
            DO $$ DECLARE change text; BEGIN
              IF NOT EXISTS (SELECT 1 FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
                RETURN;
              END IF;
              FOR change IN
                SELECT format('ALTER TABLE %s ', c.oid::regclass) || string_agg(format('ALTER COLUMN %I SET COMPRESSION lz4', a.attname), ', ')
                FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND pg_has_role(c.relowner, 'USAGE')
                  AND a.attnum > 0 AND NOT a.attisdropped AND a.attstorage = 'x' AND a.attcompression <> 'l'
                GROUP BY c.oid
              LOOP
                BEGIN
                  SET LOCAL lock_timeout = '100ms';
                  EXECUTE change;
                EXCEPTION WHEN lock_not_available THEN NULL;
                END;
                COMMIT;
              END LOOP;
            END $$
            """,
            ct
        );
    }

    private static string RoleSql(string role, string password) =>
        $"""
            DO $$ BEGIN
              IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
                CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD '{password}';
              ELSE
                ALTER ROLE {role} PASSWORD '{password}';
              END IF;
            END $$
            """;

    /// <summary>A role that row security does not bind would show one brand another's rows: such a node does not serve.</summary>
    private static async Task CheckServingRoleAsync(string servingConnection, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(servingConnection);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(
            """
            SELECT r.rolsuper, r.rolbypassrls,
              EXISTS (SELECT 1 FROM pg_class c WHERE c.relname = 'points_accounts' AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
            FROM pg_roles r WHERE r.rolname = current_user
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        if (reader.GetBoolean(0) || reader.GetBoolean(1) || reader.GetBoolean(2))
            throw new InvalidOperationException(
                "The serving role is a superuser, has BYPASSRLS or owns the tables: row security would not hold. Set Database:AppConnection to a plain role."
            );
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied {Count} migrations")]
    private partial void LogMigrated(int count);
}
