using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Perks;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;

namespace MemberCloud.Pricing;

/// <summary>Who buys, as far as prices, coupons and earning rules ask.</summary>
/// <param name="MemberId">Null: somebody new.</param>
/// <param name="EarnedTier">Where the member stands by growth; null = on no tier.</param>
/// <param name="Benefits">What the member's tiers and plans do by themselves.</param>
/// <param name="Points">Points the member can spend now.</param>
/// <param name="Plans">Plans in force.</param>
/// <param name="Shipping">Free shipping that the member has left.</param>
internal sealed record QuoteMember(
    Guid? MemberId,
    Guid? EarnedTier,
    Benefits Benefits,
    PriceBuyer Buyer,
    IReadOnlyList<string> Tags,
    long Points,
    IReadOnlyList<PlanHolding> Plans,
    IReadOnlyList<HeldPerk> Shipping
)
{
    /// <summary>As if these were all the plans.</summary>
    public PriceBuyer BuyerWith(IReadOnlyList<PlanHolding> plans, DateTime at) => PriceBuyer.Of(EarnedTier, plans, Tags, at);
}

/// <summary>What a quote asks of the database.</summary>
/// <param name="Tags">Prices or earning rules go by tags.</param>
/// <param name="Plans">Prices or earnings go by plans, or by tiers; or plans are on offer.</param>
/// <param name="Points">Points pay.</param>
/// <param name="Limited">SKUs of the cart that some list limits.</param>
/// <param name="Perks">The brand's that do something by themselves.</param>
/// <param name="Ships">There is shipping to be paid, and there are perks that take it off.</param>
/// <param name="At">When the cart is bought.</param>
internal sealed record QuoteWants(
    bool Tags,
    bool Plans,
    bool Points,
    IReadOnlyList<string> Limited,
    WorkingPerks Perks,
    bool Ships,
    DateTime At
);

/// <summary>What it was told.</summary>
/// <param name="Coupons">Those named, in whatever state, of whomever in the brand; the wallet's usable ones where none are named.</param>
/// <param name="Articles">The catalogue's word on lines that leave something out, by SKU.</param>
/// <param name="Bought">What the member had at the limited prices.</param>
internal sealed record QuoteFacts(
    QuoteMember Member,
    IReadOnlyList<Coupon> Coupons,
    IReadOnlyDictionary<string, Article> Articles,
    IReadOnlyDictionary<(Guid List, string Sku), PurchaseCount> Bought,
    IReadOnlyList<Tier> Ladder
);

/// <summary>
/// What a quote reads of a member: one trip where our id names the member, one more for the brand's own id, one more for who was merged. Nothing is locked: what is true
/// a moment later is the checkout's to find out.
/// </summary>
internal sealed class QuoteReads(IDoor door, TenantScope scope, TierService tiers, PointsLedger ledger, Catalogue catalogue)
{
    /// <summary>Coupons of a wallet that are looked at: those that end soonest.</summary>
    private const int Most = 500;

    private static readonly Lookup<Coupon> Wallet = new(
        "member_id = {0} AND valid_until > {1} AND state IN ('issued', 'locked')",
        [typeof(Guid), typeof(DateTime)],
        "valid_until, id",
        Most
    );
    private static readonly Lookup<Coupon> CouponById = new("id = {0}", [typeof(Guid)]);
    private static readonly Lookup<PurchaseCount> BoughtBySku = new(
        "member_id = {0} AND sku = {1}",
        [typeof(Guid), typeof(string)]
    );

    /// <summary>The member asked for, with all that is asked of it; somebody new where the brand's own id is not known yet.</summary>
    public async Task<Result<QuoteFacts>> ReadAsync(QuoteRequest asked, QuoteWants wants, CancellationToken ct)
    {
        var ladder = await tiers.LadderAsync(ct);
        var reads = door.Look(scope.Id);
        // Who holds points is seen in several batches: another's write in between is seen as such, and looked at again.
        return await Transactions.RetryAsync(_ => ReadAsync(reads, ladder, asked, wants, ct), ct);
    }

    private async Task<Result<QuoteFacts>> ReadAsync(
        IDoorReads reads,
        IReadOnlyList<Tier> ladder,
        QuoteRequest asked,
        QuoteWants wants,
        CancellationToken ct
    )
    {
        var id = await IdAsync(reads, asked, ct);
        var (member, facts) = await OfAsync(reads, ladder, id, asked, wants, ct);
        if (member?.MergedInto is { } into)
            (member, facts) = await OfAsync(reads, ladder, into, asked, wants, ct);
        if (member is null && asked.MemberId is not null)
            return Problem.NotFound("member");
        return member?.ErasedAt is not null ? MemberRules.Erased : facts;
    }

    private static async Task<Guid?> IdAsync(IDoorReads reads, QuoteRequest asked, CancellationToken ct)
    {
        if (asked.MemberId is { } shown)
            return Ids.TryRead(IdPrefix.Member, shown, out var id) ? id : null;
        var load = new LoadBatch();
        var found = load.Add(
            MemberService.ByExternalId,
            [
                [asked.ExternalId!],
            ]
        );
        await reads.LoadAsync(load, ct);
        return found is [var member] ? member.MergedInto ?? member.Id : null;
    }

