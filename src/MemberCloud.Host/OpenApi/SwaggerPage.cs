namespace MemberCloud.Host.OpenApi;

/// <summary>
/// <c>/swagger</c>: Swagger UI under a page of our own, which signs people in and shows them what they may do. Everything comes from here, nothing inline.
/// </summary>
public static class SwaggerPage
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/swagger/page.js", () => Resource("page.js", "text/javascript; charset=utf-8")).ExcludeFromDescription();
        app.MapGet("/swagger/page.css", () => Resource("page.css", "text/css; charset=utf-8")).ExcludeFromDescription();
        // For its own paths only: it compares every path with patterns.
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments("/swagger"),
            page => page.UseSwaggerUI(options => options.IndexStream = () => Open("index.html"))
        );
    }

    private static IResult Resource(string name, string type) => Results.Stream(Open(name), type);

    private static Stream Open(string name) =>
        typeof(SwaggerPage).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"The host brings no {name}.");
}
