using Microsoft.AspNetCore.Http;

namespace MemberCloud.Shared;

/// <summary>The languages of messages meant for people (RFC 9110 section 12.5.4).</summary>
public static class Languages
{
    public const string Chinese = "zh-CN";
    public const string English = "en";

    /// <summary>What the caller prefers of what there is; null when it says nothing that fits.</summary>
    public static string? Preferred(HttpRequest request) =>
        request
            .GetTypedHeaders()
            .AcceptLanguage.Where(l => l.Quality is not 0)
            .OrderByDescending(l => l.Quality ?? 1)
            .Select(l => Of(l.Value.Value))
            .FirstOrDefault(l => l is not null);

    private static string? Of(string? tag) =>
        tag?.Split('-')[0].ToLowerInvariant() switch
        {
            "zh" => Chinese,
            "en" => English,
            _ => null,
        };
}
