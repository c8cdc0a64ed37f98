using System.Globalization;
using MemberCloud.Perks;
using MemberCloud.Shared;

namespace MemberCloud.Earning;

/// <summary>A line of what was bought.</summary>
public readonly record struct FactLine(string? Sku, string? Category, long Net);

/// <summary>Something a member did. Orders have lines; an event with an amount has one.</summary>
public sealed record Fact(
    string Trigger,
    Guid MemberId,
    DateTime OccurredAt,
    IReadOnlyList<FactLine> Lines,
    string? Channel,
    string? Store,
    IReadOnlyCollection<string> Tags,
    bool FirstOrder
)
{
    /// <summary>What the member's tiers and plans do: known to whoever holds the accounts.</summary>
    public Benefits Benefits { get; init; } = Benefits.None;

    public bool IsOrder => Trigger is EarningRules.OrderPaid or EarningRules.OrderCompleted;
}

/// <summary>What a rule gives for a fact.</summary>
/// <param name="Net">Net of the eligible lines, minor units.</param>
/// <param name="Lines">Indexes of the eligible lines.</param>
public sealed record Earned(long Amount, long Net, IReadOnlyList<int> Lines);

/// <summary>How much a fact earns by a rule. Pure.</summary>
public static class EarningRules
{
    public const string OrderPaid = "order.paid";
    public const string OrderCompleted = "order.completed";
    public const string MemberJoined = "member.joined";
    public const string MemberBirthday = "member.birthday";
    public const string ProfileCompleted = "profile.completed";

    /// <summary>What makes an order earn.</summary>
    public static readonly string[] OfOrders = [OrderPaid, OrderCompleted];

    /// <summary>The triggers a rule may have.</summary>
    public const string TriggerPattern =
        @"order\.(paid|completed)|member\.(joined|birthday)|check_in|review|share|referral|profile\.completed|custom:[a-z0-9_.-]{1,40}";

    /// <summary>The types of event a brand may report: order.* and member.* happen inside.</summary>
    public const string EventPattern = @"check_in|review|share|referral|profile\.completed|custom:[a-z0-9_.-]{1,40}";

    /// <summary>What the fact would earn before caps of periods; null when the rule does not apply. 0 is no entry.</summary>
    public static Earned? Compute(RuleBody rule, Fact fact)
    {
        var conditions = rule.Conditions ?? new();
        if (!rule.Active || rule.Trigger != fact.Trigger || !Applies(conditions, fact))
            return null;
        var lines = Enumerable.Range(0, fact.Lines.Count).Where(i => IsEligible(conditions, fact.Lines[i])).ToList();
        if (lines.Count == 0 && (fact.Lines.Count > 0 || AsksForLines(conditions)))
            return null;
        var net = lines.Sum(i => fact.Lines[i].Net);
        if (net < conditions.MinAmount)
            return null;
        // An order of 0 earns 0, by a fixed formula too.
        if (fact.IsOrder && fact.Lines.All(l => l.Net <= 0))
            return new(0, net, lines);
        var amount = Math.Min(Amount(rule.Formula, net, fact.Benefits.MultiplierBp), rule.Caps?.PerEvent ?? long.MaxValue);
        return new(amount, net, lines);
    }

    /// <summary>What caps leave of an amount: all of it, or the least that one of them has left.</summary>
    public static long WithinCaps(long amount, IEnumerable<long> left) => left.Select(l => Math.Max(0, l)).Append(amount).Min();

    /// <summary>
    /// True for a rule that would issue without limit: points per an amount that an event only reports, that nobody paid, with no cap and no budget.
    /// </summary>
    public static bool IsBoundless(RuleBody rule) =>
        rule
            is {
                Formula.PerAmount: not null,
                Budget: null,
                Caps: null or { PerEvent: null, PerDay: null, PerMonth: null, PerMember: null }
            }
        && rule.Trigger is not (OrderPaid or OrderCompleted or MemberJoined or MemberBirthday);

    /// <summary>The multiplier is applied before the one rounding down: a fraction given away on every order is money lost on every order.</summary>
    public static long Amount(RuleFormula formula, long net, int multiplierBp)
    {
        if (formula.Coupon is { } coupon)
            return coupon.Quantity;
        var times = formula.TierMultiplier ? multiplierBp : Benefits.Once;
        var amount = formula.PerAmount is { } per
            ? (Int128)Math.Max(0, net) * times / ((Int128)per.Unit * Benefits.Once) * per.Points
            : (Int128)formula.Fixed!.Value * times / Benefits.Once;
        return (long)Int128.Min(amount, Money.Max);
    }

    /// <summary>The periods a rule's caps count in, each with its limit.</summary>
    public static IEnumerable<(string Period, long Limit)> CapPeriods(RuleCaps? caps, DateTime occurredAt, LocalTime local)
    {
        if (caps is null)
            yield break;
        var day = local.DateOf(occurredAt);
        if (caps.PerDay is { } perDay)
            yield return ("day:" + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), perDay);
        if (caps.PerMonth is { } perMonth)
            yield return ("month:" + day.ToString("yyyy-MM", CultureInfo.InvariantCulture), perMonth);
        if (caps.PerMember is { } perMember)
            yield return ("ever", perMember);
    }

    /// <summary>
    /// When an earning settles: orders count from completion (null while that is to come), everything else from the fact. Explicit = null.
    /// </summary>
    public static DateTime? SettlesAt(RuleBody rule, Fact fact, LocalTime local) =>
        fact.Trigger == OrderPaid || SettleDays(rule) is not { } days ? null : local.PlusDays(fact.OccurredAt, days);

    /// <summary>Days from completion, or from the fact, to settling; null = only explicitly.</summary>
    public static int? SettleDays(RuleBody rule) =>
        rule.Settle is { } settle ? settle.AfterDays
        : rule.Trigger is OrderPaid or OrderCompleted ? 7
        : 0;

    private static bool Applies(RuleConditions c, Fact fact) =>
        Allows(c.Channels, fact.Channel)
        && Allows(c.Stores, fact.Store)
        && AllowsOne(c.TierIds, fact.Benefits.Tiers)
        && AllowsOne(c.PlanIds, fact.Benefits.Plans)
        && AllowsOne(c.Tags, fact.Tags)
        && (!c.FirstOrder || fact.FirstOrder)
        && (c.From is null || fact.OccurredAt >= c.From)
        && (c.Until is null || fact.OccurredAt < c.Until);

    private static bool IsEligible(RuleConditions c, FactLine line) =>
        Allows(c.Skus, line.Sku) && Allows(c.Categories, line.Category);

    private static bool AsksForLines(RuleConditions c) =>
        c.Skus is { Count: > 0 } || c.Categories is { Count: > 0 } || c.MinAmount > 0;

    private static bool AllowsOne(IReadOnlyList<string>? asked, IReadOnlyCollection<string> values) =>
        asked is not { Count: > 0 } || asked.Any(values.Contains);

    private static bool Allows(IReadOnlyList<string>? asked, string? value) =>
        asked is not { Count: > 0 } || (value is not null && asked.Contains(value));
}
