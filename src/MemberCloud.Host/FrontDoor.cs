using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace MemberCloud.Host;

/// <summary>The first and last to see a request: hardens every answer, refuses over-long addresses, names the trace by its route.</summary>
public sealed class FrontDoor(RequestDelegate next)
{
    private const string ApiPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>Pages of ours (Swagger UI, the member's page): scripts from here alone; Swagger UI has styles in its page and pictures in its styles.</summary>
    private const string PagePolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
        + "frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

    private static readonly PathString[] Pages = ["/swagger", "/m"];

    public async Task InvokeAsync(HttpContext http)
    {
        http.Response.OnStarting(HardenAsync, http);
        // Read now: the exception handler forgets the endpoint.
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        if (http.Request.Path.Value!.Length + http.Request.QueryString.Value!.Length > Limits.Address)
            await Refusals.WriteAsync(
                http,
                new("address_too_long", $"Path and query have at most {Limits.Address} characters.", 414)
            );
        else
            await next(http);
        Name(http, route);
    }

    private static Task HardenAsync(object state)
    {
        var http = (HttpContext)state;
        var headers = http.Response.Headers;
        var isPage = Array.Exists(Pages, http.Request.Path.StartsWithSegments);
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = isPage ? PagePolicy : ApiPolicy;
        if (!isPage)
            headers.CacheControl = "no-store";
        if (http.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        return Task.CompletedTask;
    }

    /// <summary>A trace shows which operation it was, never which path or query: those hold external ids and phone numbers.</summary>
    private static void Name(HttpContext http, string? route)
    {
        if (http.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } activity)
            return;
        activity.DisplayName = $"{http.Request.Method} {route ?? "(no route)"}";
        activity.SetTag("http.request.method", http.Request.Method);
        activity.SetTag("http.route", route);
        activity.SetTag("http.response.status_code", http.Response.StatusCode);
        activity.SetTag("url.path", null);
        activity.SetTag("url.query", null);
        if (http.Response.StatusCode >= 500)
            activity.SetStatus(ActivityStatusCode.Error);
    }
}
