using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Checkouts;

/// <summary>A brand that sells: what its shop asks, by intent.</summary>
internal static class Shop
{
    public const string Now = "2026-03-10T04:00:00Z";

    public static object Line(string id, string sku, int quantity, long? price = null, string? category = null) =>
        new
        {
            id,
            sku,
            quantity,
            list_price = price,
            category,
        };

    /// <summary>A cart as a body: one cup at 80.00 unless lines are given.</summary>
    public static object Cart(
        string member,
        object[]? lines = null,
        object? coupons = null,
        object? points = null,
        string? hash = null,
        int? ttl = null,
        long shipping = 0,
        string? currency = null
    ) =>
        new
        {
            member_id = member,
            lines = lines ?? [Line("1", "cup", 1, 8000)],
            shipping,
            coupons = coupons ?? "best",
            points = points ?? 0,
            currency,
            ttl_seconds = ttl,
            quote_hash = hash,
        };

    public static Task<Answer> Checkout(this Caller who, object cart, string? key = Caller.NewKey) =>
        who.Post("/v1/checkouts", cart, key);

    public static async Task<string> Opened(this Caller who, object cart) => (await who.Checkout(cart)).Must(201).Text("id");

    public static Task<Answer> Commit(
        this Caller who,
        string checkout,
        string no,
        string? paid = null,
        string? key = Caller.NewKey
    ) => who.Post($"/v1/checkouts/{checkout}/commit", new { order_no = no, paid_at = paid }, key);

    public static Task<Answer> Cancel(this Caller who, string checkout, string? key = Caller.NewKey) =>
        who.Post($"/v1/checkouts/{checkout}/cancel", key: key);

    public static Task<Answer> Refund(this Caller who, string order, string no, params (string Id, int Quantity)[] lines) =>
        who.Post(
            $"/v1/orders/{order}/refunds",
            lines.Length == 0
                ? new { refund_no = no, full = true }
                : new { refund_no = no, lines = lines.Select(l => new { id = l.Id, quantity = l.Quantity }) }
        );

    public static async Task<string> State(this Caller who, string checkout) =>
        (await who.Get($"/v1/checkouts/{checkout}")).Must(200).Text("state");

    /// <summary>100 points are 1.00, all of it may be paid with them.</summary>
    public static async Task PointsAreMoney(this Brand brand) =>
        (await brand.Patch("/v1/brand", """{ "points_money": { "points": 100, "amount": 100 } }""")).Must(200);

    /// <summary>What is left of the limit of a cart's first line, for this member.</summary>
    public static async Task<long> Left(this Brand brand, string member, string sku) =>
        (await brand.Post("/v1/quotes", Cart(member, [Line("1", sku, 1)]))).Must(200).Number("lines.0.limit.left");

    /// <summary>available/pending/held.</summary>
    public static async Task<string> Purse(this Brand brand, string member)
    {
        var points = await brand.Points(member);
        return $"{points.Number("available")}/{points.Number("pending")}/{points.Number("held")}";
    }

    public static async Task<string> NewCoupon(this Brand brand, string template, string member) =>
        (await brand.Claim(template, member)).Must(201).Text("id");

    /// <summary>A list that sells tea at 45.00 instead of 60.00, so many pieces in so long; and the tea.</summary>
    public static async Task<string> LimitedTea(this Brand brand, int quantity = 3, string per = "month")
    {
        await brand.Products("tea 6000");
        return await brand.PriceList(
            null,
            new
            {
                sku = "tea",
                price = 4500,
                limit = new { quantity, per },
            }
        );
    }
}
