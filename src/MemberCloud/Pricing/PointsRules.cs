using MemberCloud.Tenancy;

namespace MemberCloud.Pricing;

/// <summary>Points as money. Pure.</summary>
public static class PointsRules
{
    /// <summary>The brand's terms for a member who has so many.</summary>
    public static PointsMoney Of(PointsTerms terms, long available) =>
        new(terms.Points, terms.Amount, terms.CapBp, terms.Step, terms.MinPayable, available);

    /// <summary>As many points as goods that cost so much may be paid with; more would be worth nothing.</summary>
    public static long Usable(PointsMoney? terms, long goods)
    {
        if (terms is null)
            return 0;
        var money = Int128.Min((Int128)goods * terms.CapBp / 10_000, goods - terms.MinPayable);
        var points = Int128.Min(terms.Available, Int128.Max(0, money) * terms.Points / terms.Amount);
        return Needed(terms, (long)Int128.Max(0, points / terms.Step * terms.Step));
    }

    /// <summary>As many as are used when so many are wished for; null = as many as may be.</summary>
    public static long Used(PointsMoney? terms, long? wish, long goods)
    {
        var usable = Usable(terms, goods);
        return terms is null ? 0 : Needed(terms, Math.Min(wish ?? usable, usable) / terms.Step * terms.Step);
    }

    /// <summary>The fewest points that are worth as much as these, in steps: who has three to the cent gives none for nothing.</summary>
    private static long Needed(PointsMoney terms, long points)
    {
        var least = (((Int128)Worth(terms, points) * terms.Points) + terms.Amount - 1) / terms.Amount;
        return (long)((least + terms.Step - 1) / terms.Step * terms.Step);
    }

    /// <summary>What points are as money, minor units: a part of one is not given.</summary>
    public static long Worth(PointsMoney? terms, long points) =>
        terms is null ? 0 : (long)((Int128)points * terms.Amount / terms.Points);
}
