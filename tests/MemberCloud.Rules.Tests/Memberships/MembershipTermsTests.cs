using System.Globalization;
using MemberCloud.Billing;
using MemberCloud.Memberships;
using MemberCloud.Perks;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Memberships;

/// <summary>The calendar of memberships: month ends, leap years, DST nights, whole days.</summary>
public class MembershipTermsTests
{
    private static DateTime At(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    private static string Show(DateTime at) => at.ToString("yyyy-MM-ddTHH:mmZ", CultureInfo.InvariantCulture);

    // domain.md section 4: counted from the anchor, never from the last run
    [Theory]
    [InlineData("2026-01-31T09:00Z", TermUnit.Month, "2026-02-28T09:00Z", "2026-03-31T09:00Z", "2026-04-30T09:00Z")]
    [InlineData("2028-01-31T09:00Z", TermUnit.Month, "2028-02-29T09:00Z", "2028-03-31T09:00Z", "2028-04-30T09:00Z")]
    [InlineData("2028-02-29T09:00Z", TermUnit.Year, "2029-02-28T09:00Z", "2030-02-28T09:00Z", "2031-02-28T09:00Z")]
    [InlineData("2026-12-30T09:00Z", TermUnit.Day, "2026-12-31T09:00Z", "2027-01-01T09:00Z", "2027-01-02T09:00Z")]
    public void Terms_are_counted_from_the_anchor(string anchor, TermUnit unit, string first, string second, string third)
    {
        var term = new PlanTerm(1, unit);
        var ends = Enumerable.Range(1, 3).Select(n => Show(MembershipTerms.Plus(At(anchor), term, n, LocalTime.Utc)));

        Assert.Equal([first, second, third], ends);
    }

    [Fact]
    public void Yearly_from_29_February_is_29_February_again_in_the_next_leap_year() =>
        Assert.Equal(
            "2032-02-29T09:00Z",
            Show(MembershipTerms.Plus(At("2028-02-29T09:00Z"), new(1, TermUnit.Year), 4, LocalTime.Utc))
        );

    // The wall time stays; what a night skips is the first instant that exists, what it has twice is the first.
    [Theory]
    [InlineData("Europe/Berlin", "2026-02-28T01:30Z", "2026-03-28T01:30Z", "2026-04-28T00:30Z")]
    [InlineData("Europe/Berlin", "2026-01-29T01:30Z", "2026-02-28T01:30Z", "2026-03-29T01:00Z")] // 02:30 does not exist
    [InlineData("Europe/Berlin", "2026-08-25T00:30Z", "2026-09-25T00:30Z", "2026-10-25T00:30Z")] // 02:30 twice
    [InlineData("America/New_York", "2026-01-08T07:30Z", "2026-02-08T07:30Z", "2026-03-08T07:00Z")]
    [InlineData("America/New_York", "2026-09-01T05:30Z", "2026-10-01T05:30Z", "2026-11-01T05:30Z")]
    [InlineData("Asia/Shanghai", "2026-01-31T16:30Z", "2026-02-28T16:30Z", "2026-03-31T16:30Z")]
    public void Renewals_keep_their_wall_time_through_both_DST_nights(string zone, string anchor, string first, string second)
    {
        var (term, local) = (new PlanTerm(1, TermUnit.Month), LocalTime.Of(zone));

        Assert.Equal(first, Show(MembershipTerms.Plus(At(anchor), term, 1, local)));
        Assert.Equal(second, Show(MembershipTerms.Plus(At(anchor), term, 2, local)));
    }

    // domain.md section 4: 91 days used, 274 left of 365; the day of the change counts as left
    [Theory]
    [InlineData("2026-04-11T10:00Z", 274_00)]
    [InlineData("2026-01-10T08:00Z", 365_00)]
    [InlineData("2026-01-10T23:59Z", 365_00)]
    [InlineData("2027-01-09T23:59Z", 1_00)]
    [InlineData("2027-01-10T00:00Z", 0)]
    [InlineData("2025-12-01T00:00Z", 365_00)]
    public void What_is_left_goes_by_whole_days(string now, long left) =>
        Assert.Equal(
            left,
            MembershipTerms.Left(
                365_00,
                new(At("2026-01-10T08:00Z"), At("2027-01-10T08:00Z")),
                At(now),
                LocalTime.Utc,
                Rounding.HalfAwayFromZero
            )
        );

    [Fact]
    public void The_worked_upgrade_charges_749_93()
    {
        var pro = new PlanBody("PRO", "plus", 999_00, new(1, TermUnit.Year));
        var period = new Stretch(At("2026-01-10T08:00Z"), At("2027-01-10T08:00Z"));

        var charge = ChangeRules.CostOfRest([period], pro, At("2026-04-11T10:00Z"), LocalTime.Utc, Rounding.HalfAwayFromZero);

        Assert.Equal(749_93, charge);
        Assert.Equal(new ChangeCost(274_00, 749_93, 475_93), ChangeRules.Cost(274_00, charge));
        Assert.Equal(0, ChangeRules.Cost(800_00, charge).Pay);
    }

    [Theory]
    [InlineData(0, 1_00)]
    [InlineData(1, 1_00)]
    [InlineData(2, 3_00)]
    public void The_intro_price_is_for_the_first_terms(int billed, long price) =>
        Assert.Equal(
            price,
            MembershipTerms.PriceOf(new("P", "p", 3_00, new(1, TermUnit.Month)) { Intro = new(1_00, 2) }, billed)
        );

    // |----|----|----| paid until, bought ahead
    [Theory]
    [InlineData("2026-01-31T09:00Z", "2026-01-31T09:00Z", "2026-02-28T09:00Z")]
    [InlineData("2026-02-28T08:59Z", "2026-01-31T09:00Z", "2026-02-28T09:00Z")]
    [InlineData("2026-02-28T09:00Z", "2026-02-28T09:00Z", "2026-03-31T09:00Z")]
    [InlineData("2026-04-29T00:00Z", "2026-03-31T09:00Z", "2026-04-30T09:00Z")]
    [InlineData("2026-05-05T00:00Z", "2026-03-31T09:00Z", "2026-04-30T09:00Z")] // past what is paid: the last one
    public void The_period_under_way_is_the_one_an_instant_lies_in(string now, string from, string until)
    {
        var m = Started("2026-01-31T09:00Z", terms: 3);

        Assert.Equal(new(At(from), At(until)), MembershipTerms.PeriodAt(m, Monthly.Term, At(now), LocalTime.Utc));
    }

    [Theory]
    [InlineData(RefundPolicy.None, 0, "2026-02-01T00:00Z", 0)]
    [InlineData(RefundPolicy.FullIfUnused, 0, "2026-02-01T00:00Z", 60_00)] // the running term and the one ahead
    [InlineData(RefundPolicy.FullIfUnused, 1, "2026-02-01T00:00Z", 30_00)] // a perk was used: only the one ahead
    [InlineData(RefundPolicy.FullIfUnused, 0, "2026-02-07T09:00Z", 30_00)]
    [InlineData(RefundPolicy.LessPerksUsed, 12_00, "2026-02-20T00:00Z", 48_00)]
    [InlineData(RefundPolicy.LessPerksUsed, 99_00, "2026-02-20T00:00Z", 30_00)]
    [InlineData(RefundPolicy.Prorata, 99_00, "2026-02-14T00:00Z", 45_00)] // 14 of 28 days
    public void A_cancellation_at_once_gives_back_by_policy(RefundPolicy policy, long used, string now, long back)
    {
        Invoice[] covering =
        [
            Paid("2026-01-31T09:00Z", "2026-01-31T09:00Z", "2026-02-28T09:00Z"),
            Paid("2026-01-31T09:00Z", "2026-02-28T09:00Z", "2026-03-31T09:00Z"),
        ];

        var period = new Stretch(At("2026-01-31T09:00Z"), At("2026-02-28T09:00Z"));
        var uses = new PerksUsed(used == 0 ? 0 : 1, used);
        Assert.Equal(back, ChangeRules.Refund(policy, covering, period, uses, At(now), LocalTime.Utc, Rounding.HalfAwayFromZero));
    }

    private static Invoice Paid(string at, string from, string until) =>
        new()
        {
            Series = Invoice.Sales,
            Lines = "[]",
            Total = 30_00,
            Worth = 30_00,
            State = InvoiceState.Paid,
            ClosedAt = At(at),
            CoversFrom = At(from),
            CoversUntil = At(until),
        };

    private static readonly PlanBody Monthly = new("P", "p", 30_00, new(1, TermUnit.Month));

    private static Membership Started(string anchor, int terms) =>
        new()
        {
            Family = "p",
            LiveFamily = "p",
            Gateway = "fake",
            ConsentText = "1",
            ConsentChannel = "app",
            ConsentAt = At(anchor),
            State = MembershipState.Active,
            AutoRenew = true,
            MethodId = Guid.Empty,
            Anchor = At(anchor),
            RunsSince = At(anchor),
            Terms = terms,
            PaidUntil = MembershipTerms.Plus(At(anchor), Monthly.Term, terms, LocalTime.Utc),
        };
}
