using FsCheck;
using FsCheck.Fluent;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Shared;

public sealed class AllocationTests
{
    private static readonly Gen<(long Amount, long[] Weights)> Splits =
        from amount in Cases.Amounts
        from count in Gen.Choose(1, 8)
        from weights in Cases.Amounts.Select(w => w == long.MinValue ? long.MaxValue : Math.Abs(w)).ArrayOf(count)
        where weights.Any(w => w > 0)
        select (amount, weights);

    [Fact]
    public void Split_100_over_1_1_1_is_34_33_33() => Assert.Equal([34, 33, 33], Allocation.Split(100, [1, 1, 1]));

    [Fact]
    public void Split_1000_over_9999_1_5000_is_667_0_333() =>
        Assert.Equal([667, 0, 333], Allocation.Split(1000, [9999, 1, 5000]));

    [Fact]
    public void Split_1_over_333_333_334_is_0_0_1() => Assert.Equal([0, 0, 1], Allocation.Split(1, [333, 333, 334]));

    [Fact]
    public void A_negative_amount_is_split_as_its_mirror_image() =>
        Assert.Equal([-34, -33, -33], Allocation.Split(-100, [1, 1, 1]));

    [Fact]
    public void Ties_go_to_the_earlier_line() => Assert.Equal([1, 1, 0, 0], Allocation.Split(2, [5, 5, 5, 5]));

    [Theory]
    [InlineData(0, 3)]
    [InlineData(0, 0)]
    public void Zero_is_split_over_anything(long amount, int lines) =>
        Assert.Equal(new long[lines], Allocation.Split(amount, new long[lines]));

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Over_weights_that_are_all_zero_only_zero_is_split(long amount)
    {
        Assert.Throws<ArgumentException>(() => Allocation.Split(amount, [0, 0]));
        Assert.Throws<ArgumentException>(() => Allocation.Split(amount, []));
    }

    [Fact]
    public void A_negative_weight_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Allocation.Split(10, [2, -1]));

    [Fact]
    public void The_largest_numbers_are_split() =>
        Assert.Equal([long.MinValue / 2, long.MinValue / 2], Allocation.Split(long.MinValue, [long.MaxValue, long.MaxValue]));

    [Fact]
    public void Parts_always_add_up() =>
        Cases.ForAll(
            Splits,
            s => Assert.Equal((Int128)s.Amount, Allocation.Split(s.Amount, s.Weights).Aggregate(Int128.Zero, (sum, p) => sum + p))
        );

    [Fact]
    public void No_part_is_a_whole_unit_from_its_share() =>
        Cases.ForAll(
            Splits,
            s =>
            {
                var total = s.Weights.Aggregate(Int128.Zero, (sum, w) => sum + w);
                var parts = Allocation.Split(s.Amount, s.Weights);
                for (var i = 0; i < parts.Length; i++)
                {
                    var (low, exact) = Int128.DivRem((Int128)s.Amount * s.Weights[i], total);
                    Assert.InRange(parts[i] - low, exact < 0 ? -1 : 0, exact > 0 ? 1 : 0);
                }
            }
        );

    [Fact]
    public void The_mirror_image_is_split_alike() =>
        Cases.ForAll(
            Splits,
            s =>
            {
                if (s.Amount != long.MinValue)
                    Assert.Equal(Allocation.Split(s.Amount, s.Weights), Allocation.Split(-s.Amount, s.Weights).Select(p => -p));
            }
        );
}
