using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Pricing;

/// <summary>Who buys, as far as prices, coupons and earning rules ask.</summary>
/// <param name="MemberId">Null: somebody new.</param>
/// <param name="Tier">Where the member stands; null: on no tier.</param>
/// <param name="Points">Points the member can spend now.</param>
internal sealed record QuoteMember(Guid? MemberId, Tier? Tier, PriceBuyer Buyer, IReadOnlyList<string> Tags, long Points);

/// <summary>What a quote reads of a member. Nothing is locked: what is true a moment later is the checkout's to find out.</summary>
internal sealed class QuoteReads(MemberCloudDb db, MemberService members, TierService tiers, PointsReads points)
{
    /// <summary>Coupons of a wallet that are looked at: those that end soonest.</summary>
    private const int Most = 500;

    /// <summary>The member asked for; somebody new where the brand's own id is not known yet.</summary>
    public async Task<Result<QuoteMember>> MemberAsync(QuoteRequest asked, bool withTags, bool withPoints, CancellationToken ct)
    {
        var member = asked.MemberId is { } shown
            ? await members.FindAsync(shown, ct)
            : await members.FindByExternalIdAsync(asked.ExternalId!, ct);
        if (member is null && asked.MemberId is not null)
            return Problem.NotFound("member");
        if (member?.ErasedAt is not null)
            return MemberRules.Erased;
        var ladder = await tiers.LadderAsync(ct);
        var standing = member is null
            ? null
            : await db.Set<TierStanding>().AsNoTracking().FirstOrDefaultAsync(s => s.MemberId == member.Id, ct);
        var tierId = standing is null ? TierService.EntryOf(ladder) : standing.TierId;
        var tags = member is not null && withTags ? await members.TagsAsync(member.Id, ct) : [];
        return new QuoteMember(
            member?.Id,
            ladder.FirstOrDefault(t => t.Id == tierId),
            // Nobody can have a plan yet.
            new(tierId is { } tier ? [tier] : [], [], tags),
            tags,
            member is not null && withPoints ? await SpendableAsync(member.Id, ct) : 0
        );
    }

    private async Task<long> SpendableAsync(Guid memberId, CancellationToken ct)
    {
        var account = (await points.ReadAsync(new(memberId, Currencies.Points), ct)).Account;
        return account.Debt > 0 ? 0 : account.Available;
    }

    /// <summary>What is in the member's wallet and may be used some time.</summary>
    public Task<List<Coupon>> WalletAsync(Guid memberId, DateTime at, CancellationToken ct) =>
        db.Set<Coupon>()
            .AsNoTracking()
            .Where(c => c.MemberId == memberId && c.ValidUntil > at)
            .Where(c => c.State == CouponState.Issued || c.State == CouponState.Locked)
            .OrderBy(c => c.ValidUntil)
            .ThenBy(c => c.Id)
            .Take(Most)
            .ToListAsync(ct);

    /// <summary>What the member had at the limited prices of some SKUs.</summary>
    public async Task<IReadOnlyDictionary<(Guid List, string Sku), PurchaseCount>> BoughtAsync(
        Guid memberId,
        IReadOnlyCollection<string> skus,
        CancellationToken ct
    ) =>
        await db.Set<PurchaseCount>()
            .AsNoTracking()
            .Where(c => c.MemberId == memberId && skus.Contains(c.Sku))
            .ToDictionaryAsync(c => (c.ListId, c.Sku), ct);

    /// <summary>Coupons by id, in whatever state, of whomever in the brand; one that there is not is refused.</summary>
    public async Task<Result<List<Coupon>>> NamedAsync(IReadOnlyList<string> shown, CancellationToken ct)
    {
        var ids = shown.Select(s => Ids.TryRead(IdPrefix.Coupon, s, out var id) ? id : Guid.Empty).ToList();
        var found = await db.Set<Coupon>().AsNoTracking().Where(c => ids.Contains(c.Id)).ToListAsync(ct);
        var unknown = ids.FindIndex(id => !found.Exists(c => c.Id == id));
        return unknown < 0
            ? found
            : Problem.Contradiction("coupon_unknown", "A coupon is named that the brand does not have.") with
            {
                Errors = [new($"/coupons/{unknown}", "coupon_unknown", "There is no such coupon.")],
            };
    }

    /// <summary>The catalogue's word on lines that leave something out.</summary>
    public async Task<IReadOnlyDictionary<string, Product>> ProductsAsync(
        IReadOnlyList<QuoteLineRequest> lines,
        CancellationToken ct
    )
    {
        var skus = lines
            .Where(l => l.ListPrice is null || l.Category is null || l.Brand is null)
            .Select(l => l.Sku)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return skus.Count == 0 ? new Dictionary<string, Product>() : await ProductService.OfAsync(db, skus, ct);
    }
}
