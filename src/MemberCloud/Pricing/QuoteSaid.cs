using MemberCloud.Coupons;
using MemberCloud.Earning;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Pricing;

/// <summary>A quote as it is said outside. Pure but for the language and the clock of whom it is said to.</summary>
internal static class QuoteSaid
{
    public static QuoteShape Of(MadeQuote made, ActiveRules rules, TenantScope scope, bool isAnotherInstant)
    {
        var (quote, language) = (made.Quote, scope.Language);
        var lists = made
            .Input.Lines.Select(l => l.Price)
            .OfType<MemberPrice>()
            .DistinctBy(p => p.ListId)
            .ToDictionary(p => p.ListId, p => p.Name);
        var names = made.Input.Coupons.ToDictionary(c => c.Id, c => NameOf(c.Terms, language));
        AdjustmentShape Adjusted(Adjustment a) =>
            a.Source switch
            {
                AdjustmentSource.PriceList => new(
                    a.Source,
                    Ids.Show(IdPrefix.PriceList, a.SourceId!.Value),
                    a.Version,
                    a.Amount,
                    lists[a.SourceId.Value]
                ),
                AdjustmentSource.Coupon => new(
                    a.Source,
                    Ids.Show(IdPrefix.Coupon, a.SourceId!.Value),
                    a.Version,
                    a.Amount,
                    names[a.SourceId.Value]
                ),
                AdjustmentSource.Points => new(
                    a.Source,
                    null,
                    null,
                    a.Amount,
                    language == Languages.Chinese ? "积分抵扣" : "Points"
                ),
            };
        RefusedShape Refused(UnusedCoupon u) =>
            new(
                Ids.Show(IdPrefix.Coupon, u.Coupon.Id),
                u.Why,
                Refusals.Message(u.Why, language),
                u.Missing,
                [.. u.By.Select(id => Ids.Show(IdPrefix.Coupon, id))]
            );
        var shape = new QuoteShape(
            null,
            scope.Now + QuoteService.Life,
            scope.Tenant.Currency,
            made.Member.MemberId is { } id ? Ids.Show(IdPrefix.Member, id) : null,
            [.. quote.Lines.Select(l => new QuoteLineShape(l.Id, l.List, [.. l.Adjustments.Select(Adjusted)], l.Net))],
            [.. quote.Shipping.Select(Adjusted)],
            quote.Totals,
            new(
                [
                    .. quote.Applied.Select(a => new AppliedShape(
                        Ids.Show(IdPrefix.Coupon, a.Coupon.Id),
                        Ids.Show(IdPrefix.Template, a.Coupon.TemplateId),
                        a.Amount
                    )),
                ],
                [.. made.Unusable.Concat(quote.Refused).Select(Refused)],
                [.. quote.Beaten.Select(Refused)]
            ),
            new(quote.PointsUsable, quote.PointsUsed),
            [.. Earns(made, rules)],
            [.. NudgeRules.Of(quote, made.Input, scope.Tenant.Currency, language)],
            quote.IsOptimal
        );
        var stamps = string.Join(',', rules.Rules.Select(r => $"{r.Id:N}.{r.Version}"));
        return isAnotherInstant
            ? shape
            : shape with
            {
                Hash = Convert.ToHexStringLower(scope.Tenant.Keys.BlindIndex("quote", Json.Write(shape) + stamps)),
            };
    }

    /// <summary>By every rule on paying and on completing; caps over days and budgets, and what is for first orders only, are the order's to find out.</summary>
    private static IEnumerable<QuoteEarning> Earns(MadeQuote made, ActiveRules rules)
    {
        var nets = made.Quote.Lines.ToDictionary(l => l.Id, l => l.Net);
        List<FactLine> lines = [.. made.Input.Lines.Select(l => new FactLine(l.Sku, l.Category, nets[l.Id]))];
        return new[] { EarningRules.OrderPaid, EarningRules.OrderCompleted }
            .Select(trigger => new Fact(
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
                rules.For(fact.Trigger).Select(r => (r.Body.Currency, Earned: EarningRules.Compute(r.Body, fact)?.Amount ?? 0))
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
