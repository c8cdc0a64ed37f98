using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Perks;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Earning;

/// <summary>A rule ready to be computed with.</summary>
public sealed record LoadedRule(Guid Id, int Version, RuleBody Body)
{
    public RuleStamp Stamp => new(Id, Version);
}

/// <summary>The active rules of a brand.</summary>
/// <param name="Perks">Perks that have a say in what is earned, and in quotes.</param>
public sealed record ActiveRules(IReadOnlyList<LoadedRule> Rules, WorkingPerks Perks)
{
    public bool AskTags { get; } = Rules.Any(r => r.Body.Conditions?.Tags is { Count: > 0 });
    public bool AskFirstOrder { get; } = Rules.Any(r => r.Body.Conditions?.FirstOrder == true);

    /// <summary>Rules go by tiers or plans.</summary>
    public bool AskPlans { get; } =
        Rules.Any(r => r.Body.Formula.TierMultiplier || r.Body.Conditions is { TierIds.Count: > 0 } or { PlanIds.Count: > 0 });
    public bool AnyCaps { get; } =
        Rules.Any(r => r.Body.Caps is { PerDay: not null } or { PerMonth: not null } or { PerMember: not null });

    public bool AnyCoupons { get; } = Rules.Any(r => r.Body.Formula.Coupon is not null);

    /// <summary>The triggers that may come; null = any.</summary>
    private IReadOnlyCollection<string>? Triggers { get; init; }

    public IEnumerable<LoadedRule> For(string trigger) =>
        Triggers?.Contains(trigger) != false
            ? Rules.Where(r => r.Body.Trigger == trigger)
            : throw new InvalidOperationException($"Nothing is at hand for {trigger}.");

    /// <summary>The rules of some triggers: no other may come.</summary>
    public ActiveRules On(IReadOnlyCollection<string> triggers) =>
        new([.. Rules.Where(r => triggers.Contains(r.Body.Trigger))], Perks) { Triggers = triggers };
}

/// <summary>The rules that earn now, read from memory, and the coupon templates they give from.</summary>
public sealed class RulesInForce(
    Transactions transactions,
    TenantScope scope,
    TenantCache cache,
    TemplateBook templates,
    PerkService perks
)
{
    public Task<ActiveRules> ActiveAsync(CancellationToken ct) =>
        cache.GetAsync(
            scope.Tenant,
            async () =>
            {
                var rows = await transactions
                    .Db.Set<EarningRule>()
                    .AsNoTracking()
                    .Where(r => r.Active)
                    .OrderBy(r => r.Id)
                    .ToListAsync(ct);
                return new ActiveRules(
                    [.. rows.Select(r => new LoadedRule(r.Id, r.RuleVersion, Json.Read<RuleBody>(r.Body)))],
                    WorkingPerks.Of(await perks.AllAsync(ct))
                );
            }
        );

    /// <summary>Opens the coupons that rules may give members, inside the caller's transaction, after the accounts.</summary>
    public async Task<RewardWork> OpenRewardsAsync(
        ActiveRules rules,
        IReadOnlyCollection<Guid> members,
        IReadOnlyList<Tier> ladder,
        CancellationToken ct
    )
    {
        if (!rules.AnyCoupons)
            return RewardWork.None;
        var from = new Dictionary<Guid, LoadedTemplate>();
        foreach (var rule in rules.Rules.Where(r => r.Body.Formula.Coupon is not null))
            if (await templates.FindAsync(rule.Body.Formula.Coupon!.TemplateId, ct) is { } template)
                from.Add(rule.Id, template);
        var some = from.Values.DistinctBy(t => t.Id).ToList();
        var grants = await CouponGrants.OpenAsync(
            transactions.Door,
            scope.Tenant,
            ladder,
            [.. members.SelectMany(m => some.Select(t => (m, t)))],
            transactions.Attempt > 1 ? [.. some.Select(t => t.Id)] : [],
            ct
        );
        return new(grants, from, scope.Tenant, scope.Now);
    }
}
