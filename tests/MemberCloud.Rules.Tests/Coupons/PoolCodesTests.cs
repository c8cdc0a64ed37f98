using MemberCloud.Coupons;
using MemberCloud.Data;

namespace MemberCloud.Rules.Tests.Coupons;

public sealed class PoolCodesTests
{
    private static readonly TenantKeys Keys = new(new byte[32]);
    private static readonly Guid Batch = Guid.Parse("01900000-0000-7000-8000-000000000001");

    [Fact]
    public void Codes_follow_from_key_batch_and_number_and_none_from_another()
    {
        var codes = Enumerable.Range(1, 10_000).Select(no => PoolCodes.Of(Keys, Batch, no)).ToList();
        var other = new TenantKeys([.. Enumerable.Repeat((byte)1, 32)]);

        Assert.Equal(10_000, codes.Distinct().Count());
        Assert.All(codes, c => Assert.True(CodeRules.IsOurs(c) && !CodeRules.IsTypo(c), c));
        Assert.Equal(codes[6], PoolCodes.Of(Keys, Batch, 7));
        Assert.NotEqual(codes[6], PoolCodes.Of(other, Batch, 7));
        Assert.NotEqual(codes[6], PoolCodes.Of(Keys, Guid.Empty, 7));
        Assert.NotEqual(PoolCodes.HashOf(Keys, codes[6]), PoolCodes.HashOf(other, codes[6]));
    }

    [Fact]
    public void Rows_carry_the_numbers_after_one_up_to_another()
    {
        var batch = new CouponBatch
        {
            TenantId = Guid.Empty,
            Id = Batch,
            Reason = "",
            Refusals = "{}",
        };
        var rows = PoolCodes.Make(Keys, batch, 3, 6);
        Assert.Equal([4L, 5, 6], rows.Select(r => r.No));
        Assert.Equal(PoolCodes.HashOf(Keys, PoolCodes.Of(Keys, Batch, 5)), rows[1].CodeHash);
    }
}
