using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MemberCloud.Rules.Tests.Tidy;

/// <summary>What SQL may say, and where.</summary>
public static class Sql
{
    private const string DataLayer = "src/MemberCloud/Data/";
    private const string Directory = "src/MemberCloud/Tenancy/TenantDirectory";

    // A pooled connection serves another brand next: what outlives the transaction would be seen there.
    private static readonly (string What, Regex Pattern)[] SessionWide =
    [
        ("set_config for the session", new(@"set_config\s*\((?:[^()]|\([^()]*\))*,\s*false\s*\)", RegexOptions.IgnoreCase)),
        ("SET for the session", new("\"\\s*SET\\s+(?!LOCAL\\b|TRANSACTION\\b)")),
        ("a lock of the session", new(@"pg_(try_)?advisory_lock", RegexOptions.IgnoreCase)),
        ("a table of the session", new(@"CREATE\s+(GLOBAL\s+|LOCAL\s+)?TEMP", RegexOptions.IgnoreCase)),
        ("LISTEN", new("\"\\s*(UN)?LISTEN\\s")),
        ("a cursor of the session", new(@"WITH\s+HOLD\b", RegexOptions.IgnoreCase)),
    ];

    private static readonly Regex OneEngine = new(
        @"\b(?i:unnest|ON\s+CONFLICT|ILIKE)\b|\bFOR\s+(NO\s+KEY\s+)?UPDATE\b|\b(RETURNING|PRAGMA)\b"
            + @"|::(?i:uuid)\b|(?i:jsonb)|\bLIMIT\s+[\d{@$]"
    );

    private static readonly string[] PlatformTables = ["Tenant", "Credential", "JobDue"];
    private static readonly string[] Readers = ["Set", "DbSet", "Lookup", "Update"];

    public static IEnumerable<Breach> LeavesNothing(Source source)
    {
        var code = source.WithoutComments();
        return SessionWide.SelectMany(s => s.Pattern.Matches(code).Select(m => source.AtIndex(m.Index, s.What)));
    }

    public static IEnumerable<Breach> EnginesStayInData(Source source) =>
        source.Path.StartsWith(DataLayer, StringComparison.Ordinal)
            ? []
            : source
                .Strings()
                .Select(s => (Node: s, Match: OneEngine.Match(s.ToString())))
                .Where(s => s.Match.Success)
                .Select(s => source.At(s.Node, $"{s.Match.Value}: not every engine understands it"));

    /// <summary>Platform tables have no row security: one class reaches them.</summary>
    public static IEnumerable<Breach> PlatformHasOneDoor(Source source) =>
        source.Path.StartsWith(Directory, StringComparison.Ordinal)
            ? []
            : source
                .All<GenericNameSyntax>()
                .Where(n => Readers.Contains(n.Identifier.ValueText))
                .Where(n => n.TypeArgumentList.Arguments.Any(a => PlatformTables.Contains(a.ToString().Split('.')[^1])))
                .Select(n => source.At(n, $"{n}: only TenantDirectory reaches a platform table"));
}
