using System.Linq.Expressions;
using MemberCloud.Data;
using MemberCloud.Points;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Insights;

/// <summary>Which open lots are summed together.</summary>
/// <param name="Spendable">Settled, or due to be.</param>
/// <param name="End">Whether they end, and whether that is known.</param>
/// <param name="Age">Index of the first age bound they are not younger than; the number of bounds for the youngest.</param>
/// <param name="Month">Index of the month in which they end.</param>
public sealed record LotKey(string Currency, bool Spendable, int End, int Age, int Month)
{
    public const int Known = 0;
    public const int Never = 1;

    /// <summary>Pending, and the end is counted from settling.</summary>
    public const int NotKnown = 2;
}

public sealed record LotSum(LotKey Key, long Points);

public sealed record AccountSum(string Currency, long Held, long Debt);

/// <param name="Earned">Without what was taken back.</param>
public sealed record MonthSum(string Currency, int Month, long Earned, long Open);

public sealed record CohortSum(string Currency, int Month, Cohort Cohort);

/// <summary>
/// Sums over a brand's points, made by the database group by group: some hundred rows come back, whatever the number of lots. They read each table once: open lots by
/// ix_points_lots_due, the rest by the primary keys.
/// </summary>
public sealed class PointsSums(MemberCloudDb db)
{
    private static readonly string NeverEnds = ExpiryPolicy.Never.ToString();

    private IQueryable<PointsLot> Open =>
        db.Set<PointsLot>().AsNoTracking().Where(l => l.State != LotState.Closed && l.Currency != Currencies.Growth);

    /// <summary>Open lots by age (bounds rising) and by month of their end (bounds rising: the first instant after each month). What has ended is not there, even if no job has run.</summary>
    public async Task<List<LotSum>> OpenLotsAsync(
        DateTime now,
        IReadOnlyList<DateTime> ages,
        IReadOnlyList<DateTime> months,
        CancellationToken ct
    )
    {
        var lots = Open.Where(l => l.State == LotState.Pending || l.DueAt == null || l.DueAt > now)
            .Select(l => new OpenLot
            {
                Currency = l.Currency,
                Spendable = l.State == LotState.Available || l.DueAt <= now,
                EarnedAt = l.EarnedAt,
                EndsAt = l.State == LotState.Pending ? l.ExpiresAt : l.DueAt,
                Never = l.State == LotState.Available || l.Expiry == NeverEnds,
                Remaining = l.Remaining,
            });
        var rows = await lots.GroupBy(KeyOf(ages, months))
            .Select(g => new { g.Key, Points = g.Sum(l => l.Remaining) })
            .ToListAsync(ct);
        return [.. rows.Select(r => new LotSum(r.Key, r.Points))];
    }

    public Task<List<AccountSum>> AccountsAsync(CancellationToken ct) =>
        db.Set<PointsAccount>()
            .AsNoTracking()
            .GroupBy(a => a.Currency)
            .Select(g => new AccountSum(g.Key, g.Sum(a => a.Held), g.Sum(a => a.Debt)))
            .ToListAsync(ct);

    /// <summary>What was earned in each month and not taken back, and what is left of it. (Bounds rising: the first instants of months; a month has the index of its end.)</summary>
    public async Task<List<MonthSum>> EarnedAsync(IReadOnlyList<DateTime> months, CancellationToken ct)
    {
        var lots = db.Set<PointsLot>()
            .AsNoTracking()
            .Where(l => l.Currency != Currencies.Growth)
            .Select(l => new Part
            {
                Currency = l.Currency,
                EarnedAt = l.EarnedAt,
                Ended = false,
                Amount = l.Amount - l.Reversed,
                Left = l.Remaining,
            });
        var rows = await lots.GroupBy(PartOf(months))
            .Select(g => new
            {
                g.Key,
                Earned = g.Sum(p => p.Amount),
                Open = g.Sum(p => p.Left),
            })
            .ToListAsync(ct);
        return [.. rows.Select(r => new MonthSum(r.Key.Currency, r.Key.Month, r.Earned, r.Open))];
    }

