using MemberCloud.Data;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Checkouts;

/// <summary>What members have to do with checkouts as a whole, for erasing and merging them. Inside the caller's transaction, the members held.</summary>
public sealed class CheckoutHoldings(Transactions transactions, TenantScope scope)
{
    /// <summary>Refused while one of them has an open checkout: somebody is about to pay.</summary>
    public async Task<Problem?> OpenAsync(IReadOnlyCollection<Guid> members, CancellationToken ct)
    {
        var now = scope.Now;
        return await transactions
            .Db.Set<Checkout>()
            .AnyAsync(c => members.Contains(c.MemberId) && c.State == CheckoutState.Open && c.ExpiresAt > now, ct)
            ? Problem.Conflict("open_checkout", "The member has an open checkout: commit or cancel it first.")
            : null;
    }

    /// <summary>What the one bought at limited prices counts for the other while they are one: two members are no way around a limit. Sign -1: no more.</summary>
    public async Task MoveLimitsAsync(Guid from, Guid into, int sign, CancellationToken ct)
    {
        var counts = await PurchaseCounts.OfMembersAsync(transactions.Door, scope.Id, [from, into], ct);
        foreach (var key in counts.Keys.Where(k => k.Member == from).ToList())
            PurchaseRules.Join(counts.Of(key with { Member = into }), counts.Read(key), sign);
        var store = new StoreBatch();
        counts.Write(store);
        await transactions.Door.StoreAsync(store, ct);
    }
}
