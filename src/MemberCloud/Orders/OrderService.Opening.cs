using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>How orders are loaded: their parts, then their members' accounts, locked.</summary>
public sealed partial class OrderService
{
    private static readonly Lookup<Order> OfMember = new("member_id = {0} AND state <> 'cancelled'", [typeof(Guid)], "id", 1);
    private static readonly Lookup<Member> MergedInto = new("merged_into = {0}", [typeof(Guid)]);
    private static readonly Lookup<OrderLine> LinesOf = new("order_id = {0}", [typeof(Guid)]);
    private static readonly Lookup<OrderEarning> EarningsOf = new("order_id = {0}", [typeof(Guid)]);
    private static readonly Lookup<OrderCoupon> CouponsOf = new("order_id = {0}", [typeof(Guid)]);
    private static readonly Lookup<OrderReward> RewardsOf = new("order_id = {0}", [typeof(Guid)]) { Locks = true };
    private static readonly Lookup<OrderReward> RewardsOfCoupon = new("coupon_id = {0}", [typeof(Guid)]) { Locks = true };
    private static readonly Lookup<OrderPoints> PointsOf = new("order_id = {0}", [typeof(Guid)]);

    private async Task<OrderWork> OpenAsync(
        IReadOnlyList<Order> orders,
        IReadOnlyCollection<EarnerAt> earners,
        IReadOnlyCollection<string> triggers,
        IReadOnlyCollection<Member> made,
        IReadOnlyCollection<OrderReport> taking,
        IReadOnlyDictionary<Guid, Guid> owners,
        CancellationToken ct,
        FrozenCart? frozen = null
    )
    {
        var rules = (await earning.RulesAsync(ct)).On(triggers);
        var parts = await PartsAsync([.. orders.Select(o => o.Id)], ct);
        var byOrder = orders.ToDictionary(o => o.Id, o => owners[o.MemberId]);
        earners = [.. earners.Concat(parts.GivingBack(byOrder)).Distinct()];
        List<OrderPointsRequest> spending = [.. taking.Select(r => r.Points).OfType<OrderPointsRequest>()];
        var (holds, kinds) = frozen is null ? await HoldsAsync(spending, ct) : HoldOf(frozen);
        kinds = [.. kinds, .. parts.Earnings.Select(e => e.Currency), .. parts.Points.Select(p => p.Currency)];
        Func<CouponWork>? coupons = null;
        void AskCoupons(LoadBatch also) => coupons = CouponWork.Ask(also, scope.Tenant, [], NamedIn(taking));
        var work = await earning.OpenAsync(
            earners,
            triggers,
            [.. kinds.Distinct(StringComparer.Ordinal)],
            ct,
            frozen is not null ? new Named([], [], holds, OnlyCaptures: true)
                : orders.Count + spending.Count == 0 ? null
                : parts.Named(byOrder, holds),
            // Coupons that may be earned are counted before others are locked.
            rules.AnyCoupons || parts.AnyCoupons
                ? null
                : AskCoupons
        );
        var memberIds = earners.Select(e => e.MemberId).Distinct().ToList();
        var stay = memberIds.Except(made.Select(m => m.Id));
        var tags = rules.AskTags ? await MemberService.TagsAsync(transactions.Door, stay, ct) : null;
        var firstOrders = rules.AskFirstOrder ? await FirstOrdersAsync(memberIds, ct) : [];
        var stored = new StoredParts(
            parts.Earnings,
            parts.Lines.OrderBy(l => l.LineNo).ToLookup(l => l.OrderId),
            parts.Points,
            await CouponsAsync(coupons?.Invoke(), taking, parts, ct),
            await LimitsAsync(parts.Lines, byOrder, ct)
        );
        return new(scope, work, stored, owners, tags, firstOrders);
    }

    /// <summary>What is stored under some orders.</summary>
    /// <param name="Rewards">Coupons they earned.</param>
    /// <param name="RewardOf">Coupons they used that orders earned.</param>
    private sealed record Parts(
        List<OrderEarning> Earnings,
        List<OrderLine> Lines,
        List<OrderPoints> Points,
        List<OrderCoupon> Used,
        List<OrderReward> Rewards,
        Dictionary<Guid, OrderReward> RewardOf
    )
    {
        public bool AnyCoupons => Used.Count + Rewards.Count > 0;

        /// <summary>An order that gives back what another one earned gives back to the caps of that day.</summary>
        public IEnumerable<EarnerAt> GivingBack(Dictionary<Guid, Guid> owners) =>
            RewardOf.Values.Select(r => new EarnerAt(owners[Used.First(u => u.CouponId == r.CouponId).OrderId], r.EarnedAt));

        public Named Named(Dictionary<Guid, Guid> owners, IReadOnlyCollection<Guid> holds)
        {
            var taken = Points.SelectMany(p => LotParts.Parse(p.Taken).Lots.Select(l => (owners[p.OrderId], l)));
            return new(
                [.. Earnings.Select(e => (owners[e.OrderId], e.LotId)).Union(taken)],
                [.. Earnings.Select(e => e.RuleId).Concat(Rewards.Concat(RewardOf.Values).Select(r => r.RuleId)).Distinct()],
                holds
            );
        }
    }

