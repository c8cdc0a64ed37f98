using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Shared;

/// <summary>
/// Wall clocks of four zones. Instants are written with their offset, so that both sides of a jump can be seen.
/// </summary>
public sealed class LocalTimeTests
{
    private const string NewYork = "America/New_York";
    private const string Berlin = "Europe/Berlin";
    private const string SaoPaulo = "America/Sao_Paulo";
    private const string Shanghai = "Asia/Shanghai";

    private static readonly Gen<(string Zone, DateTime Instant)> Instants =
        from zone in Gen.Elements(NewYork, Berlin, SaoPaulo, Shanghai, "UTC", "Pacific/Apia", "Asia/Kathmandu")
        from minutes in Gen.Choose(0, 60 * 24 * 365 * 40)
        select (zone, new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(minutes));

    [Theory]
    // A skipped time is the first instant that exists.
    [InlineData(NewYork, "2026-03-08", "02:30", "2026-03-08T03:00:00-04:00")]
    [InlineData(NewYork, "2026-03-08", "02:00", "2026-03-08T03:00:00-04:00")]
    [InlineData(NewYork, "2026-03-08", "01:59", "2026-03-08T01:59:00-05:00")]
    [InlineData(NewYork, "2026-03-08", "03:00", "2026-03-08T03:00:00-04:00")]
    [InlineData(Berlin, "2026-03-29", "02:15", "2026-03-29T03:00:00+02:00")]
    [InlineData(SaoPaulo, "2017-10-15", "00:30", "2017-10-15T01:00:00-02:00")]
    // One that occurs twice is the first.
    [InlineData(NewYork, "2026-11-01", "01:30", "2026-11-01T01:30:00-04:00")]
    [InlineData(NewYork, "2026-11-01", "02:00", "2026-11-01T02:00:00-05:00")]
    [InlineData(Berlin, "2026-10-25", "02:30", "2026-10-25T02:30:00+02:00")]
    [InlineData(SaoPaulo, "2018-02-17", "23:30", "2018-02-17T23:30:00-02:00")]
    [InlineData(Shanghai, "2026-03-08", "02:30", "2026-03-08T02:30:00+08:00")]
    public void A_wall_time_is_one_instant(string zone, string day, string time, string instant) =>
        Assert.Equal(Utc(instant), LocalTime.Of(zone).At(Day(day), TimeOnly.Parse(time, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(NewYork, "2026-03-08", "2026-03-08T00:00:00-05:00", 23)]
    [InlineData(NewYork, "2026-11-01", "2026-11-01T00:00:00-04:00", 25)]
    [InlineData(Berlin, "2026-03-29", "2026-03-29T00:00:00+01:00", 23)]
    [InlineData(Berlin, "2026-10-25", "2026-10-25T00:00:00+02:00", 25)]
    [InlineData(SaoPaulo, "2017-10-14", "2017-10-14T00:00:00-03:00", 24)] // ends where the next begins, at 01:00
    [InlineData(SaoPaulo, "2017-10-15", "2017-10-15T01:00:00-02:00", 23)] // its midnight is skipped
    [InlineData(SaoPaulo, "2018-02-17", "2018-02-17T00:00:00-02:00", 25)]
    [InlineData(Shanghai, "2028-02-29", "2028-02-29T00:00:00+08:00", 24)]
    public void A_day_begins_and_ends_where_it_does_there(string zone, string day, string start, int hours)
    {
        var local = LocalTime.Of(zone);

        Assert.Equal(Utc(start), local.StartOf(Day(day)));
        Assert.Equal(Utc(start).AddHours(hours), local.EndOf(Day(day)));
    }

    [Theory]
    [InlineData(Shanghai, "2026-03-10T15:59:59Z", "2026-03-10")]
    [InlineData(Shanghai, "2026-03-10T16:00:00Z", "2026-03-11")]
    [InlineData(NewYork, "2026-01-01T04:59:59Z", "2025-12-31")]
    [InlineData(SaoPaulo, "2017-10-15T02:59:59Z", "2017-10-14")]
    [InlineData(SaoPaulo, "2017-10-15T03:00:00Z", "2017-10-15")]
    public void An_instant_has_the_date_it_has_there(string zone, string instant, string day) =>
        Assert.Equal(Day(day), LocalTime.Of(zone).DateOf(Utc(instant)));

    [Theory]
    [InlineData(NewYork, "2026-03-07T02:30:00-05:00", 1, "2026-03-08T03:00:00-04:00")] // into the gap
    [InlineData(NewYork, "2026-03-07T12:00:00-05:00", 1, "2026-03-08T12:00:00-04:00")] // 23 hours later
    [InlineData(NewYork, "2026-10-31T12:00:00-04:00", 1, "2026-11-01T12:00:00-05:00")] // 25 hours later
    [InlineData(NewYork, "2026-10-31T01:30:00-04:00", 1, "2026-11-01T01:30:00-04:00")] // the first of two
    [InlineData(NewYork, "2026-11-01T01:30:00-05:00", 0, "2026-11-01T01:30:00-05:00")] // the second stays itself
    [InlineData(Berlin, "2026-03-28T02:30:00+01:00", 2, "2026-03-30T02:30:00+02:00")]
    [InlineData(Shanghai, "2028-02-28T12:00:00+08:00", 1, "2028-02-29T12:00:00+08:00")]
    [InlineData(Shanghai, "2026-03-01T12:00:00+08:00", -1, "2026-02-28T12:00:00+08:00")]
    public void Days_later_is_the_same_wall_time(string zone, string instant, int days, string later) =>
        Assert.Equal(Utc(later), LocalTime.Of(zone).PlusDays(Utc(instant), days));

    [Theory]
    [InlineData(Shanghai, "2026-01-31T09:00:00+08:00", 1, "2026-02-28T09:00:00+08:00")]
    [InlineData(Shanghai, "2028-01-31T09:00:00+08:00", 1, "2028-02-29T09:00:00+08:00")]
    [InlineData(Shanghai, "2026-01-31T09:00:00+08:00", 2, "2026-03-31T09:00:00+08:00")] // from the anchor: the 31st again
    [InlineData(Shanghai, "2026-01-31T09:00:00+08:00", 3, "2026-04-30T09:00:00+08:00")]
    [InlineData(Shanghai, "2028-02-29T09:00:00+08:00", 12, "2029-02-28T09:00:00+08:00")]
    [InlineData(Shanghai, "2028-02-29T09:00:00+08:00", 48, "2032-02-29T09:00:00+08:00")]
    [InlineData(Shanghai, "2026-03-31T09:00:00+08:00", -1, "2026-02-28T09:00:00+08:00")]
    [InlineData(NewYork, "2026-02-08T02:30:00-05:00", 1, "2026-03-08T03:00:00-04:00")] // into the gap
    [InlineData(NewYork, "2026-10-01T01:30:00-04:00", 1, "2026-11-01T01:30:00-04:00")] // the first of two
    [InlineData(NewYork, "2026-11-01T01:30:00-05:00", 0, "2026-11-01T01:30:00-05:00")]
    [InlineData(SaoPaulo, "2017-09-15T00:15:00-03:00", 1, "2017-10-15T01:00:00-02:00")]
    public void Months_later_is_the_same_day_or_the_last_of_a_shorter_month(
        string zone,
        string instant,
        int months,
        string later
    ) => Assert.Equal(Utc(later), LocalTime.Of(zone).PlusMonths(Utc(instant), months));

    [Theory]
    [InlineData("")]
    [InlineData("Mars/Olympus")]
    [InlineData("China Standard Time")]
    [InlineData("+08:00")]
    public void Only_names_of_the_tz_database_are_zones(string name)
    {
        Assert.False(LocalTime.TryGet(name, out var time));
        Assert.Null(time);
        Assert.Throws<ArgumentException>(() => LocalTime.Of(name));
    }

    [Fact]
    public void Utc_is_a_zone_too() => Assert.Equal(Utc("2026-03-02T00:00:00Z"), LocalTime.Utc.EndOf(Day("2026-03-01")));

    [Fact]
    public void Every_instant_lies_in_its_day() =>
        Cases.ForAll(
            Instants,
            i =>
            {
                var local = LocalTime.Of(i.Zone);
                var day = local.DateOf(i.Instant);
                Assert.True(
                    local.StartOf(day) <= i.Instant && i.Instant < local.EndOf(day),
                    "It is not before the day, nor at its end or after."
                );
                Assert.Equal(day, local.DateOf(local.StartOf(day)));
                Assert.Equal(DateTimeKind.Utc, local.StartOf(day).Kind);
            }
        );

    [Fact]
    public void Days_and_months_later_are_on_the_day_that_the_calendar_says() =>
        Cases.ForAll(
            Instants,
            i =>
            {
                var local = LocalTime.Of(i.Zone);
                // Samoa left out 30 December 2011: there the day after is the one that exists.
                var missing = i.Zone == "Pacific/Apia" && i.Instant.Year == 2011;
                Assert.Equal(
                    missing ? local.DateOf(local.PlusDays(i.Instant, 40)) : local.DateOf(i.Instant).AddDays(40),
                    local.DateOf(local.PlusDays(i.Instant, 40))
                );
                Assert.Equal(
                    missing ? local.DateOf(local.PlusMonths(i.Instant, 7)) : local.DateOf(i.Instant).AddMonths(7),
                    local.DateOf(local.PlusMonths(i.Instant, 7))
                );
            }
        );

    private static DateTime Utc(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture).UtcDateTime;

    private static DateOnly Day(string day) => DateOnly.Parse(day, CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("Asia/Shanghai", "CN")]
    [InlineData("Asia/Hong_Kong", "HK")]
    [InlineData("Asia/Taipei", "TW")]
    [InlineData("Asia/Kuala_Lumpur", "MY")]
    [InlineData("America/Toronto", "CA")]
    [InlineData("Europe/Amsterdam", "NL")]
    [InlineData("UTC", null)]
    [InlineData("Etc/GMT+8", null)]
    [InlineData("Nowhere/City", null)]
    public void A_zone_lies_in_a_country(string zone, string? country) => Assert.Equal(country, LocalTime.CountryOf(zone));
}
