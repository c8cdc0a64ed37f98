using System.Net;
using System.Net.Sockets;
using MemberCloud.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>
/// One throw-away PostgreSQL for the whole run: started at first use, gone with the process. A migrated template makes a new database a copy of files.
/// </summary>
public sealed class PostgresCluster
{
    private const string Template = "membercloud_template";
    private const string Settings =
        "-c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=on -c full_page_writes=off -c max_connections=300 -c shared_buffers=128MB";

    private static readonly Lazy<Task<PostgresCluster>> One = new(StartAsync);
    private static readonly SemaphoreSlim Copying = new(1, 1);

    private readonly int port;
    private int made;

    private PostgresCluster(int port) => this.port = port;

    /// <summary>False where the machine lacks PostgreSQL; then its tests are skipped (and fail in CI).</summary>
    public static bool IsInstalled { get; } = PostgresPrograms.Find() is not null;

    public static Task<PostgresCluster> GetAsync() => One.Value;

    /// <summary>The owner's connection to a new database of this build's version.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"membercloud_{Interlocked.Increment(ref made)}";
        // PostgreSQL copies a template only while nobody else does.
        await Copying.WaitAsync();
        try
        {
            await ExecuteAsync(ConnectionTo("postgres"), $"CREATE DATABASE {name} TEMPLATE {Template}");
        }
        finally
        {
            Copying.Release();
        }
        return ConnectionTo(name);
    }

    public static async Task ExecuteAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private string ConnectionTo(string database) => $"Host=127.0.0.1;Port={port};Username=postgres;Database={database}";

    private static async Task<PostgresCluster> StartAsync()
    {
        var programs = PostgresPrograms.Find() ?? throw new InvalidOperationException("PostgreSQL is not installed.");
        var folder = await programs.NewFolderAsync();
        var data = Path.Combine(folder, "data");
        var stop = string.Join(' ', programs.Line("pg_ctl", "stop", "-m", "immediate", "-D", data));
        PostgresPrograms.RunWhenWeEnd($"{stop}; rm -rf {folder}");
        await PostgresPrograms.RunAsync(
            programs.Line("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync", "-D", data)
        );
        var cluster = new PostgresCluster(await ListenAsync(programs, folder, data));
        await cluster.MakeTemplateAsync();
        return cluster;
    }

    /// <summary>A port that was free a moment ago may be taken: then another is tried.</summary>
    private static async Task<int> ListenAsync(PostgresPrograms programs, string folder, string data)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            try
            {
                await PostgresPrograms.RunAsync(
                    programs.Line(
                        "pg_ctl",
                        "start",
                        "-w",
                        "-t",
                        "60",
                        "-D",
                        data,
                        "-l",
                        Path.Combine(folder, "log"),
                        "-o",
                        $"-p {port} -k {folder} {Settings}"
                    )
                );
                return port;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                continue;
            }
        }
    }

    private async Task MakeTemplateAsync()
    {
        // Without a pool: a template that somebody is connected to cannot be copied.
        var options = new DatabaseOptions(DatabaseOptions.Postgres, ConnectionTo(Template) + ";Pooling=false", null, true);
        var serving = Engines.ServingConnection(options, TestHost.Secrets.ServingPassword);
        await new DatabaseSetup(options, NullLogger<DatabaseSetup>.Instance).PrepareAsync(serving, CancellationToken.None);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
