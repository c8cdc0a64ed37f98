using MemberCloud.Coupons;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Pricing;

/// <summary>Carts and coupons in few words. Coupons have templates of their own, go together unless they say otherwise, and end on one day.</summary>
internal static class Carts
{
    public static QuoteInput Of(params QuoteLine[] lines) =>
        new(lines, 0, null, null, [], false, null, null, Rounding.HalfAwayFromZero);

    public static QuoteLine Line(string id, long price, long quantity = 1, string sku = "a", string? category = null) =>
        new(id, sku, quantity, price, category);

    public static QuoteLine At(this QuoteLine line, long memberPrice, long? pieces = null) =>
        line with
        {
            Price = new(Id(900), 1, "Gold", memberPrice, pieces ?? line.Quantity),
        };

    public static QuoteInput With(this QuoteInput cart, params QuoteCoupon[] coupons) => cart with { Coupons = coupons };

    public static Quote Quote(this QuoteInput cart) => PricingRules.Compute(cart);

    public static Quote Quote(this QuoteInput cart, params QuoteCoupon[] coupons) => cart.With(coupons).Quote();

    public static QuoteCoupon Coupon(int number, TemplateBody terms, int endsOn = 1) =>
        new(Id(number), Id(number), 1, new(2026, 6, endsOn, 0, 0, 0, DateTimeKind.Utc), terms);

    public static Guid Id(int number) => new($"00000000-0000-7000-8000-{number:d12}");

    public static TemplateBody Off(long amount, long? from = null) =>
        Terms(CouponKind.AmountOff) with
        {
            AmountOff = amount,
            Threshold = from is null ? null : new(Amount: from),
        };

    public static TemplateBody Percent(int basisPoints, long? atMost = null) =>
        Terms(CouponKind.PercentOff) with
        {
            PercentOffBp = basisPoints,
            MaxOff = atMost,
        };

    public static TemplateBody For(long price, int? pieces = null) =>
        Terms(CouponKind.FixedPrice) with
        {
            FixedPrice = price,
            MaxPieces = pieces,
        };

    public static TemplateBody Gift(string sku, int quantity = 1) => Terms(CouponKind.Gift) with { Gift = new([sku], quantity) };

    public static TemplateBody Nth(int n, int basisPoints, int repeats = 1) =>
        Terms(CouponKind.NthItem) with
        {
            NthItem = new(n, basisPoints, repeats),
        };

    public static TemplateBody FreeShipping() => Terms(CouponKind.FreeShipping);

    public static TemplateBody Only(this TemplateBody terms, params string[] skus) =>
        terms with
        {
            Scope = new(Include: new(Skus: skus)),
        };

    private static TemplateBody Terms(CouponKind kind) => new("t", kind, new(DaysAfterClaim: 1), StackGroup: null);

    /// <summary>The coupons that are used, by number.</summary>
    public static int[] Used(this Quote quote) => [.. quote.Applied.Select(a => Number(a.Coupon.Id))];

    public static long[] Nets(this Quote quote) => [.. quote.Lines.Select(l => l.Net)];

    /// <summary>What coupons and points take off each line; member prices do not count.</summary>
    public static long[] Discounts(this Quote quote) =>
        [.. quote.Lines.Select(l => -l.Adjustments.Where(a => a.Source != AdjustmentSource.PriceList).Sum(a => a.Amount))];

    /// <summary>Why a coupon is not used: in a word, with what is missing and by which.</summary>
    public static string Why(this Quote quote, int number)
    {
        var unused = quote.Refused.Concat(quote.Beaten).Single(u => u.Coupon.Id == Id(number));
        Assert.Equal(unused.Why == Refusal.Beaten, quote.Beaten.Contains(unused));
        object?[] words = [Words<Refusal>.Of(unused.Why), unused.Missing, .. unused.By.Select(Number).Order().Cast<object>()];
        return string.Join(' ', words.Where(w => w is not null));
    }

    private static int Number(Guid id) => int.Parse(id.ToString()[24..]);
}
