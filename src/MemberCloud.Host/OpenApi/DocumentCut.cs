using System.Text.Json.Nodes;
using MemberCloud.Tenancy;

namespace MemberCloud.Host.OpenApi;

/// <summary>Cuts a document out of the whole: the operations somebody may call, and of everything else only what those name.</summary>
public static class DocumentCut
{
    private const string Ref = "#/components/";

    public static JsonObject Of(JsonObject whole, DocumentKind kind, Func<Permission, bool> may)
    {
        var (paths, credentials) = (new JsonObject(), new SortedSet<string>(StringComparer.Ordinal));
        foreach (var (path, methods) in whole["paths"]!.AsObject())
        {
            var kept = new JsonObject();
            foreach (var (method, operation) in methods!.AsObject())
            {
                var permission = Permissions.Find((string)operation!["operationId"]!)!;
                if (!kind.Holds(permission, path) || !may(permission))
                    continue;
                if (kind.Credential(permission) is { } credential)
                    credentials.Add(credential);
                kept[method] = Shown(operation.AsObject(), kind, permission);
            }
            if (kept.Count > 0)
                paths[path] = kept;
        }
        DocumentLinks.KeepTo(paths);
        var tags = Operations(paths).Select(o => (string)o["tags"]![0]!).ToHashSet();
        return new()
        {
            ["openapi"] = whole["openapi"]!.DeepClone(),
            ["info"] = Info(kind),
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/", ["description"] = "This server." }),
            ["tags"] = DocumentTags.Of(tags),
            ["x-tagGroups"] = DocumentTags.GroupsOf(tags),
            ["paths"] = paths,
            ["components"] = Components(whole, paths, credentials),
            ["x-problem-codes"] = ProblemList.Table(Operations(paths)),
        };
    }

    public static IEnumerable<JsonObject> Operations(JsonObject paths) =>
        paths.SelectMany(p => p.Value!.AsObject()).Select(o => o.Value!.AsObject());

    private static JsonObject Info(DocumentKind kind) =>
        new()
        {
            ["title"] = kind.Title,
            ["version"] = DocumentKind.Version,
            ["description"] = kind.Description,
        };

    private static JsonObject Shown(JsonObject operation, DocumentKind kind, Permission permission)
    {
        var shown = operation.DeepClone().AsObject();
        shown["description"] = $"{(string?)shown["description"]}\n\n{kind.Needs(permission)}".Trim();
        shown["security"] = kind.Credential(permission) is { } credential
            ? new JsonArray(new JsonObject { [credential] = new JsonArray() })
            : new JsonArray();
        return shown;
    }

    private static JsonObject Components(JsonObject whole, JsonObject paths, IEnumerable<string> credentials)
    {
        var named = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Queue<JsonNode>([paths]);
        while (open.TryDequeue(out var node))
            foreach (var name in RefsIn(node).Where(named.Add))
                open.Enqueue(Find(whole, name));
        var components = new JsonObject();
        foreach (var name in named)
        {
            var (section, key) = (name.Split('/')[0], name.Split('/')[1]);
            if (components[section] is null)
                components[section] = new JsonObject();
            components[section]![key] = Find(whole, name).DeepClone();
        }
        components["securitySchemes"] = new JsonObject(
            credentials.Select(name => KeyValuePair.Create(name, (JsonNode?)SchemeOf(DocumentKind.Credentials[name])))
        );
        return components;
    }

    private static JsonObject SchemeOf(string description) =>
        new()
        {
            ["type"] = "http",
            ["scheme"] = "bearer",
            ["description"] = description,
        };

    private static JsonNode Find(JsonObject whole, string name) =>
        whole["components"]?[name.Split('/')[0]]?[name.Split('/')[1]]
        ?? throw new InvalidOperationException($"The document names {name} and lacks it.");

    /// <summary>What a node refers to, as <c>schemas/MemberShape</c>.</summary>
    public static IEnumerable<string> RefsIn(JsonNode? node) =>
        node switch
        {
            JsonObject o => o.SelectMany(p =>
                p is { Key: "$ref", Value: JsonValue value } && ((string)value!).StartsWith(Ref, StringComparison.Ordinal)
                    ? [((string)value!)[Ref.Length..]]
                    : RefsIn(p.Value)
            ),
            JsonArray list => list.SelectMany(RefsIn),
            _ => [],
        };
}
