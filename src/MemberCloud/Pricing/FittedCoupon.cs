using MemberCloud.Coupons;

namespace MemberCloud.Pricing;

/// <summary>A coupon beside a cart: what it looks at there, and what it would do alone.</summary>
/// <param name="Fit">Lines it takes from.</param>
/// <param name="Alone">What it takes off as the only one, minor units. It never takes more beside others: they leave less.</param>
/// <param name="WhyNot">Why it does not apply even alone; null = it does.</param>
/// <param name="Missing">For below_threshold: minor units, or pieces.</param>
internal sealed record FittedCoupon(QuoteCoupon Coupon, CouponFit Fit, long Alone, Refusal? WhyNot, long? Missing)
{
    /// <summary>Of coupons of one group an order takes one.</summary>
    public object Group => Coupon.Terms.StackGroup is { Length: > 0 } named ? named : Coupon.TemplateId;

    public bool IsForShipping => Coupon.Terms.Kind == CouponKind.FreeShipping;

    public static FittedCoupon Of(QuoteCoupon coupon, QuoteInput input, IReadOnlyList<FitLine> lines, CartWork untouched)
    {
        var fitted = new FittedCoupon(coupon, CouponFit.Of(coupon.Terms, lines, input.Channel, input.Store), 0, null, null);
        if (untouched.Refuses(fitted) is { } no)
            return fitted with { WhyNot = no.Refusal, Missing = no.Missing };
        var alone = untouched.Copy().Apply(fitted, input.Rounding);
        return alone > 0 ? fitted with { Alone = alone } : fitted with { WhyNot = Refusal.OutOfScope };
    }

    /// <summary>Whether an order can have both, as far as groups go.</summary>
    public bool GoesWith(FittedCoupon other) =>
        !Coupon.Terms.Exclusive && !other.Coupon.Terms.Exclusive && !Group.Equals(other.Group);

    /// <summary>The order in which coupons are applied: item before order, higher priority first; coupons of one template in the order of its versions.</summary>
    public static IEnumerable<QuoteCoupon> InOrder(IEnumerable<QuoteCoupon> coupons) =>
        coupons
            .OrderBy(c => c.Terms.LevelOrDefault == CouponLevel.Item ? 0 : 1)
            .ThenByDescending(c => c.Terms.Priority)
            .ThenBy(c => c.TemplateId)
            .ThenBy(c => c.TemplateVersion)
            .ThenBy(c => c.Id);
}
