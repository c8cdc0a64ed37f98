using MemberCloud.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>MemberCloud on one engine, with a database of its own and the operator's key.</summary>
public sealed class TestCloud : IAsyncDisposable
{
    /// <summary>The templates are of this build's version already.</summary>
    private const string Migrated = "--Database:Migrate=false";

    private readonly string? folder;
    private int brands;

    private TestCloud(string engine, string connection, string? folder, TestHost host)
    {
        (Engine, Connection, this.folder, Host) = (engine, connection, folder, host);
        Operator = new(host.Client(TestHost.OperatorKey));
    }

    public string Engine { get; }

    /// <summary>The owner's connection, which row security does not bind.</summary>
    public string Connection { get; }

    public TestHost Host { get; }

    public Caller Operator { get; }

    /// <summary>A caller without a key.</summary>
    public Caller Nobody => new(Host.Client(null));

    public bool IsPostgres => Engine == DatabaseOptions.Postgres;

    public static Task<TestCloud> StartAsync(string engine) => StartAsync(engine, null);

    /// <summary>A cloud whose host is in something other than the product's.</summary>
    public static async Task<TestCloud> StartAsync(string engine, Action<WebApplicationBuilder>? also)
    {
        if (engine == DatabaseOptions.Postgres)
        {
            RequirePostgres();
            var connection = await (await PostgresCluster.GetAsync()).NewDatabaseAsync();
            return new(engine, connection, null, await TestHost.StartAsync(engine, connection, "api", also, Migrated));
        }
        var (folder, file) = await SqliteFolder.NewAsync();
        return new(engine, file, folder, await TestHost.StartAsync(engine, file, "api", also, Migrated));
    }

    /// <summary>Around a host that was started on a PostgreSQL database of its own.</summary>
    public static TestCloud Around(TestHost host, string connection) => new(DatabaseOptions.Postgres, connection, null, host);

    /// <summary>Where PostgreSQL is missing, its tests are skipped; in CI that is a failure.</summary>
    public static void RequirePostgres()
    {
        if (!PostgresCluster.IsInstalled && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail("CI runs every engine, but this machine has no PostgreSQL (initdb, pg_ctl).");
        Skip.IfNot(PostgresCluster.IsInstalled, "This machine has no PostgreSQL (initdb, pg_ctl).");
    }

    /// <summary>A second host on the same database, which shares nothing else with the first.</summary>
    public Task<TestHost> SecondHost(string role = "api", params string[] more) =>
        TestHost.StartAsync(Engine, Connection, role, [Migrated, .. more]);

    /// <summary>A sandbox brand whose clock stands at <paramref name="clock"/>; without one, a live brand.</summary>
    public async Task<Brand> NewBrand(
        string? clock = "2026-01-10T00:00:00Z",
        string zone = "Asia/Shanghai",
        string currency = "CNY"
    )
    {
        var slug = $"brand-{Interlocked.Increment(ref brands)}";
        var mode = clock is null ? "live" : "sandbox";
        var made = await Operator.Post(
            "/platform/v1/tenants",
            new
            {
                slug,
                name = "Brand",
                time_zone = zone,
                currency,
                locale = "en",
                mode,
                test_clock = clock,
            },
            key: null
        );
        return new(this, Host.Client(made.Must(201).Text("api_key.secret")), made);
    }

    /// <summary>Runs SQL as the owner, behind the product's back.</summary>
    public async Task Tamper(string sql)
    {
        if (IsPostgres)
        {
            await PostgresCluster.ExecuteAsync(Connection, sql);
            return;
        }
        await using var connection = new SqliteConnection(Connection + ";Pooling=false;Default Timeout=30");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        if (folder is not null)
            SqliteFolder.Remove(folder);
    }
}

/// <summary>One cloud for each engine, started when the first test of a class asks for it.</summary>
public class Clouds : IAsyncLifetime
{
    private readonly Dictionary<string, Task<TestCloud>> started = [];

    public Task<TestCloud> On(string engine)
    {
        lock (started)
        {
            if (engine == DatabaseOptions.Postgres)
                TestCloud.RequirePostgres();
            if (!started.TryGetValue(engine, out var cloud))
                started.Add(engine, cloud = StartAsync(engine));
            return cloud;
        }
    }

    protected virtual Task<TestCloud> StartAsync(string engine) => TestCloud.StartAsync(engine);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var cloud in started.Values)
            await (await cloud).DisposeAsync();
    }
}
