using System.Globalization;
using System.Text.Json;
using MemberCloud.Shared;

namespace MemberCloud.Members;

/// <summary>An attribute's value as rows are looked for by it: text that sorts as the value does, exactly, on every engine. Pure.</summary>
public static class AttributeRules
{
    /// <summary>A decimal has at most 29 digits before its point and 28 after it.</summary>
    private const int Digits = 57;

    /// <summary>Text and dates as they stand, numbers by <see cref="KeyOf(decimal)"/>.</summary>
    public static string KeyOf(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => KeyOf(value.GetDecimal()),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => value.GetString()!,
        };

    /// <summary>1 and all digits; below zero 0 and what each digit lacks to 9, so that the smaller number comes first.</summary>
    public static string KeyOf(decimal number)
    {
        var digits = Math.Abs(number)
            .ToString("F28", CultureInfo.InvariantCulture)
            .Replace(".", "", StringComparison.Ordinal)
            .PadLeft(Digits, '0');
        return number < 0 ? $"0{new string([.. digits.Select(d => (char)('9' - (d - '0')))])}" : $"1{digits}";
    }

    /// <summary>From one state of a member's attributes to the next: whose row goes, and the rows that come.</summary>
    public static (IReadOnlyList<string> Gone, IReadOnlyList<KeyValuePair<string, string>> Come) Changes(
        string before,
        string after
    )
    {
        if (before == after)
            return ([], []);
        var (old, now) = (KeysOf(before), KeysOf(after));
        return (
            [.. old.Where(o => now.GetValueOrDefault(o.Key) != o.Value).Select(o => o.Key)],
            [.. now.Where(n => old.GetValueOrDefault(n.Key) != n.Value).OrderBy(n => n.Key, StringComparer.Ordinal)]
        );
    }

    private static Dictionary<string, string> KeysOf(string attributes) =>
        Json.Read<Dictionary<string, JsonElement>>(attributes).ToDictionary(a => a.Key, a => KeyOf(a.Value));
}
