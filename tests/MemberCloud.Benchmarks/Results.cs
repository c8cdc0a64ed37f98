using System.Globalization;

namespace MemberCloud.Benchmarks;

/// <summary>RESULTS.md: a table for each benchmark, a row for each run.</summary>
public static class Results
{
    /// <summary>Adds a row to the table below <c>## name</c>; date, commit and machine come first.</summary>
    public static void Append(string name, IEnumerable<string> cells)
    {
        var file = Path.Combine(Places.Root(), "tests", "MemberCloud.Benchmarks", "RESULTS.md");
        var lines = File.ReadAllLines(file).ToList();
        var table = lines.FindIndex(line => line == $"## {name}");
        if (table < 0)
            throw new InvalidOperationException($"{file} has no table called {name}.");
        var end = lines.FindIndex(table, line => line.StartsWith('|'));
        while (end < lines.Count && lines[end].StartsWith('|'))
            end++;
        var date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var row = $"| {string.Join(" | ", [date, Places.Commit(), $"{Environment.ProcessorCount} cores", .. cells])} |";
        lines.Insert(end, row);
        File.WriteAllLines(file, lines);
        Console.WriteLine(row);
    }
}
