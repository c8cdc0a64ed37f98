namespace MemberCloud.Host.OpenApi;

/// <summary>
/// <c>/swagger</c>: Swagger UI under a page of our own, which signs people in and shows them what they may do. Everything comes from here, nothing inline.
/// </summary>
public static class SwaggerPage
{
    private static readonly string[] Files = ["page.css", "page.js", "words.js", "fill.js", "next.js", "zh-CN.json"];

    public static void Map(WebApplication app)
    {
        foreach (var name in Files)
            app.MapGet($"/swagger/{name}", () => Results.Stream(Open(name), TypeOf(name))).ExcludeFromDescription();
        // For its own paths only: it compares every path with patterns.
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments("/swagger"),
            page => page.UseSwaggerUI(options => options.IndexStream = () => Open("index.html"))
        );
    }

    private static string TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            _ => "application/json",
        };

    private static Stream Open(string name) =>
        typeof(SwaggerPage).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"The host brings no {name}.");
}
