using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MemberCloud.Shared;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>Somebody with a key, who sends JSON. A body is JSON text, or an object whose nulls are left out.</summary>
public class Caller(HttpClient http)
{
    /// <summary>Says: make a new Idempotency-Key for this request.</summary>
    public const string NewKey = "new";

    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public HttpClient Http => http;

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path, null, null);

    public Task<Answer> Post(string path, object? body = null, string? key = NewKey) => Send(HttpMethod.Post, path, body, key);

    public Task<Answer> Put(string path, object? body, string? key = null) => Send(HttpMethod.Put, path, body, key);

    public Task<Answer> Patch(string path, object? body, string? key = null) => Send(HttpMethod.Patch, path, body, key);

    public Task<Answer> Delete(string path) => Send(HttpMethod.Delete, path, null, null);

    public async Task<Answer> Send(
        HttpMethod method,
        string path,
        object? body,
        string? key,
        string mediaType = "application/json",
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(
                body as string ?? JsonSerializer.Serialize(body, Options),
                Encoding.UTF8,
                mediaType
            );
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key == NewKey ? Ids.New().ToString() : key);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);
        return new(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(),
            response.Headers.ETag?.ToString(),
            $"{method} {path}"
        )
        {
            Headers = response
                .Headers.Concat(response.Content.Headers)
                .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase),
        };
    }
}
