using MemberCloud.Coupons;
using MemberCloud.Perks;
using MemberCloud.Shared;

namespace MemberCloud.Profile;

/// <summary>What members have to use up, coupons and perks, as a whole: ended with them, joined, parted. Inside the caller's transaction, the members locked.</summary>
public sealed class WalletHoldings(CouponHoldings coupons, PerkHoldings perks)
{
    public async Task EndAsync(Guid id, CancellationToken ct)
    {
        await coupons.EndAsync(id, ct);
        await perks.EndAsync(id, ct);
    }

    public async Task<Problem?> JoinAsync(Guid from, Guid into, CancellationToken ct) =>
        await perks.JoinAsync(from, into, ct) ?? await coupons.JoinAsync(from, into, ct);

    public async Task PartAsync(Guid from, Guid into, CancellationToken ct)
    {
        await perks.PartAsync(from, into, ct);
        await coupons.PartAsync(from, into, ct);
    }
}
