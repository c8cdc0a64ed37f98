using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MemberCloud.Benchmarks;

/// <summary>Where things are, whatever machine this is.</summary>
public static class Places
{
    /// <summary>The repository that this was built from.</summary>
    public static string Root() =>
        Above(folder => File.Exists(Path.Combine(folder, "MemberCloud.sln")) ? folder : null, "MemberCloud.sln");

    /// <summary>MEMBERCLOUD_SHARED, or the folder shared next to the repository.</summary>
    public static string Shared() =>
        Environment.GetEnvironmentVariable("MEMBERCLOUD_SHARED") is { Length: > 0 } given
            ? given
            : Above(
                folder =>
                    Path.Combine(folder, "shared") is var shared && Directory.Exists(Path.Combine(shared, "bench"))
                        ? shared
                        : null,
                "shared/bench (or set MEMBERCLOUD_SHARED)"
            );

    /// <summary>The commit that is measured; with a + when files differ from it.</summary>
    public static string Commit() => Git("rev-parse --short HEAD") + (Git("status --porcelain").Length > 0 ? "+" : "");

    private static string Git(string arguments)
    {
        using var git = Process.Start(
            new ProcessStartInfo("git", arguments) { WorkingDirectory = Root(), RedirectStandardOutput = true }
        )!;
        var said = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return said;
    }

    private static string Above(Func<string, string?> look, string what)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (look(folder.FullName) is { } found)
                return found;
        }
        throw new DirectoryNotFoundException($"No folder above holds {what}.");
    }
}

/// <summary>Ports to listen on.</summary>
public static class Ports
{
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
