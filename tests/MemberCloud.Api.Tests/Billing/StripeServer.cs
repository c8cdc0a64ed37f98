using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MemberCloud.Api.Tests.Billing;

/// <summary>A request as Stripe would see it.</summary>
public sealed record StripeRequest(string What, string Query, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The form's fields, decoded, in the order sent: <c>amount=1999</c>.</summary>
    public IReadOnlyList<string> Form { get; } =
    [
        .. Body.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(f => string.Join('=', f.Split('=').Select(Uri.UnescapeDataString))),
    ];

    public string Key => Headers.GetValueOrDefault("Idempotency-Key", "");
}

/// <summary>What Stripe answers.</summary>
public sealed record StripeReply(int Status, string Body, params (string Name, string Value)[] Headers)
{
    /// <summary>The connection breaks with the answer on its way.</summary>
    public static readonly StripeReply Dropped = new(-1, "");

    /// <summary>Comes later than anybody waits.</summary>
    public static readonly StripeReply Late = new(-2, "");

    /// <summary>An error in Stripe's form.</summary>
    public static StripeReply Error(int status, string fields, params (string, string)[] headers) =>
        new(status, $$"""{ "error": { "message": "Wanda Secret", {{fields}} } }""", headers);
}

/// <summary>Stripe on a port of its own: says what it was told to say, and remembers what it was asked.</summary>
public sealed class StripeServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, Queue<StripeReply>> replies = [];

    private StripeServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    public string Url => app.Urls.First();

    public ConcurrentQueue<StripeRequest> Requests { get; } = [];

    public static async Task<StripeServer> StartAsync()
    {
        var server = new StripeServer();
        await server.app.StartAsync();
        return server;
    }

    /// <summary>What is answered to "POST /v1/refunds", one after the other; the last again and again.</summary>
    public void Answers(string what, params StripeReply[] said) => replies[what] = new(said);

    public void Forget()
    {
        replies.Clear();
        Requests.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var what = $"{http.Request.Method} {http.Request.Path}";
        Requests.Enqueue(
            new(
                what,
                Uri.UnescapeDataString(http.Request.QueryString.Value ?? ""),
                http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                await reader.ReadToEndAsync()
            )
        );
        var reply = Next(what);
        if (reply == StripeReply.Dropped)
        {
            http.Abort();
            return;
        }
        if (reply == StripeReply.Late)
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }
        http.Response.StatusCode = reply.Status;
        http.Response.ContentType = "application/json";
        http.Response.Headers["Request-Id"] = "req_1";
        foreach (var (name, value) in reply.Headers)
            http.Response.Headers[name] = value;
        await http.Response.WriteAsync(reply.Body);
    }

    private StripeReply Next(string what)
    {
        if (!replies.TryGetValue(what, out var queue))
            return StripeReply.Error(404, "\"type\": \"invalid_request_error\", \"code\": \"resource_missing\"");
        lock (queue)
            return queue.Count > 1 ? queue.Dequeue() : queue.Peek();
    }
}
