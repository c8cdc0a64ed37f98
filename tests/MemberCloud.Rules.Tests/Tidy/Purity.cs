using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MemberCloud.Rules.Tests.Tidy;

/// <summary>What is decided in a <c>*Rules.cs</c> file depends on its arguments only.</summary>
public static class Purity
{
    private static readonly string[] Waiting = ["Task", "ValueTask", "IAsyncEnumerable"];
    private static readonly string[] Ambient = ["TimeProvider", "Random", "RandomNumberGenerator", "Environment", "File"];
    private static readonly string[] AmbientMembers =
    [
        "DateTime.Now",
        "DateTime.UtcNow",
        "DateTime.Today",
        "DateTimeOffset.Now",
        "DateTimeOffset.UtcNow",
        "Guid.NewGuid",
        "Guid.CreateVersion7",
        "Ids.New",
    ];
    private static readonly string[] Stores = ["Microsoft.EntityFrameworkCore", "System.Data", "Npgsql"];

    /// <param name="source">The file.</param>
    /// <param name="dataTypes">Types of the data layer.</param>
    public static IEnumerable<Breach> Check(Source source, IReadOnlySet<string> dataTypes) =>
        source.FileName.EndsWith("Rules.cs", StringComparison.Ordinal)
            ? [.. Types(source), .. Waits(source), .. AmbientNames(source), .. State(source), .. Data(source, dataTypes)]
            : [];

    public static IReadOnlySet<string> DataTypes(IEnumerable<Source> product) =>
        product
            .Where(s => s.FolderUnder("src/MemberCloud/") == "Data")
            .SelectMany(s => s.All<BaseTypeDeclarationSyntax>())
            .Where(t => t.Parent is not TypeDeclarationSyntax)
            .Select(t => t.Identifier.ValueText)
            .ToHashSet();

    /// <summary>Behaviour is static; an enum or a record may stand beside it as what it returns.</summary>
    private static IEnumerable<Breach> Types(Source source) =>
        source
            .All<TypeDeclarationSyntax>()
            .Where(t => t is ClassDeclarationSyntax or InterfaceDeclarationSyntax && !t.Modifiers.Any(SyntaxKind.StaticKeyword))
            .Select(t => source.At(t, $"{t.Identifier.ValueText} is not a static class"));

    private static IEnumerable<Breach> Waits(Source source) =>
        source
            .Root.DescendantTokens()
            .Where(t => t.IsKind(SyntaxKind.AsyncKeyword) || t.IsKind(SyntaxKind.AwaitKeyword))
            .Select(t => source.At(t, $"{t.ValueText} in a pure file"))
            .Concat(
                source
                    .All<SimpleNameSyntax>()
                    .Where(n => Waiting.Contains(n.Identifier.ValueText))
                    .Select(n => source.At(n, $"{n} in a pure file"))
            );

    private static IEnumerable<Breach> AmbientNames(Source source) =>
        source
            .DottedNames()
            .Where(n => AmbientMembers.Any(a => $".{string.Join('.', n.Parts)}.".Contains($".{a}.")))
            .Select(n => source.At(n.Node, $"{n.Node} comes from outside: pass it in"))
            .Concat(
                source
                    .All<SimpleNameSyntax>()
                    .Where(n => Ambient.Contains(n.Identifier.ValueText) && !source.Declared.Contains(n.Identifier.ValueText))
                    .Select(n => source.At(n, $"{n} comes from outside: pass it in"))
            );

    private static IEnumerable<Breach> State(Source source) =>
        source
            .All<FieldDeclarationSyntax>()
            .Where(f => !f.Modifiers.Any(SyntaxKind.ConstKeyword))
            .Where(f => !(f.Modifiers.Any(SyntaxKind.ReadOnlyKeyword) && f.Modifiers.Any(SyntaxKind.StaticKeyword)))
            .Select(f => source.At(f, "a field that is neither const nor static readonly"))
            .Concat(
                source
                    .All<AccessorDeclarationSyntax>()
                    .Where(a => a.IsKind(SyntaxKind.SetAccessorDeclaration))
                    .Select(a => source.At(a, "a property that can be set"))
            );

    private static IEnumerable<Breach> Data(Source source, IReadOnlySet<string> dataTypes)
    {
        var seesData = source
            .DottedNames()
            .Any(n => string.Join('.', n.Parts) is "MemberCloud.Data" && n.Node.Parent is UsingDirectiveSyntax);
        foreach (var (node, parts) in source.DottedNames())
        {
            var name = string.Join('.', parts);
            if (Stores.Any(s => name == s || name.StartsWith($"{s}.", StringComparison.Ordinal)))
                yield return source.At(node, $"{name} in a pure file");
            if (parts.SkipWhile(p => p == "MemberCloud").Take(2).ToArray() is ["Data", _])
                yield return source.At(node, $"{name}: nothing of Data is pure");
        }
        foreach (var used in source.All<SimpleNameSyntax>().Where(n => seesData && dataTypes.Contains(n.Identifier.ValueText)))
            yield return source.At(used, $"{used}: nothing of Data is pure");
    }
}
