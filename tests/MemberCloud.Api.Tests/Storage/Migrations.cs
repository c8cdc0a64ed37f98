using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using MemberCloud.Migrations.SqlServer;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Storage;

/// <summary>The migrations say what the model says, on every engine; a fresh start is a ready start.</summary>
public sealed class Migrations(Clouds clouds) : ApiTests(clouds)
{
    internal static MemberCloudDb Design(string engine) =>
        new(
            engine == "sqlserver"
                ? SqlServerDesign.Options("Server=127.0.0.1;Database=design")
                : Engines
                    .ForMigrations(engine, engine == "sqlite" ? "Data Source=:memory:" : "Host=127.0.0.1;Database=design")
                    .Options,
            new CurrentTenant()
        );

    [Theory, InlineData("sqlite"), InlineData("postgres"), InlineData("sqlserver")]
    public async Task The_model_has_no_change_that_no_migration_has(string engine)
    {
        await using var db = Design(engine);

        Assert.False(db.Database.HasPendingModelChanges(), "The model changed. Run: migrations/add <Name>");
    }

    [Fact]
    public async Task The_sql_server_script_guards_every_brands_table_and_makes_no_value_itself()
    {
        await using var db = Design("sqlserver");
        var script = db.GetService<IMigrator>().GenerateScript();
        var owned = db
            .Model.GetEntityTypes()
            .Where(e => e.FindAnnotation(Conventions.TenantOwned) is not null)
            .Select(e => e.GetTableName()!)
            .ToList();

        Assert.True(owned.Count >= 15);
        foreach (var table in owned)
        {
            Assert.Contains(
                $"CREATE SECURITY POLICY dbo.tenant_{table}\n",
                script.ReplaceLineEndings("\n"),
                StringComparison.Ordinal
            );
            Assert.Contains(
                $"ADD FILTER PREDICATE dbo.membercloud_tenant(tenant_id) ON dbo.{table},",
                script,
                StringComparison.Ordinal
            );
            Assert.Contains(
                $"ADD BLOCK PREDICATE dbo.membercloud_tenant(tenant_id) ON dbo.{table} AFTER INSERT",
                script,
                StringComparison.Ordinal
            );
            Assert.Contains(
                $"ADD BLOCK PREDICATE dbo.membercloud_tenant(tenant_id) ON dbo.{table} AFTER UPDATE",
                script,
                StringComparison.Ordinal
            );
        }
        Assert.Contains("[tenant_id] binary(16) NOT NULL", script, StringComparison.Ordinal);
        Assert.Contains("[external_id] nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL", script, StringComparison.Ordinal);
        Assert.Contains("[slug] nvarchar(40) COLLATE Latin1_General_100_BIN2 NOT NULL", script, StringComparison.Ordinal);
        foreach (var never in new[] { "IDENTITY", "uniqueidentifier", "NEWID", "SYSTEM_VERSIONING", "CREATE OR ALTER" })
            Assert.DoesNotContain(never, script, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres"), InlineData("sqlserver")]
    public async Task The_tenant_comes_first_in_every_key_index_and_foreign_key(string engine)
    {
        await using var db = Design(engine);

        foreach (var entity in db.Model.GetEntityTypes().Where(e => e.ClrType.IsAssignableTo(typeof(ITenantOwned))))
        {
            var lists = entity
                .GetKeys()
                .Select(k => k.Properties)
                .Concat(entity.GetIndexes().Select(i => i.Properties))
                .Concat(entity.GetForeignKeys().Select(f => f.Properties));
            Assert.All(
                lists,
                properties => Assert.Equal((entity.Name, "tenant_id"), (entity.Name, properties[0].GetColumnName()))
            );
        }
    }

    [SkippableFact]
    public async Task Sqlite_writes_ahead_and_keeps_foreign_keys()
    {
        var cloud = await On("sqlite");
        using var scope = cloud.Host.Services.CreateScope();
        var connection = (SqliteConnection)scope.ServiceProvider.GetRequiredService<MemberCloudDb>().Database.GetDbConnection();
        await connection.OpenAsync();
        async Task<string?> Pragma(string name)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA {name}";
            return (await command.ExecuteScalarAsync())?.ToString();
        }

        Assert.Equal("wal", await Pragma("journal_mode"));
        Assert.Equal("1", await Pragma("foreign_keys"));
    }

    [SkippableFact]
    public async Task Two_hosts_that_migrate_two_new_databases_of_one_cluster_at_once_both_start()
    {
        TestCloud.RequirePostgres();
        var connection = await (await PostgresCluster.GetAsync()).NewDatabaseAsync();

        var hosts = await AtOnce(2, i => TestHost.StartAsync("postgres", $"{connection}_new_{i}", "api"));

        foreach (var host in hosts)
        {
            (await new Caller(host.Client(null)).Get("/health/ready")).Must(200);
            await host.DisposeAsync();
        }
    }

    [SkippableTheory, EveryEngine]
    public async Task A_second_start_finds_everything_done(string engine)
    {
        var cloud = await On(engine);
        var brand = await cloud.NewBrand();
        var ann = await brand.Member("ann", new { phone = "+8613800138000" });

        await using var again = await TestHost.StartAsync(engine, cloud.Connection);

        Assert.Equal("+8613800138000", (await brand.At(again).Get($"/v1/members/{ann}")).Must(200).Text("phone"));
    }
}
