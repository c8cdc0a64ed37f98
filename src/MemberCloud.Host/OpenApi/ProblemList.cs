using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MemberCloud.Host.OpenApi;

/// <summary>A code, the status it comes with, where it can come from, and what it says.</summary>
public sealed record ListedProblem(string Code, int Status, string Where, string Meaning);

/// <summary>All problem codes (problems.txt), and which of them an operation can answer with.</summary>
public static partial class ProblemList
{
    public static IReadOnlyList<ListedProblem> All { get; } = [.. Read()];

    private static readonly ILookup<string, ListedProblem> ByCode = All.ToLookup(p => p.Code, StringComparer.Ordinal);

    /// <summary>What any operation of this shape can answer.</summary>
    public static IEnumerable<ListedProblem> Common(string method, string path, JsonObject operation)
    {
        var parameters = operation["parameters"]?.AsArray().Select(p => p!.AsObject()).ToList() ?? [];
        var key = parameters.FirstOrDefault(p => (string?)p["name"] == Data.Idempotency.Header);
        string?[] places =
        [
            "every",
            operation["x-anyone"] is null ? "signed" : null,
            operation["requestBody"] is not null ? "body" : null,
            path.Contains('{') ? "path" : null,
            parameters.Any(p => (string?)p["name"] == "cursor") ? "list" : null,
            method != "get" ? "write" : null,
            key is not null ? "keyed" : null,
            (bool?)key?["required"] == true ? "mustkey" : null,
        ];
        return All.Where(p => places.Contains(p.Where));
    }

    /// <summary>What an operation's remarks name: <c>Errors: a, b (409), c (422) for ...</c>; a stale If-Match.</summary>
    public static IEnumerable<ListedProblem> Own(string remarks)
    {
        if (remarks.Contains("If-Match", StringComparison.Ordinal))
            yield return ByCode["stale"].Single();
        var waiting = new List<string>();
        foreach (Match word in CodeOrStatus().Matches(ErrorsOf(remarks)))
        {
            if (word.Groups["status"] is { Success: true } status)
            {
                foreach (var known in waiting.SelectMany(Chosen(int.Parse(status.Value, CultureInfo.InvariantCulture))))
                    yield return known;
                waiting.Clear();
            }
            else if (ByCode.Contains(word.Value))
                waiting.Add(word.Value);
        }
        foreach (var known in waiting.SelectMany(code => ByCode[code]))
            yield return known;
    }

    /// <summary>The codes of some operations, each with status and meaning.</summary>
    public static JsonObject Table(IEnumerable<JsonObject> operations)
    {
        var used = operations.SelectMany(o => o["x-problem-codes"]!.AsArray()).Select(c => (string)c!).ToHashSet();
        return new(
            ByCode
                .Where(c => used.Contains(c.Key))
                .OrderBy(c => c.Key, StringComparer.Ordinal)
                .Select(c => KeyValuePair.Create(c.Key, (JsonNode?)Row(c)))
        );
    }

    /// <summary>The list as people read it.</summary>
    public static string Markdown { get; } =
        string.Concat(
            All.GroupBy(p => (p.Code, p.Status))
                .OrderBy(p => p.Key.Code, StringComparer.Ordinal)
                .Select(p => $"\n- `{p.Key.Code}` ({p.Key.Status}): {p.First().Meaning}")
        );

    private static JsonObject Row(IEnumerable<ListedProblem> same) =>
        new()
        {
            ["status"] = new JsonArray([.. same.Select(p => p.Status).Distinct().Select(s => JsonValue.Create(s))]),
            ["meaning"] = same.First().Meaning,
        };

    /// <summary>Codes are looked for after "Errors:"; before it only words that cannot be anything else.</summary>
    private static string ErrorsOf(string remarks)
    {
        var at = remarks.IndexOf("Errors:", StringComparison.Ordinal);
        var before = string.Join(' ', Unmistakable().Matches(at < 0 ? remarks : remarks[..at]).Select(m => m.Value));
        return at < 0 ? before : $"{remarks[at..]} {before}";
    }

    /// <summary>The rows of a code with this status; where there is none, what the list knows.</summary>
    private static Func<string, IEnumerable<ListedProblem>> Chosen(int status) =>
        code => ByCode[code].Any(p => p.Status == status) ? ByCode[code].Where(p => p.Status == status) : ByCode[code];

    private static IEnumerable<ListedProblem> Read()
    {
        using var file = typeof(ProblemList).Assembly.GetManifestResourceStream("problems.txt")!;
        using var text = new StreamReader(file);
        while (text.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var parts = line.Split(' ', 4);
            yield return new(parts[1], int.Parse(parts[0], CultureInfo.InvariantCulture), parts[2], parts[3]);
        }
    }

    [GeneratedRegex(@"\b(?<status>[45]\d\d)\b|\b[a-z][a-z0-9_]*\b")]
    private static partial Regex CodeOrStatus();

    [GeneratedRegex(@"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")]
    private static partial Regex Unmistakable();
}
