using System.Globalization;
using MemberCloud.Points;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Points;

public sealed class ExpiryPolicyTests
{
    [Theory]
    //          policy       available (UTC)      end (UTC)            zone
    [InlineData("months:12", "2026-03-10T08:00Z", "2027-03-10T16:00Z", "Asia/Shanghai")]
    [InlineData("months:12", "2026-03-10T16:00Z", "2027-03-11T16:00Z", "Asia/Shanghai")] // midnight there: the next day
    [InlineData("months:12", "2026-03-10T15:59Z", "2027-03-10T16:00Z", "Asia/Shanghai")]
    [InlineData("months:1", "2026-01-31T12:00Z", "2026-03-01T00:00Z", "UTC")] // through 28 February
    [InlineData("months:1", "2028-01-31T12:00Z", "2028-03-01T00:00Z", "UTC")] // through 29 February
    [InlineData("months:12", "2028-02-29T12:00Z", "2029-03-01T00:00Z", "UTC")]
    [InlineData("months:1", "2026-02-07T12:00Z", "2026-03-08T05:00Z", "America/New_York")] // before the jump
    [InlineData("months:1", "2026-02-08T12:00Z", "2026-03-09T04:00Z", "America/New_York")] // after it
    [InlineData("months:1", "2017-09-14T12:00Z", "2017-10-15T03:00Z", "America/Sao_Paulo")] // no midnight: 01:00 local
    [InlineData("year_end:1", "2026-03-10T08:00Z", "2027-12-31T16:00Z", "Asia/Shanghai")]
    [InlineData("year_end:2", "2026-12-31T15:59Z", "2028-12-31T16:00Z", "Asia/Shanghai")]
    [InlineData("year_end:2", "2026-12-31T16:00Z", "2029-12-31T16:00Z", "Asia/Shanghai")] // next year there
    [InlineData("year_end", "2026-03-10T08:00Z", "2027-01-01T00:00Z", "UTC")]
    public void Points_end_at_the_end_of_a_local_day(string policy, string available, string end, string zone) =>
        Assert.Equal(Utc(end), ExpiryPolicy.Parse(policy).EndOf(Utc(available), Utc(available), null, LocalTime.Of(zone)));

    [Theory]
    [InlineData("inactive:6", "2026-01-10T12:00Z", "2026-03-01T12:00Z", "2026-09-02T00:00Z")] // active since
    [InlineData("inactive:6", "2026-01-10T12:00Z", "2025-12-01T12:00Z", "2026-07-11T00:00Z")] // not active since
    public void Inactive_points_end_months_after_the_last_activity(string policy, string available, string active, string end) =>
        Assert.Equal(Utc(end), ExpiryPolicy.Parse(policy).EndOf(Utc(available), Utc(active), null, LocalTime.Utc));

    [Fact]
    public void Some_points_never_end() =>
        Assert.Null(ExpiryPolicy.Never.EndOf(DateTime.UnixEpoch, DateTime.UnixEpoch, DateTime.UnixEpoch, LocalTime.Utc));

    [Fact]
    public void Some_points_end_when_it_was_said() =>
        Assert.Equal(
            Utc("2026-05-01T10:00Z"),
            ExpiryPolicy.Fixed.EndOf(DateTime.UnixEpoch, DateTime.UnixEpoch, Utc("2026-05-01T10:00Z"), LocalTime.Utc)
        );

    [Theory]
    [InlineData("never", ExpiryKind.Never, 0)]
    [InlineData("fixed", ExpiryKind.Fixed, 0)]
    [InlineData("months:12", ExpiryKind.Months, 12)]
    [InlineData("year_end:1", ExpiryKind.YearEnd, 1)]
    [InlineData("year_end", ExpiryKind.YearEnd, 0)]
    [InlineData("inactive:6", ExpiryKind.Inactive, 6)]
    public void A_policy_is_read_as_it_was_written(string text, ExpiryKind kind, int count)
    {
        Assert.Equal(new ExpiryPolicy(kind, count), ExpiryPolicy.Parse(text));
        Assert.Equal(text, new ExpiryPolicy(kind, count).ToString());
    }

    [Fact]
    public void The_policy_left_out_is_never() => Assert.Equal(ExpiryPolicy.Never, default);

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
}
