using Microsoft.AspNetCore.Builder;

namespace MemberCloud.Shared;

/// <summary>Marks operations that may take longer than a request usually gets: clock moves, jobs run by hand, exports.</summary>
public static class LongRequests
{
    /// <summary>The name of their time-out policy, which the host sets.</summary>
    public const string Policy = "long";

    public static TBuilder TakesLong<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.WithRequestTimeout(Policy);
        return builder;
    }
}
