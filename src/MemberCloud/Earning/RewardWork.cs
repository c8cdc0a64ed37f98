using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Earning;

/// <summary>A coupon that a rule gave.</summary>
public sealed record Rewarded(LoadedRule Rule, Coupon Coupon);

/// <summary>Coupons that rules give: granted in memory, then stored with what else was earned.</summary>
public sealed class RewardWork(
    CouponGrants? grants,
    IReadOnlyDictionary<Guid, LoadedTemplate> templates,
    TenantInfo? tenant,
    DateTime now
)
{
    private readonly List<OutboxEvent> refused = [];

    public static RewardWork None => new(null, new Dictionary<Guid, LoadedTemplate>(), null, default);

    /// <summary>Up to so many coupons of the rule's template, as many as the member may have.</summary>
    public IReadOnlyList<Rewarded> Give(LoadedRule rule, Guid member, long quantity)
    {
        var given = new List<Rewarded>();
        if (grants?.Holder(member) is null || !templates.TryGetValue(rule.Id, out var template))
            return given;
        while (given.Count < quantity)
        {
            var (coupon, refusal) = grants.Grant(template, member, CouponWay.Reward, now);
            if (coupon is null)
            {
                refused.Add(RewardRefused.Of(tenant!.Id, member, rule, template, refusal!.Value, now));
                break;
            }
            given.Add(new(rule, coupon));
        }
        return given;
    }

    public void Write(StoreBatch store)
    {
        grants?.Write(store);
        store.Insert<OutboxEvent>(refused);
    }
}

/// <summary>What the event coupon.reward_refused says: which rule could not give, and why.</summary>
public sealed record RewardRefused(string RuleId, string TemplateId, Refusal Reason)
{
    public static OutboxEvent Of(
        Guid tenant,
        Guid member,
        LoadedRule rule,
        LoadedTemplate template,
        Refusal reason,
        DateTime at
    ) =>
        OutboxEvent.Of(
            tenant,
            "coupon.reward_refused",
            member,
            new RewardRefused(Ids.Show(IdPrefix.Rule, rule.Id), Ids.Show(IdPrefix.Template, template.Id), reason),
            at
        );
}
