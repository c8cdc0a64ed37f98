using System.Text.Json.Nodes;

namespace MemberCloud.Rules.Tests.Documents;

/// <summary>What a newer document takes from those who wrote a client against an older one. Additions are fine.</summary>
public sealed class Breaking
{
    private readonly JsonObject before;
    private readonly JsonObject after;
    private readonly List<string> found = [];
    private readonly HashSet<(string, string, bool)> seen = [];

    private Breaking(JsonObject before, JsonObject after) => (this.before, this.after) = (before, after);

    public static IReadOnlyList<string> Between(JsonObject before, JsonObject after)
    {
        var work = new Breaking(before, after);
        foreach (var (path, methods) in before["paths"]?.AsObject() ?? [])
        foreach (var (method, operation) in methods!.AsObject())
            work.Operation($"{method} {path}", operation!, after["paths"]?[path]?[method]);
        return work.found;
    }

    private void Operation(string name, JsonNode old, JsonNode? now)
    {
        if (now is null)
        {
            found.Add($"{name}: removed");
            return;
        }
        if (Text(old["operationId"]) != Text(now["operationId"]))
            found.Add($"{name}: operationId was {Text(old["operationId"])}, is {Text(now["operationId"])}");
        Parameters(name, List(old["parameters"]), List(now["parameters"]));
        if (old["requestBody"] is null && (bool?)now["requestBody"]?["required"] == true)
            found.Add($"{name}: asks for a body now");
        if (Content(old["requestBody"]) is { } asked && Content(now["requestBody"]) is { } asks)
            Compare($"{name} request", asked, asks, isRequest: true);
        foreach (var (status, answer) in old["responses"]?.AsObject() ?? [])
        {
            if (!status.StartsWith('2'))
                continue;
            if (now["responses"]?[status] is not { } answers)
                found.Add($"{name}: no longer answers {status}");
            else if (Content(answer) is { } gave)
                Compare($"{name} {status}", gave, Content(answers), isRequest: false);
        }
    }

    private void Parameters(string name, IReadOnlyList<JsonNode> old, IReadOnlyList<JsonNode> now)
    {
        static string Key(JsonNode p) => $"{Text(p["in"])} {Text(p["name"])}";
        foreach (var parameter in old)
        {
            if (now.FirstOrDefault(p => Key(p) == Key(parameter)) is { } same)
                Compare($"{name} {Key(parameter)}", parameter["schema"], same["schema"], isRequest: true);
            else
                found.Add($"{name}: {Key(parameter)} removed");
        }
        foreach (var parameter in now.Where(p => (bool?)p["required"] == true))
            if (!old.Any(p => Key(p) == Key(parameter) && (bool?)p["required"] == true))
                found.Add($"{name}: {Key(parameter)} is required now");
    }

    private void Compare(string where, JsonNode? oldSchema, JsonNode? newSchema, bool isRequest)
    {
        if (!seen.Add((Text(oldSchema?["$ref"]) ?? where, Text(newSchema?["$ref"]) ?? where, isRequest)))
            return;
        var (old, now) = (Shape.Of(before, oldSchema), Shape.Of(after, newSchema));
        Types(where, old, now, isRequest);
        if (isRequest)
            Limits(where, old.Schema, now.Schema);
        foreach (var (field, schema) in old.Fields)
        {
            if (!now.Fields.TryGetValue(field, out var same))
                found.Add($"{where}: {field} removed");
            else
                Compare($"{where}.{field}", schema, same, isRequest);
        }
        if (isRequest)
            foreach (var field in now.Required.Except(old.Required))
                found.Add($"{where}: {field} is required now");
        else
            foreach (var field in old.Required.Except(now.Required).Where(now.Fields.ContainsKey))
                found.Add($"{where}: {field} may be absent now");
        // Where no item was taken, a list may hold what it likes.
        if (old.Schema?["items"] is { } items && !(isRequest && Number(old.Schema["maxItems"]) == 0))
            Compare($"{where}[]", items, now.Schema?["items"], isRequest);
    }

    /// <summary>A request may take more than before and an answer may give less, never the other way.</summary>
    private void Types(string where, Shape old, Shape now, bool isRequest)
    {
        var lost = isRequest ? old.Types.Except(now.Types) : now.Types.Except(old.Types);
        if (lost.Any() && !(isRequest ? now : old).Types.Contains("any"))
            found.Add($"{where}: was {string.Join('|', old.Types)}, is {string.Join('|', now.Types)}");
        if (Text(old.Schema?["format"]) is { } format && Text(now.Schema?["format"]) != format)
            found.Add($"{where}: the format {format} changed");
        var words = List(now.Schema?["enum"]).Select(Text).ToHashSet();
        if (
            isRequest
            && words.Count > 0
            && (old.Schema?["enum"] is null || List(old.Schema["enum"]).Any(w => !words.Contains(Text(w))))
        )
            found.Add($"{where}: fewer words are taken");
    }

    private void Limits(string where, JsonNode? old, JsonNode? now)
    {
        // Where nothing but null was taken, a limit comes with values that are.
        if (Text(old?["type"]) == "null" || Number(old?["maxItems"]) == 0)
            return;
        foreach (var limit in new[] { "maxLength", "maximum", "maxItems" })
            if (Number(now?[limit]) is { } most && !(Number(old?[limit]) <= most))
                found.Add($"{where}: {limit} is {most} now");
        foreach (var limit in new[] { "minLength", "minimum", "minItems" })
            if (Number(now?[limit]) is { } least && !(Number(old?[limit]) >= least) && !(limit != "minimum" && least == 0))
                found.Add($"{where}: {limit} is {least} now");
        if (Text(now?["pattern"]) is { } pattern && Text(old?["pattern"]) != pattern)
            found.Add($"{where}: the pattern is {pattern} now");
    }

    private static JsonNode? Content(JsonNode? body) => body?["content"]?["application/json"]?["schema"];

    private static string? Text(JsonNode? node) => node?.ToString();

    private static decimal? Number(JsonNode? node) => (decimal?)node;

    private static List<JsonNode> List(JsonNode? node) => [.. (node as JsonArray ?? []).OfType<JsonNode>()];

    /// <summary>A schema with its references followed: what types it takes, which fields it has.</summary>
    private sealed record Shape(JsonNode? Schema, IReadOnlySet<string> Types)
    {
        public IReadOnlyDictionary<string, JsonNode?> Fields { get; } =
            (Schema?["properties"] as JsonObject ?? []).ToDictionary(p => p.Key, p => p.Value);
        public IReadOnlySet<string> Required { get; } = List(Schema?["required"]).Select(r => r.ToString()).ToHashSet();

        public static Shape Of(JsonObject document, JsonNode? schema)
        {
            while (Text(schema?["$ref"]) is { } reference)
                schema = document["components"]!["schemas"]![reference[(reference.LastIndexOf('/') + 1)..]];
            if (schema?["anyOf"] is not JsonArray either)
                return new(schema, TypesOf(schema?["type"]));
            var parts = either.Select(e => Of(document, e)).ToList();
            var main = parts.FirstOrDefault(p => !p.Types.SetEquals(["null"]));
            return new(main?.Schema, parts.SelectMany(p => p.Types).ToHashSet());
        }

        private static HashSet<string> TypesOf(JsonNode? type) =>
            type switch
            {
                null => ["any"],
                JsonArray several => several.Select(t => t!.ToString()).ToHashSet(),
                _ => [type.ToString()],
            };
    }
}
