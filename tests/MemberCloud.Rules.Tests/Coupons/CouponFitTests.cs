using MemberCloud.Coupons;

namespace MemberCloud.Rules.Tests.Coupons;

public sealed class CouponFitTests
{
    private static readonly TemplateBody Plain = new("t", CouponKind.AmountOff, new(DaysAfterClaim: 7), AmountOff: 100);

    // Two teas at 60.00, one cup at 30.00: 150.00, three pieces.
    private static readonly Cart Cart = new(
        [new("1", "tea", 2, 6000, "drinks", "Leaf"), new("2", "cup", 1, 3000, "china")],
        "app",
        "S1"
    );

    private static string Of(TemplateBody terms, string? store = "S1")
    {
        List<FitLine> lines = [.. Cart.Lines.Select(l => new FitLine(l.Sku, l.Category, l.Brand, l.Quantity))];
        var no = CouponFit
            .Of(terms, lines, Cart.Channel, store)
            .Refuses(terms, i => Cart.Lines[i].ListPrice * Cart.Lines[i].Quantity);
        return no is { } why ? $"{why.Refusal} {why.Missing}".Trim() : "usable";
    }

    [Fact]
    public void A_coupon_without_conditions_is_usable() => Assert.Equal("usable", Of(Plain));

    [Theory]
    [InlineData(15_000, "usable")] // met to the cent
    [InlineData(15_001, "BelowThreshold 1")]
    public void A_threshold_of_money_looks_at_list_prices(long amount, string said) =>
        Assert.Equal(said, Of(Plain with { Threshold = new(Amount: amount) }));

    [Theory]
    [InlineData(3, "usable")]
    [InlineData(5, "BelowThreshold 2")]
    public void A_threshold_of_pieces_counts_them(long pieces, string said) =>
        Assert.Equal(said, Of(Plain with { Threshold = new(Quantity: pieces) }));

    [Fact]
    public void Only_lines_in_scope_count()
    {
        Assert.Equal(
            "BelowThreshold 1",
            Of(Plain with { Threshold = new(Amount: 12_001), Scope = new(new(Categories: ["drinks"])) })
        );
        Assert.Equal("OutOfScope", Of(Plain with { Scope = new(new(Skus: ["book"])) }));
        Assert.Equal("OutOfScope", Of(Plain with { Scope = new(new(Skus: ["tea"]), new(Brands: ["Leaf"])) }));
        Assert.Equal("usable", Of(Plain with { Scope = new(Exclude: new(Skus: ["tea"])) }));
        Assert.Equal("OutOfScope", Of(Plain with { Scope = new(new(Brands: ["Leaf"], Categories: ["china"])) }));
    }

    [Fact]
    public void Channels_and_stores_are_the_carts()
    {
        Assert.Equal("usable", Of(Plain with { Scope = new(new(Channels: ["app"], Stores: ["S1", "S2"])) }));
        Assert.Equal("OutOfScope", Of(Plain with { Scope = new(new(Channels: ["web"])) }));
        Assert.Equal("OutOfScope", Of(Plain with { Scope = new(Exclude: new(Stores: ["S1"])) }));
        Assert.Equal("OutOfScope", Of(Plain with { Scope = new(new(Stores: ["S1"])) }, store: null));
    }

    [Fact]
    public void A_gift_must_lie_in_the_cart_and_its_threshold_looks_at_the_rest_too()
    {
        var gift = Plain with { Kind = CouponKind.Gift, AmountOff = null, Gift = new(["cup"]), Threshold = new(Amount: 15_000) };
        Assert.Equal("usable", Of(gift));
        Assert.Equal("OutOfScope", Of(gift with { Gift = new(["spoon"]) }));
        // What is bought for it is in scope, the gift need not be.
        Assert.Equal("usable", Of(gift with { Threshold = new(Amount: 12_000), Scope = new(new(Skus: ["tea"])) }));
        Assert.Equal("BelowThreshold 1", Of(gift with { Threshold = new(Amount: 12_001), Scope = new(new(Skus: ["tea"])) }));
    }

    [Theory]
    [InlineData(3, "usable")]
    [InlineData(4, "BelowThreshold 1")]
    public void Every_nth_piece_needs_n(int n, string said) =>
        Assert.Equal(said, Of(Plain with { Kind = CouponKind.NthItem, AmountOff = null, NthItem = new(n, 5000) }));
}
