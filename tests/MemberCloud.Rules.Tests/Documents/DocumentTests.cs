using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MemberCloud.Rules.Tests.Tidy;
using MemberCloud.Shared;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MemberCloud.Rules.Tests.Documents;

/// <summary>The committed documents say everything: nothing without a description, no code without a sentence.</summary>
public sealed class DocumentTests
{
    public static TheoryData<string> Names { get; } = ["brand", "staff", "member"];

    [Theory, MemberData(nameof(Names))]
    public void Every_operation_parameter_and_field_is_described(string name)
    {
        var document = Repository.Document(name);
        var missing = Operations(document)
            .SelectMany(o => Undescribed(o.Name, o.Node))
            .Concat(Schemas(document).SelectMany(s => UndescribedFields(s.Key, s.Value!)))
            .ToList();
        Assert.True(
            missing.Count == 0,
            $"Without description (add XML docs at the handler or record):\n{string.Join('\n', missing)}"
        );
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_body_has_an_example(string name)
    {
        var missing = Operations(Repository.Document(name))
            .Where(o => o.Node["requestBody"]?["content"]?["application/json"] is JsonObject body && !body.ContainsKey("example"))
            .Select(o => o.Node["operationId"]!.ToString())
            .ToList();
        Assert.True(missing.Count == 0, $"Without an example in OpenApi/examples.json: {string.Join(", ", missing)}");
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_tag_is_described_and_every_operation_says_who_may_call_it(string name)
    {
        var document = Repository.Document(name);
        var tags = document["tags"]!.AsArray().Select(t => t!["name"]!.ToString()).ToHashSet();
        foreach (var (operation, node) in Operations(document))
        {
            Assert.All(
                node["tags"]!.AsArray(),
                tag => Assert.True(tags.Contains(tag!.ToString()), $"{operation}: DocumentTags lacks {tag}")
            );
            Assert.Contains(WhoMayCall, said => node["description"]!.ToString().Contains(said, StringComparison.Ordinal));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_link_leads_to_an_operation_and_a_parameter_of_it(string name)
    {
        var operations = Operations(Repository.Document(name)).ToDictionary(o => o.Node["operationId"]!.ToString(), o => o.Node);
        var links =
            from operation in operations
            from answer in operation.Value["responses"]!.AsObject()
            from link in answer.Value!["links"]?.AsObject() ?? []
            from parameter in link.Value!["parameters"]!.AsObject()
            select (From: operation.Key, To: link.Value["operationId"]!.ToString(), parameter.Key);
        foreach (var (from, to, parameter) in links)
        {
            Assert.True(operations.TryGetValue(to, out var target), $"{from} leads to {to}, which is not in the document.");
            Assert.Contains(target["parameters"]!.AsArray(), p => (string?)p!["name"] == parameter);
        }
    }

    [Fact]
    public void Every_code_the_source_uses_is_listed_with_a_sentence()
    {
        var listed = Listed();
        Repository.Keeps(
            Repository.Product.SelectMany(ProblemCodes.In).Where(c => !listed.Contains(c.Code)).Select(c => c.Where)
        );
    }

    [Fact]
    public void Every_code_that_is_listed_is_used()
    {
        var text = string.Concat(Repository.Product.Select(s => s.Text));
        // Put together where it is used: tenant_ and the brand's state; the words of the closed list of refusals.
        string[] composed =
        [
            "tenant_suspended",
            "tenant_closed",
            .. Enum.GetValues<MemberCloud.Coupons.Refusal>().Select(Words<MemberCloud.Coupons.Refusal>.Of),
        ];
        Assert.All(
            Listed().Except(composed),
            code =>
                Assert.True(
                    text.Contains($"\"{code}\"", StringComparison.Ordinal),
                    $"problems.txt lists {code}, which nothing uses."
                )
        );
    }

    [Fact]
    public void Every_code_is_in_some_document()
    {
        string[] names = ["brand", "staff", "member"];
        var shown = names.SelectMany(n => Repository.Document(n)["x-problem-codes"]!.AsObject()).Select(c => c.Key).ToHashSet();
        Assert.All(
            Listed(),
            code =>
                Assert.True(
                    shown.Contains(code),
                    $"No operation says that it can answer {code}: name it after Errors: in its remarks."
                )
        );
    }

    /// <summary>What a request checks by itself, the operations that take it must name.</summary>
    [Fact]
    public void Every_operation_names_what_its_request_checks()
    {
        var documents = new[] { "brand", "staff", "member" }.Select(Repository.Document).ToList();
        var missing =
            from source in Repository.Product
            from record in source.All<RecordDeclarationSyntax>()
            from check in record.Members.OfType<MethodDeclarationSyntax>().Where(m => m.Identifier.ValueText == "Check")
            from code in ProblemCodes.In(new(source.Path, check.ToFullString())).Select(c => c.Code).Distinct()
            from document in documents
            from operation in Operations(document)
            where Taken(document, operation.Node["requestBody"]).Contains(record.Identifier.ValueText)
            where !operation.Node["x-problem-codes"]!.AsArray().Any(c => (string)c! == code)
            select $"{operation.Node["operationId"]}: {code} (of {record.Identifier.ValueText})";
        Assert.Empty(missing.Distinct());
    }

    private static HashSet<string> Taken(JsonObject document, JsonNode? body)
    {
        var found = new HashSet<string>();
        var open = new Queue<string>(RefsIn(body));
        while (open.TryDequeue(out var name))
            if (found.Add(name))
                foreach (var next in RefsIn(Schemas(document)[name]))
                    open.Enqueue(next);
        return found;
    }

    private static IEnumerable<string> RefsIn(JsonNode? node) =>
        node is null ? [] : Regex.Matches(node.ToJsonString(), "#/components/schemas/(\\w+)").Select(m => m.Groups[1].Value);

    [Theory]
    [InlineData("class A { object B() => Problem.Conflict(\"rank_taken\", \"No.\"); }", "rank_taken")]
    [InlineData("class A { object B() => Problem.Field(\"/at\", \"in_past\", \"No.\"); }", "in_past")]
    [InlineData("class A { object B() => new Problem(\"gone\", \"No.\", 410); }", "gone")]
    [InlineData("class A { Problem B() => new(\"gone\", \"No.\", StatusCodes.Status410Gone); }", "gone")]
    [InlineData("class A { Problem B() => new(c ? \"gone\" : \"lost\", $\"No {a}.\", 410); }", "gone,lost")]
    [InlineData("class A { FieldProblem B() => new(\"/a\", \"one_of\", \"Give one.\"); }", "one_of")]
    [InlineData("class A { string CodeOf() => a switch { 1 => \"required\", _ => \"bad_format\" }; }", "required,bad_format")]
    [InlineData("class A { object B() => new(\"customer_id\", 3); string C() => \"points\"; }", "")]
    public void Codes_are_found_in_source(string text, string codes) =>
        Assert.Equal(codes, string.Join(',', ProblemCodes.In(new("src/MemberCloud/Tiers/A.cs", text)).Select(c => c.Code)));

    private static readonly string[] WhoMayCall =
    [
        "Needs the scope `",
        "Needs a platform operator's key",
        "Needs the member's token",
        "For the roles `",
        "Needs no credential",
    ];

    private static HashSet<string> Listed() =>
        File.ReadLines(Path.Combine(Repository.Root, "src/MemberCloud.Host/OpenApi/problems.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(' ')[1])
            .ToHashSet();

    internal static IEnumerable<(string Name, JsonNode Node)> Operations(JsonObject document) =>
        document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => ($"{o.Key} {p.Key}", o.Value!)));

    internal static JsonObject Schemas(JsonObject document) => document["components"]!["schemas"]?.AsObject() ?? [];

    private static IEnumerable<string> Undescribed(string operation, JsonNode node)
    {
        if (Lacks(node, "summary") || Lacks(node, "description"))
            yield return operation;
        foreach (var parameter in (node["parameters"]?.AsArray() ?? []).Where(p => Lacks(p!, "description")))
            yield return $"{operation} parameter {parameter!["name"]}";
    }

    private static IEnumerable<string> UndescribedFields(string name, JsonNode schema)
    {
        if (Lacks(schema, "description"))
            yield return name;
        foreach (var (field, node) in (schema["properties"]?.AsObject() ?? []).Where(p => Lacks(p.Value!, "description")))
            yield return $"{name}.{field}";
    }

    private static bool Lacks(JsonNode node, string text) => string.IsNullOrWhiteSpace((string?)node[text]);
}
