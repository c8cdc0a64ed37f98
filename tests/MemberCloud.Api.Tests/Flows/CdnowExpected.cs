using System.Globalization;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>What one member must have.</summary>
/// <param name="Tier">0 to 3.</param>
public readonly record struct MemberFigures(long Pending, long Available, long Expired, int Tier);

/// <summary>What a brand must come to.</summary>
/// <param name="Money">Cents.</param>
/// <param name="Tiers">Members by tier, lowest first.</param>
public sealed record Figures(
    long Orders,
    long Members,
    long Money,
    long Issued,
    long Pending,
    long Available,
    long Expired,
    IReadOnlyList<long> Tiers
)
{
    public override string ToString() =>
        FormattableString.Invariant($"orders {Orders}, members {Members}, money {Money}, issued {Issued}, pending {Pending}, ")
        + FormattableString.Invariant($"available {Available}, expired {Expired}, tiers {string.Join('/', Tiers)}");
}

/// <summary>
/// The plain calculation over a file of purchases that the product is held against. It shares no code with the product, on
/// purpose: dates of a calendar, a loop a member, sums. All times are New York's wall clock, where neither noon nor midnight is
/// ever skipped or repeated.
/// <para>1 point per whole dollar, there 7 days after, gone at the end of the day 12 months after that. Growth = points, at
/// once, for ever. Tiers from 0, 100, 300 and 1,000 growth in 12 months, valid 12 months; a review with less: one step down.</para>
/// </summary>
public sealed class CdnowExpected
{
    private const int SettleDays = 7;
    private const int Months = 12;
    private static readonly long[] Thresholds = [0, 100, 300, 1000];
    private static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById(Cdnow.Zone);

    private CdnowExpected(Figures total, IReadOnlyDictionary<string, MemberFigures> members) =>
        (Total, Members) = (total, members);

    public Figures Total { get; }

    /// <summary>By the customer's id in the file.</summary>
    public IReadOnlyDictionary<string, MemberFigures> Members { get; }

    /// <summary>The figures at an instant, all purchases of the file reported by then.</summary>
    public static CdnowExpected At(string file, string instant)
    {
        var now = TimeZoneInfo.ConvertTime(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture), NewYork).DateTime;
        var purchases = File.ReadLines(file).Skip(1).Select(Purchase.Of).ToList();
        var members = purchases.GroupBy(p => p.Customer).ToDictionary(g => g.Key, g => MemberOf([.. g.OrderBy(p => p.Day)], now));
        var total = new Figures(
            purchases.Count,
            members.Count,
            purchases.Sum(p => p.Cents),
            purchases.Sum(p => p.Points),
            members.Values.Sum(m => m.Pending),
            members.Values.Sum(m => m.Available),
            members.Values.Sum(m => m.Expired),
            [.. Thresholds.Select((_, tier) => members.Values.LongCount(m => m.Tier == tier))]
        );
        return new(total, members);
    }

    private static MemberFigures MemberOf(IReadOnlyList<Purchase> purchases, DateTime now)
    {
        var (pending, available, expired) = (0L, 0L, 0L);
        foreach (var purchase in purchases)
        {
            var settled = purchase.Day.AddDays(SettleDays);
            if (Noon(settled) > now)
                pending += purchase.Points;
            else if (EndOf(settled.AddMonths(Months)) > now)
                available += purchase.Points;
            else
                expired += purchase.Points;
        }
        return new(pending, available, expired, TierOf(purchases, now));
    }

    private static int TierOf(IReadOnlyList<Purchase> purchases, DateTime now)
    {
        var standing = new Standing(purchases);
        foreach (var day in purchases.Select(p => p.Day).Distinct())
        {
            standing.ReviewUntil(Noon(day));
            standing.Rise(day);
        }
        standing.ReviewUntil(now);
        return standing.Tier;
    }

    private static DateTime Noon(DateOnly day) => day.ToDateTime(new TimeOnly(12, 0));

    private static DateTime EndOf(DateOnly day) => day.AddDays(1).ToDateTime(TimeOnly.MinValue);

    /// <summary>One row: everything it means happens at noon of its day.</summary>
    private readonly record struct Purchase(string Customer, DateOnly Day, long Cents)
    {
        public long Points => Cents / 100;

        public static Purchase Of(string line)
        {
            var cells = line.Split(',');
            var cents = decimal.Parse(cells[3], CultureInfo.InvariantCulture) * 100;
            return new(cells[0], DateOnly.ParseExact(cells[1], "yyyy-MM-dd", CultureInfo.InvariantCulture), (long)cents);
        }
    }

    /// <summary>A member on the way through the tiers.</summary>
    private sealed class Standing(IReadOnlyList<Purchase> purchases)
    {
        private DateOnly? review;

        public int Tier { get; private set; }

        /// <summary>The growth of 12 months lifts to the tier it reaches, valid to the end of the day 12 months on.</summary>
        public void Rise(DateOnly day)
        {
            var growth = Growth(day.AddMonths(-Months).AddDays(1), day);
            var reached = Array.FindLastIndex(Thresholds, threshold => growth >= threshold);
            if (reached > Tier)
                (Tier, review) = (reached, day.AddMonths(Months).AddDays(1));
        }

        /// <summary>Where a validity ends, enough growth in the 12 months before keeps the tier, else one step down.</summary>
        public void ReviewUntil(DateTime now)
        {
            while (review is { } end && end.ToDateTime(TimeOnly.MinValue) <= now)
            {
                if (Growth(end.AddMonths(-Months), end.AddDays(-1)) >= Thresholds[Tier])
                    review = end.AddMonths(Months);
                else
                    review = --Tier == 0 ? null : end.AddMonths(Months).AddDays(1);
            }
        }

        private long Growth(DateOnly first, DateOnly last) =>
            purchases.Where(p => p.Day >= first && p.Day <= last).Sum(p => p.Points);
    }
}
