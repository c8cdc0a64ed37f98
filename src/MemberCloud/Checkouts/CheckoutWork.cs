using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Orders;
using MemberCloud.Perks;
using MemberCloud.Points;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Checkouts;

/// <summary>
/// Checkouts in memory with all they set aside, locked: given back, then written at once. Coupons, holds and purchase limits run out by themselves at the same instant as their
/// checkout, whoever writes that first: what is not the checkout's any more is left alone.
/// </summary>
internal sealed class CheckoutWork
{
    private static readonly Lookup<Checkout> ById = new("id = {0}", [typeof(Guid)]) { Locks = true };
    private static readonly Update<Checkout> Change = new(
        [nameof(Checkout.State), nameof(Checkout.EndedAt), nameof(Checkout.OrderNo), nameof(Checkout.Version)],
        new(nameof(Checkout.Version), c => c.Version - 1)
    );

    private readonly TenantScope scope;
    private readonly IReadOnlyDictionary<Guid, FrozenCart> carts;
    private readonly IReadOnlyDictionary<AccountKey, PointsJournal> journals;
    private readonly CouponWork coupons;
    private readonly PurchaseCounts counts;
    private readonly IReadOnlyDictionary<(Guid Member, Guid Perk), PerkWork> perks;
    private readonly List<Checkout> changed = [];

    private CheckoutWork(
        TenantScope scope,
        IReadOnlyDictionary<Guid, FrozenCart> carts,
        IReadOnlyDictionary<AccountKey, PointsJournal> journals,
        CouponWork coupons,
        PurchaseCounts counts,
        IReadOnlyDictionary<(Guid, Guid), PerkWork> perks
    ) =>
        (this.scope, this.carts, this.journals, this.coupons, this.counts, this.perks) = (
            scope,
            carts,
            journals,
            coupons,
            counts,
            perks
        );

    /// <summary>How many were given back.</summary>
    public int Changed => changed.Count;

    /// <summary>Adds to a batch the lock of checkouts, which comes before all else about them.</summary>
    public static List<Checkout> Ask(LoadBatch load, IEnumerable<Guid> ids) =>
        load.Add(ById, [.. ids.Order().Select(id => new object[] { id })]);

    public static FrozenCart CartOf(Checkout checkout) => Json.Read<FrozenCart>(checkout.Cart);

    /// <summary>Opens what locked checkouts set aside: accounts, then coupons, then limits, then perks, as everywhere.</summary>
    public static async Task<CheckoutWork> OpenAsync(
        IDoorSession session,
        PointsLedger ledger,
        TenantScope scope,
        IReadOnlyList<Checkout> checkouts,
        CancellationToken ct
    )
    {
        var carts = checkouts.ToDictionary(c => c.Id, CartOf);
        var load = new LoadBatch();
        var accounts = checkouts.Where(c => carts[c.Id].HoldId is not null).Select(AccountOf).Distinct();
        var open = ledger.Ask(load, [.. accounts]);
        var coupons = CouponWork.Ask(load, scope.Tenant, [], carts.Values.SelectMany(c => c.Coupons).Select(c => c.Id));
        var limited = checkouts.SelectMany(c => carts[c.Id].Limited(c.MemberId)).Select(l => l.Key);
        var counts = PurchaseCounts.Ask(load, scope.Id, limited);
        await session.LoadAsync(load, ct);
        var (journals, perks) = (await open(session, ct), new Dictionary<(Guid, Guid), PerkWork>());
        foreach (var key in checkouts.Where(c => carts[c.Id].Perk is not null).Select(PerkOf).Distinct().Order())
            perks.Add(key, await PerkWork.OpenAsync(session, scope.Tenant, key, scope.Now, ct));
        return new(scope, carts, journals, coupons(), counts(), perks);

        (Guid Member, Guid Perk) PerkOf(Checkout checkout) => (checkout.MemberId, carts[checkout.Id].Perk!.PerkId);
    }

    /// <summary>Gives all back: cancelled now, or expired at its time.</summary>
    public void End(Checkout checkout, CheckoutState state, DateTime at)
    {
        var cart = carts[checkout.Id];
        foreach (var used in cart.Coupons)
        {
            if (coupons.Find(used.Id) is not { State: CouponState.Locked } coupon || coupon.LockedBy != checkout.Id)
                continue;
            coupons.Release(coupon, at);
            coupons.PostDue(coupon, scope.Now);
        }
        if (cart.HoldId is { } id && journals.GetValueOrDefault(AccountOf(checkout)) is { } journal)
        {
            journal.PostDue();
            if (journal.FindHold(id) is { State: HoldState.Held } hold)
                journal.Release(hold);
            // What went back past its end ends at once.
            journal.PostDue();
        }
        foreach (var (key, _) in cart.Limited(checkout.MemberId))
            PurchaseRules.Release(counts.Of(key), checkout.Id);
        // One that ran out is given back by whoever opens the perk.
        if (
            cart.Perk is { } perk
            && perks[(checkout.MemberId, perk.PerkId)] is var work
            && work.Find(perk.ReservationId) is { } kept
        )
            work.Release(kept);
        (checkout.State, checkout.EndedAt) = (state, at);
        checkout.Version++;
        changed.Add(checkout);
    }

    public void Write(StoreBatch store)
    {
        PointsLedger.Write(store, [.. journals.Values]);
        coupons.Write(store);
        counts.Write(store);
        foreach (var perk in perks.Values)
            perk.Write(store);
        store.Update<Checkout>(Change, changed);
    }

    /// <summary>What it set aside of limited prices is bought, its perk is used, and it is this order. False when another checkout has them by now: its time ran out on the way.</summary>
    public static async Task<bool> CommitAsync(
        IDoorSession session,
        TenantScope scope,
        Checkout checkout,
        FrozenCart cart,
        Order order,
        StoreBatch store,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var limited = cart.Limited(checkout.MemberId).Select(l => l.Key).ToList();
        var ask = PurchaseCounts.Ask(load, scope.Id, limited);
        await session.LoadAsync(load, ct);
        var counts = ask();
        if (!limited.TrueForAll(key => PurchaseRules.Buy(counts.Of(key), checkout.Id, scope.Tenant.Local)))
            return false;
        if (cart.Perk is { } used)
        {
            var perk = await PerkWork.OpenAsync(session, scope.Tenant, (checkout.MemberId, used.PerkId), scope.Now, ct);
            if (perk.Find(used.ReservationId) is not { } kept)
                return false;
            perk.Commit(kept, null);
            perk.Write(store);
        }
        counts.Write(store);
        (checkout.State, checkout.EndedAt, checkout.OrderNo) = (CheckoutState.Committed, scope.Now, order.OrderNo);
        checkout.Version++;
        store.Update<Checkout>(Change, [checkout]);
        return true;
    }

    private static AccountKey AccountOf(Checkout checkout) => new(checkout.MemberId, Currencies.Points);
}
