using System.Diagnostics;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>PostgreSQL's own programs, run as somebody who is not root (initdb and postgres refuse root).</summary>
public sealed class PostgresPrograms
{
    private const string ServerUser = "postgres";

    private readonly string folder;
    private readonly string[] become;

    private PostgresPrograms(string folder, string[] become) => (this.folder, this.become) = (folder, become);

    /// <summary>Null when the machine has no PostgreSQL server programs.</summary>
    public static PostgresPrograms? Find() =>
        Folder() is { } folder ? new(folder, Environment.IsPrivilegedProcess ? BecomeServerUser() : []) : null;

    /// <summary>The command line of a program, as the right user.</summary>
    public string[] Line(string program, params string[] arguments) => [.. become, Path.Combine(folder, program), .. arguments];

    /// <summary>A new temporary folder that the server's user may write to.</summary>
    public async Task<string> NewFolderAsync()
    {
        var made = Directory.CreateTempSubdirectory("membercloud-pg-").FullName;
        if (become.Length > 0)
            await RunAsync("chown", ServerUser, made);
        return made;
    }

    /// <summary>Runs to the end: what the program printed. Throws with what it said when it fails.</summary>
    public static async Task<string> RunAsync(params string[] line)
    {
        using var process = Start(line);
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', line)} ended with {process.ExitCode}: {string.Concat(said)}");
        return said[0];
    }

    /// <summary>
    /// Leaves a process behind that waits for our end, however it comes (its standard input closes with us), then runs a command. It is in a session of its own,
    /// so that what kills us does not kill it.
    /// </summary>
    public static void RunWhenWeEnd(string command)
    {
        var keeper = Start(["setsid", "--fork", "sh", "-c", $"cat >/dev/null; {command} >/dev/null 2>&1"]);
        GC.KeepAlive(keeper.StandardInput);
        Kept.Add(keeper);
    }

    private static readonly List<Process> Kept = [];

    private static Process Start(string[] line)
    {
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        return Process.Start(start) ?? throw new InvalidOperationException($"{line[0]} did not start.");
    }

    private static string? Folder()
    {
        const string debian = "/usr/lib/postgresql";
        var installed = Directory.Exists(debian)
            ? Directory
                .GetDirectories(debian)
                .OrderByDescending(d => d, StringComparer.Ordinal)
                .Select(d => Path.Combine(d, "bin"))
            : [];
        return installed
            .Concat(SearchPath())
            .FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "pg_ctl")));
    }

    private static string[] BecomeServerUser()
    {
        string? On(string program) =>
            SearchPath().Concat(["/usr/sbin", "/sbin"]).Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);
        if (On("setpriv") is { } setpriv)
            return [setpriv, $"--reuid={ServerUser}", $"--regid={ServerUser}", "--init-groups"];
        return On("runuser") is { } runuser
            ? [runuser, "-u", ServerUser, "--"]
            : throw new InvalidOperationException("Root needs setpriv or runuser to start PostgreSQL.");
    }

    private static IEnumerable<string> SearchPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
}
