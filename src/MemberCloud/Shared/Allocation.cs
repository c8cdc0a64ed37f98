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
        var parts = new long[weights.Count];
        Split(amount, [.. weights], parts);
        return parts;
    }

    /// <summary>The same into memory at hand.</summary>
    public static void Split(long amount, ReadOnlySpan<long> weights, Span<long> parts)
    {
        var total = Int128.Zero;
        foreach (var weight in weights)
        {
            if (weight < 0)
                throw new ArgumentOutOfRangeException(nameof(weights), "Weights are zero or more.");
            total += weight;
        }
        parts.Clear();
        if (amount == 0)
            return;
        if (total == 0)
            throw new ArgumentException("Nothing to split over.", nameof(weights));
        var size = Int128.Abs(amount);
        // Most amounts are small enough for the machine's own numbers, which are many times faster.
        if (total <= long.MaxValue && size <= long.MaxValue / total)
            SplitSmall((long)size, (long)total, weights, parts);
        else
            SplitLarge(size, total, weights, parts);
        if (amount > 0)
            return;
        foreach (ref var part in parts)
            part = -part;
    }

    private static void SplitSmall(long size, long total, ReadOnlySpan<long> weights, Span<long> parts)
    {
        var rests = weights.Length <= 256 ? stackalloc long[weights.Length] : new long[weights.Length];
        var left = size;
        for (var i = 0; i < weights.Length; i++)
        {
            (parts[i], rests[i]) = Math.DivRem(size * weights[i], total);
            left -= parts[i];
        }
        GiveRest((int)left, rests, parts);
    }

    private static void SplitLarge(Int128 size, Int128 total, ReadOnlySpan<long> weights, Span<long> parts)
    {
        var rests = new Int128[weights.Length];
        var left = size;
        for (var i = 0; i < weights.Length; i++)
        {
            (var part, rests[i]) = Int128.DivRem(size * weights[i], total);
            parts[i] = (long)part;
            left -= part;
        }
        GiveRest<Int128>((int)left, rests, parts);
    }

    /// <summary>One more for those with the largest remainders, of equal ones for the earlier.</summary>
    private static void GiveRest<T>(int left, Span<T> rests, Span<long> parts)
        where T : struct, IComparable<T>
    {
        if (left == 0)
            return;
        T[] sorted = [.. rests];
        Array.Sort(sorted);
        var least = sorted[^left];
        for (var i = 0; i < parts.Length; i++)
        {
            if (rests[i].CompareTo(least) <= 0)
                continue;
            parts[i]++;
            left--;
        }
        for (var i = 0; left > 0; i++)
        {
            if (rests[i].CompareTo(least) != 0)
                continue;
            parts[i]++;
            left--;
        }
    }
}
