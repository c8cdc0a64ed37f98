using System.ComponentModel.DataAnnotations;
using MemberCloud.Members;
using MemberCloud.Orders;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Checkouts;

/// <summary>A cart to be set aside: what a quote asks, and for how long.</summary>
/// <param name="Lines">1 to 1,000.</param>
/// <param name="MemberId">Either this or external_id.</param>
/// <param name="ExternalId">The brand's own id of the member, who is known already.</param>
/// <param name="Shipping">What shipping costs, minor units; 0 unless given.</param>
/// <param name="Coupons">best (of all the member has), or the coupons to use, up to 60; best unless given.</param>
/// <param name="Points">How many points to use, 0 to 10^12, or max; 0 unless given.</param>
/// <param name="Channel">Where it is sold: coupons and earning rules may ask.</param>
/// <param name="Store">Where it is sold: coupons and earning rules may ask.</param>
/// <param name="Currency">The brand's; any other is refused.</param>
/// <param name="TtlSeconds">For how long, 1 to 86,400; the brand's checkout_seconds unless given.</param>
/// <param name="QuoteHash">The hash of the quote that was shown: when anything of it is different now, the checkout is refused with a fresh quote.</param>
public sealed record CheckoutRequest(
    [property: Required, MinLength(1), MaxLength(1000)] IReadOnlyList<QuoteLineRequest> Lines,
    [property: Text(60)] string? MemberId = null,
    [property: Text(Member.ExternalIdLength, InPath = true)] string? ExternalId = null,
    [property: Range(0, Money.Max)] long Shipping = 0,
    CouponWish? Coupons = null,
    PointsWish? Points = null,
    [property: Text(100)] string? Channel = null,
    [property: Text(100)] string? Store = null,
    [property: RegularExpression("[A-Z]{3}")] string? Currency = null,
    [property: Range(1, CheckoutRules.MaxSeconds)] int? TtlSeconds = null,
    [property: Text(100)] string? QuoteHash = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check() => ToQuote().Check();

    internal QuoteRequest ToQuote() => new(Lines, MemberId, ExternalId, Shipping, Coupons, Points, Channel, Store, Currency);
}

/// <summary>The order that a checkout becomes.</summary>
/// <param name="OrderNo">The brand's number of the order, up to 100 characters.</param>
/// <param name="PaidAt">When it was paid, not before the checkout was made; null = it is paid later.</param>
public sealed record CommitRequest(
    [property: Required, Text(Order.NumberLength, InPath = true)] string OrderNo,
    [property: Instant] DateTime? PaidAt = null
);

/// <summary>A checkout.</summary>
/// <param name="Id"><c>chk_...</c></param>
/// <param name="State">open, then one of committed, cancelled, expired for good.</param>
/// <param name="ExpiresAt">The first instant at which it no longer holds what it uses.</param>
/// <param name="EndedAt">When it was committed, cancelled, or ran out; null until then.</param>
/// <param name="OrderNo">The order it became; null unless it did.</param>
/// <param name="Quote">What was set aside: the order will be this.</param>
public sealed record CheckoutShape(
    string Id,
    CheckoutState State,
    string MemberId,
    DateTime CreatedAt,
    DateTime ExpiresAt,
    DateTime? EndedAt,
    string? OrderNo,
    QuoteShape Quote
)
{
    public static CheckoutShape Of(Checkout c, DateTime now) => Of(c, Json.Read<QuoteShape>(c.Quote), now);

    public static CheckoutShape Of(Checkout c, QuoteShape quote, DateTime now) =>
        new(
            Ids.Show(IdPrefix.Checkout, c.Id),
            c.StateAt(now),
            Ids.Show(IdPrefix.Member, c.MemberId),
            c.CreatedAt,
            c.ExpiresAt,
            c.EndedAt ?? (c.ExpiresAt <= now ? c.ExpiresAt : null),
            c.OrderNo,
            quote
        );
}
