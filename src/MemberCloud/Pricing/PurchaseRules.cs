using MemberCloud.Shared;

namespace MemberCloud.Pricing;

/// <summary>How purchase limits are counted. Pure.</summary>
public static class PurchaseRules
{
    /// <summary>Checkouts that may set aside pieces of one SKU for one member at once.</summary>
    public const int MostHolds = 200;

    /// <summary>How many pieces the member had, or has set aside, in the period an instant lies in.</summary>
    public static long Taken(PurchaseCount? count, LimitPer per, DateTime at, LocalTime local)
    {
        if (count is null)
            return 0;
        var period = PriceRules.PeriodOf(per, at, local);
        var bought = per switch
        {
            LimitPer.Day => count.Day == period ? count.InDay : 0,
            LimitPer.Week => count.Week == period ? count.InWeek : 0,
            LimitPer.Month => count.Month == period ? count.InMonth : 0,
            LimitPer.Member => count.Total,
        };
        return bought
            + HoldsOf(count).Where(h => h.Until > at && PriceRules.PeriodOf(per, h.At, local) == period).Sum(h => h.Pieces);
    }

    public static IReadOnlyList<PurchaseHold> HoldsOf(PurchaseCount count) =>
        count.Held == "[]" ? [] : Json.Read<List<PurchaseHold>>(count.Held);

    /// <summary>Sets pieces aside; what ran out before is cleared away with it.</summary>
    public static void Hold(PurchaseCount count, PurchaseHold hold) =>
        Keep(count, [.. HoldsOf(count).Where(h => h.Until > hold.At), hold]);

    /// <summary>What a checkout set aside is bought. False when it is set aside no more: its time ran out, and somebody else has seen that.</summary>
    public static bool Buy(PurchaseCount count, Guid checkout, LocalTime local)
    {
        var holds = HoldsOf(count);
        if (holds.FirstOrDefault(h => h.Checkout == checkout) is not { } mine)
            return false;
        Add(count, mine.Pieces, mine.At, local);
        Keep(count, [.. holds.Where(h => h.Checkout != checkout)]);
        return true;
    }

    /// <summary>What a checkout set aside is free again.</summary>
    public static void Release(PurchaseCount count, Guid checkout) =>
        Keep(count, [.. HoldsOf(count).Where(h => h.Checkout != checkout)]);

    /// <summary>Counts pieces bought at an instant, or (below 0) given back of those bought then.</summary>
    public static void Add(PurchaseCount count, long pieces, DateTime boughtAt, LocalTime local)
    {
        int PeriodOf(LimitPer per) => PriceRules.PeriodOf(per, boughtAt, local);
        count.Total = Math.Max(0, count.Total + pieces);
        (count.Day, count.InDay) = Moved(count.Day, count.InDay, PeriodOf(LimitPer.Day), pieces);
        (count.Week, count.InWeek) = Moved(count.Week, count.InWeek, PeriodOf(LimitPer.Week), pieces);
        (count.Month, count.InMonth) = Moved(count.Month, count.InMonth, PeriodOf(LimitPer.Month), pieces);
    }

    /// <summary>
    /// What another member bought counts for this one too (they are one person), or (sign -1) no more. The other's own row stays as it is.
    /// </summary>
    public static void Join(PurchaseCount count, PurchaseCount other, int sign)
    {
        count.Total = Math.Max(0, count.Total + (sign * other.Total));
        (count.Day, count.InDay) = Moved(count.Day, count.InDay, other.Day, sign * other.InDay);
        (count.Week, count.InWeek) = Moved(count.Week, count.InWeek, other.Week, sign * other.InWeek);
        (count.Month, count.InMonth) = Moved(count.Month, count.InMonth, other.Month, sign * other.InMonth);
    }

    private static void Keep(PurchaseCount count, List<PurchaseHold> holds) =>
        count.Held = holds.Count == 0 ? "[]" : Json.Write(holds);

    /// <summary>A period that is over is no longer counted: of two hosts around midnight one may be a little late.</summary>
    private static (int Period, long Count) Moved(int stored, long count, int period, long by) =>
        stored == period ? (stored, Math.Max(0, count + by))
        : by > 0 && period > stored ? (period, by)
        : (stored, count);
}

/// <summary>What a member bought at limited prices before: nothing where no limit asks.</summary>
/// <param name="Counts">By list and SKU.</param>
/// <param name="At">In the periods of this instant.</param>
internal sealed record Bought(IReadOnlyDictionary<(Guid List, string Sku), PurchaseCount> Counts, DateTime At, LocalTime Local)
{
    public long Of(PricedLine chosen) =>
        PurchaseRules.Taken(
            Counts.GetValueOrDefault((chosen.Price.List.Id, chosen.Price.Sku)),
            chosen.Terms.Limit!.Per!.Value,
            At,
            Local
        );
}
