using System.Text.Json;
using System.Text.Json.Nodes;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Tenancy;

namespace MemberCloud.Api.Tests.Walks;

/// <summary>A parameter of a path or of a query.</summary>
public sealed record Parameter(string Name, string In, bool Required, JsonObject Schema);

/// <summary>An operation as the OpenAPI documents say it.</summary>
/// <param name="Body">The schema of the JSON body; null when there is none.</param>
public sealed record Operation(
    string Name,
    HttpMethod Method,
    string Path,
    IReadOnlyList<Parameter> Parameters,
    JsonObject? Body,
    JsonObject Node
)
{
    /// <summary>Its row of the table.</summary>
    public Permission Permission =>
        Permissions.Find(Name) ?? throw new InvalidOperationException($"{Name} of the documents has no row in Permissions.");

    public IEnumerable<Parameter> In(string place) => Parameters.Where(p => p.In == place);

    /// <summary>What the operation is about: the last word of its path that is no parameter.</summary>
    public string Kind => Path.Split('/').Last(part => !part.StartsWith('{'));

    /// <summary>The word before a parameter of the path: <c>members</c> for <c>/v1/members/{id}/points</c>.</summary>
    public string KindOf(Parameter parameter)
    {
        var parts = Path.Split('/');
        return parts[Array.IndexOf(parts, $"{{{parameter.Name}}}") - 1];
    }

    public override string ToString() => $"{Method} {Path} ({Name})";
}

/// <summary>Every operation of every document that the host serves, each once: a new one is walked without anyone remembering it.</summary>
public sealed class ApiDocuments
{
    private static readonly string[] Names = ["brand", "staff", "member"];
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    private readonly Dictionary<string, JsonObject> schemas = [];

    public List<Operation> Operations { get; } = [];

    public static async Task<ApiDocuments> ReadAsync(TestCloud cloud)
    {
        var documents = new ApiDocuments();
        foreach (var name in Names)
            documents.Add((await cloud.Nobody.Get($"/openapi/{name}.json")).Must(200).Body!.AsObject());
        Assert.True(documents.Operations.Count > 40, $"Only {documents.Operations.Count} operations were found.");
        return documents;
    }

    public Operation this[string name] => Operations.Single(o => o.Name == name);

    public string? NameOf(JsonObject schema) => (string?)schema["$ref"] is { } path ? path.Split('/')[^1] : null;

    /// <summary>The schema itself, where there is a reference to one; of a choice, the first that is not null.</summary>
    public JsonObject Resolve(JsonObject schema)
    {
        if (NameOf(schema) is { } name)
            return Resolve(schemas[name]);
        foreach (var choice in new[] { "oneOf", "anyOf", "allOf" })
            if (schema[choice] is JsonArray { Count: > 0 } options)
                return Resolve(options.Select(o => o!.AsObject()).First(o => (string?)TypeOf(o) != "null"));
        return schema;
    }

    /// <summary>The name of the type, without the null that may stand beside it; null when the schema says none.</summary>
    public static string? TypeOf(JsonObject schema) =>
        schema["type"] switch
        {
            JsonArray several => several.Select(t => (string?)t).FirstOrDefault(t => t != "null"),
            JsonValue one => (string?)one,
            _ => null,
        };

    private void Add(JsonObject document)
    {
        foreach (var (name, schema) in document["components"]?["schemas"]?.AsObject() ?? [])
            schemas.TryAdd(name, schema!.AsObject());
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            foreach (var method in Methods)
                if (item![method] is JsonObject node && Operations.TrueForAll(o => o.Name != (string?)node["operationId"]))
                    Operations.Add(Read(path, method, node));
        }
    }

    private static Operation Read(string path, string method, JsonObject node)
    {
        var parameters = (node["parameters"] as JsonArray ?? []).Select(p => new Parameter(
            (string)p!["name"]!,
            (string)p["in"]!,
            (bool?)p["required"] ?? false,
            p["schema"]!.AsObject()
        ));
        var body = node["requestBody"]?["content"]?["application/json"]?["schema"]?.AsObject();
        return new((string)node["operationId"]!, new(method.ToUpperInvariant()), path, [.. parameters], body, node);
    }

    /// <summary>snake_case, as JSON's fields are.</summary>
    public static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
