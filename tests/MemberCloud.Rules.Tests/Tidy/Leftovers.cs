using System.Text.RegularExpressions;

namespace MemberCloud.Rules.Tests.Tidy;

/// <summary>What is not left lying about: unknown things at the root, and work put off.</summary>
public static class Leftovers
{
    private static readonly Regex Allowed = new(
        @"^(\..+|MemberCloud\.sln|src|tests|openapi|migrations|docker-compose\.yml|README\.md|LICENSE|global\.json"
            + @"|Directory\.[A-Za-z]+\.props)$"
    );

    // Put together here, so that this file does not match itself.
    private static readonly Regex PutOff = new($@"\b({"TO"}{"DO"}|{"FIX"}{"ME"}|{"HA"}{"CK"})\b|{"NotImplemented"}{"Exception"}");

    public static IEnumerable<Breach> AtTheTop(IEnumerable<string> names) =>
        names.Where(name => !Allowed.IsMatch(name)).Select(name => new Breach(name, 1, "does not belong at the root"));

    public static IEnumerable<Breach> Promises(Source source) =>
        PutOff.Matches(source.Text).Select(m => source.AtIndex(m.Index, $"{m.Value}: do it, or leave it out"));
}
