using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Memberships;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Pricing;

/// <summary>A quote, with what it was made of.</summary>
internal sealed record MadeQuote(
    QuoteMember Member,
    DateTime At,
    QuoteInput Input,
    Quote Quote,
    IReadOnlyList<UnusedCoupon> Unusable,
    ActiveRules Rules
)
{
    /// <summary>What the member's paid plans save on this cart, minor units.</summary>
    public long PlansSave { get; init; }

    /// <summary>The plan that would save most; null = none would.</summary>
    public PlanSaving? PlanWouldSave { get; init; }
}

/// <summary>Makes quotes: reads what decides, asks <see cref="PricingRules"/>, says it. Nothing is written.</summary>
internal sealed class QuoteService(TenantScope scope, QuoteReads reads, Configured configured, TemplateBook templates)
{
    /// <summary>For how long a quote stands.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    public async Task<Result<QuoteShape>> QuoteAsync(QuoteRequest asked, CancellationToken ct) =>
        (await MakeAsync(asked, ct)).Then(made => QuoteSaid.Of(made, scope, asked.At is not null));

    /// <summary>A quote before it is said: what a checkout sets aside.</summary>
    public async Task<Result<MadeQuote>> MakeAsync(QuoteRequest asked, CancellationToken ct)
    {
        var rules = await configured.RulesAsync(ct);
        var at = asked.At ?? scope.Now;
        if (asked.Currency is { } currency && currency != scope.Tenant.Currency)
            return Problem.Contradiction("currency_mismatch", $"The brand's currency is {scope.Tenant.Currency}.");
        var book = await configured.PricesAsync(ct);
        var plans = await configured.PlansAsync(ct);
        var terms = scope.Tenant.Settings.PointsMoney;
        var wish = asked.Points is { } wished ? wished.Points : 0;
        if (terms is null && wish is > 0)
            return Problem.Contradiction("points_no_money", "The brand takes no points as money.");
        var found = await reads.ReadAsync(asked, WantsOf(asked, rules, book, plans, at), ct);
        if (found.Problem is { } nobody)
            return nobody;
        var facts = found.Value;
        var member = facts.Member;
        if (wish > member.Points)
            return Refusals.Problem(Refusal.PointsInsufficient, scope.Language);
        Result<List<QuoteLine>> Priced(PriceBuyer buyer) =>
            CartLines.Of(
                asked.Lines,
                facts.Articles,
                book,
                buyer,
                new(facts.Bought, at, scope.Tenant.Local),
                at,
                scope.Tenant.Rounding
            );
        var lines = Priced(member.Buyer);
        if (lines.Problem is { } unpriced)
            return unpriced;
        if (Unknown(asked, facts.Coupons) is { } unknown)
            return unknown;
        var (usable, unusable) = await SortedAsync(facts.Coupons, member, at, ct);
        var input = InputOf(asked, lines.Value, usable, member, wish);
        var quote = PricingRules.Compute(input);
        var savings = new PlanSavings(input, quote.Totals.Payable, buyer => Priced(buyer).Value);
        return new MadeQuote(member, at, input, quote, unusable, rules)
        {
            PlansSave = savings.Own(member, at),
            PlanWouldSave = savings.Best(member, plans.OnOffer, facts.Ladder, rules.Perks),
        };
    }

    private QuoteWants WantsOf(QuoteRequest asked, ActiveRules rules, PriceBook book, Plans plans, DateTime at) =>
        new(
            rules.AskTags || book.AsksTags,
            rules.AskPlans || book.AsksPlans || plans.OnOffer.Count > 0,
            scope.Tenant.Settings.PointsMoney is not null,
            [.. asked.Lines.Select(l => l.Sku).Where(book.IsLimited).Distinct(StringComparer.Ordinal)],
            rules.Perks,
            asked.Shipping > 0 && rules.Perks.Shipping.Count > 0,
            at
        );

    private QuoteInput InputOf(
        QuoteRequest asked,
        IReadOnlyList<QuoteLine> lines,
        IReadOnlyList<QuoteCoupon> usable,
        QuoteMember member,
        long? wish
    ) =>
        new(
            lines,
            asked.Shipping,
            asked.Channel,
            asked.Store,
            usable,
            asked.Coupons?.Ids is not null,
            scope.Tenant.Settings.PointsMoney is { } terms ? PointsRules.Of(terms, member.Points) : null,
            wish,
            scope.Tenant.Rounding
        )
        {
            FreeShipping = [.. PlanSavings.Shipping(member.Shipping)],
        };

    /// <summary>A coupon is named that the brand does not have.</summary>
    private static Problem? Unknown(QuoteRequest asked, IReadOnlyList<Coupon> found)
    {
        var ids = found.Select(c => Ids.Show(IdPrefix.Coupon, c.Id)).ToHashSet(StringComparer.Ordinal);
        var unknown = asked.Coupons?.Ids?.ToList().FindIndex(id => !ids.Contains(id)) ?? -1;
        return unknown < 0
            ? null
            : Problem.Contradiction("coupon_unknown", "A coupon is named that the brand does not have.") with
            {
                Errors = [new($"/coupons/{unknown}", "coupon_unknown", "There is no such coupon.")],
            };
    }

    /// <summary>Those that may be used as far as the coupons themselves go, and the others with why not.</summary>
    private async Task<(List<QuoteCoupon> Usable, List<UnusedCoupon> Unusable)> SortedAsync(
        IReadOnlyList<Coupon> found,
        QuoteMember member,
        DateTime at,
        CancellationToken ct
    )
    {
        var terms = await templates.TermsAsync([.. found.Select(c => (c.TemplateId, c.TemplateVersion))], ct);
        var (usable, unusable) = (new List<QuoteCoupon>(), new List<UnusedCoupon>());
        foreach (var coupon in found)
        {
            var seen = new QuoteCoupon(
                coupon.Id,
                coupon.TemplateId,
                coupon.TemplateVersion,
                coupon.ValidUntil,
                terms[(coupon.TemplateId, coupon.TemplateVersion)]
            );
            if (CouponRules.Usable(coupon, member.MemberId ?? Guid.Empty, null, at) is { } why)
                unusable.Add(new(seen, why, null, []));
            else
                usable.Add(seen);
        }
        return (usable, unusable);
    }
}

/// <summary>The brand's configuration that quotes are made with, from memory.</summary>
internal sealed class Configured(
    Transactions transactions,
    TenantScope scope,
    PriceBooks books,
    RulesInForce rules,
    PlanBook plans
)
{
    public Task<Plans> PlansAsync(CancellationToken ct) => plans.ReadAsync(ct);

    public Task<PriceBook> PricesAsync(CancellationToken ct) => books.GetAsync(scope.Tenant, () => transactions.Db, ct);

    public Task<ActiveRules> RulesAsync(CancellationToken ct) => rules.ActiveAsync(ct);
}
