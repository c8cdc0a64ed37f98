using MemberCloud.Checkouts;
using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Profile;

/// <summary>What members have beside what their own rows say, as a whole: ended with them, joined, parted. Points move in <see cref="MergeService"/>.</summary>
public sealed class MemberHoldings(
    Transactions transactions,
    PointsLedger ledger,
    TierService tiers,
    CouponHoldings coupons,
    CheckoutHoldings checkouts
)
{
    /// <summary>Why members can be neither erased, merged nor parted now; null = they can.</summary>
    public Task<Problem?> BusyAsync(IReadOnlyCollection<Guid> members, CancellationToken ct) => checkouts.OpenAsync(members, ct);

    /// <summary>Nothing is left to spend, to settle or to use.</summary>
    public async Task EndAsync(Guid id, CancellationToken ct)
    {
        var currencies = await transactions
            .Db.Set<PointsAccount>()
            .Where(a => a.MemberId == id)
            .Select(a => a.Currency)
            .ToListAsync(ct);
        var door = transactions.Door;
        var journals = await ledger.OpenAsync(door, [.. currencies.Select(c => new AccountKey(id, c))], LotsWanted.Open, ct);
        foreach (var journal in journals.Values)
        {
            journal.PostDue();
            journal.Erase();
        }
        var store = new StoreBatch();
        PointsLedger.Write(store, [.. journals.Values]);
        await door.StoreAsync(store, ct);
        await coupons.EndAsync(id, ct);
        await tiers.ForgetAsync(id, ct);
    }

    /// <summary>The better of the two standings, then what both growths together reach; the coupons of both.</summary>
    public async Task<Problem?> JoinAsync(Guid from, Guid into, CancellationToken ct)
    {
        if (await coupons.JoinAsync(from, into, ct) is { } problem)
            return problem;
        await checkouts.MoveLimitsAsync(from, into, +1, ct);
        var work = await tiers.OpenAsync(transactions.Door, [from, into], ct);
        work.Adopt(into, from);
        work.Advance(into);
        await StoreAsync(work, ct);
        await tiers.ForgetAsync(from, ct);
        return null;
    }

    public async Task PartAsync(Guid from, Guid into, CancellationToken ct)
    {
        await coupons.PartAsync(from, into, ct);
        await checkouts.MoveLimitsAsync(from, into, -1, ct);
        var work = await tiers.OpenAsync(transactions.Door, [into, from], ct);
        work.Advance(into);
        work.Advance(from);
        await StoreAsync(work, ct);
    }

    private Task StoreAsync(TierWork work, CancellationToken ct)
    {
        var store = new StoreBatch();
        work.Write(store);
        return transactions.Door.StoreAsync(store, ct);
    }
}
