using MemberCloud.Shared;

namespace MemberCloud.Insights;

/// <summary>What became of the points that were earned in one month.</summary>
/// <param name="Redeemed">Spent, or taken out of holds, and not restored.</param>
public sealed record Cohort(long Redeemed, long Expired);

/// <summary>Where an estimate of redemption comes from.</summary>
public enum RedemptionBasis
{
    /// <summary>Given by whoever asked.</summary>
    Given,

    /// <summary>From months whose points are all but gone: redeemed / (redeemed + expired).</summary>
    History,

    /// <summary>No month has matured yet: every point is expected to be redeemed, so no breakage is taken early.</summary>
    NoHistory,
}

/// <summary>How much of what is outstanding will be redeemed.</summary>
/// <param name="BasisPoints">0 to 10,000.</param>
public readonly record struct RedemptionRate(int BasisPoints, RedemptionBasis Basis);

/// <summary>What outstanding points are worth (IFRS 15). Pure; each figure is rounded once.</summary>
public static class LiabilityRules
{
    public const int Whole = 10_000;

    /// <summary>A month has matured once no more than one in so many of its points is left: one wallet that never ends keeps no month back.</summary>
    private const int LeftOver = 100;

    /// <summary>The price paid, split over goods and points by their stand-alone prices (IFRS 15.74, B42). The points' price is that of those expected to be redeemed.</summary>
    public static (long Goods, long Points) Allocate(long paid, long goodsPrice, long pointsPrice, Rounding rounding)
    {
        var both = (Int128)goodsPrice + pointsPrice;
        var points = both == 0 ? 0 : Money.Round((Int128)paid * pointsPrice, both, rounding);
        return (paid - points, points);
    }

    /// <summary>Revenue from points to date: their share of the price, by what was redeemed of what is expected to be redeemed in all.</summary>
    public static long Recognised(long deferred, long redeemed, long expected, Rounding rounding) =>
        redeemed >= expected ? deferred : Money.Round((Int128)deferred * redeemed, expected, rounding);

    /// <summary>Redeemed / (redeemed + expired) over months that have matured.</summary>
    public static RedemptionRate Estimate(IEnumerable<Cohort> months)
    {
        var (redeemed, gone) = (Int128.Zero, Int128.Zero);
        foreach (var month in months)
        {
            // More may have come back than was spent, where a restore reached into a month: none of it was redeemed then.
            var used = Math.Max(0, month.Redeemed);
            redeemed += used;
            gone += (Int128)used + Math.Max(0, month.Expired);
        }
        return gone == 0
            ? new(Whole, RedemptionBasis.NoHistory)
            : new((int)Money.Round(redeemed * Whole, gone, Rounding.HalfAwayFromZero), RedemptionBasis.History);
    }

    /// <summary>Those who redeem come first, those who let points end come last: a month tells how it went when hardly anything is left of it.</summary>
    public static bool IsMature(long earned, long open) => earned > 0 && (Int128)open * LeftOver <= earned;

    /// <summary>How many of these points are expected to be redeemed; the rest is breakage.</summary>
    public static long Expected(long points, RedemptionRate rate) =>
        Money.Round((Int128)points * rate.BasisPoints, Whole, Rounding.HalfAwayFromZero);

    /// <summary>In minor units: the points expected to be redeemed at the price of one, which is given in ten-thousandths of a minor unit.</summary>
    public static long Worth(long points, RedemptionRate rate, long pointValue, Rounding rounding) =>
        Money.Round((Int128)points * rate.BasisPoints * pointValue, (Int128)Whole * Whole, rounding);
}
