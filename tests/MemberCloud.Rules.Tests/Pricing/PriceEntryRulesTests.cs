using System.Text.Json;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Pricing;

public sealed class PriceEntryRulesTests
{
    private static List<JsonElement> Rows(string json) => [.. JsonDocument.Parse(json).RootElement.EnumerateArray()];

    private static PriceEntry Stands(string sku, long price, int from = 1, PriceLimit? limit = null) =>
        new()
        {
            Sku = sku,
            MinQuantity = from,
            FromVersion = 1,
            Kind = PriceKind.Price,
            Amount = price,
            LimitQuantity = limit?.Quantity,
            LimitPer = limit?.Per,
        };

    [Theory]
    [InlineData("""{ "sku": "a" }""", "/entries/1/price", "one_of")]
    [InlineData("""{ "sku": "a", "price": 1, "amount_off": 1 }""", "/entries/1/price", "one_of")]
    [InlineData("""{ "sku": "a", "price": 1, "percent_off_bp": 1 }""", "/entries/1/price", "one_of")]
    [InlineData("""{ "price": 1 }""", "/entries/1/sku", "required")]
    [InlineData("""{ "sku": "a%2Fb", "price": 1 }""", "/entries/1/sku", "bad_characters")]
    [InlineData("""{ "sku": "a", "price": -1 }""", "/entries/1/price", "out_of_range")]
    [InlineData("""{ "sku": "a", "price": 1000000000001 }""", "/entries/1/price", "out_of_range")]
    [InlineData("""{ "sku": "a", "price": 1.5 }""", "/entries/1/price", "bad_type")]
    [InlineData("""{ "sku": "a", "amount_off": 0 }""", "/entries/1/amount_off", "out_of_range")]
    [InlineData("""{ "sku": "a", "percent_off_bp": 10001 }""", "/entries/1/percent_off_bp", "out_of_range")]
    [InlineData("""{ "sku": "a", "percent_off_bp": 0 }""", "/entries/1/percent_off_bp", "out_of_range")]
    [InlineData("""{ "sku": "a", "price": 1, "min_quantity": 0 }""", "/entries/1/min_quantity", "out_of_range")]
    [InlineData("""{ "sku": "a", "price": 1, "limit": {} }""", "/entries/1/limit/quantity", "required")]
    [InlineData(
        """{ "sku": "a", "price": 1, "limit": { "quantity": 0, "per": "day" } }""",
        "/entries/1/limit/quantity",
        "out_of_range"
    )]
    [InlineData(
        """{ "sku": "a", "price": 1, "limit": { "quantity": 1, "per": "year" } }""",
        "/entries/1/limit/per",
        "unknown_value"
    )]
    [InlineData("""{ "sku": "a", "price": 1, "cost": 1 }""", "/entries/1/cost", "unknown_field")]
    [InlineData("""{ "sku": "kept", "price": 1 }""", "/entries/1/sku", "duplicate")]
    [InlineData("null", "/entries/1", "required")]
    [InlineData("7", "/entries/1", "*")]
    public void A_bad_row_is_named_with_its_field(string row, string pointer, string code)
    {
        var rows = PriceEntryRules.Read(
            Rows($$"""[{ "sku": "kept", "price": 0 }, {{row}}, { "sku": "kept", "price": 0, "min_quantity": 2 }]""")
        );

        Assert.Equal((2, 1), (rows.Good.Count, rows.Bad));
        Assert.Equal([0, 2], rows.Good.Select(r => r.Row));
        var error = Assert.Single(rows.Errors);
        Assert.Equal((pointer, code == "*" ? error.Code : code), (error.Pointer, error.Code));
    }

    [Fact]
    public void All_bad_rows_are_counted_and_the_first_thousand_errors_told()
    {
        var rows = PriceEntryRules.Read(Rows($"[{string.Join(',', Enumerable.Repeat("""{ "sku": "a" }""", 1_200))}]"));

        Assert.Equal((0, 1_200, 1_000), (rows.Good.Count, rows.Bad, rows.Errors.Count));
    }

    [Fact]
    public void Only_what_is_different_is_written()
    {
        var limit = new PriceLimit(3, LimitPer.Day);

        var diff = PriceEntryRules.Diff(
            [
                Stands("same", 1, limit: limit),
                Stands("dearer", 1),
                Stands("gone", 1),
                Stands("gone", 1, from: 2),
                Stands("limited", 1, limit: limit),
            ],
            [
                new("same", 1, Limit: limit),
                new("dearer", 2),
                new("gone", 1, MinQuantity: 3),
                new("limited", 1, Limit: limit with { Quantity = 4 }),
            ]
        );

        Assert.Equal((1, "gone", 3), (diff.Unchanged, diff.Added.Single().Sku, diff.Added.Single().MinQuantity));
        Assert.Equal(["dearer", "limited"], diff.Changed.Select(c => c.Before.Sku));
        Assert.Equal([2L, 1L], diff.Changed.Select(c => c.After.Price));
        Assert.Equal([1, 2], diff.Removed.Select(r => r.MinQuantity));
    }

    [Fact]
    public void An_entry_is_read_back_as_it_was_said()
    {
        PriceEntryBody[] said =
        [
            new("a", 5),
            new("b", AmountOff: 6, MinQuantity: 2),
            new("c", PercentOffBp: 7, Limit: new(1, LimitPer.Week)),
        ];

        var read = said.Select(e =>
            PriceEntryBody.Of(
                new()
                {
                    Sku = e.Sku,
                    MinQuantity = e.MinQuantity,
                    Kind = e.ToTerms().Kind,
                    Amount = e.ToTerms().Amount,
                    LimitQuantity = e.Limit?.Quantity,
                    LimitPer = e.Limit?.Per,
                }
            )
        );

        Assert.Equal(said, read);
    }

    [Theory]
    [InlineData("listed", 900, null, null, "")]
    [InlineData("listed", 1_000, null, null, "no_saving")]
    [InlineData("listed", 1_200, null, null, "no_saving")]
    [InlineData("listed", 0, null, null, "free")]
    [InlineData("listed", null, 1_000, null, "free")]
    [InlineData("listed", null, 999, null, "")]
    [InlineData("listed", null, null, 10_000, "free")]
    [InlineData("listed", null, null, 1, "no_saving")] // a ten-thousandth of 10.00 rounds to nothing
    [InlineData("unpriced", 900, null, null, "")]
    [InlineData("unknown", 900, null, null, "not_in_catalogue")]
    [InlineData("unknown", 0, null, null, "not_in_catalogue,free")]
    public void What_may_be_a_mistake_is_noted(string sku, int? price, int? off, int? percent, string expected)
    {
        var prices = new Dictionary<string, long?> { ["listed"] = 1_000, ["unpriced"] = null };

        var notes = PriceEntryRules.Notes([(4, new(sku, price, off, percent))], prices, Rounding.HalfAwayFromZero).ToList();

        Assert.Equal(expected, string.Join(',', notes.Select(n => n.Code)));
        Assert.All(notes, n => Assert.Equal("/entries/4", n.Pointer));
    }
}
