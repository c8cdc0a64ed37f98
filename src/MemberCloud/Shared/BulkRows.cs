using System.Text.Json;

namespace MemberCloud.Shared;

/// <summary>Rows of a bulk request, each read for itself: a bad one does not make the others unreadable.</summary>
public static class BulkRows
{
    /// <summary>A row as <typeparamref name="T"/>, its fields checked; pointers are those inside the row.</summary>
    public static Result<T> Read<T>(JsonElement row)
        where T : class
    {
        try
        {
            var read = row.Deserialize<T>(Json.Options);
            return read is null ? Problem.Field("", "required", "A row is null.")
                : Validation.Check(read) is { } problem ? problem
                : read;
        }
        catch (JsonException error)
        {
            return JsonProblems.Of(error);
        }
    }

    /// <summary>A text field of a row that may not be readable otherwise; null when there is none.</summary>
    public static string? TextOf(JsonElement row, string field) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(field, out var value) ? JsonProblems.TextOf(value) : null;
}
