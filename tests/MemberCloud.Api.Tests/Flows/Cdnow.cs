namespace MemberCloud.Api.Tests.Flows;

/// <summary>Real purchases (CDNOW: 69,659 of 23,570 customers, 1997-01-01 to 1998-06-30), from the shared folder.</summary>
public static class Cdnow
{
    public const string Zone = "America/New_York";

    /// <summary>Midnight of 1997-01-01 there, before the first purchase.</summary>
    public const string Start = "1997-01-01T05:00:00Z";

    /// <summary>Midnight of 1998-08-01 there: every point of the file has settled.</summary>
    public const string End = "1998-08-01T04:00:00Z";

    /// <summary>The sizes that the goals state are asked for.</summary>
    public static bool Long => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1";

    /// <summary>The whole file. Where it is missing, its tests are skipped; in CI that is a failure.</summary>
    public static string Whole()
    {
        var file = Find();
        if (file is null && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail("CI needs shared/data/cdnow/transactions.csv: set MEMBERCLOUD_SHARED.");
        Skip.If(file is null, "shared/data/cdnow/transactions.csv is not here: set MEMBERCLOUD_SHARED.");
        return file!;
    }

    /// <summary>Every purchase of the first so many customers, as a file of its own.</summary>
    public static string Slice(int customers)
    {
        var lines = File.ReadLines(Whole());
        var ids = lines.Skip(1).Select(CustomerOf).Distinct().Take(customers).ToHashSet();
        var path = Path.Combine(Directory.CreateTempSubdirectory("membercloud-cdnow-").FullName, $"first-{customers}.csv");
        File.WriteAllLines(path, [lines.First(), .. lines.Skip(1).Where(line => ids.Contains(CustomerOf(line)))]);
        return path;
    }

    private static string CustomerOf(string line) => line[..line.IndexOf(',')];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("MEMBERCLOUD_SHARED") is { Length: > 0 } shared)
            return FileIn(shared);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (FileIn(Path.Combine(folder.FullName, "shared")) is { } found)
                return found;
        }
        return null;
    }

    private static string? FileIn(string shared)
    {
        var file = Path.Combine(shared, "data", "cdnow", "transactions.csv");
        return File.Exists(file) ? file : null;
    }
}
