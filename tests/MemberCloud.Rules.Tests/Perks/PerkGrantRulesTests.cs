using System.Globalization;
using MemberCloud.Perks;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Perks;

public sealed class PerkGrantRulesTests
{
    private static readonly LocalTime Shanghai = LocalTime.Of("Asia/Shanghai");

    internal static DateTime At(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    internal static PerkSource Source(
        string since = "2026-01-31T08:00Z",
        string term = "2026-01-31T08:00Z",
        string ends = "2027-01-31T08:00Z",
        Guid id = default
    ) => new(PerkSourceKind.Plan, id, "plan_1", id, At(since), At(ends), new("p20260131T080000", At(term), At(ends)), []);

    // In Shanghai (UTC+8) the local day begins at 16:00 UTC of the day before.
    [Theory]
    [InlineData(PerkPeriod.Day, "2026-02-28T15:59:59Z", "d2026-02-28", "2026-02-27T16:00Z", "2026-02-28T16:00Z")]
    [InlineData(PerkPeriod.Day, "2026-02-28T16:00Z", "d2026-03-01", "2026-02-28T16:00Z", "2026-03-01T16:00Z")]
    [InlineData(PerkPeriod.Week, "2026-03-01T15:59:59Z", "w2026-02-23", "2026-02-22T16:00Z", "2026-03-01T16:00Z")] // a Sunday
    [InlineData(PerkPeriod.Week, "2026-03-01T16:00Z", "w2026-03-02", "2026-03-01T16:00Z", "2026-03-08T16:00Z")] // Monday begins
    [InlineData(PerkPeriod.Month, "2026-02-28T15:59:59Z", "m2026-02", "2026-01-31T16:00Z", "2026-02-28T16:00Z")]
    [InlineData(PerkPeriod.Month, "2026-12-31T16:00Z", "m2027-01", "2026-12-31T16:00Z", "2027-01-31T16:00Z")]
    [InlineData(PerkPeriod.Term, "2026-02-28T00:00Z", "p20260131T080000", "2026-01-31T08:00Z", "2027-01-31T08:00Z")]
    [InlineData(PerkPeriod.Once, "2029-02-28T00:00Z", "once", "2026-01-31T08:00Z", null)]
    public void A_period_goes_by_the_brands_calendar_or_by_the_term(
        PerkPeriod period,
        string now,
        string key,
        string starts,
        string? ends
    ) =>
        Assert.Equal(
            new PerkSpan(key, At(starts), ends is null ? null : At(ends)),
            PerkGrantRules.Span(period, Source(), At(now), Shanghai)
        );

    // Clocks in New York go forward on 2026-03-08 and back on 2026-11-01; in Santiago midnight of 2026-09-06 is skipped.
    [Theory]
    [InlineData("America/New_York", PerkPeriod.Day, "2026-03-08T12:00Z", "2026-03-08T05:00Z", "2026-03-09T04:00Z")]
    [InlineData("America/New_York", PerkPeriod.Day, "2026-11-01T12:00Z", "2026-11-01T04:00Z", "2026-11-02T05:00Z")]
    [InlineData("America/New_York", PerkPeriod.Week, "2026-03-08T12:00Z", "2026-03-02T05:00Z", "2026-03-09T04:00Z")]
    [InlineData("America/New_York", PerkPeriod.Month, "2026-11-15T12:00Z", "2026-11-01T04:00Z", "2026-12-01T05:00Z")]
    [InlineData("America/Santiago", PerkPeriod.Day, "2026-09-06T12:00Z", "2026-09-06T04:00Z", "2026-09-07T03:00Z")]
    [InlineData("America/Santiago", PerkPeriod.Day, "2026-09-06T03:59:59Z", "2026-09-05T04:00Z", "2026-09-06T04:00Z")]
    public void A_period_follows_the_clocks_of_the_zone(string zone, PerkPeriod period, string now, string starts, string ends)
    {
        var span = PerkGrantRules.Span(period, Source(), At(now), LocalTime.Of(zone));

        Assert.Equal((At(starts), At(ends)), (span.StartsAt, span.EndsAt));
    }

    [Theory]
    [InlineData(PerkPeriod.Day, "2026-03-01T15:00Z", "2026-03-04T00:00Z", 3)]
    [InlineData(PerkPeriod.Day, "2026-03-01T16:00Z", "2026-03-04T00:00Z", 2)]
    [InlineData(PerkPeriod.Week, "2026-03-01T15:00Z", "2026-03-04T00:00Z", 1)]
    [InlineData(PerkPeriod.Week, "2026-03-01T16:00Z", "2026-03-04T00:00Z", 0)]
    [InlineData(PerkPeriod.Week, "2025-12-29T00:00Z", "2026-01-13T00:00Z", 2)]
    [InlineData(PerkPeriod.Month, "2025-11-30T15:59:59Z", "2026-02-15T00:00Z", 3)]
    [InlineData(PerkPeriod.Month, "2026-02-14T00:00Z", "2026-02-15T00:00Z", 0)]
    [InlineData(PerkPeriod.Month, "2026-03-14T00:00Z", "2026-02-15T00:00Z", 0)]
    [InlineData(PerkPeriod.Term, "2026-01-31T08:00Z", "2026-02-15T00:00Z", 0)]
    [InlineData(PerkPeriod.Term, "2025-01-31T08:00Z", "2026-02-15T00:00Z", 1)]
    [InlineData(PerkPeriod.Term, "2023-01-31T08:00Z", "2026-02-15T00:00Z", 3)] // a leap year among them
    [InlineData(PerkPeriod.Once, "2023-01-31T08:00Z", "2026-02-15T00:00Z", 0)]
    public void Periods_are_counted_back_to_an_instant(PerkPeriod period, string instant, string now, int before)
    {
        var span = PerkGrantRules.Span(period, Source(), At(now), Shanghai);

        Assert.Equal(before, PerkGrantRules.Before(period, At(instant), span, Shanghai));
    }

    // most, quantity, periods held before; left of the last stored one and how long ago; what goes over
    [Theory]
    [InlineData(0, 5, 9, 4L, 1, 0)] // the default: nothing
    [InlineData(3, 5, 9, 4L, 1, 3)]
    [InlineData(3, 5, 9, 2L, 1, 2)]
    [InlineData(3, 5, 0, 2L, 1, 2)] // held anew in this period: what is left of the one right before all the same
    [InlineData(9, 5, 9, 2L, 2, 7)] // 2 left, then a period of 5 + 2 that went by unused
    [InlineData(9, 5, 9, 2L, 3, 9)]
    [InlineData(9, 5, 0, 2L, 2, 0)] // not held in the period between
    [InlineData(9, 5, 1, 2L, 5, 5)] // held again since the last period only
    [InlineData(9, 5, 0, null, 0, 0)] // the first period
    [InlineData(9, 5, 1, null, 0, 5)]
    [InlineData(9, 5, 2, null, 0, 9)]
    public void What_is_left_goes_over_up_to_the_most(int most, int quantity, int held, long? left, int ago, long carried) =>
        Assert.Equal(carried, PerkGrantRules.Carried(most, quantity, held, left is { } l ? (l, ago) : null));

    /// <summary>The short cut over skipped periods says what going through them one by one says.</summary>
    [Fact]
    public void Skipped_periods_carry_as_if_each_had_been_written()
    {
        foreach (var most in new[] { 0, 1, 4, 7, 30 })
        foreach (var left in new[] { 0L, 1, 3, 9 })
        {
            var carried = Math.Min(most, left);
            for (var ago = 1; ago < 12; ago++)
            {
                Assert.Equal(carried, PerkGrantRules.Carried(most, 3, 20, (left, ago)));
                carried = Math.Min(most, carried + 3);
            }
        }
    }

    [Fact]
    public void Higher_priority_goes_first_then_the_soonest_end_then_the_oldest()
    {
        var never = Grant(5, ends: null, priority: 1);
        var late = Grant(5, "2026-06-01", priority: 1);
        var soon = Grant(5, "2026-05-01", starts: "2026-02-01");
        var older = Grant(5, "2026-05-01", starts: "2026-01-01");

        Assert.Equal([late, never, older, soon], PerkGrantRules.BurnOrder([soon, never, older, late]));
    }

    // left of the first grant, of the second; wanted; taken of each
    [Theory]
    [InlineData(2, 3, 1, "1")]
    [InlineData(2, 3, 2, "2")]
    [InlineData(2, 3, 4, "2 2")]
    [InlineData(2, 3, 5, "2 3")]
    [InlineData(2, 3, 6, null)]
    [InlineData(0, 3, 3, "3")]
    [InlineData(0, 0, 1, null)]
    public void Grants_are_taken_in_order_or_not_at_all(long first, long second, int wanted, string? taken)
    {
        var grants = new[] { Grant(second + 4, "2026-06-01", used: 3, reserved: 1), Grant(first, "2026-05-01") };

        var parts = PerkGrantRules.Take(grants, wanted);

        Assert.Equal(taken, parts is null ? null : string.Join(' ', parts.Select(p => p.Amount)));
    }

    // the grant's period, starts, ends, whether its source is held; usable on 2026-03-10
    [Theory]
    [InlineData("m2026-03", "2026-03-01", "2026-04-01", false, true)] // this period's, whatever it came of
    [InlineData("y2026", "2026-01-01", "2027-01-01", true, true)] // of another length
    [InlineData("y2026", "2026-01-01", "2027-01-01", false, false)]
    [InlineData("y2026", "2026-01-01", "2026-03-10", true, false)]
    [InlineData("y2026", "2026-03-11", "2027-01-01", true, false)]
    [InlineData("once", "2026-01-01", null, true, true)]
    public void A_grant_is_used_in_its_period_while_its_source_is_held(
        string period,
        string starts,
        string? ends,
        bool held,
        bool usable
    )
    {
        var source = Source(id: Guid.Parse("00000000-0000-0000-0000-000000000001"));
        var grant = Grant(1, ends, starts: starts, period: period, source: held ? source.Id : default);

        Assert.Equal(
            usable,
            PerkGrantRules.IsUsable(grant, new("m2026-03", At("2026-03-01"), At("2026-04-01")), [source], At("2026-03-10"))
        );
    }

    [Fact]
    public void Parts_are_read_as_they_were_written()
    {
        var parts = new GrantPart[] { new(Ids.New(), 3), new(Ids.New(), 12) };

        Assert.Equal(parts, GrantParts.Read(GrantParts.Write(parts)));
        Assert.Throws<FormatException>(() => GrantParts.Read("lot_1:2"));
    }

    private static PerkGrant Grant(
        long amount,
        string? ends,
        string starts = "2026-01-01",
        int priority = 0,
        long used = 0,
        long reserved = 0,
        string period = "x",
        Guid source = default
    ) =>
        new()
        {
            Id = Ids.New(),
            Period = period,
            SourceId = source,
            Amount = amount,
            Used = used,
            Reserved = reserved,
            Priority = priority,
            StartsAt = At(starts),
            EndsAt = ends is null ? null : At(ends),
        };
}
