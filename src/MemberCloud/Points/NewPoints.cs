namespace MemberCloud.Points;

/// <summary>What caused an entry: a type and an id in the brand's or our own terms.</summary>
public readonly record struct Reference(string Type, string Id);

/// <summary>The earning rule that decided, and its version then.</summary>
public readonly record struct RuleStamp(Guid Id, int Version);

/// <summary>Points to be earned.</summary>
/// <param name="SettlesAt">When they become available; at or before <paramref name="OccurredAt"/> = at once; null = on completion or explicit settle.</param>
/// <param name="Refundable">Earned by an order.</param>
/// <param name="FixedEnd">The end, for <see cref="ExpiryKind.Fixed"/>.</param>
public sealed record NewPoints(
    long Amount,
    DateTime OccurredAt,
    DateTime? SettlesAt,
    ExpiryPolicy Expiry,
    Reference Source,
    string? Reason = null,
    RuleStamp? Rule = null,
    DateTime? FixedEnd = null,
    bool Refundable = false
);
