using System.Text.RegularExpressions;

namespace MemberCloud.Members;

/// <summary>
/// Phone numbers as E.164 (ITU-T E.164: + , country code, national number; at most 15 digits). A number without + is read by the numbering plan of the brand's
/// country, as published by ITU-T (Operational Bulletin, national numbering plans): trunk prefix and what a national number looks like. Pure.
/// </summary>
public static class PhoneRules
{
    /// <summary>One country's plan.</summary>
    /// <param name="Code">Country code.</param>
    /// <param name="Trunk">Dialled in front at home, never from abroad; empty where there is none.</param>
    /// <param name="National">A whole national number without the trunk prefix. Numbers that only work within a town are none.</param>
    private sealed record Plan(string Code, string Trunk, string National);

    private static readonly Dictionary<string, Plan> Plans = new(StringComparer.Ordinal)
    {
        ["CN"] = new("86", "0", @"1[3-9]\d{9}|10\d{8}|2\d{9}|[3-9]\d{9,10}"),
        ["HK"] = new("852", "", @"[2-9]\d{7}"),
        ["MO"] = new("853", "", @"[268]\d{7}"),
        ["TW"] = new("886", "0", @"9\d{8}|[2-8]\d{7,8}"),
        ["JP"] = new("81", "0", @"[789]0\d{8}|[1-9]\d{8}"),
        ["KR"] = new("82", "0", @"1\d{8,9}|2\d{7,8}|[3-6]\d{8,9}|70\d{8}"),
        ["SG"] = new("65", "", @"[3689]\d{7}"),
        ["MY"] = new("60", "0", @"1\d{8,9}|[3-9]\d{7,8}"),
        ["TH"] = new("66", "0", @"[689]\d{8}|[2-7]\d{7}"),
        ["VN"] = new("84", "0", @"[35789]\d{8}|2\d{9}"),
        ["PH"] = new("63", "0", @"9\d{9}|[2-8]\d{7,8}"),
        ["ID"] = new("62", "0", @"8\d{8,11}|[2-79]\d{7,9}"),
        ["IN"] = new("91", "0", @"[1-9]\d{9}"),
        ["AU"] = new("61", "0", @"[2-478]\d{8}"),
        ["NZ"] = new("64", "0", @"2\d{7,9}|[34679]\d{7}"),
        ["US"] = new("1", "1", @"[2-9]\d{2}[2-9]\d{6}"),
        ["CA"] = new("1", "1", @"[2-9]\d{2}[2-9]\d{6}"),
        ["GB"] = new("44", "0", @"[1-9]\d{8,9}"),
        ["DE"] = new("49", "0", @"1[567]\d{8,9}|[2-9]\d{5,10}"),
        ["FR"] = new("33", "0", @"[1-9]\d{8}"),
        ["IT"] = new("39", "", @"3\d{8,9}|0\d{5,10}"), // the 0 of a landline is part of the number
        ["ES"] = new("34", "", @"[6-9]\d{8}"),
        ["NL"] = new("31", "0", @"[1-9]\d{8}"),
    };

    /// <summary>The number as +..., with what people write between digits left out; null when it is none, or a national one of an unknown country.</summary>
    public static string? Normalise(string text, string? country)
    {
        var written = string.Concat(text.Where(c => c is not (' ' or '-' or '(' or ')' or '.' or '/')));
        var digits = written.StartsWith('+') ? Abroad(written[1..]) : AtHome(written, country);
        return digits is not null && IsE164(digits) ? $"+{digits}" : null;
    }

    /// <summary>"+44 (0)20 ...": a trunk prefix has no place behind the country code, and people write it there all the same.</summary>
    private static string Abroad(string digits) =>
        Plans.Values.FirstOrDefault(p => p.Trunk == "0" && digits.StartsWith($"{p.Code}0", StringComparison.Ordinal)) is { } plan
            ? plan.Code + digits[(plan.Code.Length + 1)..]
            : digits;

    private static string? AtHome(string written, string? country)
    {
        if (country is null || !Plans.TryGetValue(country, out var plan))
            return null;
        if (Fits(plan, written))
            return plan.Code + written;
        var rest =
            plan.Trunk.Length > 0 && written.StartsWith(plan.Trunk, StringComparison.Ordinal) ? written[plan.Trunk.Length..] : "";
        return Fits(plan, rest) ? plan.Code + rest : null;
    }

    private static bool Fits(Plan plan, string number) =>
        number.All(char.IsAsciiDigit)
        && Regex.IsMatch(number, $"^(?:{plan.National})$", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static bool IsE164(string digits) =>
        digits.Length is >= 7 and <= 15 && digits[0] is >= '1' and <= '9' && digits.All(char.IsAsciiDigit);
}
