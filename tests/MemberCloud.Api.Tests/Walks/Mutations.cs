using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace MemberCloud.Api.Tests.Walks;

/// <summary>A request as it goes on the wire.</summary>
public sealed class FuzzRequest
{
    public required HttpMethod Method { get; init; }
    public required string Url { get; set; }
    public byte[]? Body { get; set; }
    public string MediaType { get; set; } = "application/json";
    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>What was done to it, in order.</summary>
    public List<string> Done { get; } = [];

    /// <summary>The server may refuse it before the product sees it: too long, or not HTTP.</summary>
    public bool MayNotArrive { get; set; }

    public override string ToString()
    {
        var body = Body is null ? "no body" : Encoding.UTF8.GetString(Body);
        var headers = string.Join(", ", Headers.Select(h => $"{h.Key}: {Cut(h.Value)}"));
        return $"{Method} {Cut(Url)} [{headers}] {MediaType} {Cut(body)} ({string.Join("; ", Done)})";
    }

    private static string Cut(string text) => text.Length <= 600 ? text : $"{text[..600]}... ({text.Length} characters)";
}

/// <summary>Spoils requests, by a seeded chance.</summary>
public sealed class Mutations(Random chance)
{
    private const string Raw = "@@raw";

    private readonly List<string> raw = [];

    /// <summary>One to three things are done to a valid request.</summary>
    public FuzzRequest Spoil(Operation operation, string url, JsonNode? body)
    {
        var request = new FuzzRequest { Method = operation.Method, Url = url };
        raw.Clear();
        var duplicated = false;
        for (var times = chance.Next(1, 4); times > 0; times--)
        {
            if (body is not null && chance.Next(10) < 8)
                body = SpoilBody(request, body, ref duplicated);
            else
                SpoilAround(request, operation);
        }
        if (body is not null)
            request.Body = SpoilBytes(request, Encoding.UTF8.GetBytes(Text(body, duplicated)));
        return request;
    }

    private T Any<T>(IReadOnlyList<T> of) => of[chance.Next(of.Count)];

    private JsonNode? SpoilBody(FuzzRequest request, JsonNode body, ref bool duplicated)
    {
        var places = Places(body).ToList();
        var place = places.Count == 0 ? null : Any(places);
        switch (chance.Next(100))
        {
            case < 40:
                return Put(request, body, place, Any(Nasty.Scalars));
            case < 55:
                return Put(request, body, place, $"\"{Any(Nasty.Texts)}\"");
            case < 57:
                return Put(request, body, place, $"\"{new string('x', 1_000_000)}\"", "1 MB of text");
            case < 60:
                return Put(request, body, place, Deep(chance.Next(2) == 0), "1,000 levels");
            case < 75 when place is { Parent: JsonObject parent }:
                request.Done.Add($"without {place.GetPath()}");
                parent.Remove(place.GetPropertyName());
                return body;
            case < 85 when body is JsonObject thing:
                var name = Any<string>(["x", "", "__proto__", "tenant_id", "id", "$ref", "ID", new string('n', 10_000), "😀"]);
                request.Done.Add($"with {name[..Math.Min(name.Length, 20)]}");
                thing[name] = 1;
                return body;
            case < 90:
                request.Done.Add("every field twice");
                duplicated = true;
                return body;
            default:
                return Put(request, body, place, $"[{place?.ToJsonString() ?? body.ToJsonString()}]", "in a list");
        }
    }

    private JsonNode Put(FuzzRequest request, JsonNode body, JsonNode? place, string json, string? what = null)
    {
        var at = place?.GetPath() ?? "$";
        request.Done.Add($"{what ?? json} at {at}");
        raw.Add(json);
        JsonNode stand = $"{Raw}{raw.Count - 1}@@";
        if (place is null || place.Parent is null)
            return stand;
        place.ReplaceWith(stand);
        return body;
    }

    private static IEnumerable<JsonNode> Places(JsonNode node) =>
        node switch
        {
            JsonObject thing => thing.Where(p => p.Value is not null).SelectMany(p => Places(p.Value!).Prepend(p.Value!)),
            JsonArray list => list.OfType<JsonNode>().SelectMany(i => Places(i).Prepend(i)),
            _ => [],
        };

