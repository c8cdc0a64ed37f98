using FsCheck;
using FsCheck.Fluent;

namespace MemberCloud.Rules.Tests;

/// <summary>
/// Runs a property over many random cases. A failure names the case, made as small as it can be, and the seed to see it again.
/// </summary>
public static class Cases
{
    /// <summary>Amounts and weights: small ones often, and the ends of the range.</summary>
    public static Gen<long> Amounts { get; } =
        Gen.Frequency(
            (6, Gen.Choose(-1_000, 1_000).Select(i => (long)i)),
            (3, Gen.Choose(int.MinValue, int.MaxValue).Select(i => i * 465L)),
            (1, Gen.Elements(long.MinValue, long.MaxValue, 0L, 1L, -1L))
        );

    public static void ForAll<T>(Gen<T> cases, Action<T> holds, int count = 1_000, Func<T, IEnumerable<T>>? smaller = null) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count), Prop.ForAll(Arb.From(cases, smaller ?? (_ => [])), holds));

    /// <summary>A list with one element left out, for each.</summary>
    public static IEnumerable<T[]> WithoutOne<T>(T[] list) => list.Select((_, i) => list.Where((_, j) => j != i).ToArray());
}
