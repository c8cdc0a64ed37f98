using MemberCloud.Shared;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MemberCloud.Host;

/// <summary>How much one request may bring, and how long it may take. (How many a caller may send: <see cref="Quotas"/>.)</summary>
public static class Limits
{
    /// <summary>Bytes of a body.</summary>
    public const long Body = 8 * 1024 * 1024;

    /// <summary>Characters of path and query. What is longer than Kestrel's request line (8 KiB) is refused by Kestrel itself, without a body.</summary>
    public const int Address = 4096;

    public static void AddLimits(this WebApplicationBuilder builder)
    {
        var limits = builder.Configuration.GetSection("Limits");
        TimeSpan Seconds(string name, double otherwise) => TimeSpan.FromSeconds(limits.GetValue(name, otherwise));
        var slowest = new MinDataRate(bytesPerSecond: 240, Seconds("SlowClientSeconds", 5));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Body;
            kestrel.Limits.MaxRequestHeaderCount = 64;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxRequestLineSize = 8 * 1024;
            kestrel.Limits.RequestHeadersTimeout = Seconds("HeaderSeconds", 10);
            kestrel.Limits.MinRequestBodyDataRate = slowest;
            kestrel.Limits.MinResponseDataRate = slowest;
        });
        builder.Services.AddRequestTimeouts(timeouts =>
        {
            timeouts.DefaultPolicy = Policy(Seconds("RequestSeconds", 30));
            timeouts.AddPolicy(LongRequests.Policy, Policy(Seconds("LongRequestSeconds", 300)));
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Seconds("ShutdownSeconds", 30));
    }

    /// <summary>What ran too long is undone where it stands. Its Idempotency-Key says what became of it.</summary>
    private static RequestTimeoutPolicy Policy(TimeSpan longest) =>
        new()
        {
            Timeout = longest,
            TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
            WriteTimeoutResponse = http =>
                Refusals.WriteAsync(
                    http,
                    new("timed_out", "The request took too long; ask again with the same Idempotency-Key.", 504)
                    {
                        RetryAfter = 1,
                    }
                ),
        };
}

/// <summary>A refusal that is given before any endpoint is asked.</summary>
public static class Refusals
{
    public static Task WriteAsync(HttpContext http, Problem problem)
    {
        if (problem.RetryAfter is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return problem.ToHttp().ExecuteAsync(http);
    }
}
