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
        var (quote, sources) = (made.Quote, Sources(made, scope.Language));
        var expires = scope.Now + QuoteService.Life;
        return new(
            isAnotherInstant ? null : QuoteHash.Of(made, scope.Tenant, expires),
            expires,
            scope.Tenant.Currency,
            made.Member.MemberId is { } id ? Ids.Show(IdPrefix.Member, id) : null,
            Lines(made, sources),
            Adjusted(quote.Shipping, sources),
            quote.Totals,
            Coupons(made, scope.Language),
            new(quote.PointsUsable, quote.PointsUsed),
            [.. Earns(made)],
            Nudges(made, scope),
            quote.IsOptimal,
            made.PlansSave
        );
    }

    private static IReadOnlyList<Nudge> Nudges(MadeQuote made, TenantScope scope)
    {
        var ofCoupons = NudgeRules.Of(made.Quote, made.Input, scope.Tenant.Currency, scope.Language);
        return made.PlanWouldSave is { } plan
            ? [NudgeRules.Of(plan, scope.Tenant.Currency, scope.Language), .. ofCoupons]
            : [.. ofCoupons];
    }

    /// <summary>A price list, a coupon, a perk or points: by its id as it is shown, and by its name.</summary>
    private readonly record struct QuoteSource(string? Id, string Name);

    private static IReadOnlyList<QuoteLineShape> Lines(MadeQuote made, Dictionary<Guid, QuoteSource> sources) =>
        [
            .. made.Quote.Lines.Select(
                (l, i) =>
                    new QuoteLineShape(l.Id, l.List, Adjusted(l.Adjustments, sources), l.Net, LimitShape.Of(made.Input.Lines[i]))
            ),
        ];

    /// <summary>What takes something off, by its id; points have none.</summary>
    private static Dictionary<Guid, QuoteSource> Sources(MadeQuote made, string language)
    {
        var sources = new Dictionary<Guid, QuoteSource>
        {
            [Guid.Empty] = new(null, language == Languages.Chinese ? "积分抵扣" : "Points"),
        };
        foreach (var line in made.Input.Lines)
            if (line.Price is { } price && !sources.ContainsKey(price.ListId))
                sources[price.ListId] = new(Ids.Show(IdPrefix.PriceList, price.ListId), price.Name);
        foreach (var perk in made.Input.FreeShipping)
            sources[perk.PerkId] = new(Ids.Show(IdPrefix.Perk, perk.PerkId), perk.Name);
        foreach (var (coupon, _) in made.Quote.Applied)
            sources[coupon.Id] = new(Ids.Show(IdPrefix.Coupon, coupon.Id), NameOf(coupon.Terms, language));
        return sources;
    }

    private static IReadOnlyList<AdjustmentShape> Adjusted(
        IReadOnlyList<Adjustment> adjustments,
        Dictionary<Guid, QuoteSource> sources
    )
    {
        var shapes = new AdjustmentShape[adjustments.Count];
        for (var i = 0; i < shapes.Length; i++)
        {
            var (change, source) = (adjustments[i], sources[adjustments[i].SourceId ?? Guid.Empty]);
            shapes[i] = new(change.Source, source.Id, change.Version, change.Amount, source.Name);
        }
        return shapes;
    }

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
                made.Member.Tags,
                FirstOrder: false
            )
            {
                Benefits = made.Member.Benefits,
            })
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
