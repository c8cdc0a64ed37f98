using System.Globalization;
using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Shared;

namespace MemberCloud.Orders;

/// <summary>Coupons that orders use: redeemed with the report, given back by their policy when the order is cancelled or refunded whole.</summary>
public sealed partial class OrderWork
{
    private static readonly Update<OrderReward> RewardChange = new([nameof(OrderReward.LetGo), nameof(OrderReward.Revoked)]);
    private static readonly Update<OrderCoupon> CouponChange = new([nameof(OrderCoupon.LetGo), nameof(OrderCoupon.Reclaimed)]);

    private readonly List<OrderCoupon> addedCoupons = [];
    private readonly HashSet<OrderCoupon> changedCoupons = [];
    private readonly List<OrderReward> addedRewards = [];
    private readonly HashSet<OrderReward> changedRewards = [];

    /// <summary>Why the order cannot use what it names; null = it can. By the order's own time: a report may be late; a checkout locked its coupons before.</summary>
    private Problem? CouponsRefused(OrderReport report, Guid memberId, FrozenCart? frozen)
    {
        foreach (var asked in report.Coupons ?? [])
        {
            if (FindCoupon(asked) is not { } coupon)
                return Problem.NotFound("coupon");
            var at = frozen?.At ?? report.OccurredAt;
            if (CouponRules.Redeemable(coupon, memberId, at, scope.Now, frozen?.CheckoutId) is { } refusal)
                return Refusals.Problem(refusal, scope.Language) with
                {
                    Extra = new Dictionary<string, object?> { ["coupon_id"] = asked.Id },
                };
        }
        return null;
    }

    private Coupon? FindCoupon(OrderCouponRequest asked) =>
        Ids.TryRead(IdPrefix.Coupon, asked.Id, out var id) ? stored.Coupons.Work.Find(id) : null;

    private void Redeem(Order order, OrderReport report, FrozenCart? frozen)
    {
        foreach (var asked in report.Coupons ?? [])
        {
            var coupon = FindCoupon(asked)!;
            stored.Coupons.Work.Redeem(coupon, order.Id, asked.Amount, report.OccurredAt);
            addedCoupons.Add(
                new()
                {
                    TenantId = scope.Id,
                    OrderId = order.Id,
                    CouponId = coupon.Id,
                    TemplateId = coupon.TemplateId,
                    TemplateVersion = coupon.TemplateVersion,
                    Amount = asked.Amount,
                    Lines = string.Join(
                        ',',
                        OrderRules.CouponLines(asked, report.Lines).Select(a => a.ToString(CultureInfo.InvariantCulture))
                    ),
                    Worth = frozen?.Coupons.First(c => c.Id == coupon.Id).WorthText,
                }
            );
        }
    }

    private IEnumerable<OrderCoupon> CouponsOf(Order order) =>
        stored.Coupons.Rows[order.Id].Concat(addedCoupons.Where(c => c.OrderId == order.Id));

    /// <summary>The order is no more: its coupons come back, or end, by their templates' policy. The ids of those that can be used again.</summary>
    private List<string> LetCouponsGo(Order order, DateTime at)
    {
        var back = new List<string>();
        foreach (var used in CouponsOf(order).Where(c => !c.LetGo))
        {
            used.LetGo = true;
            changedCoupons.Add(used);
            var coupon = stored.Coupons.Work.Find(used.CouponId)!;
            if (coupon.OrderId != order.Id || !stored.Coupons.Work.Return(coupon, TermsOf(used), at))
                continue;
            // The order that earned it went before: it was kept only as long as this one used it.
            if (stored.Coupons.RewardOf.GetValueOrDefault(coupon.Id) is { LetGo: true, Revoked: false } reward)
                Revoke(reward, OwnerOf(order), "order refunded", at);
            else
                back.Add(Ids.Show(IdPrefix.Coupon, coupon.Id));
        }
        return back;
    }

    /// <summary>The order is no more: coupons it earned that nobody used are made void, and given back to their rules' caps and budgets.</summary>
    private void Revoke(Order order, string reason, DateTime at)
    {
        foreach (var reward in stored.Coupons.Rewards[order.Id].Where(r => !r.LetGo))
        {
            reward.LetGo = true;
            changedRewards.Add(reward);
            if (stored.Coupons.Work.Find(reward.CouponId)!.StateAt(at) == CouponState.Issued)
                Revoke(reward, OwnerOf(order), reason, at);
        }
    }

    private void Revoke(OrderReward reward, Guid member, string reason, DateTime at)
    {
        stored.Coupons.Work.Void(stored.Coupons.Work.Find(reward.CouponId)!, reason, at);
        earning.GiveBack(member, reward.RuleId, reward.EarnedAt, 1);
        reward.Revoked = true;
        changedRewards.Add(reward);
    }

    private OrderReward RewardOf(Order order, Rewarded given, DateTime at) =>
        new()
        {
            TenantId = scope.Id,
            OrderId = order.Id,
            CouponId = given.Coupon.Id,
            TemplateId = given.Coupon.TemplateId,
            RuleId = given.Rule.Id,
            RuleVersion = given.Rule.Version,
            EarnedAt = at,
        };

    /// <summary>
    /// What of a refund is kept back because a coupon's threshold is no longer met by what the member keeps, at most all of the refund. Cumulative: what pieces were kept back for
    /// that go back now is paid out with them, and what one refund was too small for the next one keeps back; who keeps nothing has lost nothing. Below 0 = paid out.
    /// </summary>
    private long Reclaim(Order order, IReadOnlyList<OrderLine> lines, long refund)
    {
        var sum = 0L;
        foreach (var used in CouponsOf(order).Where(c => !c.LetGo))
        {
            var due = RefundRules.Reclaimed(TermsOf(used), used.Lines, lines, used.Worth) - used.Reclaimed;
            var change = Math.Min(refund - sum, due);
            if (change == 0)
                continue;
            used.Reclaimed += change;
            changedCoupons.Add(used);
            sum += change;
        }
        return sum;
    }

    private TemplateBody TermsOf(OrderCoupon used) => stored.Coupons.Terms[(used.TemplateId, used.TemplateVersion)];

    private void WriteCoupons(StoreBatch store)
    {
        stored.Coupons.Work.Write(store);
        store.Insert(addedCoupons);
        store.Insert(addedRewards);
        store.Update<OrderReward>(RewardChange, [.. changedRewards.Except(addedRewards)]);
        store.Update<OrderCoupon>(CouponChange, [.. changedCoupons.Except(addedCoupons)]);
    }
}
