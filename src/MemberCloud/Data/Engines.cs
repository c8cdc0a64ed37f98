using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MemberCloud.Data;

/// <summary>Which database engine serves, and where it is.</summary>
public sealed record DatabaseOptions(string Engine, string Connection, string? AppConnection, bool Migrate)
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";

    /// <summary>From <c>Database:Engine</c>, <c>:Connection</c>, <c>:AppConnection</c>, <c>:Migrate</c>; nothing set = a SQLite file in <paramref name="folder"/>.</summary>
    public static DatabaseOptions Read(IConfiguration settings, string folder)
    {
        var section = settings.GetSection("Database");
        var engine = (section["Engine"] ?? Sqlite).ToLowerInvariant();
        if (engine is not (Sqlite or Postgres))
            throw new InvalidOperationException(
                $"Database:Engine is sqlite or postgres here, not '{engine}' (sqlserver is MemberCloud.Server's)."
            );
        var connection =
            section["Connection"]
            ?? (
                engine == Sqlite
                    ? $"Data Source={Path.Combine(folder, "membercloud.db")}"
                    : throw new InvalidOperationException("Database:Connection is not set.")
            );
        return new(engine, connection, section["AppConnection"], section.GetValue("Migrate", true));
    }
}

/// <summary>Puts the chosen engine behind <see cref="MemberCloudDb"/> and <see cref="IDoor"/>.</summary>
public static class Engines
{
    public static IServiceCollection AddData(
        this IServiceCollection services,
        DatabaseOptions options,
        Func<string> servingPassword
    )
    {
        services.AddSingleton(options);
        services.AddScoped<CurrentTenant>();
        services.AddScoped(provider => new Lazy<MemberCloudDb>(provider.GetRequiredService<MemberCloudDb>));
        services.AddScoped<Transactions>();
        services.AddScoped<Outbox>();
        services.AddScoped<MemberKeys>();
        services.AddSingleton<TenantWriteGuard>();
        services.AddSingleton<DatabaseSetup>();
        if (options.Engine == DatabaseOptions.Sqlite)
            AddSqlite(services, SqliteConnectionString(options.Connection));
        else
            AddPostgres(services, options, servingPassword);
        return services;
    }

    /// <summary>The engine's options for the design-time tools and for migrating; <paramref name="connection"/> may be the owner's.</summary>
    public static DbContextOptionsBuilder<MemberCloudDb> ForMigrations(string engine, string connection)
    {
        var builder = new DbContextOptionsBuilder<MemberCloudDb>();
        return engine == DatabaseOptions.Sqlite
            ? builder.UseSqlite(SqliteConnectionString(connection), o => o.MigrationsAssembly(MigrationsOf(engine)))
            : builder
                .UseNpgsql(connection, o => o.MigrationsAssembly(MigrationsOf(engine)))
                .ReplaceService<IMigrationsSqlGenerator, PostgresRowSecurity>();
    }

    /// <summary>The assembly that holds an engine's migrations.</summary>
    public static string MigrationsOf(string engine) =>
        $"MemberCloud.Migrations.{(engine == DatabaseOptions.Sqlite ? "Sqlite" : "Postgres")}";

    /// <summary>A connection as the owner. One to a SQLite file that is not there does not make it.</summary>
    internal static DbConnection Connect(DatabaseOptions options) =>
        options.Engine == DatabaseOptions.Sqlite
            ? new SqliteConnection(
                new SqliteConnectionStringBuilder(SqliteConnectionString(options.Connection))
                {
                    Mode = SqliteOpenMode.ReadWrite,
                    Pooling = false,
                }.ConnectionString
            )
            : new NpgsqlConnection(options.Connection);

    private static void AddSqlite(IServiceCollection services, string connection)
    {
        services.AddSingleton(_ => new SqliteGate(connection));
        services.AddDbContext<MemberCloudDb>(
            (sp, o) => o.UseSqlite(connection).AddInterceptors(sp.GetRequiredService<TenantWriteGuard>()),
            optionsLifetime: ServiceLifetime.Singleton
        );
        services.AddSingleton<IDoor>(sp => new SqliteDoor(sp.GetRequiredService<SqliteGate>(), Model(sp)));
    }

    private static void AddPostgres(IServiceCollection services, DatabaseOptions options, Func<string> servingPassword)
    {
        services.AddSingleton(_ => NpgsqlDataSource.Create(ServingConnection(options, servingPassword)));
        services.AddSingleton<PostgresTenantReads>();
        services.AddDbContext<MemberCloudDb>(
            (sp, o) =>
                o.UseNpgsql(sp.GetRequiredService<NpgsqlDataSource>())
                    .AddInterceptors(sp.GetRequiredService<TenantWriteGuard>(), sp.GetRequiredService<PostgresTenantReads>()),
            optionsLifetime: ServiceLifetime.Singleton
        );
        services.AddSingleton<IDoor>(sp => new PostgresDoor(sp.GetRequiredService<NpgsqlDataSource>(), Model(sp)));
    }

    /// <summary>The connection requests are served with: the given one, or the owner's with the serving role in its place.</summary>
    public static string ServingConnection(DatabaseOptions options, Func<string> servingPassword)
    {
        var connection = new NpgsqlConnectionStringBuilder(options.AppConnection ?? options.Connection);
        if (options.AppConnection is null)
            (connection.Username, connection.Password) = (DatabaseSetup.ServingRole, servingPassword());
        // Everything a session learns is transaction-local (row security's setting too), so a pooled connection needs no reset trip.
        connection.NoResetOnClose = true;
        connection.MaxAutoPrepare = 100;
        // Every statement of the doors has one right plan, by key: planning it anew for each call costs more than running it.
        connection.Options = $"{connection.Options} -c plan_cache_mode=force_generic_plan".Trim();
        connection.AutoPrepareMinUsages = 2;
        connection.MaxPoolSize = Math.Min(connection.MaxPoolSize, 48);
        return connection.ConnectionString;
    }

    private static string SqliteConnectionString(string connection) =>
        new SqliteConnectionStringBuilder(connection) { ForeignKeys = true, DefaultTimeout = 30 }.ConnectionString;

    private static Microsoft.EntityFrameworkCore.Metadata.IModel Model(IServiceProvider services)
    {
        using var scope = services.CreateScope();
        return scope.ServiceProvider.GetRequiredService<MemberCloudDb>().Model;
    }
}
