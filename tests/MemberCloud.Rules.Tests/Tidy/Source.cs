using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MemberCloud.Rules.Tests.Tidy;

/// <summary>Where a style rule is broken, and how.</summary>
public sealed record Breach(string Path, int Line, string What)
{
    public override string ToString() => $"{Path}:{Line} {What}";
}

/// <summary>One C# file as the checkers see it: its path from the root with forward slashes, and its text.</summary>
public sealed record Source(string Path, string Text)
{
    public CompilationUnitSyntax Root { get; } = CSharpSyntaxTree.ParseText(Text).GetCompilationUnitRoot();

    /// <summary>Names that the file itself gives to something: such a name at the left of a dot is no namespace.</summary>
    public IReadOnlySet<string> Declared { get; } =
        CSharpSyntaxTree.ParseText(Text).GetRoot().DescendantNodes().Select(NameOf).OfType<string>().ToHashSet();

    public string FileName => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The folder right under the given one, or null when the file is elsewhere or directly in it.</summary>
    public string? FolderUnder(string parent)
    {
        var rest = Path.StartsWith(parent, StringComparison.Ordinal) ? Path[parent.Length..] : "";
        return rest.Contains('/') ? rest[..rest.IndexOf('/')] : null;
    }

    public Breach At(SyntaxNodeOrToken place, string what) =>
        new(Path, place.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1, what);

    public Breach AtIndex(int index, string what) => new(Path, Text.AsSpan(0, index).Count('\n') + 1, what);

    public IEnumerable<T> All<T>()
        where T : SyntaxNode => Root.DescendantNodes().OfType<T>();

    /// <summary>The text with comments blanked out: a rule about code is not broken by prose. Places stay the same.</summary>
    public string WithoutComments()
    {
        var text = Text.ToCharArray();
        foreach (var comment in Root.DescendantTrivia().Where(IsComment))
        {
            for (var i = comment.FullSpan.Start; i < comment.FullSpan.End; i++)
                text[i] = text[i] == '\n' ? '\n' : ' ';
        }
        return new string(text);
    }

    /// <summary>Every string of the file as written, interpolated ones whole.</summary>
    public IEnumerable<ExpressionSyntax> Strings() =>
        All<ExpressionSyntax>()
            .Where(e =>
                e.Kind()
                    is SyntaxKind.StringLiteralExpression
                        or SyntaxKind.Utf8StringLiteralExpression
                        or SyntaxKind.InterpolatedStringExpression
            );

    /// <summary>Every dotted name from its leftmost identifier on: <c>Data.Lookup</c>, <c>using MemberCloud.Points</c>.</summary>
    public IEnumerable<(SyntaxNode Node, string[] Parts)> DottedNames() =>
        Root.DescendantNodes()
            .Where(n => n is QualifiedNameSyntax or MemberAccessExpressionSyntax || n.Parent is UsingDirectiveSyntax)
            .Where(n => !(n.Parent is QualifiedNameSyntax name && name.Left == n))
            .Where(n => !(n.Parent is MemberAccessExpressionSyntax access && access.Expression == n))
            .Select(n => (n, Parts(n)))
            .Where(n => n.Item2.Length > 0);

    private static string[] Parts(SyntaxNode? node) =>
        node switch
        {
            QualifiedNameSyntax name => After(Parts(name.Left), name.Right),
            MemberAccessExpressionSyntax access => After(Parts(access.Expression), access.Name),
            AliasQualifiedNameSyntax alias => [alias.Name.Identifier.ValueText],
            SimpleNameSyntax simple => [simple.Identifier.ValueText],
            _ => [],
        };

    private static string[] After(string[] left, SimpleNameSyntax right) =>
        left.Length == 0 ? [] : [.. left, right.Identifier.ValueText];

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind()
            is SyntaxKind.SingleLineCommentTrivia
                or SyntaxKind.MultiLineCommentTrivia
                or SyntaxKind.SingleLineDocumentationCommentTrivia
                or SyntaxKind.MultiLineDocumentationCommentTrivia;

    private static string? NameOf(SyntaxNode node) =>
        node switch
        {
            VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
            ParameterSyntax parameter => parameter.Identifier.ValueText,
            PropertyDeclarationSyntax property => property.Identifier.ValueText,
            SingleVariableDesignationSyntax designation => designation.Identifier.ValueText,
            ForEachStatementSyntax loop => loop.Identifier.ValueText,
            EnumMemberDeclarationSyntax member => member.Identifier.ValueText,
            BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
            _ => null,
        };
}
