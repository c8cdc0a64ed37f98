using System.Text.RegularExpressions;

namespace MemberCloud.Benchmarks;

/// <summary>
/// A live brand with a catalogue, a price list, points as money and eight templates; members who have 10,000 points and a coupon of each. Carts have ten lines, all at
/// member prices; the catalogue says the rest.
/// </summary>
public sealed partial class CartShop
{
    private const int Skus = 10;
    private const int Batch = 500;

    private static readonly string Lines = string.Join(
        ',',
        Enumerable.Range(1, Skus).Select(n => $$"""{"id":"{{n}}","sku":"s{{n}}","quantity":{{1 + (n % 3)}}}""")
    );

    /// <summary>In three stack groups, with thresholds, scopes and a cap.</summary>
    private static readonly string[] Templates =
    [
        """ "kind": "amount_off", "amount_off": 300, "threshold": { "amount": 5000 }, "stack_group": "a" """,
        """ "kind": "amount_off", "amount_off": 800, "threshold": { "amount": 20000 }, "stack_group": "a" """,
        """ "kind": "amount_off", "amount_off": 9000, "threshold": { "amount": 500000 }, "stack_group": "a" """,
        """ "kind": "percent_off", "percent_off_bp": 500, "max_off": 2000, "stack_group": "b" """,
        """ "kind": "percent_off", "percent_off_bp": 1000, "scope": { "include": { "categories": ["tea"] } }, "stack_group": "b" """,
        """ "kind": "percent_off", "percent_off_bp": 800, "level": "item", "scope": { "include": { "skus": ["s1", "s2", "s3"] } }, "stack_group": "c" """,
        """ "kind": "amount_off", "amount_off": 250, "level": "item", "scope": { "include": { "skus": ["s4"] } }, "stack_group": "c" """,
        """ "kind": "free_shipping", "stack_group": "d" """,
    ];

    private readonly byte[][] quotes;

    private CartShop(int port, string key, IReadOnlyList<string> members)
    {
        (Port, Key, Members) = (port, key, members);
        quotes = [.. members.Select(m => Connection.Request("POST", "/v1/quotes", key, null, Cart(m)))];
    }

    public int Port { get; }

    public string Key { get; }

    public IReadOnlyList<string> Members { get; }

    /// <summary>What a member asks, of a quote or of a checkout.</summary>
    public static string Cart(string member) =>
        $$"""{"member_id":"{{member}}","lines":[{{Lines}}],"shipping":1000,"coupons":"best","points":"max"}""";

    /// <summary>A random member's quote.</summary>
    public int NextQuote(int connection, byte[] buffer)
    {
        var quote = quotes[Random.Shared.Next(quotes.Length)];
        quote.CopyTo(buffer, 0);
        return quote.Length;
    }

    public static async Task<CartShop> OpenAsync(Server host, string operatorKey, int members)
    {
        var key = await Shop.NewTenantAsync(host, operatorKey);
        Task<string[]> SendAsync(string method, string path, int wanted, params string[] bodies) =>
            Load.SendAllAsync(host.Port, [.. bodies.Select(b => Connection.Request(method, path, key, null, b))], wanted);

        await SendAsync("PATCH", "/v1/brand", 200, """{ "points_money": { "points": 100, "amount": 100, "cap_bp": 2000 } }""");
        var products = Enumerable
            .Range(1, Skus)
            .Select(n =>
                $$"""{"sku":"s{{n}}","name":"{{n}}","list_price":{{1000 * n}},"category":"{{(n % 2 == 0 ? "tea" : "cups")}}","brand":"b"}"""
            );
        await SendAsync("PUT", "/v1/products", 200, $$"""{"products":[{{string.Join(',', products)}}]}""");
        var list = Id()
            .Match((await SendAsync("POST", "/v1/price-lists", 201, """{"name":"Members","audience":{"everyone":true}}"""))[0]);
        var entries = Enumerable.Range(1, Skus).Select(n => $$"""{"sku":"s{{n}}","percent_off_bp":{{500 + (100 * n)}}}""");
        await SendAsync("PUT", $"/v1/price-lists/{list.Value}/entries", 200, $$"""{"entries":[{{string.Join(',', entries)}}]}""");
        await SendAsync(
            "POST",
            "/v1/earning-rules",
            201,
            """{"name":"points","trigger":"order.completed","currency":"points","formula":{"fixed":10000},"settle":{"after_days":0}}"""
        );
        foreach (var terms in Templates)
        {
            var body = $$"""{ "name": "bench", {{terms}}, "validity": { "days_after_claim": 300 } }""";
            var id = Id().Match((await SendAsync("POST", "/v1/coupon-templates", 201, body))[0]).Value;
            await SendAsync("POST", $"/v1/coupon-templates/{id}/activate", 200, "{}");
            await SendAsync(
                "POST",
                "/v1/earning-rules",
                201,
                $$"""{"name":"{{id}}","trigger":"order.completed","currency":"coupons","formula":{"coupon":{"quantity":1,"template_id":"{{id}}"} } }"""
            );
        }
        var orders = Enumerable.Range(0, members).Select(Shop.OrderOf).Chunk(Batch);
        var answers = await SendAsync(
            "POST",
            "/v1/orders/bulk",
            200,
            [.. orders.Select(chunk => $$"""{"orders":[{{string.Join(',', chunk)}}]}""")]
        );
        var ids = answers.SelectMany(a => Member().Matches(a)).Select(m => m.Value).Distinct().ToList();
        return ids.Count == members
            ? new(host.Port, key, ids)
            : throw new InvalidOperationException($"{ids.Count} members were made, not {members}.");
    }

    [GeneratedRegex("(tpl|plst)_[0-9a-z]{26}")]
    private static partial Regex Id();

    [GeneratedRegex("mem_[0-9a-z]{26}")]
    private static partial Regex Member();
}
