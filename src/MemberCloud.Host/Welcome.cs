namespace MemberCloud.Host;

/// <summary>What a person sees after starting: where to look, and once the operator's key. Written to the console, never to the log.</summary>
public static class Welcome
{
    public static void Print(WebApplication app, string? newOperatorKey)
    {
        var url = app.Urls.FirstOrDefault() ?? "";
        Console.WriteLine($"MemberCloud is ready:  {url}/swagger  (health: {url}/health/ready)");
        if (newOperatorKey is not null)
            Console.WriteLine($"Operator key, shown this once:  {newOperatorKey}");
    }
}
