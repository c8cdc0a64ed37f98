using System.Text.Json.Nodes;

namespace MemberCloud.Host.OpenApi;

/// <summary>
/// Request bodies that run as they are against the demo brand northwind, top to bottom; <c>Operation.parameter</c> is a path's: its value, or the list (from)
/// whose first entry that is as asked (where) has it.
/// </summary>
public static class Examples
{
    private static readonly JsonObject All = Read();

    public static JsonNode? Of(string name) => All[name]?.DeepClone();

    private static JsonObject Read()
    {
        using var file = typeof(Examples).Assembly.GetManifestResourceStream("examples.json")!;
        return JsonNode.Parse(file)!.AsObject();
    }
}
