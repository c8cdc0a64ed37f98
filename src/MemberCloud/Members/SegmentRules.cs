using MemberCloud.Shared;

namespace MemberCloud.Members;

/// <summary>Where a last order lies.</summary>
/// <param name="Since">There is one not before this instant; null = there may be none at all.</param>
/// <param name="Until">There is none from this instant on; null = no upper end.</param>
public readonly record struct OrderWindow(DateTime? Since, DateTime? Until);

/// <summary>What a segment's filter means. Pure.</summary>
public static class SegmentRules
{
    public const int MaxDays = 3650;

    /// <summary>Whether what is asked of an attribute can be asked of it.</summary>
    public static Problem? Check(SegmentAttribute asked, IReadOnlyDictionary<string, AttributeType> defined)
    {
        if (!defined.TryGetValue(asked.Name, out var type))
            return Problem.Contradiction("attribute_unknown", $"The brand defined no attribute {asked.Name}.");
        var fits = asked.Op!.Value switch
        {
            SegmentOp.Set => true,
            SegmentOp.Eq or SegmentOp.Ne => MemberRules.Fits(asked.Value!.Json, type),
            SegmentOp.In => asked.Value!.Json.EnumerateArray().All(v => MemberRules.Fits(v, type)),
            SegmentOp.Lt or SegmentOp.Lte or SegmentOp.Gt or SegmentOp.Gte => type is AttributeType.Number or AttributeType.Date
                && MemberRules.Fits(asked.Value!.Json, type),
        };
        return fits
            ? null
            : Problem.Contradiction(
                "attribute_type_mismatch",
                $"{asked.Name} is a {Words<AttributeType>.Of(type)}: it cannot be compared like that."
            );
    }

    /// <summary>The values to look for, as rows keep them.</summary>
    public static IReadOnlyList<string> KeysOf(SegmentAttribute asked) =>
        asked.Op switch
        {
            SegmentOp.Set => [],
            SegmentOp.In => [.. asked.Value!.Json.EnumerateArray().Select(AttributeRules.KeyOf).Distinct()],
            _ => [AttributeRules.KeyOf(asked.Value!.Json)],
        };

    /// <summary>Whether members without a row that matches are meant, rather than those with one.</summary>
    public static bool IsNot(SegmentAttribute asked) =>
        asked.Op == SegmentOp.Ne || asked is { Op: SegmentOp.Set, Value.Json.ValueKind: System.Text.Json.JsonValueKind.False };

    public static (DateTime? From, DateTime? Until) WindowOf(SegmentJoined asked, DateTime now, LocalTime local) =>
        asked.WithinDays is { } days ? (local.PlusDays(now, -days), null) : (asked.From, asked.Until);

    public static OrderWindow WindowOf(SegmentLastOrder asked, DateTime now, LocalTime local)
    {
        var within = asked.WithinDays is { } days ? local.PlusDays(now, -days) : (DateTime?)null;
        var quiet = asked.NotWithinDays is { } none ? local.PlusDays(now, -none) : (DateTime?)null;
        var since = within > asked.From || asked.From is null ? within : asked.From;
        return new(
            // Who never ordered has no last order before anything. No order is older than 1970.
            since ?? (asked.Until is null ? null : DateTime.UnixEpoch),
            quiet < asked.Until || asked.Until is null ? quiet : asked.Until
        );
    }
}
