using MemberCloud.Pricing;

namespace MemberCloud.Host.Demo;

/// <summary>What Northwind's customers pay, in cents: beverages cheaper from Gold on, five prices of Platinum's own, and a draft to be tried on past orders. 100 points are a dollar.</summary>
public static class NorthwindPrices
{
    private static readonly string[] Beverages = ["1", "2", "24", "34", "35", "38", "39", "43", "67", "70", "75", "76"];
    private static readonly string[] Seafood = ["10", "13", "18", "30", "36", "37", "40", "41", "45", "46", "58", "73"];

    public static DemoPrices All { get; } =
        new(
            new(100, 100, CapBp: 3_000, Step: 100),
            [
                new(
                    "Beverages 10 % off (Gold and Platinum)",
                    ["Gold", "Platinum"],
                    [.. Beverages.Select(sku => new PriceEntryBody(sku, PercentOffBp: 1_000))]
                ),
                new(
                    "Platinum prices",
                    ["Platinum"],
                    [
                        Costs("10", 2_800), // Ikura
                        Costs("20", 7_200), // Sir Rodney's Marmalade
                        Costs("29", 11_000), // Thüringer Rostbratwurst
                        Costs("51", 4_700), // Manjimup Dried Apples
                        Costs("59", 4_950), // Raclette Courdavault
                    ],
                    Priority: 10
                ),
                // The newest: what Swagger UI fills in.
                new(
                    "Summer: seafood 5 % off",
                    null,
                    [.. Seafood.Select(sku => new PriceEntryBody(sku, PercentOffBp: 500))],
                    IsActive: false
                ),
            ]
        );

    /// <summary>Twelve a month at the member price.</summary>
    private static PriceEntryBody Costs(string sku, long price) => new(sku, price, Limit: new PriceLimit(12, LimitPer.Month));
}
