using MemberCloud.Coupons;
using MemberCloud.Earning;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Pricing;

/// <summary>A quote as it is said outside. Pure but for the language and the clock of whom it is said to.</summary>
internal static class QuoteSaid
{
    public static QuoteShape Of(MadeQuote made, TenantScope scope, bool isAnotherInstant)
    {
        var (quote, reasons) = (made.Quote, Reasons(made, scope.Language));
        var expires = scope.Now + QuoteService.Life;
        return new(
            isAnotherInstant ? null : QuoteHash.Of(made, scope.Tenant, expires),
            expires,
            scope.Tenant.Currency,
            made.Member.MemberId is { } id ? Ids.Show(IdPrefix.Member, id) : null,
            Lines(made, reasons),
            Adjusted(quote.Shipping, reasons),
            quote.Totals,
            Coupons(made, scope.Language),
            new(quote.PointsUsable, quote.PointsUsed),
            [.. Earns(made)],
            [.. NudgeRules.Of(quote, made.Input, scope.Tenant.Currency, scope.Language)],
            quote.IsOptimal
        );
    }

    private static IReadOnlyList<QuoteLineShape> Lines(MadeQuote made, Dictionary<Guid, string> reasons) =>
        [
            .. made.Quote.Lines.Select(
                (l, i) =>
                    new QuoteLineShape(l.Id, l.List, Adjusted(l.Adjustments, reasons), l.Net, LimitShape.Of(made.Input.Lines[i]))
            ),
        ];

    /// <summary>What price lists, coupons and points (which have no id) are called.</summary>
    private static Dictionary<Guid, string> Reasons(MadeQuote made, string language)
    {
        var reasons = new Dictionary<Guid, string> { [Guid.Empty] = language == Languages.Chinese ? "积分抵扣" : "Points" };
        foreach (var line in made.Input.Lines)
            if (line.Price is { } price)
                reasons[price.ListId] = price.Name;
        foreach (var applied in made.Quote.Applied)
            reasons[applied.Coupon.Id] = NameOf(applied.Coupon.Terms, language);
        return reasons;
    }

    private static IReadOnlyList<AdjustmentShape> Adjusted(
        IReadOnlyList<Adjustment> adjustments,
        Dictionary<Guid, string> reasons
    ) =>
        [
            .. adjustments.Select(a => new AdjustmentShape(
                a.Source,
                a.Source switch
                {
                    AdjustmentSource.PriceList => Ids.Show(IdPrefix.PriceList, a.SourceId!.Value),
                    AdjustmentSource.Coupon => Ids.Show(IdPrefix.Coupon, a.SourceId!.Value),
                    AdjustmentSource.Points => null,
                },
                a.Version,
                a.Amount,
                reasons[a.SourceId ?? Guid.Empty]
            )),
        ];

    private static QuoteCoupons Coupons(MadeQuote made, string language)
    {
        RefusedShape Told(UnusedCoupon unused) =>
            new(
                Ids.Show(IdPrefix.Coupon, unused.Coupon.Id),
                unused.Why,
                Refusals.Message(unused.Why, language),
                unused.Missing,
                [.. unused.By.Select(id => Ids.Show(IdPrefix.Coupon, id))]
            );
        return new(
            [
                .. made.Quote.Applied.Select(a => new AppliedShape(
                    Ids.Show(IdPrefix.Coupon, a.Coupon.Id),
                    Ids.Show(IdPrefix.Template, a.Coupon.TemplateId),
                    a.Amount
                )),
            ],
            [.. made.Unusable.Concat(made.Quote.Refused).Select(Told)],
            [.. made.Quote.Beaten.Select(Told)]
        );
    }

    /// <summary>By every rule on paying and on completing; caps over days and budgets, and what is for first orders only, are the order's to find out.</summary>
    private static IEnumerable<QuoteEarning> Earns(MadeQuote made)
    {
        var nets = made.Quote.Lines.ToDictionary(l => l.Id, l => l.Net);
        List<FactLine> lines = [.. made.Input.Lines.Select(l => new FactLine(l.Sku, l.Category, nets[l.Id]))];
        return EarningRules
            .OfOrders.Select(trigger => new Fact(
                trigger,
                made.Member.MemberId ?? Guid.Empty,
                made.At,
                lines,
                made.Input.Channel,
                made.Input.Store,
                made.Member.Tier is { } tier ? Ids.Show(IdPrefix.Tier, tier.Id) : null,
                made.Member.Tags,
                made.Member.Tier?.PointsMultiplierBp ?? 10_000,
                FirstOrder: false
            ))
            .SelectMany(fact =>
                made.Rules.For(fact.Trigger)
                    .Select(r => (r.Body.Currency, Earned: EarningRules.Compute(r.Body, fact)?.Amount ?? 0))
            )
            .GroupBy(e => e.Currency, e => e.Earned)
            .Select(g => new QuoteEarning(g.Key, g.Sum()))
            .Where(e => e.Amount > 0)
            .OrderBy(e => e.Currency, StringComparer.Ordinal);
    }

    /// <summary>As members read it.</summary>
    internal static string NameOf(TemplateBody terms, string language)
    {
        var (first, second) =
            language == Languages.Chinese ? (terms.Texts?.Zh, terms.Texts?.En) : (terms.Texts?.En, terms.Texts?.Zh);
        var title = (first ?? second)?.Title;
        return string.IsNullOrEmpty(title) ? terms.Name : title;
    }
}
