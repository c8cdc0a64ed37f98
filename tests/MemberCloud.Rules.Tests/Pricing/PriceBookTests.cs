using System.Collections.Frozen;
using MemberCloud.Pricing;

namespace MemberCloud.Rules.Tests.Pricing;

public sealed class PriceBookTests
{
    private static PricedList List(int id, params string[] tags) =>
        new(
            Guid.Parse($"01900000-0000-7000-8000-{id:x12}"),
            1,
            $"list {id}",
            0,
            new(tags.Length == 0, FrozenSet<Guid>.Empty, FrozenSet<Guid>.Empty, tags.ToFrozenSet()),
            null,
            null,
            true
        );

    private static LoadedEntries Entries(params string[] skus) =>
        new(1, [.. skus.Select(s => (s, new[] { new PriceTerms(1, PriceKind.Price, 1) }))], skus.Length);

    [Fact]
    public void A_book_says_of_a_sku_what_each_list_says()
    {
        var (one, two) = (List(1), List(2, "vip"));

        var book = PriceBook.Of([one, two], new() { [one.Id] = Entries("a", "b"), [two.Id] = Entries("b", "B") });

        Assert.Equal([one], book.Of("a").Select(p => p.List));
        Assert.Equal([one, two], book.Of("b").Select(p => p.List));
        Assert.Equal([two], book.Of("B").Select(p => p.List));
        Assert.Empty(book.Of("c"));
        Assert.Equal((4, true), (book.Count, book.AsksTags));
    }

    [Fact]
    public void An_empty_book_says_nothing_and_asks_nothing()
    {
        Assert.Empty(PriceBook.Empty.Of("a"));
        Assert.Equal((0, false), (PriceBook.Empty.Count, PriceBook.Empty.AsksTags));
    }
}
