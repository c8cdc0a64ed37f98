using System.Text.Json.Nodes;

namespace MemberCloud.Api.Tests.Walks;

/// <summary>A place of a request that takes an id, or a brand's own text.</summary>
/// <param name="Path">Names from the body's root, in order; of a parameter, its name.</param>
/// <param name="Kind">The kind of thing whose ids go here; null for text.</param>
public sealed record Slot(string In, IReadOnlyList<string> Path, string? Kind)
{
    private const int Depth = 5;

    /// <summary>Fields that exclude each other: an id, and the brand's own number that would be there in its place.</summary>
    private static readonly Dictionary<string, string> Instead = new() { ["member_id"] = "external_id" };

    public string Name => Path.Last(p => p.Length > 0);

    public override string ToString() => $"{In} {string.Join('.', Path.Select(p => p.Length == 0 ? "0" : p))}";

    /// <summary>Every place of an operation, optional fields too.</summary>
    public static List<Slot> Of(Operation operation, ApiDocuments documents, Samples samples)
    {
        var slots = operation
            .In("path")
            .Select(p => new Slot(
                "path",
                [p.Name],
                p.Name == "id" ? operation.KindOf(p) : samples.IdKind(ApiDocuments.Snake(p.Name))
            ))
            .Concat(operation.In("query").Select(p => new Slot("query", [p.Name], samples.IdKind(ApiDocuments.Snake(p.Name)))))
            .ToList();
        if (operation.Body is { } body)
            Collect(documents, samples, body, [], slots);
        return slots;
    }

    /// <summary>Puts a value there, making the objects and lists on the way.</summary>
    public void Put(JsonNode body, JsonObject schema, string value, ApiDocuments documents, Samples samples)
    {
        var (node, shape) = (body, documents.Resolve(schema));
        for (var i = 0; i < Path.Count - 1; i++)
        {
            var next = Path[i].Length == 0 ? shape["items"]!.AsObject() : shape["properties"]![Path[i]]!.AsObject();
            var there = Path[i].Length == 0 ? node.AsArray().FirstOrDefault() : node[Path[i]];
            if (there is null)
                Set(node, Path[i], there = samples.Make(next, Path[i])!);
            (node, shape) = (there, documents.Resolve(next));
        }
        Set(node, Path[^1], value);
        if (Instead.TryGetValue(Path[^1], out var other))
            node.AsObject().Remove(other);
    }

    private static void Set(JsonNode node, string name, JsonNode value)
    {
        if (name.Length > 0)
            node[name] = value;
        else if (node.AsArray() is { Count: > 0 } list)
            list[0] = value;
        else
            node.AsArray().Add(value);
    }

    private static void Collect(ApiDocuments documents, Samples samples, JsonObject schema, string[] path, List<Slot> into)
    {
        var shape = documents.Resolve(schema);
        if (path.Length > Depth)
            return;
        foreach (var (name, field) in shape["properties"]?.AsObject() ?? [])
            Collect(documents, samples, field!.AsObject(), [.. path, name], into);
        if (shape["items"] is JsonObject items)
            Collect(documents, samples, items, [.. path, ""], into);
        var isText = ApiDocuments.TypeOf(shape) == "string" && shape["enum"] is null && shape["format"] is null;
        if (isText && path.Length > 0)
            into.Add(new("body", path, KindOf(path, samples)));
    }

    private static string? KindOf(string[] path, Samples samples)
    {
        var name = path.Last(p => p.Length > 0);
        // A bare id is ours where it stands in a list of things of ours (coupons), and the brand's own elsewhere (lines, references, events).
        return name == "id" && path.Length > 2 && samples.Has(path[^3]) ? path[^3] : samples.IdKind(name);
    }
}
