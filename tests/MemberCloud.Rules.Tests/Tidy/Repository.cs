using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MemberCloud.Rules.Tests.Tidy;

/// <summary>The repository that this test was built from.</summary>
public static class Repository
{
    private static readonly string[] Built = ["bin", "obj", "TestResults", "artifacts", "node_modules"];

    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>C# files of the product; of the tests with <see cref="All"/>.</summary>
    public static IReadOnlyList<Source> Product { get; } = [.. Under("src", "*.cs")];

    public static IReadOnlyList<Source> All { get; } = [.. Product, .. Under("tests", "*.cs")];

    public static IReadOnlyList<Source> Projects { get; } = [.. Under("src", "*.csproj")];

    /// <summary>What lies at the top, as git knows it; where git is missing, as it lies there.</summary>
    public static IReadOnlyList<string> TopLevelNames()
    {
        var lines = Git("ls-files") ?? Directory.EnumerateFileSystemEntries(Root).Select(e => Path.GetFileName(e));
        return [.. lines.Select(line => line.Split('/')[0]).Distinct().Where(name => !Built.Contains(name))];
    }

    /// <summary>A rule holds when nothing breaks it; the message lists what does.</summary>
    public static void Keeps(IEnumerable<Breach> breaches)
    {
        var found = breaches.Select(b => b.ToString()).Distinct().ToList();
        Assert.True(found.Count == 0, $"{found.Count} breaches:\n{string.Join('\n', found)}");
    }

    private static IEnumerable<Source> Under(string folder, string pattern) =>
        Directory
            .EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => (file, path: Path.GetRelativePath(Root, file).Replace('\\', '/')))
            .Where(f => !f.path.Split('/').Any(Built.Contains))
            .OrderBy(f => f.path, StringComparer.Ordinal)
            .Select(f => new Source(f.path, File.ReadAllText(f.file)));

    private static string Find(DirectoryInfo? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MemberCloud.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("No folder above the tests holds MemberCloud.sln.");
    }

    /// <summary>A committed OpenAPI document.</summary>
    public static JsonObject Document(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "openapi", $"{name}.json")))!.AsObject();

    /// <summary>What git says, line by line; null where there is no git, or it knows no answer.</summary>
    public static string[]? Git(string arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var git = Process.Start(start)!;
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
