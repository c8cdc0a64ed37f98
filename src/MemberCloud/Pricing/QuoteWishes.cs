using System.Text.Json;
using System.Text.Json.Serialization;

namespace MemberCloud.Pricing;

/// <summary>Which coupons to use: the best of all, or those named.</summary>
/// <param name="Ids">Null = the best.</param>
[JsonConverter(typeof(Converter))]
public sealed record CouponWish(IReadOnlyList<string>? Ids)
{
    private const string Best = "best";

    public sealed class Converter : JsonConverter<CouponWish>
    {
        public override CouponWish Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.String when reader.ValueTextEquals(Best) => new((IReadOnlyList<string>?)null),
                JsonTokenType.StartArray => new(
                    JsonSerializer
                        .Deserialize<List<string>>(ref reader, options)!
                        .ConvertAll(id => id ?? throw new JsonException("A coupon's id is no null."))
                ),
                _ => throw new JsonException($"Either \"{Best}\" or a list of coupons."),
            };

        public override void Write(Utf8JsonWriter writer, CouponWish value, JsonSerializerOptions options)
        {
            if (value.Ids is { } ids)
                JsonSerializer.Serialize(writer, ids, options);
            else
                writer.WriteStringValue(Best);
        }
    }
}

/// <summary>How many points to use: a number, or as many as may be.</summary>
/// <param name="Points">Null = as many as may be.</param>
[JsonConverter(typeof(Converter))]
public sealed record PointsWish(long? Points)
{
    private const string Max = "max";

    public sealed class Converter : JsonConverter<PointsWish>
    {
        public override PointsWish Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.String when reader.ValueTextEquals(Max) => new((long?)null),
                JsonTokenType.Number when reader.TryGetInt64(out var points) => new(points),
                _ => throw new JsonException($"Either \"{Max}\" or a whole number of points."),
            };

        public override void Write(Utf8JsonWriter writer, PointsWish value, JsonSerializerOptions options)
        {
            if (value.Points is { } points)
                writer.WriteNumberValue(points);
            else
                writer.WriteStringValue(Max);
        }
    }
}
