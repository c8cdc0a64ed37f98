using System.Text.Json.Nodes;
using MemberCloud.Rules.Tests.Tidy;

namespace MemberCloud.Rules.Tests.Documents;

/// <summary>
/// A committed document breaks no client of an earlier committed one of the same first number of info.version. What must break raises that number, which every
/// reader sees; there is nothing to remember.
/// </summary>
public sealed class BreakingTests
{
    private const int Versions = 20;

    [Theory]
    [InlineData("brand")]
    [InlineData("staff")]
    [InlineData("member")]
    public void No_committed_document_breaks_an_earlier_one(string name)
    {
        var file = $"openapi/{name}.json";
        var now = Repository.Document(name);
        foreach (var commit in Repository.Git($"log -n {Versions} --format=%H -- {file}") ?? [])
        {
            if (Repository.Git($"show {commit}:{file}") is not { } lines)
                continue;
            var before = JsonNode.Parse(string.Join('\n', lines))!.AsObject();
            if (Major(before) != Major(now))
                continue;
            var broken = Breaking.Between(before, now);
            Assert.True(
                broken.Count == 0,
                $"{file} breaks clients of {commit[..10]}. Keep what was there, or raise DocumentKind.Version:\n{string.Join('\n', broken)}"
            );
        }
    }

    private static string Major(JsonObject document) => ((string)document["info"]!["version"]!).Split('.')[0];

    /// <summary>Each row changes one text of the document below into another.</summary>
    [Theory]
    [InlineData("\"/a\"", "\"/b\"", "post /a: removed")]
    [InlineData("\"post\"", "\"put\"", "post /a: removed")]
    [InlineData("\"AddA\"", "\"MakeA\"", "post /a: operationId was AddA, is MakeA")]
    [InlineData("\"name\": \"q\"", "\"name\": \"p\"", "post /a: query q removed")]
    [InlineData("\"name\": \"q\"", "\"required\": true, \"name\": \"q\"", "post /a: query q is required now")]
    [InlineData("\"201\"", "\"200\"", "post /a: no longer answers 201")]
    [InlineData("\"given\"", "\"handed\"", "post /a 201: given removed")]
    [InlineData("[\"given\", \"inner\"]", "[\"inner\"]", "post /a 201: given may be absent now")]
    [InlineData(
        "\"given\": { \"type\": \"string\"",
        "\"given\": { \"type\": \"integer\"",
        "post /a 201.given: was string, is integer"
    )]
    [InlineData(
        "\"given\": { \"type\": \"string\"",
        "\"given\": { \"type\": [\"string\", \"null\"]",
        "post /a 201.given: was string, is string|null"
    )]
    [InlineData("\"deep\"", "\"deeper\"", "post /a 201.inner: deep removed")]
    [InlineData("\"row\"", "\"rows\"", "post /a 201.list[]: row removed")]
    [InlineData("[\"asked\"]", "[\"asked\", \"word\"]", "post /a request: word is required now")]
    [InlineData("\"word\"", "\"words\"", "post /a request: word removed")]
    [InlineData("[\"one\", \"two\"]", "[\"one\"]", "post /a request.word: fewer words are taken")]
    [InlineData("[\"string\", \"null\"]", "\"string\"", "post /a request.word: was string|null, is string")]
    [InlineData("\"maxLength\": 9", "\"maxLength\": 8", "post /a request.asked: maxLength is 8 now")]
    [InlineData("\"maxLength\": 9", "\"maxLength\": 9, \"minLength\": 2", "post /a request.asked: minLength is 2 now")]
    [InlineData("\"maxLength\": 9", "\"maxLength\": 9, \"pattern\": \"^a\"", "post /a request.asked: the pattern is ^a now")]
    [InlineData("\"minimum\": 1", "\"minimum\": 2", "post /a query q: minimum is 2 now")]
    [InlineData("\"date-time\"", "\"date\"", "post /a 201.given: the format date-time changed")]
    public void What_breaks_a_client_is_named(string from, string to, string expected) =>
        Assert.Contains(expected, Breaking.Between(Made(), Made(from, to)));

    [Theory]
    [InlineData("\"paths\": {", "\"paths\": { \"/c\": { \"get\": { \"operationId\": \"C\", \"responses\": {} } },")]
    [InlineData("\"word\": {", "\"more\": { \"type\": \"string\" }, \"word\": {")]
    [InlineData("\"given\": {", "\"more\": { \"type\": \"string\" }, \"given\": {")]
    [InlineData("[\"one\", \"two\"]", "[\"one\", \"two\", \"three\"]")]
    [InlineData("\"maxLength\": 9", "\"maxLength\": 10")]
    [InlineData("\"minimum\": 1", "\"minimum\": 0")]
    [InlineData("[\"asked\"]", "[]")]
    [InlineData("\"name\": \"q\"", "\"description\": \"What it is.\", \"name\": \"q\"")]
    public void What_is_added_or_eased_breaks_nobody(string from, string to) =>
        Assert.Empty(Breaking.Between(Made(), Made(from, to)));

    private static JsonObject Made(string from = "", string to = "")
    {
        const string text = """
            { "paths": { "/a": { "post": { "operationId": "AddA",
                "parameters": [{ "in": "query", "name": "q", "schema": { "type": "integer", "minimum": 1 } }],
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Asked" } } } },
                "responses": { "201": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Given" } } } } } } } },
              "components": { "schemas": {
                "Asked": { "type": "object", "required": ["asked"], "properties": {
                  "asked": { "type": "string", "maxLength": 9 },
                  "word": { "type": ["string", "null"], "enum": ["one", "two"] } } },
                "Given": { "type": "object", "required": ["given", "inner"], "properties": {
                  "given": { "type": "string", "format": "date-time" },
                  "inner": { "anyOf": [{ "$ref": "#/components/schemas/Inner" }, { "type": "null" }] },
                  "list": { "type": "array", "items": { "type": "object", "properties": { "row": { "type": "integer" } } } } } },
                "Inner": { "type": "object", "properties": { "deep": { "type": "integer" }, "again": { "$ref": "#/components/schemas/Inner" } } } } } }
            """;
        var changed = from.Length == 0 ? text : text.Replace(from, to, StringComparison.Ordinal);
        Assert.True(from.Length == 0 || changed != text, $"{from} is not in the document.");
        return JsonNode.Parse(changed)!.AsObject();
    }
}
