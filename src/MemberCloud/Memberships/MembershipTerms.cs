using MemberCloud.Shared;

namespace MemberCloud.Memberships;

/// <summary>A stretch of time, its end not included.</summary>
public readonly record struct Stretch(DateTime From, DateTime Until);

/// <summary>The calendar of memberships, by the brand's local days. Pure.</summary>
public static class MembershipTerms
{
    /// <summary>So many terms after an anchor, same wall time; counted from the anchor each time, so that a short month shortens nothing after it.</summary>
    public static DateTime Plus(DateTime anchor, PlanTerm term, int count, LocalTime local) =>
        term.Unit!.Value switch
        {
            TermUnit.Day => local.PlusDays(anchor, term.Count * count),
            TermUnit.Month => local.PlusMonths(anchor, term.Count * count),
            TermUnit.Year => local.PlusMonths(anchor, 12 * term.Count * count),
        };

    /// <summary>The period an instant lies in: of what is paid the last one after its end, the time before the anchor before that.</summary>
    public static Stretch PeriodAt(Membership m, PlanTerm term, DateTime at, LocalTime local)
    {
        if (m.Terms == 0 || at < m.Anchor)
            return new(m.RunsSince, m.Terms == 0 ? m.PaidUntil : m.Anchor);
        var n = m.Terms;
        while (n > 1 && Plus(m.Anchor, term, n - 1, local) > at)
            n--;
        return new(n == 1 ? m.Anchor : Plus(m.Anchor, term, n - 1, local), Plus(m.Anchor, term, n, local));
    }

    /// <summary>Whole local days between two instants.</summary>
    public static int Days(DateTime from, DateTime until, LocalTime local) =>
        local.DateOf(until).DayNumber - local.DateOf(from).DayNumber;

    /// <summary>What is left of an amount for a time, by whole days; the day of the change counts as left. Rounded once.</summary>
    public static long Left(long amount, Stretch time, DateTime now, LocalTime local, Rounding rounding)
    {
        if (now <= time.From)
            return amount;
        var (left, days) = (Days(now, time.Until, local), Days(time.From, time.Until, local));
        return days <= 0 || left <= 0 ? 0 : Money.Round((Int128)amount * left, days, rounding);
    }

    /// <summary>What the next term costs when so many were billed before.</summary>
    public static long PriceOf(PlanBody plan, int billed) =>
        plan.Intro is { } intro && billed < intro.Terms ? intro.Price : plan.Price;
}
