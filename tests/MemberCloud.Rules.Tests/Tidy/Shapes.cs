using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MemberCloud.Rules.Tests.Tidy;

/// <summary>How types, catches and handlers are written.</summary>
public static class Shapes
{
    private static readonly string[] Maps = ["MapGet", "MapPost", "MapPut", "MapPatch", "MapDelete", "MapMethods"];

    public static IEnumerable<Breach> Closed(Source source) =>
        source
            .All<TypeDeclarationSyntax>()
            .Where(t => t is ClassDeclarationSyntax or RecordDeclarationSyntax { RawKind: (int)SyntaxKind.RecordDeclaration })
            .Where(t =>
                !t.Modifiers.Any(m =>
                    m.Kind() is SyntaxKind.SealedKeyword or SyntaxKind.StaticKeyword or SyntaxKind.AbstractKeyword
                )
            )
            .Select(t => source.At(t, $"{t.Identifier.ValueText} is neither sealed nor static nor abstract"));

    /// <summary>An error is translated, or it goes on: it is not made to disappear.</summary>
    public static IEnumerable<Breach> Catches(Source source) =>
        source
            .All<CatchClauseSyntax>()
            .Where(c =>
                c.Block.Statements.Count == 0 || (c.Filter is null && c.Block.Statements.All(LeavesOnly) && !Translates(c))
            )
            .Select(c => source.At(c, "a catch that swallows"));

    /// <summary>What is mapped is a method of the same file, and says in its summary what a brand's engineer reads.</summary>
    public static IEnumerable<Breach> Handlers(Source source)
    {
        if (!source.FileName.EndsWith("Endpoints.cs", StringComparison.Ordinal))
            return [];
        var methods = source.All<MethodDeclarationSyntax>().ToLookup(m => m.Identifier.ValueText);
        return source
            .All<InvocationExpressionSyntax>()
            .Where(i => i.Expression is MemberAccessExpressionSyntax call && Maps.Contains(call.Name.Identifier.ValueText))
            .Select(i => i.ArgumentList.Arguments[^1].Expression)
            .Select(handler => (handler, What: Lacks(handler, methods)))
            .Where(h => h.What is not null)
            .Select(h => source.At(h.handler, h.What!));
    }

    /// <summary>The caught error is used in what is returned: a translation, nothing is lost.</summary>
    private static bool Translates(CatchClauseSyntax clause) =>
        clause.Declaration?.Identifier.ValueText is { Length: > 0 } name
        && clause.Block.DescendantNodes().OfType<IdentifierNameSyntax>().Any(i => i.Identifier.ValueText == name);

    private static bool LeavesOnly(StatementSyntax statement) =>
        statement is ReturnStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax;

    private static string? Lacks(ExpressionSyntax handler, ILookup<string, MethodDeclarationSyntax> methods)
    {
        if (handler is not SimpleNameSyntax name || !methods.Contains(name.Identifier.ValueText))
            return "the handler is no method of this file";
        return methods[name.Identifier.ValueText].All(HasSummary) ? null : $"{name} has no summary";
    }

    private static bool HasSummary(MethodDeclarationSyntax method) =>
        method
            .GetLeadingTrivia()
            .Select(t => t.GetStructure())
            .OfType<DocumentationCommentTriviaSyntax>()
            .SelectMany(d => d.Content.OfType<XmlElementSyntax>())
            .Any(e => e.StartTag.Name.ToString() == "summary" && e.Content.ToString().Any(char.IsLetter));
}
