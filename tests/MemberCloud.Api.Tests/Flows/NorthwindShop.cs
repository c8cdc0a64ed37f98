using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Coupons;
using MemberCloud.Pricing;
using MemberCloud.Rules.Tests.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>A customer of the shop: Gold, with 8 coupons and 5,000 points.</summary>
public sealed record NorthwindBuyer(string Id, IReadOnlyList<QuoteCoupon> Wallet);

/// <summary>A brand that sells what Northwind sold, to members of a tier with prices of its own: 10 % off beverages, five SKUs at fixed prices, three a day.</summary>
public sealed class NorthwindShop
{
    public const long Points = 5_000;

    /// <summary>100 points are a dollar; a fifth of the goods may be paid with them, in hundreds.</summary>
    private const string PointsMoney = """{ "points_money": { "points": 100, "amount": 100, "cap_bp": 2000, "step": 100 } }""";
    private const int AtMemberPrice = 3;

    private static readonly Dictionary<string, long> Fixed = new()
    {
        ["10"] = 2_800,
        ["20"] = 7_200,
        ["29"] = 11_000,
        ["51"] = 4_700,
        ["59"] = 4_950,
    };

    private static readonly string[] Wallet =
    [
        """ "kind": "amount_off", "amount_off": 2000, "threshold": { "amount": 30000 }, "stack_group": "order" """,
        """ "kind": "amount_off", "amount_off": 5000, "threshold": { "amount": 100000 }, "stack_group": "order", "priority": 5 """,
        """ "kind": "percent_off", "percent_off_bp": 1000, "max_off": 5000, "scope": { "include": { "categories": ["Seafood"] } }, "stack_group": null """,
        """ "kind": "percent_off", "percent_off_bp": 750, "exclusive": true, "stack_group": null """,
        """ "kind": "fixed_price", "fixed_price": 1200, "max_pieces": 6, "scope": { "include": { "skus": ["1"] } }, "stack_group": null """,
        """ "kind": "free_shipping", "threshold": { "amount": 10000 }, "stack_group": null """,
        """ "kind": "gift", "gift": { "skus": ["13", "52", "33"] }, "threshold": { "amount": 20000 }, "stack_group": null """,
        """ "kind": "nth_item", "nth_item": { "n": 2, "percent_off_bp": 3333, "max_repeats": 3 }, "scope": { "include": { "categories": ["Condiments", "Confections"] } }, "stack_group": null """,
    ];

    private readonly Dictionary<string, NorthwindBuyer> buyers = [];
    private readonly List<(string Id, TemplateBody Terms)> templates = [];
    private readonly Brand brand;

    private NorthwindShop(Brand brand) => this.brand = brand;

    public static async Task<NorthwindShop> OpenAsync(Brand brand, IEnumerable<NorthwindOrder> orders)
    {
        var shop = new NorthwindShop(brand);
        (await brand.Patch("/v1/brand", PointsMoney)).Must(200);
        await brand.Tier("Member", 0, 0);
        var gold = await brand.Tier("Gold", 1, 1_000);
        await brand.GrowthPerUnit();
        await brand.PointPerUnit();
        var beverages = orders.SelectMany(o => o.Lines).Where(l => l.Category == "Beverages").Select(l => l.Sku).Distinct();
        await brand.PriceList(
            new { name = "Gold", audience = new { tier_ids = new[] { gold } } },
            [
                .. beverages.Select(sku => new { sku, percent_off_bp = 1_000 }),
                .. Fixed.Select(f => new
                {
                    sku = f.Key,
                    price = f.Value,
                    limit = new { quantity = AtMemberPrice, per = "day" },
                }),
            ]
        );
        foreach (var (body, i) in Wallet.Select((body, i) => (body, i)))
        {
            var template = $$"""{ "name": "c{{i}}", "validity": { "days_after_claim": 30 }, {{body}} }""";
            var id = (await brand.Post("/v1/coupon-templates", template)).Must(201).Text("id");
            (await brand.Post($"/v1/coupon-templates/{id}/activate", new { })).Must(200);
            shop.templates.Add((id, Json.Read<TemplateBody>(template)));
        }
        return shop;
    }

