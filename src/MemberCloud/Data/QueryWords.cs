using MemberCloud.Shared;

namespace MemberCloud.Data;

/// <summary>Enum words in query strings: the framework would take their C# names.</summary>
public static class QueryWords
{
    /// <summary>Null when none is given; refused (unknown_value) when it is none of the list.</summary>
    public static Result<T?> Read<T>(string? word, string pointer)
        where T : struct, Enum
    {
        if (word is null)
            return (T?)null;
        return Words<T>.TryParse(word, out var value)
            ? (T?)value
            : Problem.Field(
                pointer,
                "unknown_value",
                $"{pointer} is one of {string.Join(", ", Enum.GetValues<T>().Select(Words<T>.Of))}."
            );
    }
}
