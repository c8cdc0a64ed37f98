using System.Globalization;
using MemberCloud.Shared;

namespace MemberCloud.Points;

public enum ExpiryKind
{
    Never,

    /// <summary>N months after becoming available, at the end of that local day.</summary>
    Months,

    /// <summary>31 December of the N-th following year.</summary>
    YearEnd,

    /// <summary>After N months without earning or spending, at the end of that local day.</summary>
    Inactive,

    /// <summary>At an instant given when the points were earned.</summary>
    Fixed,
}

/// <summary>When points end. Pure.</summary>
public readonly record struct ExpiryPolicy(ExpiryKind Kind, int Count = 0)
{
    public static ExpiryPolicy Never { get; } = new(ExpiryKind.Never);
    public static ExpiryPolicy Fixed { get; } = new(ExpiryKind.Fixed);

    /// <summary>
    /// The first instant at which points that became available then, on an account last active then, are gone; null = never.
    /// </summary>
    public DateTime? EndOf(DateTime availableAt, DateTime activeAt, DateTime? fixedEnd, LocalTime local) =>
        Kind switch
        {
            ExpiryKind.Never => null,
            ExpiryKind.Months => local.EndOf(local.DateOf(availableAt).AddMonths(Count)),
            ExpiryKind.YearEnd => local.EndOf(new DateOnly(local.DateOf(availableAt).Year + Count, 12, 31)),
            ExpiryKind.Inactive => local.EndOf(local.DateOf(activeAt > availableAt ? activeAt : availableAt).AddMonths(Count)),
            ExpiryKind.Fixed => fixedEnd,
        };

    /// <summary>As it is stored on a lot: <c>never</c>, <c>months:12</c>.</summary>
    public override string ToString() =>
        Count == 0
            ? Words<ExpiryKind>.Of(Kind)
            : string.Create(CultureInfo.InvariantCulture, $"{Words<ExpiryKind>.Of(Kind)}:{Count}");

    public static ExpiryPolicy Parse(string text)
    {
        var parts = text.Split(':');
        return new(Words<ExpiryKind>.Parse(parts[0]), parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
    }
}
