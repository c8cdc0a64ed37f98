using System.Text.Json;
using System.Text.Json.Serialization;

namespace MemberCloud.Shared;

/// <summary>The one set of JSON rules: snake_case, enums as snake_case words, RFC 3339 UTC times, unknown fields refused.</summary>
public static class Json
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = 32;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new WordConverters());
        options.Converters.Add(new UtcConverter());
        return options;
    }

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Options) ?? throw new JsonException("null");

    /// <summary>RFC 3339 with an offset in, UTC to the microsecond out.</summary>
    private sealed class UtcConverter : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            // DateTimeOffset would read a time without an offset as the machine's local time: which instant that means is nobody's guess here.
            var text =
                reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("A time is a string.");
            var hasOffset = text.Length >= 20 && (text[^1] == 'Z' || text[^6] is '+' or '-');
            if (!hasOffset || !reader.TryGetDateTimeOffset(out var time))
                throw new JsonException("A time is RFC 3339 with an offset, for example 2026-03-01T08:00:00Z.");
            return Instants.Cut(time.UtcDateTime);
        }

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteStringValue(
                value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture)
            );
    }
}

/// <summary>Instants are stored to the microsecond, which every engine keeps.</summary>
public static class Instants
{
    public static DateTime Cut(DateTime utc) => new(utc.Ticks - utc.Ticks % TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc);
}
