using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;

namespace MemberCloud.Host.Demo;

/// <summary>A sandbox brand that is built at first start out of data the host brings along: dollars, New York's clock.</summary>
/// <param name="Told">What was ordered before this day comes in at once, each fact counted when it happened.</param>
/// <param name="End">From then on it comes in week by week and jobs run on the way, up to the start of this day. There the clock stands.</param>
/// <param name="Showcase">External id of the member whose token is shown.</param>
public sealed record DemoBrand(string Slug, string Name, DateOnly Told, DateOnly End, string Showcase)
{
    private static readonly AttributeShape[] Places =
    [
        new("company", AttributeType.Text),
        new("city", AttributeType.Text),
        new("country", AttributeType.Text),
    ];

    public required IReadOnlyList<TierRequest> Tiers { get; init; }
    public required IReadOnlyList<RuleBody> Rules { get; init; }
    public IReadOnlyList<AttributeShape> Attributes { get; init; } = [];
    public DemoCoupons Coupons { get; init; } = DemoCoupons.None;
    public DemoPrices Prices { get; init; } = DemoPrices.None;

    /// <summary>Northwind Traders, a wholesaler of food: 830 orders of 91 customers, 1996-07-04 to 1998-05-06.</summary>
    public static DemoBrand Northwind { get; } =
        new("northwind", "Northwind Traders (demo)", new(1998, 4, 9), new(1998, 5, 7), "SAVEA")
        {
            Attributes = Places,
            Coupons = NorthwindCoupons.All,
            Prices = NorthwindPrices.All,
            Tiers =
            [
                new("Member", 0, 0),
                new("Silver", 1, 3_000),
                new("Gold", 2, 10_000, PointsMultiplierBp: 12_500),
                new("Platinum", 3, 30_000, PointsMultiplierBp: 15_000),
            ],
            Rules =
            [
                PerDollar("1 point per dollar", Currencies.Points) with
                {
                    Formula = new(PerAmount: new(100, 1), TierMultiplier: true),
                    Settle = new(14),
                    Expiry = new(ExpiryName.Months, 12),
                },
                PerDollar("1 more for seafood, at most 500 a month", Currencies.Points) with
                {
                    Conditions = new(Categories: ["Seafood"]),
                    Caps = new(PerMonth: 500),
                    Settle = new(14),
                    Expiry = new(ExpiryName.Months, 6),
                },
                PerDollar("growth", Currencies.Growth) with
                {
                    Settle = new(0),
                },
                Fixed("welcome", EarningRules.MemberJoined, 200),
                Fixed("birthday", EarningRules.MemberBirthday, 100),
            ],
        };

    /// <summary>CDNOW, a shop of records: every purchase of 200 customers who first bought in January 1997, to 1998-06-30.</summary>
    public static DemoBrand Cdnow { get; } =
        new("cdnow", "CDNOW (demo)", new(1998, 6, 3), new(1998, 7, 1), "00096")
        {
            Tiers =
            [
                new("Listener", 0, 0),
                new("Collector", 1, 100, PointsMultiplierBp: 11_000),
                new("Connoisseur", 2, 400, PointsMultiplierBp: 15_000),
            ],
            Rules =
            [
                PerDollar("5 points per dollar", Currencies.Points) with
                {
                    Formula = new(PerAmount: new(100, 5), TierMultiplier: true),
                    Settle = new(7),
                    Expiry = new(ExpiryName.Months, 12),
                },
                PerDollar("growth", Currencies.Growth) with
                {
                    Settle = new(0),
                },
            ],
        };

    public static IReadOnlyList<DemoBrand> All { get; } = [Northwind, Cdnow];

    public NewTenant ToTenant() =>
        new(Slug, Name, "America/New_York", DemoData.Currency, "en", TenantMode.Sandbox, TestClock: Clock(Told));

    /// <summary>Where the clock stops on its way: each time what happened since is reported.</summary>
    public IEnumerable<DateTime> Stops()
    {
        for (var day = Told; day < End; day = day.AddDays(7))
            yield return Clock(day);
        yield return Clock(End);
    }

    private static DateTime Clock(DateOnly day) => LocalTime.Of("America/New_York").StartOf(day);

    private static RuleBody PerDollar(string name, string currency) =>
        new(name, EarningRules.OrderCompleted, currency, new(PerAmount: new(100, 1)));

    private static RuleBody Fixed(string name, string trigger, long points) =>
        new(name, trigger, Currencies.Points, new(points), Expiry: new(ExpiryName.Months, 6));
}
