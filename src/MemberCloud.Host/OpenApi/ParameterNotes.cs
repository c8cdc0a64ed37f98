using System.Text.Json.Nodes;
using MemberCloud.Shared;

namespace MemberCloud.Host.OpenApi;

/// <summary>Parameters as they stand on the wire, each with its meaning. What an operation's own docs say goes before.</summary>
public static class ParameterNotes
{
    public static void Apply(JsonObject parameter, string path, string operation)
    {
        var name = (string)parameter["name"]!;
        if ((string?)parameter["in"] is "header")
            return;
        parameter["name"] = name = DocumentFinish.Snake(name);
        var schema = parameter["schema"]!.AsObject();
        if (name == "limit")
            (schema["minimum"], schema["maximum"], schema["default"]) = (1, 200, 50);
        if (name == "cursor")
            schema["maxLength"] = PageRequest.MaxCursor;
        if ((string?)parameter["in"] != "path")
            return;
        var before = path[..path.IndexOf($"/{{{name}}}", StringComparison.Ordinal)];
        var what = before[(before.LastIndexOf('/') + 1)..];
        (string Meaning, string? Example) note = (what, name) switch
        {
            ("by-external-id", _) => ("The brand's own id of the person, 1 to 100 characters, percent-encoded.", "ALFKI"),
            ("orders", _) => ("The brand's order number, percent-encoded.", "10248"),
            ("products", _) => ("The SKU, percent-encoded.", "1"),
            ("jobs", _) => ("The job's name.", "ledger.verify"),
            ("gateways", _) => ("The gateway's name.", "stripe"),
            ("webhooks", "tenant") => ("The brand's slug.", "tea-house"),
            ("checkouts", _) => ("Id of the checkout, from the answer that made it.", "chk_00000000000000000000000000"),
            _ => ($"Id of the {One(what)}, from the list or the answer that made it.", null),
        };
        parameter["description"] ??= note.Meaning;
        var own = Examples.Of($"{operation}.{name}");
        if (own is JsonObject list)
        {
            parameter["x-ids-from"] = (string)list["from"]!;
            if (list["where"] is { } where)
                parameter["x-ids-where"] = where.DeepClone();
        }
        else if (own is not null)
            parameter["example"] = own;
        else if (note.Example is not null)
            parameter["example"] = note.Example;
        else
            parameter["x-ids-from"] = $"{before}?limit=1";
    }

    /// <summary>earning-rules as earning rule, tenants as brand.</summary>
    private static string One(string segment) =>
        segment switch
        {
            "tenants" => "brand",
            "staff" => "member of staff",
            "batches" => "batch",
            _ => segment.TrimEnd('s').Replace('-', ' '),
        };
}
