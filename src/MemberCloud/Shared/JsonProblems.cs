using System.Text.Json;
using System.Text.RegularExpressions;

namespace MemberCloud.Shared;

/// <summary>What was wrong with JSON, as a problem with a pointer and a code of its own.</summary>
public static partial class JsonProblems
{
    public static Problem Of(JsonException error)
    {
        var pointer = PointerOf(error.Path);
        var message = error.Message;
        if (message.StartsWith("Duplicate property", StringComparison.Ordinal))
            return Problem.Field(pointer, "duplicate_field", "A field is given twice.");
        if (message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
            return Problem.Field(pointer, "unknown_field", "There is no such field.");
        if (message.Contains("missing required properties", StringComparison.Ordinal))
            return Problem.Field(
                $"{pointer}/{FirstQuoted().Match(message[message.IndexOf("including", StringComparison.Ordinal)..]).Groups[1].Value}",
                "required",
                "A required field is missing."
            );
        if (
            message.Contains("null", StringComparison.Ordinal)
            && message.Contains("constructor parameter", StringComparison.Ordinal)
        )
            return Problem.Field(pointer, "required", "This field cannot be null.");
        if (message.Contains("maximum configured depth", StringComparison.Ordinal))
            return Problem.Field(pointer, "too_deep", "The JSON is nested too deep.");
        if (error.InnerException?.GetType().Name == "JsonReaderException")
            return NotJson;
        if (message.Contains("could not be converted to", StringComparison.Ordinal))
            return AsksForWord(message, error.Path)
                ? Problem.Field(pointer, "unknown_value", "This field has a closed list of values, and this is none of them.")
                : Problem.Field(pointer, "bad_type", "The value is of another type, or beyond its range.");
        return error.Path is null or "$" or "" ? NotJson : Problem.Field(pointer, "bad_value", message.Split(" Path:")[0]);
    }

    /// <summary>Null for what is no string, or none that can be written down: half a surrogate pair is no character.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException half) when (half.Message.Contains("surrogate", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
    }

    private static Problem NotJson => new("body_not_json", "The body is not the JSON this operation takes.", 400);

    /// <summary>Whether what could not be read is an enum. The message names the enum, or the request whose field it is: then the path names the field.</summary>
    private static bool AsksForWord(string message, string? path)
    {
        if (
            OurType().Match(message) is not { Success: true } match
            || typeof(JsonProblems).Assembly.GetType(match.Groups[1].Value) is not { } type
        )
            return false;
        var field = path?[(path.LastIndexOf('.') + 1)..];
        var asked = type.IsEnum
            ? type
            : type.GetProperties()
                .FirstOrDefault(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name) == field)
                ?.PropertyType;
        return asked is not null && (Nullable.GetUnderlyingType(asked) ?? asked).IsEnum;
    }

    /// <summary>$.lines[0].net as /lines/0/net.</summary>
    private static string PointerOf(string? path) =>
        path is null ? "" : Step().Replace(path.TrimStart('$'), m => "/" + m.Groups[1].Value + m.Groups[2].Value);

    [GeneratedRegex(@"\.([^.\[]+)|\[(\d+)\]")]
    private static partial Regex Step();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex FirstQuoted();

    [GeneratedRegex(@"converted to (?:System\.Nullable`1\[)?(MemberCloud\.\w+\.\w+)")]
    private static partial Regex OurType();
}
