using MemberCloud.Coupons;
using MemberCloud.Shared;

namespace MemberCloud.Pricing;

/// <summary>Pieces of one run that cost the same.</summary>
/// <param name="Run">Which run of the cart.</param>
/// <param name="Line">Whose line it is.</param>
/// <param name="Price">Of one, minor units.</param>
/// <param name="Count">How many.</param>
internal readonly record struct EqualPieces(int Run, int Line, long Price, long Count);

/// <summary>Pieces of one run that a coupon takes something off.</summary>
/// <param name="Count">How many.</param>
/// <param name="Worth">What they cost before.</param>
/// <param name="Off">What is taken off them.</param>
internal readonly record struct ChosenPieces(int Run, int Line, long Count, long Worth, long Off);

/// <summary>Which pieces a coupon takes, and how much off them: the dearest first; of equal ones those of the earlier line. Pure.</summary>
internal static class PieceRules
{
    public static IReadOnlyList<ChosenPieces> Chosen(TemplateBody terms, IReadOnlyList<EqualPieces> pieces, Rounding rounding)
    {
        var sorted = pieces.OrderByDescending(p => p.Price).ThenBy(p => p.Run).ToList();
        return terms switch
        {
            { FixedPrice: { } price } => First(sorted, terms.MaxPieces ?? 1, p => Math.Max(0, p - price)),
            { Gift: { } gift } => First(sorted, gift.Quantity, p => p),
            { NthItem: { } nth } => [.. Discounted(EveryNth(sorted, nth), nth.PercentOffBp, rounding)],
            _ => throw new ArgumentException("The coupon takes nothing off pieces.", nameof(terms)),
        };
    }

    private static List<ChosenPieces> First(IEnumerable<EqualPieces> sorted, long most, Func<long, long> off)
    {
        var taken = new List<ChosenPieces>();
        foreach (var some in sorted)
        {
            if (most == 0)
                break;
            var count = Math.Min(most, some.Count);
            most -= count;
            taken.Add(new(some.Run, some.Line, count, count * some.Price, count * off(some.Price)));
        }
        return ByRun(taken.Where(t => t.Count > 0));
    }

    /// <summary>The pieces at places n, 2n, ...: the cheapest of each full group.</summary>
    private static List<ChosenPieces> EveryNth(IReadOnlyList<EqualPieces> sorted, CouponNthItem nth)
    {
        var (taken, before, groups) = (new List<ChosenPieces>(), 0L, 0L);
        foreach (var some in sorted)
        {
            var upTo = Math.Min(nth.MaxRepeats, (before + some.Count) / nth.N);
            if (upTo > groups)
                taken.Add(new(some.Run, some.Line, upTo - groups, (upTo - groups) * some.Price, 0));
            (groups, before) = (upTo, before + some.Count);
        }
        return ByRun(taken);
    }

    /// <summary>One discount on all of them, rounded once, then split over the lines and their runs.</summary>
    private static IEnumerable<ChosenPieces> Discounted(List<ChosenPieces> chosen, int basisPoints, Rounding rounding)
    {
        var lines = chosen.OrderBy(c => c.Run).GroupBy(c => c.Line).OrderBy(g => g.Key).Select(g => g.ToList()).ToList();
        var worth = lines.ConvertAll(mine => mine.Sum(c => c.Worth));
        var off = Allocation.Split(Money.Percent(worth.Sum(), basisPoints, rounding), worth);
        foreach (var (i, mine) in lines.Index())
        {
            var split = Allocation.Split(off[i], mine.ConvertAll(c => c.Worth));
            for (var run = 0; run < mine.Count; run++)
                yield return mine[run] with
                {
                    Off = split[run],
                };
        }
    }

    private static List<ChosenPieces> ByRun(IEnumerable<ChosenPieces> taken) =>
        [
            .. taken
                .GroupBy(t => (t.Run, t.Line))
                .Select(g => new ChosenPieces(
                    g.Key.Run,
                    g.Key.Line,
                    g.Sum(t => t.Count),
                    g.Sum(t => t.Worth),
                    g.Sum(t => t.Off)
                )),
        ];
}
