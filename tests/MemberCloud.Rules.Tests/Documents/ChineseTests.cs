using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MemberCloud.Rules.Tests.Tidy;

namespace MemberCloud.Rules.Tests.Documents;

/// <summary>
/// What Swagger UI shows in Chinese stands in one file, by operation and tag: all that staff may call is there, with the fields of coupons, and nothing that is gone.
/// </summary>
public sealed partial class ChineseTests
{
    private const string File = "src/MemberCloud.Host/OpenApi/Page/zh-CN.json";

    private static readonly JsonObject Texts = JsonNode
        .Parse(System.IO.File.ReadAllText(Path.Combine(Repository.Root, File)))!
        .AsObject();
    private static readonly JsonObject Staff = Repository.Document("staff");
    private static readonly IReadOnlyList<JsonObject> Documents =
    [
        .. new[] { "brand", "staff", "member" }.Select(Repository.Document),
    ];
    private static readonly ILookup<string, JsonNode> Operations = Documents
        .SelectMany(DocumentTests.Operations)
        .ToLookup(o => o.Node["operationId"]!.ToString(), o => o.Node);

    [Fact]
    public void Every_operation_that_staff_may_call_has_a_Chinese_title() =>
        MustBeEmpty(
            DocumentTests
                .Operations(Staff)
                .Select(o => o.Node["operationId"]!.ToString())
                .Where(id => !IsChinese(Texts["operations"]?[id]?["summary"]))
                .Select(id => $"operations.{id}.summary")
        );

    [Fact]
    public void Every_tag_has_a_Chinese_name_and_description() =>
        MustBeEmpty(
            Documents
                .SelectMany(d => d["tags"]!.AsArray())
                .Select(t => t!["name"]!.ToString())
                .Distinct()
                .Where(tag => !IsChinese(Texts["tags"]?[tag]?["name"]) || !IsChinese(Texts["tags"]?[tag]?["description"]))
                .Select(tag => $"tags.{tag}")
        );

    [Fact]
    public void Every_parameter_that_staff_fill_in_is_told_in_Chinese() =>
        MustBeEmpty(
            from operation in DocumentTests.Operations(Staff)
            let id = operation.Node["operationId"]!.ToString()
            from parameter in operation.Node["parameters"]?.AsArray() ?? []
            let name = parameter!["name"]!.ToString()
            // The page itself speaks of the key.
            where name != "Idempotency-Key"
            let own = Texts["operations"]![id]?["parameters"]?[name]
            where own is null && Texts["parameters"]![name] is null && Texts["ids"]![KindOf(operation.Name, name)] is null
            select $"operations.{id}.parameters.{name}"
        );

    [Fact]
    public void Every_field_of_coupons_is_told_in_Chinese() =>
        MustBeEmpty(
            from schema in CouponSchemas()
            // Refusals, and pages of a list, say nothing of their own.
            where schema.Key != "ProblemShape" && !schema.Key.EndsWith("Page", StringComparison.Ordinal)
            from text in Fields(schema.Value!)
                .Where(field => Texts["fields"]![$"{schema.Key}.{field}"] is null && Texts["fields"]![field] is null)
                .Select(field => $"fields.{schema.Key}.{field}")
                .Concat(Texts["schemas"]![schema.Key] is null ? [$"schemas.{schema.Key}"] : [])
            select text
        );

    [Fact]
    public void Nothing_is_told_of_what_is_gone()
    {
        var schemas = Documents.SelectMany(DocumentTests.Schemas).ToLookup(s => s.Key, s => s.Value!);
        var fields = schemas.SelectMany(s => s.SelectMany(Fields).SelectMany(f => new[] { f, $"{s.Key}.{f}" })).ToHashSet();
        var tags = Documents.SelectMany(d => d["tags"]!.AsArray()).Select(t => t!["name"]!.ToString()).ToHashSet();
        MustBeEmpty(
            Keys("operations")
                .Where(id => !Operations.Contains(id))
                .Concat(Keys("tags").Where(tag => !tags.Contains(tag)))
                .Concat(Keys("schemas").Where(name => !schemas.Contains(name)))
                .Concat(Keys("fields").Where(field => !fields.Contains(field)))
        );
    }

    /// <summary>What operations about coupons send and answer.</summary>
    private static IEnumerable<KeyValuePair<string, JsonNode?>> CouponSchemas()
    {
        var tags = Staff["x-tagGroups"]!.AsArray().Single(g => (string?)g!["name"] == "Coupons")!["tags"]!.AsArray();
        var names = tags.Select(t => t!.ToString()).ToHashSet();
        var (found, open) = (new HashSet<string>(), new Queue<JsonNode?>());
        foreach (var (_, operation) in DocumentTests.Operations(Staff))
            if (names.Contains(operation["tags"]![0]!.ToString()))
            {
                open.Enqueue(operation["requestBody"]);
                foreach (var (status, answer) in operation["responses"]!.AsObject())
                    if (status.StartsWith('2'))
                        open.Enqueue(answer);
            }
        while (open.TryDequeue(out var node))
            foreach (Match name in Reference().Matches(node?.ToJsonString() ?? ""))
                if (found.Add(name.Groups[1].Value))
                    open.Enqueue(DocumentTests.Schemas(Staff)[name.Groups[1].Value]);
        Assert.NotEmpty(found);
        return DocumentTests.Schemas(Staff).Where(s => found.Contains(s.Key));
    }

    private static IEnumerable<string> Fields(JsonNode schema) => (schema["properties"] as JsonObject ?? []).Select(p => p.Key);

    private static IEnumerable<string> Keys(string section) => Texts[section]!.AsObject().Select(p => p.Key);

    /// <summary>Of /v1/batches/{id}/undo and id: batches.</summary>
    private static string KindOf(string operation, string parameter) => operation.Split($"/{{{parameter}}}")[0].Split('/')[^1];

    private static bool IsChinese(JsonNode? text) => text is not null && Han().IsMatch(text.ToString());

    private static void MustBeEmpty(IEnumerable<string> wrong)
    {
        var found = wrong.ToList();
        Assert.True(found.Count == 0, $"Mend {File}:\n{string.Join('\n', found)}");
    }

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Han();

    [GeneratedRegex("#/components/schemas/(\\w+)")]
    private static partial Regex Reference();
}
