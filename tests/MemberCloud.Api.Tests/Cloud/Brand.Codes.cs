namespace MemberCloud.Api.Tests.Cloud;

public sealed partial class Brand
{
    /// <summary>A pool of codes, made; its batch, and its codes in the order they were made.</summary>
    public async Task<(string Batch, IReadOnlyList<string> Codes)> Pool(string template, int count)
    {
        var batch = (await Post($"/v1/coupon-templates/{template}/codes", new { count })).Must(202).Text("batch_id");
        (await Post("/v1/jobs/coupons.codes/run")).Must(200);
        return (batch, [.. (await CodesOf(batch)).Select(line => line.Split(',')[0])]);
    }

    /// <summary>The lines of a pool's file below its header: code and state.</summary>
    public async Task<IReadOnlyList<string>> CodesOf(string batch)
    {
        var file = (await Get($"/v1/batches/{batch}/codes.csv")).Must(200);
        Assert.Equal("text/csv", file.MediaType);
        var lines = file.Raw.Split("\r\n");
        Assert.Equal(("code,state", ""), (lines[0], lines[^1]));
        return lines[1..^1];
    }

    public Task<Answer> Redeem(string code, string member, string? key = NewKey, string? ip = null) =>
        Post(
            "/v1/coupon-codes/redeem",
            new
            {
                code,
                member_id = member,
                ip_hash = ip,
            },
            key
        );

    public Task<Answer> Exchange(string template, string member, string? key = NewKey) =>
        Post($"/v1/coupon-templates/{template}/exchange", new { member_id = member }, key);

    /// <summary>What was counted within the hour is an hour older.</summary>
    public Task AnHourPasses() =>
        Cloud.Tamper(
            Cloud.IsPostgres
                ? $"UPDATE coupon_hour_counts SET since = since - interval '61 minutes' WHERE {Mine}"
                : $"UPDATE coupon_hour_counts SET since = since - 3660000000 WHERE {Mine}"
        );

    /// <summary>The same lines one by one as they come, never all of them in memory.</summary>
    public async IAsyncEnumerable<string> StreamedCodesOf(string batch)
    {
        using var answer = await Http.GetAsync($"/v1/batches/{batch}/codes.csv", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("code,state", await lines.ReadLineAsync());
        while (await lines.ReadLineAsync() is { } line)
            yield return line;
    }
}
