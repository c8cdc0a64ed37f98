using System.Globalization;
using System.Net;
using MemberCloud.Coupons;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Coupons;

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

public sealed class GuardRulesTests
{
    private static readonly DateTime Noon = new(2026, 3, 10, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(null, 0, false)] // the brand does not look
    [InlineData(24, 23, true)]
    [InlineData(24, 24, false)]
    [InlineData(1, 0, true)]
    public void A_newcomer_is_one_for_as_long_as_the_brand_says(int? hours, int joinedHoursAgo, bool held) =>
        Assert.Equal(held, GuardRules.IsTooNew(new(NewMemberHours: hours), Joined(joinedHoursAgo), Terms(null), Noon));

    [Fact]
    public void What_is_for_newcomers_is_not_held_from_them() =>
        Assert.False(GuardRules.IsTooNew(new(NewMemberHours: 24), Joined(0), Terms(7), Noon));

    [Fact]
    public void Hashes_are_the_same_in_capitals_or_not()
    {
        Assert.Equal(ClaimSource.Of("AB", "CD"), ClaimSource.Of("ab", "cd"));
        Assert.Equal(new ClaimSource(null, "192.0.2.7"), ClaimSource.Of(IPAddress.Parse("192.0.2.7")));
    }

    private static CouponHolder Joined(int hoursAgo) => new(Guid.Empty, Noon.AddHours(-hoursAgo), false, null, [], []);

    private static TemplateBody Terms(int? newMemberDays) =>
        Json.Read<TemplateBody>(
            $$"""
            { "name": "n", "kind": "free_shipping", "validity": { "days_after_claim": 1 },
              "audience": { "new_member_days": {{newMemberDays?.ToString(CultureInfo.InvariantCulture) ?? "null"}} } }
            """
        );
}
