using System.Diagnostics;
using System.Net.Sockets;

namespace MemberCloud.Benchmarks;

/// <summary>A web server in a process of its own.</summary>
public sealed class Server : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;

    private Server(Process process, int port, TimeSpan ready) => (this.process, Port, Ready) = (process, port, ready);

    public int Port { get; }

    /// <summary>From start to the first good answer.</summary>
    public TimeSpan Ready { get; }

    /// <summary>Memory at its highest so far, MB.</summary>
    public long PeakMegabytes
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64 / 1_000_000;
        }
    }

    /// <summary>Memory now, MB.</summary>
    public long Megabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1_000_000;
        }
    }

    /// <summary>CPU it has used so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public static async Task<Server> StartAsync(
        string dll,
        string[] arguments,
        string readyPath,
        Dictionary<string, string> settings
    )
    {
        var port = Ports.Free();
        var start = new ProcessStartInfo("dotnet", [dll, .. arguments, "--urls", $"http://127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        var since = Stopwatch.GetTimestamp();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        while (!await AnswersAsync(port, readyPath))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(since) > Patience)
                throw new InvalidOperationException($"{Path.GetFileName(dll)} did not start.");
            await Task.Delay(20);
        }
        return new(process, port, Stopwatch.GetElapsedTime(since));
    }

    private static async Task<bool> AnswersAsync(int port, string path)
    {
        try
        {
            using var connection = await Connection.OpenAsync(port);
            return await connection.SendAsync(Connection.Get(path)) == 200;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
