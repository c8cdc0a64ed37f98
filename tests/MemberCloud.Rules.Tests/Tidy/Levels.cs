using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MemberCloud.Rules.Tests.Tidy;

/// <summary>
/// Who may use whom: a folder of the product uses only those to its left. No circles, and no hosts or schedulers below.
/// </summary>
public static class Levels
{
    public static readonly string[] Order =
    [
        "Shared",
        "Data",
        "Tenancy",
        "Staff",
        "Members",
        "Points",
        "Tiers",
        "Coupons",
        "Perks",
        "Billing",
        "Memberships",
        "Earning",
        "Pricing",
        "Orders",
        "Checkouts",
        "Campaigns",
        "Profile",
        "Jobs",
        "Insights",
        "Import",
    ];

    private const string Product = "src/MemberCloud/";
    private static readonly string[] Outside = ["Quartz", "Hangfire"];
    private static readonly Regex OutsideProject = new("Include=\"[^\"]*(Quartz|Hangfire|MemberCloud\\.Host)");

    public static IEnumerable<Breach> Check(Source source)
    {
        if (!source.Path.StartsWith(Product, StringComparison.Ordinal))
            return [];
        var folder = source.FolderUnder(Product);
        if (!Order.Contains(folder))
            return [new(source.Path, 1, $"lies in no folder that has a level ({folder ?? "none"})")];
        return source
            .DottedNames()
            .Select(n => (n.Node, What: Wrong(folder!, Used(source, n.Node, n.Parts))))
            .Where(n => n.What is not null)
            .Select(n => source.At(n.Node, n.What!));
    }

    /// <summary>The product's project file refers to no host and no scheduler either.</summary>
    public static IEnumerable<Breach> CheckProject(Source project) =>
        project.Path.StartsWith(Product, StringComparison.Ordinal)
            ? OutsideProject.Matches(project.Text).Select(m => project.AtIndex(m.Index, $"refers to {m.Groups[1].Value}"))
            : [];

    private static string? Used(Source source, Microsoft.CodeAnalysis.SyntaxNode node, string[] parts)
    {
        if (parts[0] == "MemberCloud")
            return parts.ElementAtOrDefault(1);
        var isValue = node is MemberAccessExpressionSyntax && source.Declared.Contains(parts[0]);
        return !isValue && (Order.Contains(parts[0]) || Outside.Contains(parts[0])) ? parts[0] : null;
    }

    private static string? Wrong(string folder, string? used)
    {
        if (used is null)
            return null;
        if (!Order.Contains(used))
            return $"names {used}, which is outside the product";
        return Array.IndexOf(Order, used) > Array.IndexOf(Order, folder) ? $"{folder} uses {used}, which is above it" : null;
    }
}