    /// <summary>What became of the points that were earned from one instant to another, by month.</summary>
    public async Task<List<CohortSum>> GoneAsync(
        IReadOnlyList<DateTime> months,
        DateTime since,
        DateTime until,
        CancellationToken ct
    )
    {
        // By what goes out and what comes back: most moves put into a lot what was earned, and need no look at their entry.
        var parts = new List<(PartKey Key, long Amount)>();
        foreach (
            var moves in new[]
            {
                Moved(
                    since,
                    until,
                    m => m.Amount < 0,
                    e => e.Kind == EntryKind.Spend || e.Kind == EntryKind.Hold || e.Kind == EntryKind.Expire
                ),
                Moved(since, until, m => m.Amount > 0, e => e.Kind == EntryKind.Release || e.Kind == EntryKind.Restore),
            }
        )
        {
            var rows = await moves
                .GroupBy(PartOf(months))
                .Select(g => new { g.Key, Amount = g.Sum(p => p.Amount) })
                .ToListAsync(ct);
            parts.AddRange(rows.Select(r => (r.Key, r.Amount)));
        }
        return
        [
            .. parts
                .GroupBy(p => (p.Key.Currency, p.Key.Month))
                .Select(g =>
                {
                    long Sum(bool ended) => g.Where(p => p.Key.Ended == ended).Sum(p => p.Amount);
                    return new CohortSum(g.Key.Currency, g.Key.Month, new(Sum(false), Sum(true)));
                }),
        ];
    }

    /// <summary>What left lots (and came back). A hold takes points out of lots, its release puts them back: what stays out was captured.</summary>
    private IQueryable<Part> Moved(
        DateTime since,
        DateTime until,
        Expression<Func<PointsMove, bool>> way,
        Expression<Func<PointsEntry, bool>> kinds
    ) =>
        from move in db.Set<PointsMove>().AsNoTracking().Where(way)
        join entry in db.Set<PointsEntry>().AsNoTracking().Where(kinds)
            on new
            {
                move.MemberId,
                move.Currency,
                move.Seq,
            } equals new
            {
                entry.MemberId,
                entry.Currency,
                entry.Seq,
            }
        join lot in db.Set<PointsLot>()
            .AsNoTracking()
            .Where(l => l.EarnedAt >= since && l.EarnedAt < until && l.Currency != Currencies.Growth)
            on new { move.MemberId, Id = move.LotId } equals new { lot.MemberId, lot.Id }
        select new Part
        {
            Currency = lot.Currency,
            EarnedAt = lot.EarnedAt,
            Ended = entry.Kind == EntryKind.Expire,
            Amount = -move.Amount,
        };

    private static Expression<Func<OpenLot, LotKey>> KeyOf(IReadOnlyList<DateTime> ages, IReadOnlyList<DateTime> months) =>
        Key<OpenLot, LotKey>(lot =>
        {
            var ends = Expression.Property(lot, nameof(OpenLot.EndsAt));
            return
            [
                Expression.Property(lot, nameof(OpenLot.Currency)),
                Expression.Property(lot, nameof(OpenLot.Spendable)),
                Expression.Condition(
                    Expression.NotEqual(ends, Expression.Constant(null, typeof(DateTime?))),
                    Expression.Constant(LotKey.Known),
                    Expression.Condition(
                        Expression.Property(lot, nameof(OpenLot.Never)),
                        Expression.Constant(LotKey.Never),
                        Expression.Constant(LotKey.NotKnown)
                    )
                ),
                Buckets.Of(Expression.Property(lot, nameof(OpenLot.EarnedAt)), ages, inclusive: true),
                // The end is the first instant without them: at the first instant of June they ended with May.
                Buckets.Of(ends, months, inclusive: true),
            ];
        });

    private static Expression<Func<Part, PartKey>> PartOf(IReadOnlyList<DateTime> months) =>
        Key<Part, PartKey>(part =>
            [
                Expression.Property(part, nameof(Part.Currency)),
                Expression.Property(part, nameof(Part.Ended)),
                Buckets.Of(Expression.Property(part, nameof(Part.EarnedAt)), months, inclusive: false),
            ]
        );

    /// <summary>A key made by a record's constructor, as the compiler makes it of an anonymous type.</summary>
    private static Expression<Func<T, TKey>> Key<T, TKey>(Func<ParameterExpression, Expression[]> parts)
    {
        var row = Expression.Parameter(typeof(T), "row");
        var made = typeof(TKey).GetConstructors().Single();
        var fields = made.GetParameters().Select(p => typeof(TKey).GetProperty(p.Name!)!);
        return Expression.Lambda<Func<T, TKey>>(Expression.New(made, parts(row), fields), row);
    }

    private sealed record PartKey(string Currency, bool Ended, int Month);

    private sealed class OpenLot
    {
        public required string Currency { get; init; }
        public bool Spendable { get; init; }
        public DateTime EarnedAt { get; init; }
        public DateTime? EndsAt { get; init; }
        public bool Never { get; init; }
        public long Remaining { get; init; }
    }

    private sealed class Part
    {
        public required string Currency { get; init; }
        public DateTime EarnedAt { get; init; }
        public bool Ended { get; init; }
        public long Amount { get; init; }
        public long Left { get; init; }
    }
}
