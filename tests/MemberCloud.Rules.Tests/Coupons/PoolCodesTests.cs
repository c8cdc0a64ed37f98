using System.Net;
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

public sealed class HourRulesTests
{
    private static readonly DateTime Noon = new(2026, 3, 10, 12, 0, 0, DateTimeKind.Utc);

    private static HourCount Tries(int failures, int minutesAgo) =>
        new() { Count = failures, Since = Noon.AddMinutes(-minutesAgo) };

    [Theory]
    [InlineData(9, 0, null)] // one more may be wrong
    [InlineData(10, 0, 60)]
    [InlineData(10, 59, 1)]
    [InlineData(10, 60, null)] // the hour is over
    [InlineData(0, 0, null)]
    public void Ten_in_an_hour_close_it(int failures, int minutesAgo, int? minutesLeft) =>
        Assert.Equal(
            minutesLeft is { } left ? Noon.AddMinutes(left) : null,
            HourRules.ClosedUntil([Tries(failures, minutesAgo)], 10, Noon)
        );

    [Fact]
    public void The_later_end_counts()
    {
        Assert.Equal(Noon.AddMinutes(50), HourRules.ClosedUntil([Tries(10, 40), Tries(12, 10), Tries(9, 0)], 10, Noon));
        Assert.Null(HourRules.ClosedUntil([], 10, Noon));
    }

    [Theory]
    [InlineData(3, 59, 4, 59)]
    [InlineData(10, 60, 1, 0)] // another window
    [InlineData(0, 100_000, 1, 0)]
    public void A_wrong_code_counts_in_its_window(int failures, int minutesAgo, int after, int sinceAfter)
    {
        var tries = Tries(failures, minutesAgo);
        HourRules.Add(tries, Noon);
        Assert.Equal((after, Noon.AddMinutes(-sinceAfter)), (tries.Count, tries.Since));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:aaaa::1", "20010DB800010002")] // all of one network
    [InlineData("2001:db8:1:2:bbbb::2", "20010DB800010002")]
    public void An_address_is_counted_by_who_has_it(string address, string counted) =>
        Assert.Equal(counted, HourRules.AddressOf(IPAddress.Parse(address)));

    [Fact]
    public void No_address_is_not_counted() => Assert.Null(HourRules.AddressOf(null));
}
