using System.Globalization;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>What a checkout decided, for the order it becomes: nothing of it is computed again.</summary>
/// <param name="Lines">In the order of the cart.</param>
/// <param name="Shipping">What is paid for it, minor units.</param>
/// <param name="HoldId">The points that are set aside; null for none.</param>
/// <param name="PointsAmount">What those are worth, minor units.</param>
/// <param name="Perk">The perk that takes the shipping off; null for none.</param>
/// <param name="PlansSave">What the member's paid plans save on it, minor units.</param>
public sealed record FrozenCart(
    Guid CheckoutId,
    DateTime At,
    IReadOnlyList<FrozenLine> Lines,
    IReadOnlyList<FrozenCoupon> Coupons,
    long Shipping,
    Guid? HoldId,
    long PointsAmount,
    string? Channel,
    string? Store,
    FrozenPerk? Perk = null,
    long PlansSave = 0
)
{
    /// <summary>As the brand would have reported it.</summary>
    public OrderReport ToReport(string orderNo, DateTime at, DateTime? paidAt, string currency) =>
        new(
            orderNo,
            at,
            currency,
            [.. Lines.Select(l => new OrderLineRequest(l.Id, l.Sku, l.Quantity, l.Net, l.Category))],
            PaidAt: paidAt,
            Shipping: Shipping,
            Channel: Channel,
            Store: Store,
            Coupons:
            [
                .. Coupons.Select(c => new OrderCouponRequest(
                    Ids.Show(IdPrefix.Coupon, c.Id),
                    c.Amount,
                    [.. c.Off.Select((off, i) => new OrderCouponLine(Lines[i].Id, off)).Where(l => l.Amount > 0)]
                )),
            ],
            Points: HoldId is { } hold ? new(Ids.Show(IdPrefix.Hold, hold)) : null,
            PointsAmount: HoldId is null ? null : PointsAmount
        );

    /// <summary>Points over the lines they took something off, by what they took.</summary>
    public long[]? Split(long points) =>
        PointsAmount == 0 ? null : Allocation.Split(points, [.. Lines.Select(l => l.PointsDiscount)]);

    /// <summary>Pieces at limited prices, by list and SKU.</summary>
    public IEnumerable<(PurchaseKey Key, long Pieces)> Limited(Guid member) =>
        Lines
            .Where(l => l.Limited > 0)
            .GroupBy(l => new PurchaseKey(member, l.PriceListId!.Value, l.Sku), l => l.Limited)
            .Select(g => (g.Key, g.Sum()));
}

/// <summary>A perk as it was used.</summary>
/// <param name="ReservationId">What keeps it for the checkout.</param>
public sealed record FrozenPerk(Guid PerkId, Guid ReservationId);

/// <summary>A line as it was decided.</summary>
/// <param name="Net">Minor units.</param>
/// <param name="PointsDiscount">What points took off it, minor units.</param>
/// <param name="PriceListId">Whose price it has; null for the list price.</param>
/// <param name="Limited">Pieces of it that count for the price list's purchase limit.</param>
public sealed record FrozenLine(
    string Id,
    string Sku,
    string? Category,
    long Quantity,
    long Net,
    long PointsDiscount,
    Guid? PriceListId,
    int? PriceListVersion,
    long Limited
);

/// <summary>A coupon as it was used.</summary>
/// <param name="Amount">What it took off in all, minor units.</param>
/// <param name="Off">Of each line, minor units.</param>
/// <param name="Worth">What each line its threshold counted was worth at its turn, minor units; null for the others.</param>
public sealed record FrozenCoupon(Guid Id, Guid TemplateId, long Amount, IReadOnlyList<long> Off, IReadOnlyList<long?> Worth)
{
    /// <summary>As it is stored: numbers between commas, nothing for a line that was not counted.</summary>
    public string WorthText => string.Join(',', Worth.Select(w => w?.ToString(CultureInfo.InvariantCulture)));
}
