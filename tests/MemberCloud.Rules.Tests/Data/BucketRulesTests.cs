using FsCheck.Fluent;
using MemberCloud.Data;

namespace MemberCloud.Rules.Tests.Data;

public sealed class BucketRulesTests
{
    [Theory]
    [InlineData(10, new long[] { 0, 0, 0, 0 }, new long[] { 3, 3, 2, 2 })]
    [InlineData(0, new long[] { 0, 0, 0, 0 }, new long[] { 0, 0, 0, 0 })]
    [InlineData(10, new long[] { 2, 0, 1, 3 }, new long[] { 3, 1, 2, 4 })]
    [InlineData(6, new long[] { 2, 0, 1, 3 }, new long[] { 2, 0, 1, 3 })]
    [InlineData(4, new long[] { 2, 0, 1, 3 }, new long[] { 0, 0, 1, 3 })] // lowered below what is used: the first bucket lacks it
    [InlineData(0, new long[] { 2, 0, 1, 3 }, new long[] { -4, 0, 1, 3 })]
    [InlineData(5, new long[] { -3, 4, 0, 0 }, new long[] { -2, 5, 1, 1 })] // more came back to the first than was taken there
    public void Shares_add_up_to_the_budget(long budget, long[] used, long[] shares) =>
        Assert.Equal(shares, BucketRules.Shares(budget, used));

    [Theory]
    [InlineData(5, new long[] { 6, 6, 6 }, 0, "0:5")]
    [InlineData(5, new long[] { 6, 6, 6 }, 2, "2:5")]
    [InlineData(5, new long[] { 6, 6, 4 }, 2, "0:5")]
    [InlineData(5, new long[] { 4, 4, 4 }, 1, "1:4 2:1")]
    [InlineData(9, new long[] { 4, 4, 4 }, 2, "2:4 0:4 1:1")]
    [InlineData(99, new long[] { 4, 0, 3 }, 0, "0:4 2:3")]
    [InlineData(5, new long[] { -7, 4, 0 }, 0, "1:4")]
    [InlineData(5, new long[] { 0, 0, -1 }, 0, "")]
    [InlineData(0, new long[] { 4, 4 }, 0, "")]
    public void A_grant_takes_from_one_bucket_that_holds_it_else_from_several(
        long amount,
        long[] left,
        int first,
        string parts
    ) => Assert.Equal(parts, string.Join(' ', BucketRules.Take(amount, left, first).Select(p => $"{p.Bucket}:{p.Part}")));

    [Fact]
    public void Whatever_happens_to_a_budget_no_more_is_issued_than_it_allows_and_never_less_than_fits()
    {
        // > 0 takes, < 0 gives back, and every now and then the budget is set anew.
        var acts = Gen.Choose(-30, 60).ListOf().Select(l => l.ToArray());
        Cases.ForAll(
            acts,
            steps =>
            {
                var (budget, used, issued) = (200L, new long[4], 0L);
                var share = BucketRules.Shares(budget, used);
                foreach (var step in steps)
                {
                    if (step % 7 == 0)
                    {
                        budget = Math.Abs(step) * 6;
                        share = BucketRules.Shares(budget, used);
                        Assert.Equal(budget, share.Sum());
                    }
                    else if (step < 0)
                    {
                        var back = Math.Min(-step, issued);
                        (used[0], issued) = (used[0] - back, issued - back);
                    }
                    else
                    {
                        var parts = BucketRules.Take(step, [.. share.Zip(used, (s, u) => s - u)], step % 4);
                        foreach (var (bucket, part) in parts)
                            used[bucket] += part;
                        Assert.Equal(Math.Clamp(budget - issued, 0, step), parts.Sum(p => p.Part));
                        issued += parts.Sum(p => p.Part);
                    }
                    Assert.Equal(issued, used.Sum());
                }
            }
        );
    }
}
