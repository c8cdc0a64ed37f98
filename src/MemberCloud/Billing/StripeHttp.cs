using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace MemberCloud.Billing;

/// <summary>One call.</summary>
/// <param name="Path">From the root: v1/refunds. Parts that are not ours are escaped by who puts them there.</param>
/// <param name="Form">What is sent; null of what is only read.</param>
/// <param name="Key">Idempotency-Key: of all that is sent.</param>
public sealed record StripeCall(HttpMethod Method, string Path, JsonObject? Form = null, string? Key = null);

/// <summary>
/// Stripe on the wire. A call is made up to <see cref="StripeRules.Tries"/> times, under one key, while what came back may pass; nothing is thrown for what Stripe or
/// the network does. Neither secrets nor what was sent is logged.
/// </summary>
public sealed partial class StripeHttp(HttpClient http, TimeProvider time, ILogger<StripeHttp> log)
{
    /// <summary>Objects are read as they were on this day, whatever the brand's account is set to.</summary>
    public const string Version = "2026-07-29.dahlia";

    public async Task<StripeAnswer> SendAsync(string secretKey, StripeCall call, CancellationToken ct)
    {
        for (var tried = 1; ; tried++)
        {
            var (answer, shouldRetry, retryAfter) = await TryAsync(secretKey, call, tried, ct);
            // Spreads tries out, no secret.
            var chance = Random.Shared.NextDouble();
            if (StripeRules.PauseBeforeNext(tried, answer.Status, shouldRetry, retryAfter, chance) is not { } pause)
                return answer;
            await Task.Delay(pause, time, ct);
        }
    }

    private async Task<(StripeAnswer Answer, string? ShouldRetry, TimeSpan? RetryAfter)> TryAsync(
        string secretKey,
        StripeCall call,
        int tried,
        CancellationToken ct
    )
    {
        try
        {
            using var request = Request(secretKey, call);
            using var response = await http.SendAsync(request, ct);
            var answer = await ReadAsync(response, ct);
            if (!response.IsSuccessStatusCode)
                LogRefused(
                    call.Method,
                    Where(call),
                    answer.Status,
                    answer.Error?.Word,
                    One(response.Headers, "Request-Id"),
                    tried
                );
            return (answer, One(response.Headers, "Stripe-Should-Retry"), response.Headers.RetryAfter?.Delta);
        }
        catch (Exception error) when (IsNoAnswer(error, ct))
        {
            LogAway(call.Method, Where(call), error.GetBaseException().GetType().Name, tried);
            return (new(0), null, null);
        }
    }

    /// <summary>The network, the time-out, or somebody on the way who does not speak Stripe's JSON.</summary>
    private static bool IsNoAnswer(Exception error, CancellationToken ct) =>
        error is HttpRequestException or JsonException || (error is TaskCanceledException && !ct.IsCancellationRequested);

    private static HttpRequestMessage Request(string secretKey, StripeCall call)
    {
        var request = new HttpRequestMessage(call.Method, call.Path);
        request.Headers.Authorization = new("Bearer", secretKey);
        request.Headers.Add("Stripe-Version", Version);
        if (call.Key is { } key)
            request.Headers.Add("Idempotency-Key", key);
        if (call.Form is { } form)
            request.Content = new StringContent(
                StripeForm.Encode(form),
                Encoding.UTF8,
                new MediaTypeHeaderValue("application/x-www-form-urlencoded")
            );
        return request;
    }

    private static async Task<StripeAnswer> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var status = (int)response.StatusCode;
        var body = await response.Content.ReadAsByteArrayAsync(ct);
        return response.IsSuccessStatusCode
            ? new(status, JsonSerializer.Deserialize<StripeObject>(body, StripeJson.Options))
            : new(status, null, JsonSerializer.Deserialize<Refusal>(body, StripeJson.Options)?.Error);
    }

    private static string? One(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>Without the query, which may be long.</summary>
    private static string Where(StripeCall call) => call.Path.Split('?')[0];

    private sealed record Refusal(StripeError? Error);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Stripe answered {Method} {Path} with {Status} {Code} (request {RequestId}, try {Tried})"
    )]
    private partial void LogRefused(HttpMethod method, string path, int status, string? code, string? requestId, int tried);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stripe did not answer {Method} {Path}: {What} (try {Tried})")]
    private partial void LogAway(HttpMethod method, string path, string what, int tried);
}