    public async Task<NorthwindBuyer> BuyerAsync(string customer)
    {
        if (buyers.TryGetValue(customer, out var known))
            return known;
        var id = await brand.Member(customer);
        (await brand.Earn(id, 1_000, "growth")).Must(201);
        (await brand.Earn(id, Points)).Must(201);
        var wallet = new List<QuoteCoupon>();
        foreach (var (template, terms) in templates)
        {
            var coupon = (await brand.Claim(template, id)).Must(201);
            var until = DateTimeOffset.Parse(coupon.Text("valid_until"), null).UtcDateTime;
            wallet.Add(new(GuidOf(IdPrefix.Coupon, coupon.Text("id")), GuidOf(IdPrefix.Template, template), 1, until, terms));
        }
        return buyers[customer] = new(id, wallet);
    }

    /// <summary>The cart of an order, with the best coupons and as many points as may be.</summary>
    public static object Cart(NorthwindBuyer buyer, NorthwindOrder order, string? hash = null) =>
        new
        {
            member_id = buyer.Id,
            shipping = order.Freight,
            points = "max",
            quote_hash = hash,
            lines = order.Lines.Select(
                (l, i) =>
                    new
                    {
                        id = $"{i + 1}",
                        sku = l.Sku,
                        quantity = l.Quantity,
                        list_price = l.Price,
                        category = l.Category,
                    }
            ),
        };

    /// <summary>What that costs, worked out apart from the product: the prices here, the rest by trying every set of coupons.</summary>
    internal static Quote Expected(NorthwindBuyer buyer, NorthwindOrder order) =>
        PlainQuote.Of(
            new(
                [
                    .. order.Lines.Select(
                        (l, i) => new QuoteLine($"{i + 1}", l.Sku, l.Quantity, l.Price, l.Category, null, MemberPriceOf(l))
                    ),
                ],
                order.Freight,
                null,
                null,
                buyer.Wallet,
                AreNamed: false,
                new(100, 100, 2_000, 100, 0, Points),
                null,
                Rounding.HalfAwayFromZero
            )
        );

    private static MemberPrice? MemberPriceOf(NorthwindLine line) =>
        Fixed.TryGetValue(line.Sku, out var price)
            ? new(Guid.Empty, 1, "Gold", Math.Min(price, line.Price), Math.Min(AtMemberPrice, line.Quantity))
        : line.Category == "Beverages"
            // A tenth off, a half cent away from zero.
            ? new(Guid.Empty, 1, "Gold", line.Price - ((line.Price + 5) / 10), line.Quantity)
        : null;

    /// <summary>What was quoted and what is expected, in the same words.</summary>
    internal static string Said(Answer quote) =>
        string.Join(
            '\n',
            quote
                .At("lines")!
                .AsArray()
                .Select(l =>
                    $"{l!["id"]}: {l["list"]} {string.Join(' ', l["adjustments"]!.AsArray().Select(a => $"{a!["source"]} {a["amount"]}"))} = {l["net"]}"
                )
                .Append($"coupons {string.Join(' ', quote.Each("coupons.applied", "coupon_id"))}")
                .Append(
                    $"{quote.Number("totals.list")} - {quote.Number("totals.member_discount")} - {quote.Number("totals.coupon_discount")}"
                        + $" - {quote.Number("totals.points_discount")} + {quote.Number("totals.shipping")} = {quote.Number("totals.payable")}"
                )
                .Append($"{quote.Number("points.used")} of {quote.Number("points.usable")} points, {quote.At("optimal")}")
        );

    internal static string Said(Quote quote) =>
        string.Join(
            '\n',
            quote
                .Lines.Select(l =>
                    $"{l.Id}: {l.List} {string.Join(' ', l.Adjustments.Select(a => $"{Words<AdjustmentSource>.Of(a.Source)} {a.Amount}"))} = {l.Net}"
                )
                .Append($"coupons {string.Join(' ', quote.Applied.Select(a => Ids.Show(IdPrefix.Coupon, a.Coupon.Id)))}")
                .Append(
                    $"{quote.Totals.List} - {quote.Totals.MemberDiscount} - {quote.Totals.CouponDiscount}"
                        + $" - {quote.Totals.PointsDiscount} + {quote.Totals.Shipping} = {quote.Totals.Payable}"
                )
                .Append($"{quote.PointsUsed} of {quote.PointsUsable} points, true")
        );

    private static Guid GuidOf(string prefix, string shown) =>
        Ids.TryRead(prefix, shown, out var id) ? id : throw new FormatException(shown);
}
