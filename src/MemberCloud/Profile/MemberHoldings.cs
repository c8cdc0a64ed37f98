using MemberCloud.Checkouts;
using MemberCloud.Memberships;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tiers;

namespace MemberCloud.Profile;

/// <summary>What members have beside what their own rows say, as a whole: ended with them, joined, parted. Points move in <see cref="MergeService"/>.</summary>
public sealed class MemberHoldings(
    PointsHoldings points,
    TierService tiers,
    WalletHoldings wallet,
    CheckoutHoldings checkouts,
    MembershipHoldings memberships
)
{
    /// <summary>Why members can be neither erased, merged nor parted now; null = they can.</summary>
    public Task<Problem?> BusyAsync(IReadOnlyCollection<Guid> members, CancellationToken ct) => checkouts.OpenAsync(members, ct);

    /// <summary>Nothing is left to spend, to settle, to use or to renew.</summary>
    public async Task EndAsync(Guid id, CancellationToken ct)
    {
        await points.EndAsync(id, ct);
        await wallet.EndAsync(id, ct);
        await memberships.EndAsync(id, ct);
        await tiers.ForgetAsync(id, ct);
    }

    /// <summary>The better of the two standings, then what both growths together reach; the coupons and perks of both; the paid time of both.</summary>
    public async Task<Problem?> JoinAsync(Guid from, Guid into, CancellationToken ct)
    {
        if (await wallet.JoinAsync(from, into, ct) is { } problem)
            return problem;
        await checkouts.MoveLimitsAsync(from, into, +1, ct);
        await memberships.JoinAsync(from, into, ct);
        await tiers.JoinAsync(from, into, ct);
        return null;
    }

    /// <summary>Coupons, perks, limits and standings part again; memberships stay where they went.</summary>
    public async Task PartAsync(Guid from, Guid into, CancellationToken ct)
    {
        await wallet.PartAsync(from, into, ct);
        await checkouts.MoveLimitsAsync(from, into, -1, ct);
        await memberships.PartAsync(from, into, ct);
        await tiers.PartAsync(from, into, ct);
    }
}
