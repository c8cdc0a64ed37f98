using MemberCloud.Shared;

namespace MemberCloud.Pricing;

/// <summary>Lines of a cart at the catalogue's and the member's prices. Pure.</summary>
internal static class CartLines
{
    public static Result<List<QuoteLine>> Of(
        IReadOnlyList<QuoteLineRequest> asked,
        IReadOnlyDictionary<string, Article> articles,
        PriceBook book,
        PriceBuyer buyer,
        Bought bought,
        DateTime at,
        Rounding rounding
    )
    {
        var lines = asked.Select(a => Known(a, articles.GetValueOrDefault(a.Sku))).ToList();
        if (Check(lines) is { } problem)
            return problem;
        var pieces = lines.GroupBy(l => l.Sku, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(l => l.Quantity));
        var places = lines.Index().ToDictionary(l => l.Item.Id, l => l.Index, StringComparer.Ordinal);
        var taken = new Dictionary<(Guid List, string Sku), long>();
        long Taken(PricedLine chosen) => bought.Of(chosen) + taken.GetValueOrDefault((chosen.Price.List.Id, chosen.Price.Sku));
        // A limit is used up in the order in which lines are computed.
        foreach (var line in QuoteLine.InOrder(lines))
        {
            var chosen = PriceRules.Choose(
                book.Of(line.Sku),
                buyer,
                line.ListPrice,
                pieces[line.Sku],
                line.Quantity,
                Taken,
                at,
                rounding
            );
            if (chosen is null)
                continue;
            var list = chosen.Price.List;
            var limit = chosen.Terms.Limit is { } l
                ? new PurchaseLimit(l.Quantity, l.Per!.Value, Math.Max(0, l.Quantity - Taken(chosen)))
                : null;
            taken[(list.Id, line.Sku)] = taken.GetValueOrDefault((list.Id, line.Sku)) + chosen.Pieces;
            lines[places[line.Id]] = line with
            {
                Price = new(list.Id, list.Version, list.Name, chosen.UnitPrice, chosen.Pieces, limit),
            };
        }
        return lines;
    }

    private static Problem? Check(List<QuoteLine> lines)
    {
        var unknown = Enumerable.Range(0, lines.Count).Where(i => lines[i].ListPrice < 0).Take(50).ToList();
        if (unknown.Count > 0)
            return Problem.Contradiction(
                "list_price_unknown",
                "The catalogue has no list price of a SKU, and the cart brings none."
            ) with
            {
                Errors = unknown.ConvertAll(i => new FieldProblem(
                    $"/lines/{i}/list_price",
                    "list_price_unknown",
                    "Neither the cart nor the catalogue says what a piece costs."
                )),
            };
        return lines.Aggregate(Int128.Zero, (sum, l) => sum + ((Int128)l.ListPrice * l.Quantity)) > Money.Max
            ? Problem.Field("/lines", "out_of_range", "The lines add up to more than 10^12.")
            : null;
    }

    private static QuoteLine Known(QuoteLineRequest asked, Article? article) =>
        new(
            asked.Id,
            asked.Sku,
            asked.Quantity,
            asked.ListPrice ?? article?.ListPrice ?? -1,
            asked.Category ?? article?.Category,
            asked.Brand ?? article?.Brand
        );
}
