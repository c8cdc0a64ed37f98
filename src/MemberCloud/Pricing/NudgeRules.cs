using System.Globalization;
using MemberCloud.Coupons;
using MemberCloud.Shared;

namespace MemberCloud.Pricing;

/// <summary>What would make a cart cheaper: coupons whose threshold is not far, a paid plan. Pure.</summary>
public static class NudgeRules
{
    /// <summary>Nudges of one quote: the nearest.</summary>
    private const int Most = 5;

    /// <summary>The gap is the one that refused the coupon: who adds that much can use it.</summary>
    public static IEnumerable<Nudge> Of(Quote quote, QuoteInput input, string currency, string language) =>
        quote
            .Refused.Where(r => r is { Why: Refusal.BelowThreshold, Missing: not null })
            // Of coupons of one template one is enough to know of.
            .DistinctBy(r => (r.Coupon.TemplateId, r.Coupon.TemplateVersion))
            .OrderBy(r => r.Missing)
            .ThenBy(r => r.Coupon.Id)
            .Take(Most)
            .Select(r => Tell(r.Coupon, r.Missing!.Value, input.Rounding, currency, language));

    /// <summary>What a plan would save on the cart.</summary>
    internal static Nudge Of(PlanSaving plan, string currency, string language)
    {
        var saves = $"{Money.Show(plan.Saves, currency)} {currency}";
        var message =
            language == Languages.Chinese
                ? $"开通“{plan.Name}”，这一单可省 {saves}。"
                : $"{plan.Name} would save {saves} on this order.";
        return new("plan_saves", message, plan.Saves, plan.Price, "", Ids.Show(IdPrefix.Plan, plan.PlanId));
    }

    private static Nudge Tell(QuoteCoupon coupon, long missing, Rounding rounding, string currency, string language)
    {
        var isMoney = coupon.Terms.Threshold?.Amount is not null;
        var needs = isMoney ? $"{Money.Show(missing, currency)} {currency}" : missing.ToString(CultureInfo.InvariantCulture);
        var name = QuoteSaid.NameOf(coupon.Terms, language);
        var message =
            language == Languages.Chinese
                ? isMoney
                    ? $"再买 {needs} 可用“{name}”。"
                    : $"再买 {needs} 件可用“{name}”。"
                : isMoney
                    ? $"{needs} more unlocks “{name}”."
                    : $"{needs} more pieces unlock “{name}”.";
        return new("threshold_gap", message, Saves(coupon.Terms, rounding), missing, Ids.Show(IdPrefix.Coupon, coupon.Id), null);
    }

    /// <summary>What it takes off where the cart just meets it; null where that depends on what is added.</summary>
    private static long? Saves(TemplateBody terms, Rounding rounding) =>
        terms switch
        {
            { AmountOff: { } amount } => amount,
            { PercentOffBp: { } percent, Threshold.Amount: { } least } => Math.Min(
                terms.MaxOff ?? long.MaxValue,
                Money.Percent(least, percent, rounding)
            ),
            _ => null,
        };
}
