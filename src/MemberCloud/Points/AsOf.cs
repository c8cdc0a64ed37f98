using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace MemberCloud.Points;

/// <summary>As of which instant something is read.</summary>
/// <param name="AsOf">A past instant, RFC 3339 with an offset (2026-03-01T08:00:00Z): what was recorded by then, with what was due by then counted as done. Now unless given.</param>
public readonly record struct AsOfRequest([property: FromQuery(Name = "as_of")] DateTime? AsOf) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        // Without an offset nobody knows which instant is meant.
        if (AsOf is { Kind: not DateTimeKind.Utc })
            yield return new("/as_of", "bad_format", "/as_of is RFC 3339 with an offset, for example 2026-03-01T08:00:00Z.");
    }

    /// <summary>The instant; null for now. An instant hardly ahead of us (clocks differ) is now.</summary>
    public Result<DateTime?> Past(TenantScope scope)
    {
        if (scope.InFuture(AsOf, "/as_of") is { } problem)
            return problem;
        return AsOf < scope.Now ? AsOf : (DateTime?)null;
    }
}
