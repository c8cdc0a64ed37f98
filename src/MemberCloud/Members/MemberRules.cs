using System.Globalization;
using System.Text.Json;
using MemberCloud.Shared;

namespace MemberCloud.Members;

/// <summary>What may be said of a member. Pure.</summary>
public static class MemberRules
{
    public const int TagLength = 40;
    public const int MaxTags = 50;
    public const int MaxAttributes = 50;
    public const int AttributeTextLength = 500;

    /// <summary>Why nothing can be written about an erased member any more.</summary>
    public static Problem Erased { get; } = Problem.Conflict("erased_member", "The member was erased.");

    /// <summary>A birthday as it is stored, with its key (month * 100 + day); null when it is no day between 1900 and today.</summary>
    public static (string Text, int Key)? Birthday(string text, DateOnly today) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day.Year >= 1900
        && day <= today
            ? (text, day.Month * 100 + day.Day)
            : null;

    /// <summary>Which birthdays are celebrated on a day: 29 February's also on 28 February of a year without one.</summary>
    public static IReadOnlyList<int> BirthKeysOn(DateOnly day) =>
        day is { Month: 2, Day: 28 } && !DateTime.IsLeapYear(day.Year) ? [228, 229] : [day.Month * 100 + day.Day];

    /// <summary>Merges attributes by key; null removes one. Names and types are the brand's definitions.</summary>
    public static Result<string> Merge(
        string stored,
        IReadOnlyDictionary<string, JsonElement> change,
        IReadOnlyDictionary<string, AttributeType> defined
    )
    {
        var merged = new SortedDictionary<string, JsonElement>(
            Json.Read<Dictionary<string, JsonElement>>(stored),
            StringComparer.Ordinal
        );
        foreach (var (name, value) in change)
        {
            if (!defined.TryGetValue(name, out var type))
                return Problem.Field($"/attributes/{name}", "unknown_attribute", "The brand defined no such attribute.");
            if (value.ValueKind == JsonValueKind.Null)
                merged.Remove(name);
            else if (Fits(value, type))
                merged[name] = value;
            else
                return Problem.Field($"/attributes/{name}", "bad_type", $"This attribute is a {Words<AttributeType>.Of(type)}.");
        }
        return merged.Count <= MaxAttributes
            ? Json.Write(merged)
            : Problem.Field("/attributes", "too_many", $"A member has at most {MaxAttributes} attributes.");
    }

    /// <summary>Whether a value is one of this type.</summary>
    public static bool Fits(JsonElement value, AttributeType type) =>
        type switch
        {
            AttributeType.Text => JsonProblems.TextOf(value) is { } text
                && new TextAttribute(AttributeTextLength) { Min = 0 }.IsValid(text),
            AttributeType.Number => value.ValueKind == JsonValueKind.Number
                && value.GetRawText().Length <= 40
                && value.TryGetDecimal(out _),
            AttributeType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            AttributeType.Date => DateOnly.TryParseExact(
                JsonProblems.TextOf(value),
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out _
            ),
        };
}
