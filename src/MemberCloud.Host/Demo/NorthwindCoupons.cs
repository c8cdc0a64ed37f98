using MemberCloud.Coupons;

namespace MemberCloud.Host.Demo;

/// <summary>What Northwind gives its customers, in cents: something of each kind, for everybody, a tier, a country, for points and by code; one is still a draft.</summary>
public static class NorthwindCoupons
{
    private const string Seafood = "10 % off seafood, at most 50 dollars (Gold and Platinum)";
    private const string Spice = "The second condiment at half price, by the code SPICE-98 or a code of a leaflet";
    private const string Easter = "5 dollars off for Easter, until 19 April";
    private const string Three = "3 dollars off from 30 dollars";

    public static DemoCoupons All { get; } =
        new(
            [
                new(
                    Of("20 dollars off from 300 dollars, for midsummer", CouponKind.AmountOff, 30) with
                    {
                        AmountOff = 2_000,
                        Threshold = new(30_000),
                        Stock = 500,
                        Texts = Says("仲夏满 300 减 20", "每人限用一张。", "20 off from 300", "One for each customer."),
                    },
                    IsActive: false
                ),
                new(
                    Of(Seafood, CouponKind.PercentOff, 60) with
                    {
                        PercentOffBp = 1_000,
                        MaxOff = 5_000,
                        Scope = new(new(Categories: ["Seafood"])),
                        Texts = Says(
                            "海鲜九折",
                            "限海鲜，最多优惠 50 美元。",
                            "10 % off seafood",
                            "Seafood only, at most 50 dollars off."
                        ),
                    },
                    Tiers: ["Gold", "Platinum"]
                ),
                new(
                    Of("Free shipping for 500 points", CouponKind.FreeShipping, 90) with
                    {
                        PointsPrice = 500,
                        StackGroup = "shipping",
                        Limits = new(PerMemberPerMonth: 2),
                        Texts = Says(
                            "免运费",
                            "500 积分兑换，每月最多两张。",
                            "Free shipping",
                            "For 500 points, at most two a month."
                        ),
                    }
                ),
                new(
                    Of(Spice, CouponKind.NthItem, 14) with
                    {
                        NthItem = new(2, 5_000),
                        Scope = new(new(Categories: ["Condiments"])),
                        Code = "SPICE-98",
                        Claimable = false,
                        Limits = new(PerMember: 1),
                        Texts = Says(
                            "调味品第二件半价",
                            "输入兑换码 SPICE-98。",
                            "Second condiment at half price",
                            "With the code SPICE-98."
                        ),
                    }
                ),
                new(
                    Of("Chai for 12 dollars, for customers in the UK", CouponKind.FixedPrice, 30) with
                    {
                        FixedPrice = 1_200,
                        MaxPieces = 6,
                        Scope = new(new(Skus: ["1"])),
                        Audience = new(Tags: ["UK"]),
                        Texts = Says("印度奶茶每件 12 美元", "最多六件。", "Chai for 12", "Up to six pieces."),
                    }
                ),
                new(
                    Of(Easter, CouponKind.AmountOff, null) with
                    {
                        AmountOff = 500,
                        Validity = new(Until: new(1998, 4, 20, 4, 0, 0, DateTimeKind.Utc)),
                        Texts = Says("复活节立减 5 美元", "无门槛。", "5 off for Easter", "On anything."),
                    }
                ),
                // The newest: what Swagger UI fills in.
                new(
                    Of(Three, CouponKind.AmountOff, 30) with
                    {
                        AmountOff = 300,
                        Threshold = new(3_000),
                        Stock = 1_000,
                        Texts = Says("满 30 减 3", "满 30 美元可用。", "3 off from 30", "For orders from 30 dollars."),
                    }
                ),
            ],
            [
                new(Three, "Spring in France", Tag: "France"),
                new(Easter, "Easter greeting", Tag: "newsletter"),
                // One of them is on a lower tier and gets none.
                new(Seafood, "Thanks to the largest customers", Customers: ["SAVEA", "ERNSH", "QUICK", "LACOR"]),
            ],
            [new(Spice, "Spring leaflet", 50)],
            new Dictionary<string, DemoUse>
            {
                ["11043"] = new(Three, 300),
                ["11051"] = new(Three, 300),
                ["11064"] = new(Seafood, 1_287),
                ["11072"] = new(Seafood, 4_289),
            }
        );

    private static TemplateBody Of(string name, CouponKind kind, int? days) => new(name, kind, new(days));

    private static CouponTexts Says(string chinese, string chineseRules, string title, string rules) =>
        new(new(chinese, chineseRules), new(title, rules));
}
