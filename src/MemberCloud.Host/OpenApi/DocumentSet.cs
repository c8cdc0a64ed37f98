using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;

namespace MemberCloud.Host.OpenApi;

/// <summary>The documents as text: the whole is made once, each cut of it once per document and what a caller may do.</summary>
public sealed class DocumentSet
{
    /// <summary>The generator's own document, of which the three are cut. Not served.</summary>
    public const string Whole = "whole";
    private const int MaxCuts = 200;

    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    private readonly Lazy<JsonObject> whole;
    private readonly ConcurrentDictionary<(string, string), string> cuts = new();

    public DocumentSet(IServiceScopeFactory scopes) => whole = new(() => Make(scopes), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The document, or what of it this caller may call.</summary>
    public string Text(DocumentKind kind, Caller? caller)
    {
        // Sets of scopes are few; who makes keys of every possible one costs no memory for it.
        if (cuts.Count > MaxCuts)
            cuts.Clear();
        return cuts.GetOrAdd(
            (kind.Name, Key(caller)),
            _ =>
                DocumentCut.Of(whole.Value, kind, may => caller is null || may.Anyone || may.Allows(caller)).ToJsonString(Layout)
                + "\n"
        );
    }

    private static string Key(Caller? caller) =>
        caller switch
        {
            null => "",
            { Kind: CallerKind.Key } => $"key {string.Join(' ', caller.Scopes.Order(StringComparer.Ordinal))}",
            { Role: { } role } => $"staff {Words<StaffRole>.Of(role)}",
            _ => caller.Kind.ToString(),
        };

    private static JsonObject Make(IServiceScopeFactory scopes)
    {
        using var scope = scopes.CreateScope();
        var document = scope.ServiceProvider.GetRequiredService<ISwaggerProvider>().GetSwagger(Whole);
        using var text = new StringWriter();
        document.SerializeAsV31(new OpenApiJsonWriter(text));
        return DocumentFinish.Of(JsonNode.Parse(text.ToString())!.AsObject());
    }
}
