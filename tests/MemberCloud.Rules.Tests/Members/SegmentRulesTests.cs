using System.Globalization;
using MemberCloud.Members;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Members;

public sealed class SegmentRulesTests
{
    private static readonly LocalTime Shanghai = LocalTime.Of("Asia/Shanghai");
    private static readonly DateTime Now = Utc("2026-03-10T12:00:00Z")!.Value;

    private static readonly Dictionary<string, AttributeType> Defined = new()
    {
        ["city"] = AttributeType.Text,
        ["height"] = AttributeType.Number,
        ["vegan"] = AttributeType.Boolean,
        ["since"] = AttributeType.Date,
    };

    private static DateTime? Utc(string? text) =>
        text is null ? null : DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    private static SegmentAttribute Read(string json) => Json.Read<SegmentAttribute>(json);

    [Theory]
    [InlineData("""{ "name": "city", "op": "eq", "value": "Berlin" }""", null)]
    [InlineData("""{ "name": "city", "op": "ne", "value": "" }""", null)]
    [InlineData("""{ "name": "city", "op": "in", "value": ["Berlin", "Bern"] }""", null)]
    [InlineData("""{ "name": "city", "op": "set" }""", null)]
    [InlineData("""{ "name": "city", "op": "eq", "value": 1 }""", "attribute_type_mismatch")]
    [InlineData("""{ "name": "city", "op": "eq", "value": "\u0000" }""", "attribute_type_mismatch")]
    [InlineData("""{ "name": "city", "op": "eq", "value": "\ud800" }""", "attribute_type_mismatch")]
    [InlineData("""{ "name": "city", "op": "lt", "value": "Berlin" }""", "attribute_type_mismatch")]
    [InlineData("""{ "name": "city", "op": "in", "value": ["Berlin", 1] }""", "attribute_type_mismatch")]
    [InlineData("""{ "name": "city", "op": "in", "value": [["Berlin"]] }""", "attribute_type_mismatch")]
    [InlineData("""{ "name": "city", "op": "eq", "value": { "x": 1 } }""", "attribute_type_mismatch")]
    [InlineData("""{ "name": "height", "op": "eq", "value": 1.75 }""", null)]
    [InlineData("""{ "name": "height", "op": "lte", "value": -1 }""", null)]
    [InlineData("""{ "name": "height", "op": "gt", "value": "1" }""", "attribute_type_mismatch")]
    [InlineData("""{ "name": "height", "op": "eq", "value": 1e400 }""", "attribute_type_mismatch")]
    [InlineData("""{ "name": "vegan", "op": "eq", "value": true }""", null)]
    [InlineData("""{ "name": "vegan", "op": "gte", "value": true }""", "attribute_type_mismatch")]
    [InlineData("""{ "name": "since", "op": "gte", "value": "2024-02-29" }""", null)]
    [InlineData("""{ "name": "since", "op": "gte", "value": "2026-02-29" }""", "attribute_type_mismatch")]
    [InlineData("""{ "name": "shoe", "op": "set" }""", "attribute_unknown")]
    public void An_attribute_is_compared_as_its_type_allows(string asked, string? code) =>
        Assert.Equal(code, SegmentRules.Check(Read(asked), Defined)?.Code);

    [Theory]
    [InlineData("""{ "name": "a", "op": "eq" }""", "required")]
    [InlineData("""{ "name": "a", "op": "eq", "value": null }""", "required")]
    [InlineData("""{ "name": "a", "op": "eq", "value": ["x"] }""", "bad_type")]
    [InlineData("""{ "name": "a", "op": "in", "value": "x" }""", "bad_type")]
    [InlineData("""{ "name": "a", "op": "in", "value": [] }""", "too_few")]
    [InlineData("""{ "name": "a", "op": "set", "value": "x" }""", "bad_type")]
    [InlineData("""{ "name": "a", "op": "set", "value": ["x"] }""", "bad_type")]
    [InlineData("""{ "name": "a", "op": null }""", "required")]
    [InlineData("""{ "name": "a", "op": "set", "value": false }""", null)]
    public void A_comparison_has_the_value_that_goes_with_it(string asked, string? code) =>
        Assert.Equal(code, Validation.Check(Read(asked))?.Code);

