using System.Diagnostics;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Host;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>How a process ended and what it said.</summary>
public sealed record Ended(int ExitCode, string Out, string Error)
{
    public Ended Must(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {exitCode} expected, {ExitCode} came\n{Out}\n{Error}");
        return this;
    }
}

/// <summary>The host as a process of its own, on a cloud's database: it can be killed, and it has an exit code.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);
    private static readonly string[] Shared = ["Database:Engine", "Platform:MasterKey", "Platform:OperatorKey"];

    private readonly Process process;
    private readonly Task<string> said;
    private readonly Task<string> complained;

    private HostProcess(ProcessStartInfo start)
    {
        process = Process.Start(start)!;
        said = process.StandardOutput.ReadToEndAsync();
        complained = process.StandardError.ReadToEndAsync();
    }

    public bool HasEnded => process.HasExited;

    /// <summary>Memory at its highest so far, MB.</summary>
    public long PeakMegabytes
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64 / 1_000_000;
        }
    }

    /// <summary>Starts it. <paramref name="name"/> is what PostgreSQL knows its connections by.</summary>
    public static HostProcess Start(TestCloud cloud, string name, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(HostSetup).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        var settings = cloud.Host.Services.GetRequiredService<IConfiguration>();
        foreach (var setting in Shared)
            start.Environment[setting.Replace(":", "__", StringComparison.Ordinal)] = settings[setting];
        start.Environment["Database__Connection"] = cloud.IsPostgres
            ? $"{cloud.Connection};Application Name={name}"
            : cloud.Connection;
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        return new(start);
    }

    /// <summary>A host that runs jobs, a look at the due list every second.</summary>
    public static HostProcess Worker(TestCloud cloud, string name) =>
        Start(cloud, name, "--role", "worker", "--urls=http://127.0.0.1:0", "--Jobs:TickSeconds=1");

    /// <summary>A host that serves at a port.</summary>
    public static HostProcess Api(TestCloud cloud, string name, int port, params string[] more) =>
        Start(cloud, name, ["--role", "api", $"--urls=http://127.0.0.1:{port}", "--Database:Migrate=false", .. more]);

    /// <summary>SIGTERM: please end.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async Task<Ended> EndAsync()
    {
        using var patience = new CancellationTokenSource(Longest);
        await process.WaitForExitAsync(patience.Token);
        return new(process.ExitCode, await said, await complained);
    }

    /// <summary>kill -9: nothing of it gets to say goodbye.</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }
}
