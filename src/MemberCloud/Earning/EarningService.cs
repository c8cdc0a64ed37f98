using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Perks;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;

namespace MemberCloud.Earning;

/// <summary>Who will earn, and when: an account is opened for each member, caps for each period.</summary>
public readonly record struct EarnerAt(Guid MemberId, DateTime OccurredAt);

/// <summary>What was made before and will be touched: lots (closed ones too), the rules in whose caps earnings count, holds.</summary>
/// <param name="OnlyCaptures">Nothing is spent or taken back: holds are captured, whose points have left their lots before. What is not named is not touched, unless it earns.</param>
public sealed record Named(
    IReadOnlyCollection<(Guid MemberId, Guid LotId)> Lots,
    IReadOnlyCollection<Guid> Rules,
    IReadOnlyCollection<Guid>? Holds = null,
    bool OnlyCaptures = false
);

/// <summary>Turns facts into points and growth, inside the caller's transaction.</summary>
public sealed class EarningService(
    Transactions transactions,
    PointsLedger ledger,
    TierService tiers,
    RulesInForce rules,
    TenantScope scope
)
{
    private static readonly Lookup<EarningCap> Caps = new(
        "member_id = {0} AND rule_id = {1} AND period = {2}",
        [typeof(Guid), typeof(Guid), typeof(string)]
    )
    {
        // The account is no lock as long as there is none: who only ever got coupons has none.
        Locks = true,
    };

    private Buckets<EarningBudget> last = Buckets<EarningBudget>.None;

    public Task<ActiveRules> RulesAsync(CancellationToken ct) => rules.ActiveAsync(ct);

    /// <summary>Locks and loads what facts of these members may touch. Accounts first, in order; the rest is read under their lock.</summary>
    /// <param name="earners">Who, and when.</param>
    /// <param name="triggers">What facts may come: rules of other triggers cost nothing.</param>
    /// <param name="moreCurrencies">Accounts beside those that rules earn in, points and growth.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="named">What was made before.</param>
    /// <param name="also">Adds what else is wanted in the same trip; it is locked after the accounts.</param>
    public async Task<EarningWork> OpenAsync(
        IReadOnlyCollection<EarnerAt> earners,
        IReadOnlyCollection<string> triggers,
        IReadOnlyCollection<string> moreCurrencies,
        CancellationToken ct,
        Named? named = null,
        Action<LoadBatch>? also = null
    )
    {
        var active = (await rules.ActiveAsync(ct)).On(triggers);
        var session = transactions.Door;
        var onlyNamed = named is { OnlyCaptures: true } && triggers.Count == 0;
        var currencies = active
            .Rules.Where(r => r.Body.Formula.Coupon is null)
            .Select(r => r.Body.Currency)
            .Concat(moreCurrencies)
            .Concat(onlyNamed ? [] : [Currencies.Points, Currencies.Growth])
            .Distinct()
            .ToList();
        var members = earners.Select(e => e.MemberId).Distinct().ToList();
        var journals = await ledger.OpenAsync(
            session,
            [.. members.SelectMany(m => currencies.Select(c => new AccountKey(m, c)))],
            named is null or { OnlyCaptures: true } ? LotsWanted.Due : LotsWanted.Open,
            ct,
            named?.Lots,
            named?.Holds,
            also
        );
        var standings = onlyNamed
            ? tiers.None
            : await tiers.OpenAsync(session, members, ct, mayReverse: named is { OnlyCaptures: false });
        var (caps, budgets, holdings) = await LimitsAsync(session, active, earners, named?.Rules ?? [], ct);
        var ladder = active.Rules.Count > 0 ? await tiers.LadderAsync(ct) : [];
        var rewards = await rules.OpenRewardsAsync(active, members, ladder, ct);
        var benefits = new MemberBenefits(ladder, active.Perks, holdings);
        var work = new EarningWork(scope, active, journals, standings, benefits, caps, budgets, rewards);
        work.PostDue();
        return work;
    }

    /// <summary>What limits rules, and the plans that members have: rules ask for them.</summary>
    private async Task<(List<EarningCap> Caps, Buckets<EarningBudget> Budgets, List<PlanHolding> Holdings)> LimitsAsync(
        IDoorSession session,
        ActiveRules active,
        IReadOnlyCollection<EarnerAt> earners,
        IReadOnlyCollection<Guid> named,
        CancellationToken ct
    )
    {
        var ids = active.Rules.Where(r => active.AnyCaps).Select(r => r.Id).Union(named).ToList();
        var load = new LoadBatch();
        var keys = earners.SelectMany(e =>
            ids.SelectMany(rule =>
                EarningRules
                    .CapPeriods(EarningWork.AllPeriods, e.OccurredAt, scope.Tenant.Local)
                    .Select(p => (e.MemberId, Rule: rule, p.Period))
            )
        );
        var caps = load.Add(Caps, [.. keys.Distinct().Order().Select(k => new object[] { k.MemberId, k.Rule, k.Period })]);
        var budgets = Buckets<EarningBudget>.Ask(
            load,
            [.. active.Rules.Where(r => r.Body.Budget is not null).Select(r => r.Id).Union(named)],
            transactions.Attempt > 1 ? last.TakenFrom : []
        );
        var members = active.Rules.Count > 0 ? earners.Select(e => e.MemberId).Distinct() : [];
        var holdings = load.Add(PlanHolding.OfMember, [.. members.Select(m => new object[] { m })]);
        await session.LoadAsync(load, ct);
        return (caps, last = budgets(), holdings);
    }

    /// <summary>Facts of members that have no lines: joining, a completed profile, a birthday. Their channel is the one the member came by.</summary>
    public async Task EarnAsync(
        IReadOnlyList<(string Trigger, Guid MemberId, string? Channel, DateTime At, Reference Source)> facts,
        CancellationToken ct
    )
    {
        var active = await rules.ActiveAsync(ct);
        if (!facts.Any(f => active.For(f.Trigger).Any()))
            return;
        List<string> triggers = [.. facts.Select(f => f.Trigger).Distinct(StringComparer.Ordinal)];
        var work = await OpenAsync([.. facts.Select(f => new EarnerAt(f.MemberId, f.At))], triggers, [], ct);
        var tags = active.AskTags ? await MemberService.TagsAsync(transactions.Door, facts.Select(f => f.MemberId), ct) : null;
        foreach (var fact in facts)
            work.Earn(Simple(fact.Trigger, fact.MemberId, fact.Channel, fact.At, tags?[fact.MemberId]), fact.Source);
        await StoreAsync(work, ct);
    }

    /// <summary>Points given by hand.</summary>
    public Task<Result<PointsEntry>> EarnByHandAsync(Guid memberId, string currency, NewPoints earning, CancellationToken ct) =>
        transactions.DecideAsync<PointsEntry>(
            async () =>
            {
                var held = await MemberService.HoldAsync(transactions.Door, memberId, ct);
                if (held.Problem is { } problem)
                    return problem;
                memberId = held.Value.Id;
                var work = await OpenAsync([new(memberId, earning.OccurredAt)], [], [currency], ct);
                var entry = work.EarnByHand(memberId, currency, earning);
                await StoreAsync(work, ct);
                return entry;
            },
            ct
        );

    /// <summary>Points adjusted by hand, inside the caller's transaction.</summary>
    public async Task<Result<PointsEntry>> AdjustAsync(
        Guid memberId,
        string currency,
        NewPoints adjustment,
        bool down,
        CancellationToken ct
    )
    {
        var held = await MemberService.HoldAsync(transactions.Door, memberId, ct);
        if (held.Problem is { } erased)
            return erased;
        memberId = held.Value.Id;
        // Every open lot: which one ends soonest can only be said with all of them at hand.
        var work = await OpenAsync([new(memberId, adjustment.OccurredAt)], [], [currency], ct, new([], []));
        if (work.Adjust(memberId, currency, adjustment, down) is not { } entry)
            return Problem.Conflict("points_insufficient", $"The member has fewer than {adjustment.Amount}.");
        await StoreAsync(work, ct);
        return entry;
    }

    public Task StoreAsync(EarningWork work, CancellationToken ct)
    {
        var store = new StoreBatch();
        work.Write(store);
        return transactions.Door.StoreAsync(store, ct);
    }

    /// <summary>The fact that a member joined, for members that were just made.</summary>
    public static void EarnForJoining(EarningWork work, IEnumerable<Member> made)
    {
        foreach (var member in made)
            work.Earn(
                Simple(EarningRules.MemberJoined, member.Id, member.Channel, member.JoinedAt, null),
                new("member", Ids.Show(IdPrefix.Member, member.Id))
            );
    }

    private static Fact Simple(string trigger, Guid memberId, string? channel, DateTime at, IEnumerable<string>? tags) =>
        new(trigger, memberId, at, [], channel, null, [.. tags ?? []], false);
}