    private async Task<(Member? Member, QuoteFacts Facts)> OfAsync(
        IDoorReads reads,
        IReadOnlyList<Tier> ladder,
        Guid? id,
        QuoteRequest asked,
        QuoteWants wants,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var one = Key(id);
        var members = load.Add(MemberService.ById, one);
        var standings = load.Add(TierService.Standings, one);
        var tags = load.Add(MemberService.TagsById, wants.Tags ? one : []);
        var plans = load.Add(PlanHolding.OfMember, wants.Plans || wants.Ships ? one : []);
        var shipping = ShippingPerks.Ask(load, scope.Tenant, wants.Ships ? wants.Perks.Shipping : [], id, wants.At);
        var accounts = ledger.Ask(load, id is { } of && wants.Points ? [new(of, Currencies.Points)] : [], LotsWanted.Due);
        var coupons = asked.Coupons?.Ids is { } named
            ? load.Add(CouponById, [.. named.Select(IdOf).Distinct().Select(c => new object[] { c })])
            : load.Add(Wallet, Key(id, wants.At));
        var articles = Articles(load, asked.Lines);
        var bought = load.Add(BoughtBySku, [.. wants.Limited.SelectMany(s => Key(id, s))]);
        await reads.LoadAsync(load, ct);
        var points = (await accounts(reads, ct)).Values.SingleOrDefault();
        var member = MemberOf(
            members.SingleOrDefault(),
            ladder,
            standings.SingleOrDefault(),
            [.. plans.Where(p => p.IsInForce(wants.At))],
            [.. tags.Select(t => t.Tag)],
            wants
        ) with
        {
            Points = Spendable(points),
        };
        if (wants.Ships && members is [var ships])
            member = member with { Shipping = shipping(Sources(ships, ladder, standings.SingleOrDefault(), plans, wants.At)) };
        return (members.SingleOrDefault(), new(member, coupons, articles(), bought.ToDictionary(c => (c.ListId, c.Sku)), ladder));
    }

    private static QuoteMember MemberOf(
        Member? member,
        IReadOnlyList<Tier> ladder,
        TierStanding? standing,
        IReadOnlyList<PlanHolding> plans,
        IReadOnlyList<string> tags,
        QuoteWants wants
    )
    {
        var tier = standing is null ? TierService.EntryOf(ladder) : standing.TierId;
        return new(
            member?.Id,
            tier,
            new MemberBenefits(ladder, wants.Perks, plans).Of(
                member?.Id ?? Guid.Empty,
                ladder.FirstOrDefault(t => t.Id == tier),
                wants.At
            ),
            PriceBuyer.Of(tier, plans, tags, wants.At),
            tags,
            0,
            plans,
            []
        );
    }

    private IReadOnlyList<PerkSource> Sources(
        Member member,
        IReadOnlyList<Tier> ladder,
        TierStanding? standing,
        IEnumerable<PlanHolding> plans,
        DateTime at
    ) =>
        EntitlementRules.Sources(
            ladder,
            standing is { } s ? new(s.TierId, s.Since, s.ValidUntil) : null,
            member.JoinedAt,
            plans,
            at,
            scope.Tenant.Local
        );

    /// <summary>What is known of a member, with more that is asked for; nothing of nobody.</summary>
    private static object[][] Key(Guid? member, params object[] more) =>
        member is { } id
            ?
            [
                [id, .. more],
            ]
            : [];

    private static Guid IdOf(string shown) => Ids.TryRead(IdPrefix.Coupon, shown, out var id) ? id : Guid.Empty;

    /// <summary>Adds to a batch what is not in memory of the catalogue; it is there once that is loaded.</summary>
    private Func<IReadOnlyDictionary<string, Article>> Articles(LoadBatch load, IReadOnlyList<QuoteLineRequest> lines)
    {
        var known = new Dictionary<string, Article>(StringComparer.Ordinal);
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in lines.Where(l => l.ListPrice is null || l.Category is null || l.Brand is null))
        {
            if (catalogue.Find(scope.Tenant, line.Sku) is { } article)
                known[line.Sku] = article;
            else
                unknown.Add(line.Sku);
        }
        var read = load.Add(ProductService.BySku, [.. unknown.Select(s => new object[] { s })]);
        return () =>
        {
            foreach (var product in read)
                known[product.Sku] = Article.Of(product);
            foreach (var sku in unknown)
                catalogue.Keep(scope.Tenant, sku, known.GetValueOrDefault(sku, Article.Unknown));
            return known;
        };
    }

    /// <summary>What is due counts as done; who owes points has none.</summary>
    private static long Spendable(PointsJournal? points)
    {
        if (points is null)
            return 0;
        points.PostDue();
        return points.Account.Debt > 0 ? 0 : points.Account.Available;
    }
}
