using MemberCloud.Data;
using MemberCloud.Perks;
using MemberCloud.Points;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;

namespace MemberCloud.Earning;

/// <summary>An earning that was made: who, what, by which rule, on which lines.</summary>
public sealed record EarnedLot(Guid MemberId, PointsEntry Entry, PointsLot Lot, LoadedRule Rule, Earned Earned)
{
    public string Currency => Entry.Currency;
    public long Amount => Entry.DeltaAvailable + Entry.DeltaPending - Entry.DeltaDebt;
}

/// <summary>What a fact earned.</summary>
public sealed record EarnedByFact(IReadOnlyList<EarnedLot> Lots, IReadOnlyList<Rewarded> Coupons);

/// <summary>
/// Accounts, caps and standings of some members in memory, locked, and budgets: facts are applied to them in order, then all is written at once.
/// </summary>
public sealed class EarningWork(
    TenantScope scope,
    ActiveRules rules,
    IReadOnlyDictionary<AccountKey, PointsJournal> journals,
    TierWork tiers,
    MemberBenefits benefits,
    IEnumerable<EarningCap> storedCaps,
    Buckets<EarningBudget> budgets,
    RewardWork rewards
)
{
    private static readonly Update<EarningCap> CapChange = new([nameof(EarningCap.Used)]);

    private readonly KeyedRows<(Guid Member, Guid Rule, string Period), EarningCap> caps = new(
        storedCaps,
        c => (c.MemberId, c.RuleId, c.Period),
        k =>
            new()
            {
                TenantId = scope.Id,
                MemberId = k.Member,
                RuleId = k.Rule,
                Period = k.Period,
            }
    );

    public PointsJournal Journal(Guid memberId, string currency) => journals[new(memberId, currency)];

    public IEnumerable<PointsJournal> JournalsOf(Guid memberId) =>
        journals.Where(j => j.Key.MemberId == memberId).Select(j => j.Value);

    public Tier? TierOf(Guid memberId) => tiers.TierOf(memberId);

    /// <summary>First of all on a member: what fell due by now, on every account at hand, so that no decision sees less than a read would.</summary>
    public void PostDue()
    {
        foreach (var journal in journals.Values)
            journal.PostDue();
        foreach (var memberId in journals.Keys.Select(k => k.MemberId).Distinct())
            tiers.Advance(memberId);
    }

    /// <summary>Applies every rule the fact triggers.</summary>
    public EarnedByFact Earn(Fact fact, Reference source)
    {
        var seen = fact with { Benefits = benefits.Of(fact.MemberId, tiers.TierOf(fact.MemberId), fact.OccurredAt) };
        var of = rules.For(fact.Trigger).ToLookup(r => r.Body.Formula.Coupon is null);
        List<EarnedLot> earned = [.. of[true].Select(rule => Apply(rule, seen, source)).OfType<EarnedLot>()];
        List<Rewarded> coupons = [.. of[false].SelectMany(rule => Reward(rule, seen))];
        if (earned.Exists(e => e.Currency == Currencies.Growth))
            tiers.Advance(fact.MemberId);
        return new(earned, coupons);
    }

    /// <summary>Points given by hand, not by a rule.</summary>
    public PointsEntry EarnByHand(Guid memberId, string currency, NewPoints earning)
    {
        var entry = Journal(memberId, currency).Earn(earning);
        if (currency == Currencies.Growth)
        {
            tiers.Add(memberId, earning.OccurredAt, earning.Amount);
            tiers.Advance(memberId);
        }
        return entry;
    }

    /// <summary>Adjusts by hand: up makes a lot of its own, down takes what ends soonest (of growth what was earned last). Null when there is too little.</summary>
    public PointsEntry? Adjust(Guid memberId, string currency, NewPoints up, bool down)
    {
        var journal = Journal(memberId, currency);
        if (!down)
        {
            var entry = journal.Earn(up, EntryKind.Adjust);
            if (currency == Currencies.Growth)
                tiers.Add(memberId, up.OccurredAt, up.Amount);
        }
        else if (currency != Currencies.Growth)
        {
            return journal.TakeAway(up.Amount, up.Source, up.Reason!);
        }
        else if (journal.TakeGrowthAway(up.Amount, up.Source, up.Reason!) is { } taken)
        {
            foreach (var (earnedAt, amount) in taken)
                tiers.Add(memberId, earnedAt, -amount);
        }
        else
        {
            return null;
        }
        if (currency == Currencies.Growth)
            tiers.Advance(memberId);
        return journal.Entries[^1];
    }

    /// <summary>
    /// Takes a part of an earning back by the brand's policy, growth at its own time and always. What was really taken. <see cref="GiveBack"/> and
    /// <see cref="Reversed"/> follow.
    /// </summary>
    public long Reverse(Guid memberId, string currency, Guid lotId, long amount, Reference reference, DateTime at, string reason)
    {
        var journal = Journal(memberId, currency);
        var isGrowth = currency == Currencies.Growth;
        if (journal.Lot(lotId) is not { } lot || Math.Min(amount, lot.Amount - lot.Reversed) is not (> 0 and var part))
            return 0;
        var policy = isGrowth ? ClawbackPolicy.AllowNegative : scope.Tenant.Settings.PointsClawback;
        var entry = journal.Claw(lot, part, reference, at, reason, policy);
        if (isGrowth)
            tiers.Reverse(memberId, lot.EarnedAt, part);
        return entry is null ? 0 : entry.DeltaDebt - entry.DeltaAvailable - entry.DeltaPending;
    }

    /// <summary>After all reversals of one event: a tier that they take away goes.</summary>
    public void Reversed(Guid memberId) => tiers.Reversed(memberId);

    /// <summary>Gives back to a rule's caps and budget what was reversed of an earning.</summary>
    /// <param name="memberId">Who earned.</param>
    /// <param name="ruleId">By which rule; named when the work was opened.</param>
    /// <param name="occurredAt">When the fact occurred that earned: its day and month are given back to.</param>
    /// <param name="amount">Points reversed, at most what was earned and is not given back yet.</param>
    public void GiveBack(Guid memberId, Guid ruleId, DateTime occurredAt, long amount)
    {
        budgets.Give(ruleId, amount);
        foreach (var (period, _) in EarningRules.CapPeriods(AllPeriods, occurredAt, scope.Tenant.Local))
        {
            if (caps.TryChange((memberId, ruleId, period), out var cap))
                cap.Used = Math.Max(0, cap.Used - amount);
        }
    }

    internal static readonly RuleCaps AllPeriods = new(PerDay: 0, PerMonth: 0, PerMember: 0);

    public void Write(StoreBatch store)
    {
        PointsLedger.Write(store, [.. journals.Values]);
        caps.Write(store, CapChange);
        tiers.Write(store);
        budgets.Write(store);
        rewards.Write(store);
    }

    /// <summary>What the template does not allow is given back to the rule's caps and budget.</summary>
    private IReadOnlyList<Rewarded> Reward(LoadedRule rule, Fact fact)
    {
        if (EarningRules.Compute(rule.Body, fact) is not { } computed)
            return [];
        var amount = WithinLimits(rule, fact, computed.Amount);
        var given = rewards.Give(rule, fact.MemberId, amount);
        if (given.Count < amount)
            GiveBack(fact.MemberId, rule.Id, fact.OccurredAt, amount - given.Count);
        return given;
    }

    private EarnedLot? Apply(LoadedRule rule, Fact fact, Reference source)
    {
        if (EarningRules.Compute(rule.Body, fact) is not { } computed)
            return null;
        var amount = WithinLimits(rule, fact, computed.Amount);
        if (amount <= 0)
            return null;
        var journal = Journal(fact.MemberId, rule.Body.Currency);
        var settlesAt = EarningRules.SettlesAt(rule.Body, fact, scope.Tenant.Local);
        var expiry = rule.Body.Expiry?.ToPolicy() ?? ExpiryPolicy.Never;
        var entry = journal.Earn(
            new(amount, fact.OccurredAt, settlesAt, expiry, source, Rule: rule.Stamp, Refundable: fact.IsOrder)
        );
        if (rule.Body.Currency == Currencies.Growth)
            tiers.Add(fact.MemberId, fact.OccurredAt, amount);
        return new(fact.MemberId, entry, journal.Added.First(l => l.Seq == entry.Seq), rule, computed with { Amount = amount });
    }

    /// <summary>What caps, and then the budget, leave of an amount; it is counted against both.</summary>
    private long WithinLimits(LoadedRule rule, Fact fact, long amount)
    {
        var periods = EarningRules.CapPeriods(rule.Body.Caps, fact.OccurredAt, scope.Tenant.Local).ToList();
        amount = EarningRules.WithinCaps(
            amount,
            periods.Select(p => p.Limit - caps.Read((fact.MemberId, rule.Id, p.Period)).Used)
        );
        if (rule.Body.Budget is not null)
            amount = budgets.Take(rule.Id, amount);
        foreach (var (period, _) in periods)
            caps.Change((fact.MemberId, rule.Id, period)).Used += amount;
        return amount;
    }
}
