namespace MemberCloud.Shared;

/// <summary>Splitting an amount so that the parts always add up. Pure.</summary>
public static class Allocation
{
    /// <summary>
    /// Largest remainder; ties go to the earlier part; a negative amount is the mirror image of its positive.
    /// Weights are zero or more. Weights that are all zero take nothing: then only 0 can be split.
    /// </summary>
    public static long[] Split(long amount, IReadOnlyList<long> weights)
    {
        if (weights.Any(w => w < 0))
            throw new ArgumentOutOfRangeException(nameof(weights), "Weights are zero or more.");
        var total = weights.Aggregate(Int128.Zero, (sum, w) => sum + w);
        if (total == 0)
            return amount == 0 ? new long[weights.Count] : throw new ArgumentException("Nothing to split over.", nameof(weights));

        var size = Int128.Abs(amount);
        var parts = weights.Select(w => size * w / total).ToArray();
        var left = (int)(size - parts.Aggregate(Int128.Zero, (sum, p) => sum + p));
        foreach (
            var i in Enumerable
                .Range(0, weights.Count)
                .OrderByDescending(i => size * weights[i] % total)
                .ThenBy(i => i)
                .Take(left)
        )
            parts[i]++;
        return [.. parts.Select(p => (long)(amount < 0 ? -p : p))];
    }
}
