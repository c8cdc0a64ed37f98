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

    private readonly PostgresPrograms programs;
    private readonly string folder;
    private int port;
    private int made;

    private PostgresCluster(PostgresPrograms programs, string folder) => (this.programs, this.folder) = (programs, folder);

    private string Data => Path.Combine(folder, "data");

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

    /// <summary>A cluster of its own, for who stops and starts it.</summary>
    public static async Task<PostgresCluster> StartAsync()
    {
        var programs = PostgresPrograms.Find() ?? throw new InvalidOperationException("PostgreSQL is not installed.");
        var cluster = new PostgresCluster(programs, await programs.NewFolderAsync());
        var stop = string.Join(' ', programs.Line("pg_ctl", "stop", "-m", "immediate", "-D", cluster.Data));
        PostgresPrograms.RunWhenWeEnd($"{stop}; rm -rf {cluster.folder}");
        await PostgresPrograms.RunAsync(
            programs.Line("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync", "-D", cluster.Data)
        );
        await cluster.ListenAsync();
        await cluster.MakeTemplateAsync();
        return cluster;
    }

    /// <summary>Stops it as a power cut would.</summary>
    public Task StopAsync() => PostgresPrograms.RunAsync(programs.Line("pg_ctl", "stop", "-m", "immediate", "-D", Data));

    /// <summary>Starts it again, at the same port.</summary>
    public Task StartAgainAsync() =>
        PostgresPrograms.RunAsync(
            programs.Line(
                "pg_ctl",
                "start",
                "-w",
                "-t",
                "60",
                "-D",
                Data,
                "-l",
                Path.Combine(folder, "log"),
                "-o",
                $"-p {port} -k {folder} {Settings}"
            )
        );

    /// <summary>A port that was free a moment ago may be taken: then another is tried.</summary>
    private async Task ListenAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            port = FreePort();
            try
            {
                await StartAgainAsync();
                return;
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
