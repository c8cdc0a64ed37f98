using System.Text.RegularExpressions;
using MemberCloud.Rules.Tests.Tidy;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MemberCloud.Rules.Tests.Documents;

/// <summary>The problem codes that source files use: in what makes a problem, and what a check calls a wrong field.</summary>
public static partial class ProblemCodes
{
    private static readonly string[] Makers = ["Problem.Conflict", "Problem.Contradiction", "Problem.Field"];
    private static readonly string[] Types = ["Problem", "FieldProblem"];

    public static IEnumerable<(string Code, Breach Where)> In(Source source) =>
        source
            .All<ArgumentListSyntax>()
            .Where(IsProblem)
            .SelectMany(a => a.Arguments)
            .Select(a => a.Expression)
            .SelectMany(e => e.DescendantNodesAndSelf().OfType<LiteralExpressionSyntax>().Where(l => IsWhole(l, e)))
            .Concat(InRules(source))
            .Where(l => l.IsKind(SyntaxKind.StringLiteralExpression) && Code().IsMatch(l.Token.ValueText))
            .Select(l =>
                (l.Token.ValueText, source.At(l, $"uses the code {l.Token.ValueText}, which problems.txt does not list"))
            );

    /// <summary>Methods that give a code back by themselves: CodeOf, Problem(value) of a text's rule.</summary>
    private static IEnumerable<LiteralExpressionSyntax> InRules(Source source) =>
        source
            .All<MethodDeclarationSyntax>()
            .Where(m =>
                m is { Identifier.ValueText: "CodeOf" or "Problem", ReturnType: not GenericNameSyntax }
                && m.ReturnType.ToString().TrimEnd('?') == "string"
            )
            .SelectMany(m => m.DescendantNodes().OfType<LiteralExpressionSyntax>());

    private static bool IsProblem(ArgumentListSyntax arguments) =>
        arguments.Parent switch
        {
            InvocationExpressionSyntax call => Makers.Contains(call.Expression.ToString()),
            ObjectCreationExpressionSyntax made => Types.Contains(made.Type.ToString()),
            ImplicitObjectCreationExpressionSyntax => LooksLikeOne(arguments),
            _ => false,
        };

    /// <summary>new("code", "A sentence.", 409), or new("/field", "code", "A sentence.").</summary>
    private static bool LooksLikeOne(ArgumentListSyntax arguments)
    {
        var parts = arguments.Arguments.Select(a => a.ToString()).ToList();
        if (parts.Count != 3)
            return false;
        var isStatus = parts[2].StartsWith("StatusCodes.", StringComparison.Ordinal) || Status().IsMatch(parts[2]);
        return isStatus || (Pointer().IsMatch(parts[0]) && parts[2].Contains(' ', StringComparison.Ordinal));
    }

    /// <summary>The literal is the argument, or one branch of it: not part of a sentence put together.</summary>
    private static bool IsWhole(LiteralExpressionSyntax literal, ExpressionSyntax argument) =>
        literal == argument || literal.Parent is ConditionalExpressionSyntax or SwitchExpressionArmSyntax;

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex Code();

    [GeneratedRegex("^[$]?\"(/|\"|\\{)")]
    private static partial Regex Pointer();

    [GeneratedRegex(@"^[45]\d\d$")]
    private static partial Regex Status();
}
