using System.Text;
using System.Text.RegularExpressions;

namespace MemberCloud.Benchmarks;

/// <summary>A live brand whose members have points to spend, made through the API.</summary>
public sealed partial class Shop
{
    private const string Body = """{"amount":1,"reference":{"type":"order","id":"bench"}}""";
    private const int KeyDigits = 12;

    private readonly byte[][] spends;
    private readonly int keyFromEnd;
    private long keys;

    private Shop(int port, IEnumerable<string> members, string key)
    {
        Port = port;
        var placeholder = new string('0', KeyDigits);
        spends = [.. members.Select(id => Connection.Request("POST", $"/v1/members/{id}/points/spend", key, placeholder, Body))];
        keyFromEnd = spends[0].Length - Encoding.ASCII.GetString(spends[0]).IndexOf(placeholder, StringComparison.Ordinal);
    }

    public int Port { get; }

    /// <summary>A random member spends one point, with a fresh Idempotency-Key.</summary>
    public int NextSpend(int connection, byte[] buffer)
    {
        var spend = spends[Random.Shared.Next(spends.Length)];
        spend.CopyTo(buffer, 0);
        var number = Interlocked.Increment(ref keys);
        for (var at = spend.Length - keyFromEnd + KeyDigits - 1; number > 0; number /= 10)
            buffer[at--] = (byte)('0' + number % 10);
        return spend.Length;
    }

    /// <summary>Members that are there already.</summary>
    public static Shop Of(Server host, IEnumerable<string> members, string key) => new(host.Port, members, key);

    /// <summary>A brand called bench; its key.</summary>
    public static async Task<string> NewTenantAsync(Server host, string operatorKey)
    {
        var tenant =
            """{"slug":"bench","name":"Bench","time_zone":"Asia/Shanghai","currency":"CNY","locale":"en","mode":"live"}""";
        var made = await Load.SendAllAsync(
            host.Port,
            [Connection.Request("POST", "/platform/v1/tenants", operatorKey, null, tenant)],
            201
        );
        return Secret().Match(made[0]).Groups[1].Value;
    }

    /// <summary>So many members with 10,000 points each, in two lots with different ends.</summary>
    public static async Task<Shop> OpenAsync(Server host, string operatorKey, int members)
    {
        var key = await NewTenantAsync(host, operatorKey);
        string[] rules = ["""{ "policy": "months", "months": 600 }""", """{ "policy": "never" }"""];
        foreach (var expiry in rules)
            await Load.SendAllAsync(host.Port, [Connection.Request("POST", "/v1/earning-rules", key, null, RuleOf(expiry))], 201);
        var orders = Enumerable
            .Range(0, members)
            .Select(OrderOf)
            .Chunk(500)
            .Select(chunk => $$"""{"orders":[{{string.Join(',', chunk)}}]}""");
        var requests = orders.Select(body => Connection.Request("POST", "/v1/orders/bulk", key, null, body)).ToList();
        var answers = await Load.SendAllAsync(host.Port, requests, 200);
        var ids = answers.SelectMany(answer => MemberId().Matches(answer)).Select(match => match.Value).Distinct().ToList();
        if (ids.Count != members)
            throw new InvalidOperationException($"{ids.Count} members were made, not {members}.");
        return new(host.Port, ids, key);
    }

    private static string RuleOf(string expiry) =>
        $$"""
            {
              "name": "bench", "trigger": "order.completed", "currency": "points", "formula": { "fixed": 5000 },
              "settle": { "after_days": 0 }, "expiry": {{expiry}}
            }
            """;

    /// <summary>A completed order of a member of its own.</summary>
    internal static string OrderOf(int number) =>
        $$"""
            {
              "order_no": "{{number}}", "external_id": "{{number}}", "currency": "CNY",
              "lines": [{ "id": "1", "sku": "bench", "quantity": 1, "net": 100 }],
              "occurred_at": "2025-01-01T00:00:00Z", "paid_at": "2025-01-01T00:00:00Z", "completed_at": "2025-01-01T00:00:00Z"
            }
            """;

    [GeneratedRegex("\"secret\":\"([^\"]+)\"")]
    private static partial Regex Secret();

    [GeneratedRegex("mem_[0-9a-z]{26}")]
    private static partial Regex MemberId();
}
