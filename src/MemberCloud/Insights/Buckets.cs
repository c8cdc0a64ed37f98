using System.Linq.Expressions;

namespace MemberCloud.Insights;

/// <summary>
/// Into which stretch of time an instant falls, as an expression every engine can group by: comparisons only, halving the list each time. The bounds are parameters, so
/// that the same report is the same statement every day.
/// </summary>
internal static class Buckets
{
    private sealed class Bound
    {
        public DateTime At { get; init; }
    }

    /// <summary>Index of the first bound the instant does not lie beyond; their number when it lies beyond all, or is none.</summary>
    /// <param name="inclusive">Whether an instant at a bound still belongs before it.</param>
    public static Expression Of(Expression instant, IReadOnlyList<DateTime> bounds, bool inclusive) =>
        Of(instant, [.. bounds.Select(at => new Bound { At = at })], inclusive, 0, bounds.Count);

    private static Expression Of(Expression instant, Bound[] bounds, bool inclusive, int first, int last)
    {
        if (first == last)
            return Expression.Constant(first);
        var middle = (first + last) / 2;
        Expression bound = Expression.Property(Expression.Constant(bounds[middle]), nameof(Bound.At));
        if (instant.Type != bound.Type)
            bound = Expression.Convert(bound, instant.Type);
        return Expression.Condition(
            inclusive ? Expression.LessThanOrEqual(instant, bound) : Expression.LessThan(instant, bound),
            Of(instant, bounds, inclusive, first, middle),
            Of(instant, bounds, inclusive, middle + 1, last)
        );
    }
}
