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
        IReadOnlyCollection<Member> made,
        IReadOnlyCollection<OrderReport> taking,
        IReadOnlyDictionary<Guid, Guid> owners,
        CancellationToken ct,
        Guid? captured = null
    )
    {
        var door = transactions.Door;
        var spending = taking.Select(r => r.Points).OfType<OrderPointsRequest>().ToList();
        var rules = await earning.RulesAsync(ct);
        var load = new LoadBatch();
        List<object[]> ids = [.. orders.Select(o => new object[] { o.Id })];
        var earnings = load.Add(EarningsOf, ids);
        var lines = load.Add(LinesOf, ids);
        var points = load.Add(PointsOf, ids);
        var used = load.Add(CouponsOf, ids);
        await door.LoadAsync(load, ct);

        var byOrder = orders.ToDictionary(o => o.Id, o => owners[o.MemberId]);
        var (rewards, rewardOf) = await RewardsAsync(byOrder.Keys, used, ct);
        // An order that gives back what another one earned gives back to the caps of that day.
        var earnedAt = rewardOf.Values.Select(r => new EarnerAt(
            byOrder[used.First(u => u.CouponId == r.CouponId).OrderId],
            r.EarnedAt
        ));
        earners = [.. earners.Concat(earnedAt).Distinct()];
        var (holds, kinds) = captured is null ? await HoldsAsync(spending, ct) : ([captured.Value], []);
        var taken = points.SelectMany(p => LotParts.Parse(p.Taken).Lots.Select(l => (byOrder[p.OrderId], l)));
        var named =
            orders.Count + spending.Count == 0 ? null
            : captured is not null ? new Named([], [], holds, OnlyCaptures: true)
            : new Named(
                [.. earnings.Select(e => (byOrder[e.OrderId], e.LotId)).Union(taken)],
                [.. earnings.Select(e => e.RuleId).Concat(rewards.Concat(rewardOf.Values).Select(r => r.RuleId)).Distinct()],
                holds
            );
        kinds = [.. kinds, .. earnings.Select(e => e.Currency), .. points.Select(p => p.Currency)];
        var work = await earning.OpenAsync(earners, [.. kinds.Distinct(StringComparer.Ordinal)], ct, named);
        var memberIds = earners.Select(e => e.MemberId).Distinct().ToList();
        var tags = rules.AskTags ? await MemberService.TagsAsync(door, memberIds.Except(made.Select(m => m.Id)), ct) : null;
        var firstOrders = rules.AskFirstOrder ? await FirstOrdersAsync(memberIds, ct) : [];
        var coupons = await CouponsAsync(taking, used, rewards, rewardOf, ct);
        var limits = await LimitsAsync(lines, byOrder, ct);
        var stored = new StoredParts(earnings, lines.OrderBy(l => l.LineNo).ToLookup(l => l.OrderId), points, coupons, limits);
        return new(scope, work, stored, owners, tags, firstOrders);
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
        IReadOnlyCollection<OrderReport> taking,
        IReadOnlyCollection<OrderCoupon> used,
        IReadOnlyCollection<OrderReward> rewards,
        Dictionary<Guid, OrderReward> rewardOf,
        CancellationToken ct
    )
    {
        var named = taking
            .SelectMany(r => r.Coupons ?? [])
            .Select(c => Ids.TryRead(IdPrefix.Coupon, c.Id, out var id) ? id : (Guid?)null)
            .OfType<Guid>();
        // Not the order's member: what was earned while two members were one stays with the other when they part.
        var given = rewards.Concat(rewardOf.Values).Where(r => !r.Revoked).Select(r => r.CouponId).ToList();
        var work = await CouponWork.OpenAsync(
            transactions.Door,
            scope.Tenant,
            await CouponWork.HoldersAsync(transactions.Door, given, ct),
            named.Concat(used.Select(u => u.CouponId)).Concat(given),
            ct
        );
        var terms = await templates.TermsAsync([.. used.Select(u => (u.TemplateId, u.TemplateVersion))], ct);
        return new(work, used.ToLookup(u => u.OrderId), terms, rewards.ToLookup(r => r.OrderId), rewardOf);
    }

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
