using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MemberCloud.Host.OpenApi;

/// <summary>Makes what the generator wrote into what is promised: names as on the wire, answers that may grow, refusals by status.</summary>
public static partial class DocumentFinish
{
    private const string Problem = "application/problem+json";

    private static readonly Dictionary<int, string> Refusals = new()
    {
        [400] = "BadRequest",
        [401] = "NotSignedIn",
        [403] = "NotAllowed",
        [404] = "NotFound",
        [409] = "Conflict",
        [422] = "Contradiction",
        [429] = "TooManyRequests",
        [503] = "NotAvailable",
    };

    public static JsonObject Of(JsonObject made)
    {
        var paths = new JsonObject();
        foreach (var (path, methods) in made["paths"]!.AsObject().ToList())
        {
            var shown = Placeholder().Replace(path, m => $"{{{Snake(m.Groups[1].Value)}}}");
            foreach (var (method, operation) in methods!.AsObject())
                Finish(method, shown, operation!.AsObject());
            paths[shown] = methods.DeepClone();
        }
        made["paths"] = paths;
        var schemas = made["components"]!["schemas"]!.AsObject();
        LetAnswersGrow(paths, schemas);
        made["components"]!["responses"] = new JsonObject(
            Refusals
                .Select(r => KeyValuePair.Create(r.Value, (JsonNode?)Refusal(CommonMeaning(r.Key))))
                .Append(
                    KeyValuePair.Create(
                        "Refused",
                        (JsonNode?)Refusal("Refused or failed for another reason, with a stable `code`.")
                    )
                )
        );
        var code = schemas["ProblemShape"]!["properties"]!["code"]!;
        code["description"] = $"Lower snake case, stable: what a program decides by. One of these:\n{ProblemList.Markdown}";
        return made;
    }

    private static void Finish(string method, string path, JsonObject operation)
    {
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
            ParameterNotes.Apply(parameter!.AsObject(), path, (string)operation["operationId"]!);
        var description = (string?)operation["description"] ?? "";
        List<ListedProblem> own = [.. ProblemList.Own(description)];
        List<ListedProblem> all = [.. ProblemList.Common(method, path, operation), .. own];
        operation.Remove("x-anyone");
        operation["description"] = CodesInMarks(description, own);
        operation["x-problem-codes"] = new JsonArray([
            .. all.Select(p => p.Code).Distinct().Order(StringComparer.Ordinal).Select(c => JsonValue.Create(c)),
        ]);
        var responses = operation["responses"]!.AsObject();
        foreach (var (status, problems) in all.GroupBy(p => p.Status).OrderBy(g => g.Key).Select(g => (g.Key, g.ToList())))
        {
            var mine = problems.Intersect(own).DistinctBy(p => p.Code).ToList();
            if (mine.Count > 0)
                responses[$"{status}"] = Refusal(string.Join("\n", mine.Select(Line)));
            else if (Refusals.TryGetValue(status, out var name))
                responses[$"{status}"] = new JsonObject { ["$ref"] = $"#/components/responses/{name}" };
        }
        DocumentLinks.Add((string)operation["operationId"]!, responses);
        responses["default"] = new JsonObject { ["$ref"] = "#/components/responses/Refused" };
    }

    /// <summary>Requests with an unknown field are refused; answers may gain fields, and no client should mind.</summary>
    private static void LetAnswersGrow(JsonObject paths, JsonObject schemas)
    {
        var asked = new HashSet<string>();
        var open = new Queue<JsonNode?>(
            paths.SelectMany(p => p.Value!.AsObject()).Select(o => o.Value!["requestBody"]).Where(b => b is not null)
        );
        while (open.TryDequeue(out var node))
            foreach (var name in DocumentCut.RefsIn(node).Where(asked.Add))
                open.Enqueue(schemas[name.Split('/')[1]]);
        foreach (var (name, schema) in schemas)
            if (!asked.Contains($"schemas/{name}") && schema!["additionalProperties"] is JsonValue closed && !(bool)closed)
                schema.AsObject().Remove("additionalProperties");
    }

    private static JsonObject Refusal(string description) =>
        new()
        {
            ["description"] = description,
            ["content"] = new JsonObject
            {
                [Problem] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/ProblemShape" } },
            },
        };

    private static string CommonMeaning(int status) =>
        string.Join("\n", ProblemList.All.Where(p => p.Status == status && p.Where != "own").Select(Line))
            is { Length: > 0 } lines
            ? lines
            : "Refused with a stable `code`.";

    private static string Line(ListedProblem p) => $"- `{p.Code}`: {p.Meaning}";

    private static string CodesInMarks(string text, IEnumerable<ListedProblem> own)
    {
        foreach (var code in own.Select(p => p.Code).Distinct())
            text = Regex.Replace(text, $@"(?<![`\w]){code}(?![`\w])", $"`{code}`", RegexOptions.None, TimeSpan.FromSeconds(1));
        return text;
    }

    public static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
