using System.Globalization;
using System.Text.Json.Nodes;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>What the API answered.</summary>
public sealed record Answer(int Status, string? MediaType, string Raw, string? ETag, string Request)
{
    private readonly Lazy<JsonNode?> body = new(() =>
        Raw.Length == 0 || MediaType?.EndsWith("json", StringComparison.Ordinal) == false ? null : JsonNode.Parse(Raw)
    );

    public JsonNode? Body => body.Value;

    /// <summary>The answer's header fields, the body's among them; several values of one are joined.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>A header field; empty when there is none.</summary>
    public string Header(string name) => Headers.GetValueOrDefault(name, "");

    /// <summary>The problem's code; empty when the answer is none.</summary>
    public string Code => Body is JsonObject o && o["code"] is { } code ? (string)code! : "";

    /// <summary>The answer, which must have this status.</summary>
    public Answer Must(int status)
    {
        Assert.True(Status == status, $"{Request}: {status} expected, {Status} came: {Raw}");
        return this;
    }

    /// <summary>A refusal with status and code, as problem+json that says what a caller needs.</summary>
    public Answer MustRefuse(int status, string code)
    {
        Must(status);
        Assert.True(code == Code, $"{Request}: {code} expected: {Raw}");
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal(status, (int)Body!["status"]!);
        Assert.False(
            string.IsNullOrEmpty((string?)Body["trace_id"] ?? (string?)Body["traceId"]),
            $"{Request}: no trace_id: {Raw}"
        );
        return this;
    }

    /// <summary>The node at a path of names and indexes: <c>lots.0.remaining</c>; null when there is none.</summary>
    public JsonNode? At(string path)
    {
        var node = Body;
        foreach (var part in path.Split('.'))
            node = node is JsonArray list ? list.ElementAtOrDefault(int.Parse(part, CultureInfo.InvariantCulture)) : node?[part];
        return node;
    }

    public string Text(string path) => (string?)At(path) ?? throw new InvalidOperationException($"{Request}: no {path} in {Raw}");

    public long Number(string path) => (long?)At(path) ?? throw new InvalidOperationException($"{Request}: no {path} in {Raw}");

    /// <summary>One field of each row of a list, as text.</summary>
    public IReadOnlyList<string> Each(string list, string field) =>
        [.. At(list)!.AsArray().Select(row => row![field]?.ToString() ?? "null")];
}
