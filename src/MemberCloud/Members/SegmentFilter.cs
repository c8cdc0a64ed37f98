using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using MemberCloud.Shared;

namespace MemberCloud.Members;

/// <summary>Which members: those for whom every part that is given holds. Erased members, and those merged into another, are never among them.</summary>
/// <param name="Everyone">All members. Asked for by name, and goes with no other part.</param>
/// <param name="TierIds">On one of these tiers, by their last review; the entry tier is whoever never left it. Up to 50.</param>
/// <param name="PlanIds">With one of these plans in force. Up to 50.</param>
/// <param name="Tags">With at least one of these tags. Up to 50.</param>
/// <param name="TagsNone">With none of these tags. Up to 50.</param>
/// <param name="Attributes">For whom all of these hold. Up to 20.</param>
/// <param name="LastOrder">By their last order.</param>
/// <param name="Joined">By when they joined.</param>
public sealed record SegmentFilter(
    bool Everyone = false,
    [property: MaxLength(50)] IReadOnlyList<string>? TierIds = null,
    [property: MaxLength(50)] IReadOnlyList<string>? PlanIds = null,
    [property: MaxLength(50)] IReadOnlyList<string>? Tags = null,
    [property: MaxLength(50)] IReadOnlyList<string>? TagsNone = null,
    [property: MaxLength(20)] IReadOnlyList<SegmentAttribute>? Attributes = null,
    SegmentLastOrder? LastOrder = null,
    SegmentJoined? Joined = null
) : IChecked
{
    private static readonly TextAttribute Tag = new(MemberRules.TagLength);

    public IEnumerable<FieldProblem> Check()
    {
        var namesSomething =
            TierIds is { Count: > 0 }
            || PlanIds is { Count: > 0 }
            || Tags is { Count: > 0 }
            || TagsNone is { Count: > 0 }
            || Attributes is { Count: > 0 }
            || LastOrder is not null
            || Joined is not null;
        if (!Everyone && !namesSomething)
            yield return new("", "segment_empty_filter", "A filter names something; everybody is asked for with everyone.");
        if (Everyone && namesSomething)
            yield return new("/everyone", "not_applicable", "Everybody is everybody: the other parts are left out.");
        foreach (var wrong in Wrong(Tags, "/tags").Concat(Wrong(TagsNone, "/tags_none")))
            yield return wrong;
    }

    private static IEnumerable<FieldProblem> Wrong(IReadOnlyList<string>? tags, string pointer) =>
        (tags ?? [])
            .Select((tag, i) => (Code: Tag.Problem(tag), i))
            .Where(t => t.Code is not null)
            .Select(t => new FieldProblem($"{pointer}/{t.i}", t.Code!, $"A tag has 1 to {MemberRules.TagLength} characters."));
}

/// <summary>How an attribute is compared.</summary>
public enum SegmentOp
{
    /// <summary>It is the value.</summary>
    Eq,

    /// <summary>It is not the value: it is another one, or there is none.</summary>
    Ne,

    /// <summary>It is below the value. Numbers and dates.</summary>
    Lt,

    /// <summary>It is the value or below it. Numbers and dates.</summary>
    Lte,

    /// <summary>It is above the value. Numbers and dates.</summary>
    Gt,

    /// <summary>It is the value or above it. Numbers and dates.</summary>
    Gte,

    /// <summary>It is one of a list of values, up to 50.</summary>
    In,

    /// <summary>There is one, whatever it is; with the value false: there is none.</summary>
    Set,
}

/// <summary>What must hold for one of the brand's attributes.</summary>
/// <param name="Name">As the brand defined it.</param>
/// <param name="Op">How it is compared.</param>
/// <param name="Value">Of the attribute's type; a list of such for in; true (unless given) or false for set.</param>
public sealed record SegmentAttribute(
    [property: Required, Text(40)] string Name,
    [property: Required] SegmentOp? Op,
    SegmentValue? Value = null
) : IChecked
{
    public const int MaxValues = 50;

    public IEnumerable<FieldProblem> Check()
    {
        var list = Value is { Json.ValueKind: JsonValueKind.Array } ? Value.Json.GetArrayLength() : (int?)null;
        if (Value is null && Op != SegmentOp.Set)
            yield return new("/value", "required", "There is nothing to compare with.");
        else if (list is not null != (Op == SegmentOp.In))
            yield return new("/value", "bad_type", "A list of values goes with in, and in needs one.");
        else if (list == 0)
            yield return new("/value", "too_few", "The list is empty.");
        else if (list > MaxValues)
            yield return new("/value", "too_many", $"A list has at most {MaxValues} values.");
        else if (Op == SegmentOp.Set && Value is { Json.ValueKind: not (JsonValueKind.True or JsonValueKind.False) })
            yield return new("/value", "bad_type", "set goes with true or false.");
    }
}

/// <summary>Text, a number, true or false, or a list of these.</summary>
[JsonConverter(typeof(Converter))]
public sealed record SegmentValue(JsonElement Json)
{
    internal sealed class Converter : JsonConverter<SegmentValue>
    {
        public override SegmentValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonElement.ParseValue(ref reader));

        public override void Write(Utf8JsonWriter writer, SegmentValue value, JsonSerializerOptions options) =>
            value.Json.WriteTo(writer);
    }
}

/// <summary>When the member last ordered. Cancelled orders are none; those of members merged into this one are its own. All that is given must hold.</summary>
/// <param name="From">Not before this instant.</param>
/// <param name="Until">Before this instant. Who never ordered is not meant.</param>
/// <param name="WithinDays">In the last so many local days, 1 to 3650.</param>
/// <param name="NotWithinDays">Not in the last so many local days, 1 to 3650. Who never ordered is meant too, unless another part asks for an order.</param>
public sealed record SegmentLastOrder(
    [property: Instant] DateTime? From = null,
    [property: Instant] DateTime? Until = null,
    [property: Range(1, SegmentRules.MaxDays)] int? WithinDays = null,
    [property: Range(1, SegmentRules.MaxDays)] int? NotWithinDays = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (From is null && Until is null && WithinDays is null && NotWithinDays is null)
            yield return new("", "segment_empty_filter", "Nothing is said of the last order.");
        if (From >= Until)
            yield return new("/until", "out_of_order", "A window ends after it begins.");
        if (WithinDays <= NotWithinDays)
            yield return new("/not_within_days", "out_of_order", "Fewer days than within_days, or nobody is left.");
    }
}

/// <summary>When the member joined: in the last days, or in a window.</summary>
/// <param name="WithinDays">In the last so many local days, 1 to 3650.</param>
/// <param name="From">Not before this instant.</param>
/// <param name="Until">Before this instant.</param>
public sealed record SegmentJoined(
    [property: Range(1, SegmentRules.MaxDays)] int? WithinDays = null,
    [property: Instant] DateTime? From = null,
    [property: Instant] DateTime? Until = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        var isWindow = From is not null || Until is not null;
        if (WithinDays is null && !isWindow)
            yield return new("", "segment_empty_filter", "Nothing is said of when they joined.");
        if (WithinDays is not null && isWindow)
            yield return new("", "one_of", "Joined is either within_days or a window.");
        if (From >= Until)
            yield return new("/until", "out_of_order", "A window ends after it begins.");
    }
}
