using System.Text.Json;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Shared;

public sealed class JsonTests
{
    public enum Size
    {
        Small,
        ExtraLarge,
    }

    public sealed record Thing(string Name, int ItemCount, Size? Size = null, DateTime? MadeAt = null);

    [Fact]
    public void Names_and_words_are_snake_case() =>
        Assert.Equal(
            """{"name":"茶 <a>","item_count":2,"size":"extra_large","made_at":null}""",
            Json.Write(new Thing("茶 <a>", 2, Size.ExtraLarge))
        );

    [Theory]
    [InlineData("\"ExtraLarge\"")]
    [InlineData("\"EXTRA_LARGE\"")]
    [InlineData("\" extra_large\"")]
    [InlineData("\"small,small\"")]
    [InlineData("\"small, extra_large\"")]
    [InlineData("\"\"")]
    [InlineData("1")]
    public void A_word_is_that_word_and_nothing_else(string text) => Assert.Throws<JsonException>(() => Json.Read<Size>(text));

    [Theory]
    [InlineData("2026-03-01T08:00:00Z", "2026-03-01T08:00:00Z")]
    [InlineData("2026-03-01T08:00:00+08:00", "2026-03-01T00:00:00Z")]
    [InlineData("2026-03-01T08:00:00.5-05:00", "2026-03-01T13:00:00.5Z")]
    [InlineData("2026-03-01T08:00:00.123456Z", "2026-03-01T08:00:00.123456Z")]
    [InlineData("2026-03-01T08:00:00.1234567Z", "2026-03-01T08:00:00.123456Z")] // cut to microseconds
    [InlineData("2028-02-29T08:00:00Z", "2028-02-29T08:00:00Z")]
    public void A_time_is_read_with_its_offset_and_written_in_utc(string text, string written)
    {
        var read = Json.Read<DateTime>($"\"{text}\"");

        Assert.Equal(DateTimeKind.Utc, read.Kind);
        Assert.Equal($"\"{written}\"", Json.Write(read));
    }

    [Theory]
    [InlineData("\"2026-03-01\"")]
    [InlineData("\"2026-03-01T08:00:00\"")]
    [InlineData("\"2026-03-01T08:00:00.1234567\"")]
    [InlineData("\"2026-02-29T08:00:00Z\"")]
    [InlineData("\"2026-03-01T25:00:00Z\"")]
    [InlineData("\"2026-03-01 08:00:00+08:00\"")]
    [InlineData("\"0001-01-01T00:00:00+08:00\"")]
    [InlineData("\"9999-12-31T23:59:59-08:00\"")]
    [InlineData("\"yesterday, about twelve-ish\"")]
    [InlineData("\"\"")]
    [InlineData("1772352000")]
    [InlineData("null")]
    public void What_is_no_instant_is_refused(string text) => Assert.Throws<JsonException>(() => Json.Read<DateTime>(text));

    [Theory]
    [InlineData("""{"name":"a","item_count":1,"colour":"red"}""")] // a field nobody knows
    [InlineData("""{"name":"a","item_count":1,"item_count":2}""")] // twice
    [InlineData("""{"name":"a","item_count":"1"}""")] // text for a number
    [InlineData("""{"name":"a","item_count":1.5}""")]
    [InlineData("""{"name":null,"item_count":1}""")] // null where there must be something
    [InlineData("""{"Name":"a","item_count":1}""")] // another case
    [InlineData("""{"name":"a","item_count":1,"size":1}""")] // a number for a word
    [InlineData("""{"name":"a","item_count":1,"size":"huge"}""")]
    [InlineData("""{"name":"a","item_count":1,}""")]
    [InlineData("null")]
    [InlineData("")]
    public void What_does_not_fit_is_refused(string text) => Assert.Throws<JsonException>(() => Json.Read<Thing>(text));

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void Depth_has_a_limit(int depth, bool read)
    {
        var text = new string('[', depth) + new string(']', depth);

        Assert.Equal(read, Record.Exception(() => Json.Read<JsonElement>(text)) is null);
    }

    [Fact]
    public void What_is_written_is_read() =>
        Assert.Equal(
            new Thing("a", 1, Size.Small, DateTime.UnixEpoch),
            Json.Read<Thing>(Json.Write(new Thing("a", 1, Size.Small, DateTime.UnixEpoch)))
        );

    [Fact]
    public void Keys_of_a_map_stay_as_they_are() =>
        Assert.Equal("""{"BigKey":1}""", Json.Write(new Dictionary<string, int> { ["BigKey"] = 1 }));

    [Fact]
    public void Instants_are_cut_to_the_microsecond()
    {
        var cut = Instants.Cut(new DateTime(19));

        Assert.Equal((10, DateTimeKind.Utc), (cut.Ticks, cut.Kind));
    }
}
