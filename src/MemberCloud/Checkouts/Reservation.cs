using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Orders;
using MemberCloud.Perks;
using MemberCloud.Points;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Checkouts;

/// <summary>What one quote uses, in memory, locked: set aside together, or not at all.</summary>
internal sealed class Reservation(
    TenantScope scope,
    MadeQuote made,
    PointsJournal? journal,
    CouponWork coupons,
    PurchaseCounts counts,
    PerkWork? perk
)
{
    private Guid Member => made.Member.MemberId!.Value;

    /// <summary>Adds to a batch what a quote uses; it is opened once that is loaded.</summary>
    public static Func<IDoorSession, CancellationToken, Task<Reservation>> Ask(
        LoadBatch load,
        TenantScope scope,
        PointsLedger ledger,
        MadeQuote made
    )
    {
        var member = made.Member.MemberId ?? Guid.Empty;
        List<AccountKey> accounts = made.Quote.PointsUsed > 0 ? [new(member, Currencies.Points)] : [];
        var open = ledger.Ask(load, accounts);
        var coupons = CouponWork.Ask(load, scope.Tenant, [], made.Quote.Applied.Select(a => a.Coupon.Id));
        var counts = PurchaseCounts.Ask(load, scope.Id, Limited(made).Select(l => l.Key));
        return async (session, ct) =>
            new Reservation(
                scope,
                made,
                (await open(session, ct)).Values.SingleOrDefault(),
                coupons(),
                counts(),
                CheckoutRules.PerkOf(made) is { } held
                    ? await PerkWork.OpenAsync(session, scope.Tenant, (member, held.Id), scope.Now, ct)
                    : null
            );
    }

    /// <summary>The cart with its hold; a problem when the member has too much set aside; null = something moved since the quote was made.</summary>
    public Result<FrozenCart>? Take(FrozenCart cart, DateTime until)
    {
        foreach (var used in made.Quote.Applied)
        {
            var coupon = coupons.Find(used.Coupon.Id);
            if (coupon is null || CouponRules.Usable(coupon, Member, null, cart.At) is not null)
                return null;
            coupons.Lock(coupon, cart.CheckoutId, until);
        }
        foreach (var (key, limit, pieces) in Limited(made))
        {
            var count = counts.Of(key);
            if (PurchaseRules.Taken(count, limit.Per, cart.At, scope.Tenant.Local) + pieces > limit.Quantity)
                return null;
            PurchaseRules.Hold(count, new(cart.CheckoutId, pieces, cart.At, until));
            if (PurchaseRules.HoldsOf(count).Count > PurchaseRules.MostHolds)
                return CheckoutRules.TooMany;
        }
        return Use(cart, until) is { } with ? Hold(with, until) : null;
    }

    public void Write(StoreBatch store)
    {
        if (journal is not null)
            PointsLedger.Write(store, [journal]);
        coupons.Write(store);
        counts.Write(store);
        perk?.Write(store);
    }

    /// <summary>The cart with its perk; null = less of it is left than the quote saw.</summary>
    private FrozenCart? Use(FrozenCart cart, DateTime until)
    {
        if (CheckoutRules.PerkOf(made) is not { } held)
            return cart;
        var saves = -made.Quote.Shipping.Where(s => s.Source == AdjustmentSource.Perk).Sum(s => s.Amount);
        return perk!.Reserve(held, 1, HoldRules.OfCheckout(cart.CheckoutId), until, saves) is { } kept
            ? cart with
            {
                Perk = new(held.Id, kept.Id),
            }
            : null;
    }

    private Result<FrozenCart>? Hold(FrozenCart cart, DateTime until)
    {
        if (journal is null)
            return cart;
        journal.PostDue();
        if (journal.OpenHolds >= PointsJournal.MaxHolds)
            return Problem.Conflict("too_many_holds", $"A member has at most {PointsJournal.MaxHolds} open holds.");
        return journal.Hold(made.Quote.PointsUsed, HoldRules.OfCheckout(cart.CheckoutId), until) is { } hold
            ? (Result<FrozenCart>)(cart with { HoldId = hold.Id })
            : (Result<FrozenCart>?)null;
    }

    private static List<(PurchaseKey Key, PurchaseLimit Limit, long Pieces)> Limited(MadeQuote made) =>
        [
            .. made
                .Input.Lines.Where(l => l.Price is { Limit: not null, Pieces: > 0 } price && price.UnitPrice < l.ListPrice)
                .GroupBy(l => new PurchaseKey(made.Member.MemberId ?? Guid.Empty, l.Price!.ListId, l.Sku))
                .Select(g => (g.Key, g.First().Price!.Limit!, g.Sum(l => l.Price!.Pieces))),
        ];
}
