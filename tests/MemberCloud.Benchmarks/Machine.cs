using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Tenancy;
using Npgsql;

namespace MemberCloud.Benchmarks;

/// <summary>A folder, and a throw-away PostgreSQL with the settings of shared/bench/limits/run.sh: durable; room for the product's connections and pgbench's at once.</summary>
public sealed class Machine : IAsyncDisposable
{
    private const string Settings =
        "-c listen_addresses=127.0.0.1 -c shared_buffers=512MB -c max_wal_size=4GB -c max_connections=200";

    private readonly PostgresPrograms programs;
    private readonly string cluster;
    private readonly int port = Ports.Free();

    private Machine(PostgresPrograms programs, string cluster) => (this.programs, this.cluster) = (programs, cluster);

    public string Folder { get; } = Directory.CreateTempSubdirectory("membercloud-bench-").FullName;

    public string OperatorKey { get; } = KeyRules.Make(KeyRules.Operator, [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    public static async Task<Machine> PrepareAsync()
    {
        if (
            typeof(Machine)
                .Assembly.GetCustomAttributes(false)
                .OfType<System.Diagnostics.DebuggableAttribute>()
                .Any(d => d.IsJITOptimizerDisabled)
        )
            throw new InvalidOperationException("Measure the Release build: dotnet run -c Release ...");
        var programs =
            PostgresPrograms.Find()
            ?? throw new InvalidOperationException("PostgreSQL's programs (initdb, pg_ctl) are not installed.");
        var machine = new Machine(programs, await programs.NewFolderAsync());
        await machine.StartPostgresAsync();
        return machine;
    }

    /// <summary>The owner's connection to a database of the cluster.</summary>
    public string Postgres(string database) => $"Host=127.0.0.1;Port={port};Username=postgres;Database={database}";

    /// <summary>The product as it ships: this build's host, a process of its own.</summary>
    public Task<Server> StartProductAsync(
        string engine,
        string connection,
        string role = "api",
        Dictionary<string, string>? settings = null
    ) =>
        Server.StartAsync(
            Path.Combine(Places.Root(), "src", "MemberCloud.Host", "bin", "Release", "net10.0", "MemberCloud.Host.dll"),
            ["--role", role],
            "/health/ready",
            new(settings ?? [])
            {
                ["Database__Engine"] = engine,
                ["Database__Connection"] = connection,
                ["Platform__OperatorKey"] = OperatorKey,
                ["Data__Folder"] = Path.Combine(Folder, engine),
                ["Logging__LogLevel__Default"] = "Warning",
                // One brand with one key is all the load there is.
                ["Limits__TenantPerSecond"] = "1000000",
            }
        );

    /// <summary>The bare reference: Kestrel and Npgsql doing the least possible, on tables of its own.</summary>
    public async Task<Server> StartReferenceAsync()
    {
        var limits = Path.Combine(Places.Shared(), "bench", "limits");
        await PsqlAsync("postgres", "-c", "CREATE DATABASE ref");
        await PsqlAsync("ref", "-f", Path.Combine(limits, "setup.sql"));
        var (built, objects) = (Path.Combine(Folder, "kestrel"), Path.Combine(Folder, "obj"));
        await PostgresPrograms.RunAsync(
            "dotnet",
            "build",
            Path.Combine(limits, "kestrel", "kestrel.csproj"),
            "-c",
            "Release",
            "-o",
            built,
            "--artifacts-path",
            objects,
            "--nologo"
        );
        return await Server.StartAsync(
            Path.Combine(built, "kestrel.dll"),
            [],
            "/json",
            new() { ["LIMITS_DB"] = Postgres("ref") }
        );
    }

    /// <summary>CPU that PostgreSQL has used so far, those of its processes that are gone included.</summary>
    public TimeSpan PostgresCpu
    {
        get
        {
            var main = File.ReadLines(Path.Combine(cluster, "data", "postmaster.pid")).First();
            var ticks = Directory
                .GetDirectories("/proc", "*")
                .Where(folder => int.TryParse(Path.GetFileName(folder), out _))
                .Select(StatOf)
                .Where(stat => stat.Length > 0 && (stat[0] == main || stat[3] == main))
                .Sum(stat =>
                    stat[13..(stat[0] == main ? 17 : 15)]
                        .Sum(t => long.Parse(t, System.Globalization.CultureInfo.InvariantCulture))
                );
            return TimeSpan.FromMilliseconds(10 * ticks);
        }
    }

    private static string[] StatOf(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "stat")).Split(' ');
        }
        catch (IOException)
        {
            // It is gone.
            return [];
        }
    }

    /// <summary>Lets psql do something as the owner.</summary>
    public Task PsqlAsync(string database, params string[] what) =>
        PostgresPrograms.RunAsync([
            "psql",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            "127.0.0.1",
            "-p",
            $"{port}",
            "-U",
            "postgres",
            "-d",
            database,
            .. what,
        ]);

    /// <summary>Transactions a second of one of the scripts of shared/bench/limits.</summary>
    public async Task<double> PgbenchAsync(string database, string script, int clients, int seconds)
    {
        var said = await PostgresPrograms.RunAsync([
            "pgbench",
            "-n",
            "-M",
            "prepared",
            "-f",
            Path.Combine(Places.Shared(), "bench", "limits", script),
            "-c",
            $"{clients}",
            "-j",
            "2",
            "-T",
            $"{seconds}",
            "-h",
            "127.0.0.1",
            "-p",
            $"{port}",
            "-U",
            "postgres",
            database,
        ]);
        var tps = said.Split('\n').First(l => l.StartsWith("tps = ", StringComparison.Ordinal));
        return double.Parse(tps.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task StartPostgresAsync()
    {
        var data = Path.Combine(cluster, "data");
        var stop = string.Join(' ', programs.Line("pg_ctl", "stop", "-m", "immediate", "-D", data));
        PostgresPrograms.RunWhenWeEnd($"{stop}; rm -rf {cluster} {Folder}");
        await PostgresPrograms.RunAsync(programs.Line("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "-D", data));
        await PostgresPrograms.RunAsync(
            programs.Line(
                "pg_ctl",
                "start",
                "-w",
                "-D",
                data,
                "-l",
                Path.Combine(cluster, "log"),
                "-o",
                $"-p {port} -k {cluster} {Settings}"
            )
        );
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await PostgresPrograms.RunAsync(programs.Line("pg_ctl", "stop", "-m", "immediate", "-D", Path.Combine(cluster, "data")));
        Directory.Delete(Folder, recursive: true);
    }
}
