using System.Text.Json;
using System.Text.Json.Serialization;

namespace MemberCloud.Shared;

/// <summary>A field that may be absent (unchanged), null (cleared) or given.</summary>
[JsonConverter(typeof(OptionalConverter))]
public readonly record struct Optional<T>(T? Value)
{
    public bool IsGiven { get; } = true;

    /// <summary>The given value, or what stands.</summary>
    public T? Or(T? current) => IsGiven ? Value : current;
}

internal sealed class OptionalConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GenericTypeArguments[0]))!;

    private sealed class Of<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return new(JsonSerializer.Deserialize<T>(ref reader, options));
            }
            catch (JsonException error) when (error.Path == "$")
            {
                // Which field it is only the object around it knows, and it says so where no path is told.
                throw new JsonException(error.Message, error.InnerException);
            }
        }

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}
