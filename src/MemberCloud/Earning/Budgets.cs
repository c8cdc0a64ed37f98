using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Earning;

/// <summary>
/// Budgets of some rules in memory: taken from and given back to, then written by conditional updates that no race gets past. They are read without a lock, and
/// a bucket is picked at random; who lost a race for one tries again with those that hold something locked, and waits.
/// </summary>
public sealed class Budgets
{
    private static readonly Lookup<EarningBudget> All = new("rule_id = {0}", [typeof(Guid)], "bucket");
    private static readonly Lookup<EarningBudget> NonEmpty = new("rule_id = {0} AND used < share", [typeof(Guid)], "bucket")
    {
        Locks = true,
    };
    private static readonly Lookup<EarningBudget> AllLocked = new("rule_id = {0}", [typeof(Guid)], "bucket") { Locks = true };
    private static readonly Update<EarningBudget> ShareChange = new([nameof(EarningBudget.Share)]);
    private static readonly Increase<EarningBudget> UsedChange = new(nameof(EarningBudget.Used), nameof(EarningBudget.Share));

    private readonly ILookup<Guid, EarningBudget> rows;
    private readonly ILookup<Guid, EarningBudget> open;
    private readonly SortedDictionary<(Guid Rule, int Bucket), (EarningBudget Row, long Given, long Taken)> changes = [];
    private readonly HashSet<Guid> takenFrom = [];
    private int first;

    /// <param name="rows">All buckets.</param>
    /// <param name="open">Those that may be taken from.</param>
    /// <param name="first">The bucket to look at first.</param>
    private Budgets(IEnumerable<EarningBudget> rows, IEnumerable<EarningBudget> open, int first)
    {
        this.rows = rows.ToLookup(b => b.RuleId);
        this.open = open.ToLookup(b => b.RuleId);
        this.first = first;
    }

    /// <summary>Nothing to take from, nothing to give to.</summary>
    public static Budgets None { get; } = new([], [], 0);

    /// <summary>The rules that something was wanted of: what a lost race was about.</summary>
    public IReadOnlyCollection<Guid> TakenFrom => takenFrom;

    /// <summary>Adds to a batch what these rules' budgets are; call what it returns when the batch is loaded.</summary>
    /// <param name="load">The batch.</param>
    /// <param name="rules">Rules that have, or had, a budget.</param>
    /// <param name="contended">Those of them to lock: an earlier try lost a race for them.</param>
    public static Func<Budgets> Ask(LoadBatch load, IReadOnlyCollection<Guid> rules, IReadOnlyCollection<Guid> contended)
    {
        if (rules.Count == 0)
            return () => None;
        var all = load.Add(All, Keys(rules));
        var locked = load.Add(NonEmpty, Keys(contended));
        return () =>
            new(all, all.Where(b => !contended.Contains(b.RuleId)).Concat(locked), Random.Shared.Next(EarningBudget.Buckets));
    }

    /// <summary>Sets what a rule may issue in all. What it issued so far stays counted. Inside the caller's transaction.</summary>
    public static async Task SetAsync(IDoorSession session, Guid tenantId, Guid ruleId, long budget, CancellationToken ct)
    {
        var load = new LoadBatch();
        var rows = load.Add(AllLocked, Keys([ruleId]));
        await session.LoadAsync(load, ct);
        var isNew = rows.Count == 0;
        if (isNew)
            rows =
            [
                .. Enumerable
                    .Range(0, EarningBudget.Buckets)
                    .Select(b => new EarningBudget
                    {
                        TenantId = tenantId,
                        RuleId = ruleId,
                        Bucket = b,
                    }),
            ];
        var shares = BudgetRules.Shares(budget, [.. rows.Select(r => r.Used)]);
        for (var i = 0; i < rows.Count; i++)
            rows[i].Share = shares[i];
        var store = new StoreBatch();
        await session.StoreAsync(isNew ? store.Insert(rows) : store.Update<EarningBudget>(ShareChange, rows), ct);
    }

    /// <summary>What each rule issued out of its budget so far.</summary>
    public static Task<Dictionary<Guid, long>> UsedAsync(
        MemberCloudDb db,
        IReadOnlyCollection<Guid> rules,
        CancellationToken ct
    ) =>
        db.Set<EarningBudget>()
            .Where(b => rules.Contains(b.RuleId))
            .GroupBy(b => b.RuleId)
            .Select(g => new { g.Key, Used = g.Sum(b => b.Used) })
            .ToDictionaryAsync(g => g.Key, g => Math.Max(0, g.Used), ct);

    /// <summary>Takes up to an amount: all of it while the budget holds it, then what is left.</summary>
    public long Take(Guid ruleId, long amount)
    {
        var buckets = open[ruleId].ToList();
        if (amount <= 0 || buckets.Count == 0)
            return 0;
        takenFrom.Add(ruleId);
        var parts = BudgetRules.Take(amount, [.. buckets.Select(b => b.Share - b.Used)], first % buckets.Count);
        foreach (var (index, part) in parts)
            Change(buckets[index], taken: part);
        if (parts.Count == 1 && buckets.Count == EarningBudget.Buckets)
            first = parts[0].Bucket; // the same again: one transaction in as few buckets as can be
        return parts.Sum(p => p.Part);
    }

    /// <summary>Gives back what a reversed earning took; never more than was issued out of the budget (the rule may have had none then).</summary>
    public void Give(Guid ruleId, long amount)
    {
        amount = Math.Min(amount, rows[ruleId].Sum(b => b.Used));
        if (amount > 0)
            Change(rows[ruleId].First(), given: amount);
    }

    public void Write(StoreBatch store) =>
        store.Increase(
            UsedChange,
            [.. changes.Values.SelectMany(c => new[] { (c.Row, By: -c.Given), (c.Row, By: c.Taken) }.Where(part => part.By != 0))]
        );

    private void Change(EarningBudget row, long given = 0, long taken = 0)
    {
        var so = changes.GetValueOrDefault((row.RuleId, row.Bucket), (row, 0, 0));
        changes[(row.RuleId, row.Bucket)] = (so.Row, so.Given + given, so.Taken + taken);
        row.Used += taken - given;
    }

    private static List<object[]> Keys(IEnumerable<Guid> rules) => [.. rules.Order().Select(r => new object[] { r })];
}