    [Theory]
    [InlineData(50, null)]
    [InlineData(51, "too_many")]
    public void A_list_has_up_to_50_values(int count, string? code) =>
        Assert.Equal(
            code,
            Validation
                .Check(Read($$"""{ "name": "a", "op": "in", "value": [{{string.Join(',', Enumerable.Range(0, count))}}] }"""))
                ?.Code
        );

    [Theory]
    [InlineData("{}", "segment_empty_filter", "")]
    [InlineData("""{ "everyone": false }""", "segment_empty_filter", "")]
    [InlineData(
        """{ "tags": [], "tier_ids": [], "plan_ids": [], "tags_none": [], "attributes": [] }""",
        "segment_empty_filter",
        ""
    )]
    [InlineData("""{ "last_order": {} }""", "segment_empty_filter", "/last_order")]
    [InlineData("""{ "joined": {} }""", "segment_empty_filter", "/joined")]
    [InlineData("""{ "everyone": true, "tags": ["vip"] }""", "not_applicable", "/everyone")]
    [InlineData("""{ "tags": [""] }""", "too_short", "/tags/0")]
    [InlineData("""{ "tags": [null] }""", "required", "/tags/0")]
    [InlineData("""{ "tags_none": ["a", "12345678901234567890123456789012345678901"] }""", "too_long", "/tags_none/1")]
    [InlineData("""{ "last_order": { "within_days": 0 } }""", "out_of_range", "/last_order/within_days")]
    [InlineData("""{ "last_order": { "within_days": 3651 } }""", "out_of_range", "/last_order/within_days")]
    [InlineData(
        """{ "last_order": { "within_days": 30, "not_within_days": 30 } }""",
        "out_of_order",
        "/last_order/not_within_days"
    )]
    [InlineData(
        """{ "last_order": { "from": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z" } }""",
        "out_of_order",
        "/last_order/until"
    )]
    [InlineData("""{ "joined": { "within_days": 1, "until": "2026-01-01T00:00:00Z" } }""", "one_of", "/joined")]
    [InlineData(
        """{ "joined": { "from": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z" } }""",
        "out_of_order",
        "/joined/until"
    )]
    [InlineData("""{ "attributes": [{ "name": "a", "op": "eq" }] }""", "required", "/attributes/0/value")]
    public void A_filter_that_says_nothing_or_too_much_is_refused(string filter, string code, string pointer)
    {
        var problem = Validation.Check(Json.Read<SegmentFilter>(filter));

        Assert.Equal((code, pointer), (problem?.Code, problem?.Errors[0].Pointer));
    }

    // from, until, within_days, not_within_days; since, until
    [Theory]
    [InlineData("2026-01-01", null, null, null, "2026-01-01T00:00Z", null)]
    [InlineData(null, "2026-02-01", null, null, "1970-01-01T00:00Z", "2026-02-01T00:00Z")]
    [InlineData(null, null, 10, null, "2026-02-28T12:00Z", null)]
    [InlineData(null, null, null, 10, null, "2026-02-28T12:00Z")]
    [InlineData(null, null, 30, 10, "2026-02-08T12:00Z", "2026-02-28T12:00Z")]
    [InlineData("2026-03-01", null, 30, null, "2026-03-01T00:00Z", null)]
    [InlineData("2026-01-01", null, 30, null, "2026-02-08T12:00Z", null)]
    [InlineData(null, "2026-03-01", null, 30, "1970-01-01T00:00Z", "2026-02-08T12:00Z")]
    [InlineData(null, "2026-02-01", null, 10, "1970-01-01T00:00Z", "2026-02-01T00:00Z")]
    public void The_last_order_lies_where_every_bound_allows_it(
        string? from,
        string? until,
        int? within,
        int? notWithin,
        string? since,
        string? end
    ) =>
        Assert.Equal(
            new OrderWindow(Utc(since), Utc(end)),
            SegmentRules.WindowOf(new SegmentLastOrder(Day(from), Day(until), within, notWithin), Now, Shanghai)
        );

    private static DateTime? Day(string? text) => text is null ? null : Utc($"{text}T00:00Z");

    [Fact]
    public void Days_are_local_calendar_days_at_the_same_wall_time() =>
        Assert.Equal(
            (Utc("2026-03-07T17:00:00Z"), null),
            SegmentRules.WindowOf(
                new SegmentJoined(WithinDays: 2),
                Utc("2026-03-09T16:00:00Z")!.Value, // noon in New York, where an hour was skipped on the 8th
                LocalTime.Of("America/New_York")
            )
        );
}
