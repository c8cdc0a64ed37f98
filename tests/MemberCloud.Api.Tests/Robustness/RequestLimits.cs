using System.Net.Sockets;
using System.Text;
using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Robustness;

/// <summary>What one request may bring, and how long it may take.</summary>
public sealed class RequestLimits(Clouds clouds) : ApiTests(clouds)
{
    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("[", depth)) + new string(']', depth);

    [SkippableTheory, EveryEngine]
    public async Task What_is_too_long_too_deep_or_given_twice_is_refused(string engine)
    {
        var brand = await NewBrand(engine);
        var reference = """{ "type": "t", "id": "i" }""";
        var ann = await brand.Member("ann");
        var earn = $"/v1/members/{ann}/points/earn";

        (await brand.Get($"/v1/members?tag={new string('x', 5000)}")).MustRefuse(414, "address_too_long");
        (await brand.Post(earn, $$"""{ "amount": 1, "amount": 2, "reference": {{reference}} }""")).MustRefuse(
            400,
            "duplicate_field"
        );
        (await brand.Post(earn, $$"""{ "amount": 1, "reference": { "type": "t", "type": "u", "id": "i" } }""")).MustRefuse(
            400,
            "duplicate_field"
        );
        (await brand.Put("/v1/members/by-external-id/bob", $$"""{ "attributes": { "a": {{Nested(40)}} } }""")).MustRefuse(
            400,
            "too_deep"
        );
        Assert.Equal("0/0", await brand.Balance(ann));
    }

    [SkippableTheory]
    [InlineData("application/json; charset=klingon")]
    [InlineData("application/json; charset=utf-7")]
    public async Task A_charset_that_nobody_reads_is_a_media_type_that_nobody_takes(string mediaType)
    {
        var brand = await NewBrand("sqlite");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/tiers");
        request.Content = new ByteArrayContent("{}"u8.ToArray());
        request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);

        using var response = await brand.Http.SendAsync(request);

        Assert.Equal(415, (int)response.StatusCode);
        Assert.Contains("media_type_unsupported", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>What Kestrel refuses before there is a request: no body, and the connection ends.</summary>
    [SkippableTheory]
    [InlineData("a null in the path", "GET /v1/members/%00 HTTP/1.1\r\nHost: x\r\n\r\n", "400")]
    [InlineData("no HTTP", "hello\r\n\r\n", "400")]
    [InlineData("a line without end", "GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n", "414")]
    [InlineData("a header without end", "GET / HTTP/1.1\r\nHost: x\r\nX: {long}{long}\r\n\r\n", "431")]
    [InlineData("a hundred headers", "GET / HTTP/1.1\r\nHost: x\r\n{headers}\r\n", "431")]
    public async Task What_is_no_request_is_refused_at_once(string what, string bytes, string status)
    {
        var host = (await On("sqlite")).Host;
        var headers = string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: y\r\n"));
        var sent = bytes.Replace("{long}", new string('x', 10_000)).Replace("{headers}", headers);

        var answer = await TalkAsync(host, sent);

        Assert.True(answer.StartsWith($"HTTP/1.1 {status}", StringComparison.Ordinal), $"{what}: {answer}");
    }

    [SkippableFact]
    public async Task A_body_that_trickles_in_is_not_waited_for()
    {
        var cloud = await On("sqlite");
        var brand = await cloud.NewBrand();
        await using var host = await TestHost.StartAsync(cloud.Engine, cloud.Connection, more: "--Limits:SlowClientSeconds=1.5");

        var answer = await TalkAsync(
            host,
            $"POST /v1/tiers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {brand.Secret}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{{",
            trickle: true
        );

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.True(answer.Contains("request_too_slow", StringComparison.Ordinal), answer);
    }

    // somebody holds the account's row ---------------------------|
    // spend            |--wait--x 504 after 1 s, nothing written
    // the same spend                                              |--> 201
    [SkippableFact]
    public async Task A_request_that_takes_too_long_is_undone_and_its_key_stays_free()
    {
        var cloud = await On("postgres");
        var brand = await cloud.NewBrand();
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 10);
        await using var host = await TestHost.StartAsync(
            cloud.Engine,
            cloud.Connection,
            "api",
            "--Database:Migrate=false",
            "--Limits:RequestSeconds=1"
        );

        await using (await HeldRows.AccountsAsync(brand))
        {
            var late = (await brand.At(host).Spend(ann, 3, key: "k")).MustRefuse(504, "timed_out");
            Assert.Equal("1", late.Header("Retry-After"));
        }

        Assert.Equal("10/0", await brand.Balance(ann));
        (await brand.At(host).Spend(ann, 3, key: "k")).Must(201);
        Assert.Equal("7/0", await brand.Balance(ann));
    }

    /// <summary>Sends bytes as they are; the answer's, up to the end of the connection.</summary>
    private static async Task<string> TalkAsync(TestHost host, string bytes, bool trickle = false)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var client = new TcpClient { NoDelay = true };
        using var http = host.Client(null);
        await client.ConnectAsync(http.BaseAddress!.Host, http.BaseAddress.Port, patience.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(bytes), patience.Token);
        var answer = new byte[4096];
        var read = stream.ReadAsync(answer, patience.Token).AsTask();
        while (trickle && await Task.WhenAny(read, Task.Delay(200, patience.Token)) != read)
            await stream.WriteAsync(" "u8.ToArray(), patience.Token);
        var length = await read;
        while (length < answer.Length && await stream.ReadAsync(answer.AsMemory(length), patience.Token) is var more and > 0)
            length += more;
        return Encoding.UTF8.GetString(answer, 0, length);
    }
}
