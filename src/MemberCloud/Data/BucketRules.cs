namespace MemberCloud.Data;

/// <summary>How an amount that may be given out lies in its buckets, and what a grant takes out of them. Pure.</summary>
public static class BucketRules
{
    /// <summary>
    /// What is left is spread evenly; earlier buckets take what does not divide. Where more was issued than the total is now, nothing is left anywhere and the
    /// first bucket holds what is missing, so that what comes back fills that before anything is issued again.
    /// </summary>
    public static long[] Shares(long total, IReadOnlyList<long> used)
    {
        var left = total - used.Sum();
        if (left < 0)
            return [.. used.Select((u, i) => i == 0 ? u + left : u)];
        var (each, rest) = Math.DivRem(left, used.Count);
        return [.. used.Select((u, i) => u + each + (i < rest ? 1 : 0))];
    }

    /// <summary>
    /// The buckets that a grant takes from: one that holds all of it, looking from <paramref name="first"/> on; else as many as it needs. Less than was asked for
    /// when all of them hold less.
    /// </summary>
    public static IReadOnlyList<(int Bucket, long Part)> Take(long amount, IReadOnlyList<long> left, int first)
    {
        var order = Enumerable.Range(0, left.Count).Select(i => (first + i) % left.Count).ToList();
        if (amount > 0 && order.FindIndex(b => left[b] >= amount) is var whole and >= 0)
            return [(order[whole], amount)];
        var parts = new List<(int, long)>();
        foreach (var bucket in order)
        {
            var part = Math.Min(amount, Math.Max(0, left[bucket]));
            if (part <= 0)
                continue;
            parts.Add((bucket, part));
            amount -= part;
        }
        return parts;
    }
}
