using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MemberCloud.Shared;

/// <summary>Optional optimistic concurrency on configuration (RFC 9110 section 13.1.1): <c>ETag</c> out, <c>If-Match</c> in.</summary>
public static class ETags
{
    public static void Show(HttpContext http, long version) => http.Response.Headers.ETag = Of(version);

    /// <summary>Refused when the caller has seen an older version than the stored one.</summary>
    public static Problem? Stale(HttpContext http, long version)
    {
        var seen = http.Request.Headers.IfMatch;
        return seen.Count == 0 || seen == "*" || seen == Of(version)
            ? null
            : new("stale", "Somebody changed this since you read it: read it again.", StatusCodes.Status412PreconditionFailed);
    }

    private static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");
}