    private string Text(JsonNode body, bool duplicated)
    {
        var text = body.ToJsonString();
        for (var i = 0; i < raw.Count; i++)
            text = text.Replace($"\"{Raw}{i}@@\"", raw[i], StringComparison.Ordinal);
        return duplicated && text.Length > 2 && text[0] == '{' ? $"{text[..^1]},{text[1..]}" : text;
    }

    private static string Deep(bool list)
    {
        var (open, close) = list ? ("[", "]") : ("{\"a\":", "}");
        return string.Concat(Enumerable.Repeat(open, 1_000)) + "1" + string.Concat(Enumerable.Repeat(close, 1_000));
    }

    private byte[] SpoilBytes(FuzzRequest request, byte[] body)
    {
        switch (chance.Next(100))
        {
            case < 3:
                request.Done.Add("cut short");
                return body[..chance.Next(body.Length)];
            case < 6:
                request.Done.Add("a byte changed");
                body[chance.Next(body.Length)] = (byte)chance.Next(256);
                return body;
            case < 7:
                request.Done.Add("something behind it");
                return [.. body, .. "{}"u8];
            case < 8:
                request.Done.Add("a byte order mark");
                return [0xEF, 0xBB, 0xBF, .. body];
            case < 10:
                request.MediaType = Any(Nasty.MediaTypes);
                return body;
            case < 11:
                request.Done.Add("UTF-16");
                return Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body));
            case < 12:
                return [];
            default:
                return body;
        }
    }

    private void SpoilAround(FuzzRequest request, Operation operation)
    {
        var inPath = operation.In("path").ToList();
        switch (chance.Next(3))
        {
            case 0 when inPath.Count > 0:
                var value = chance.Next(20) == 0 ? new string('p', 6_000) : Any(Nasty.Escaped);
                var parts = operation.Path.Split('/');
                var at = Array.IndexOf(parts, $"{{{Any(inPath).Name}}}");
                var (path, query) = (
                    request.Url.Split('?')[0].Split('/'),
                    request.Url.Contains('?') ? request.Url[request.Url.IndexOf('?')..] : ""
                );
                path[Math.Min(at, path.Length - 1)] = value;
                request.Url = string.Join('/', path) + query;
                request.MayNotArrive = true;
                return;
            case 1:
                request.Url += $"{(request.Url.Contains('?') ? '&' : '?')}{Query(operation)}";
                request.MayNotArrive = true;
                return;
            default:
                var header = Any(Nasty.Headers);
                var text = Any<string>([
                    "",
                    " ",
                    "*",
                    "W/\"1\"",
                    "\"99999999999999999999\"",
                    "nonsense",
                    new string('h', chance.Next(100, 20_000)),
                    new string('h', 40_000),
                    "a,b,c",
                    "\u00e9",
                    "0",
                    "-1",
                ]);
                request.Headers[header] = text;
                request.MayNotArrive = text.Length > 10_000 || text == "\u00e9" || request.MayNotArrive;
                return;
        }
    }

    private string Query(Operation operation)
    {
        var name = operation.In("query").Select(p => p.Name).Append("nonsense").ToList() is var names ? Any(names) : "";
        var value = chance.Next(4) switch
        {
            0 when name.Equals("cursor", StringComparison.OrdinalIgnoreCase) => Cursor(operation),
            0 => new string('q', 3_000),
            _ => Any(Nasty.Escaped),
        };
        return chance.Next(8) == 0 ? $"{name}={value}&{name}={value}" : $"{name}={value}";
    }

    /// <summary>Like a page's cursor, with something else inside.</summary>
    private string Cursor(Operation operation)
    {
        var inside = Any<string>([
            "",
            "\0",
            "mem_7zzzzzzzzzzzzzzzzzzzzzzzzz",
            "9223372036854775808",
            "\ud83d\ude00",
            "2026-01-01T00:00:00Z",
            "-1|x",
            "|",
            "\n\n",
        ]);
        var list = Any<string>([operation.Kind, $"{operation.Kind}:", "members", "entries", ""]);
        return System.Buffers.Text.Base64Url.EncodeToString(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{list}\n{inside}"))
        );
    }
}