    private async Task<Parts> PartsAsync(IReadOnlyCollection<Guid> orders, CancellationToken ct)
    {
        var load = new LoadBatch();
        List<object[]> ids = [.. orders.Select(id => new object[] { id })];
        var earnings = load.Add(EarningsOf, ids);
        var lines = load.Add(LinesOf, ids);
        var points = load.Add(PointsOf, ids);
        var used = load.Add(CouponsOf, ids);
        await transactions.Door.LoadAsync(load, ct);
        var (rewards, rewardOf) = await RewardsAsync(orders, used, ct);
        return new(earnings, lines, points, used, rewards, rewardOf);
    }

    /// <summary>The purchase limits that orders' lines count for, locked last of all.</summary>
    private async Task<PurchaseCounts> LimitsAsync(
        IEnumerable<OrderLine> lines,
        Dictionary<Guid, Guid> owners,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var keys = lines.Where(l => l.Limited > 0).Select(l => new PurchaseKey(owners[l.OrderId], l.PriceListId!.Value, l.Sku));
        var limits = PurchaseCounts.Ask(load, scope.Id, keys);
        await transactions.Door.LoadAsync(load, ct);
        return limits();
    }

    /// <summary>The coupons that reports name and orders used, locked after the accounts.</summary>
    private async Task<StoredCoupons> CouponsAsync(
        CouponWork? work,
        IReadOnlyCollection<OrderReport> taking,
        Parts parts,
        CancellationToken ct
    )
    {
        var (used, rewards) = (parts.Used, parts.Rewards);
        // Not the order's member: what was earned while two members were one stays with the other when they part.
        var given = rewards.Concat(parts.RewardOf.Values).Where(r => !r.Revoked).Select(r => r.CouponId).ToList();
        work ??= await CouponWork.OpenAsync(
            transactions.Door,
            scope.Tenant,
            await CouponWork.HoldersAsync(transactions.Door, given, ct),
            NamedIn(taking).Concat(used.Select(u => u.CouponId)).Concat(given),
            ct
        );
        var terms = await templates.TermsAsync([.. used.Select(u => (u.TemplateId, u.TemplateVersion))], ct);
        return new(work, used.ToLookup(u => u.OrderId), terms, rewards.ToLookup(r => r.OrderId), parts.RewardOf);
    }

    private static IEnumerable<Guid> NamedIn(IEnumerable<OrderReport> reports) =>
        reports
            .SelectMany(r => r.Coupons ?? [])
            .Select(c => Ids.TryRead(IdPrefix.Coupon, c.Id, out var id) ? id : (Guid?)null)
            .OfType<Guid>();

    /// <summary>What orders earned in coupons, and what orders earned of the coupons they used; locked before all else: one of two orders about one coupon is first.</summary>
    private async Task<(List<OrderReward> Of, Dictionary<Guid, OrderReward> ByCoupon)> RewardsAsync(
        IEnumerable<Guid> orders,
        IEnumerable<OrderCoupon> used,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var of = load.Add(RewardsOf, [.. orders.Order().Select(id => new object[] { id })]);
        var earned = load.Add(RewardsOfCoupon, [.. used.Select(u => u.CouponId).Order().Select(id => new object[] { id })]);
        await transactions.Door.LoadAsync(load, ct);
        return (of, earned.ToDictionary(r => r.CouponId));
    }

    /// <summary>The holds that reports name, and their kinds of points: which accounts to open.</summary>
    private async Task<(IReadOnlyCollection<Guid> Holds, IEnumerable<string> Kinds)> HoldsAsync(
        IReadOnlyCollection<OrderPointsRequest> spending,
        CancellationToken ct
    )
    {
        var ids = spending
            .Select(s => Ids.TryRead(IdPrefix.Hold, s.HoldId, out var id) ? id : (Guid?)null)
            .OfType<Guid>()
            .ToList();
        var load = new LoadBatch();
        var found = load.Add(PointsLedger.HoldById, [.. ids.Distinct().Select(id => new object[] { id })]);
        await transactions.Door.LoadAsync(load, ct);
        return ([.. found.Select(h => h.Id)], found.Select(h => h.Currency));
    }

    private static (IReadOnlyCollection<Guid> Holds, IEnumerable<string> Kinds) HoldOf(FrozenCart frozen) =>
        frozen.HoldId is { } hold ? ([hold], [Currencies.Points]) : ([], []);

    /// <summary>What can make these orders earn.</summary>
    private static List<string> Triggers(IEnumerable<OrderReport> reports)
    {
        var triggers = new List<string>();
        if (reports.Any(r => r.PaidAt is not null))
            triggers.Add(EarningRules.OrderPaid);
        if (reports.Any(r => r.CompletedAt is not null))
            triggers.Add(EarningRules.OrderCompleted);
        return triggers;
    }

    /// <summary>The first order of each member; those of members merged into it are its own.</summary>
    private async Task<Dictionary<Guid, Guid>> FirstOrdersAsync(List<Guid> memberIds, CancellationToken ct)
    {
        var load = new LoadBatch();
        var merged = load.Add(MergedInto, [.. memberIds.Select(m => new object[] { m })]);
        await transactions.Door.LoadAsync(load, ct);
        var owners = merged.ToDictionary(m => m.Id, m => m.MergedInto!.Value);
        load = new LoadBatch();
        var some = load.Add(OfMember, [.. memberIds.Concat(owners.Keys).Distinct().Select(m => new object[] { m })]);
        await transactions.Door.LoadAsync(load, ct);
        return some.GroupBy(o => owners.GetValueOrDefault(o.MemberId, o.MemberId))
            .ToDictionary(g => g.Key, g => g.Min(o => o.Id));
    }
}
