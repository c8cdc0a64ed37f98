using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace MemberCloud.Rules.Tests.Tidy;

/// <summary>How long things get before they are split: files, methods, lines, and what a class needs to work.</summary>
public static class Sizes
{
    public const int FileLines = 300;
    public const int MethodLines = 50;
    public const int LineLength = 200;
    public const int Dependencies = 5;

    private static readonly string[] Workers =
    [
        "Service",
        "Ledger",
        "Job",
        "Endpoints",
        "Runner",
        "Directory",
        "Mover",
        "Importer",
    ];

    public static IEnumerable<Breach> Files(Source source)
    {
        var lines = source.Text.TrimEnd('\n').Split('\n').Length;
        return lines > FileLines ? [new(source.Path, 1, $"has {lines} lines")] : [];
    }

    public static IEnumerable<Breach> Lines(Source source) =>
        source
            .Text.Split('\n')
            .Select((line, i) => (line.TrimEnd('\r').Length, i))
            .Where(l => l.Length > LineLength)
            .Select(l => new Breach(source.Path, l.i + 1, $"has {l.Length} characters"));

    public static IEnumerable<Breach> Methods(Source source) =>
        source
            .All<SyntaxNode>()
            .Where(n => n is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax)
            .Select(n => (Node: n, Lines: LinesOf(n)))
            .Where(m => m.Lines > MethodLines)
            .Select(m => source.At(m.Node, $"a method of {m.Lines} lines"));

    public static IEnumerable<Breach> Constructors(Source source) =>
        source
            .All<ClassDeclarationSyntax>()
            .Where(c => Workers.Any(w => c.Identifier.ValueText.EndsWith(w, StringComparison.Ordinal)))
            .SelectMany(c =>
                c.Members.OfType<ConstructorDeclarationSyntax>().Select(o => o.ParameterList).Append(c.ParameterList)
            )
            .OfType<ParameterListSyntax>()
            .Where(p => p.Parameters.Count > Dependencies)
            .Select(p => source.At(p, $"needs {p.Parameters.Count} things to work"));

    /// <summary>From the signature to the closing brace: a table of test rows above it is no length.</summary>
    private static int LinesOf(SyntaxNode method)
    {
        var first = method.ChildNodesAndTokens().First(c => !c.IsKind(SyntaxKind.AttributeList));
        var span = method.SyntaxTree.GetLineSpan(TextSpan.FromBounds(first.SpanStart, method.Span.End));
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
