using MemberCloud.Billing;
using MemberCloud.Perks;
using MemberCloud.Shared;

namespace MemberCloud.Memberships;

/// <summary>What a change of plan within a term comes to, minor units.</summary>
/// <param name="Credit">For the days that were paid and are left.</param>
/// <param name="Charge">Of the new plan for the same days.</param>
/// <param name="Pay">What is to be paid: the charge less the credit, not below 0. A surplus is never paid out.</param>
public sealed record ChangeCost(long Credit, long Charge, long Pay);

/// <summary>What changes and cancellations cost and give back, by whole local days; the day itself counts as left. Pure.</summary>
public static class ChangeRules
{
    /// <summary>Full refunds of what was not used are for so many days.</summary>
    public const int UnusedDays = 7;

    /// <summary>The periods that are not over: the one under way and those paid ahead.</summary>
    public static IEnumerable<Stretch> PeriodsLeft(Membership m, PlanTerm term, DateTime now, LocalTime local)
    {
        for (var period = MembershipTerms.PeriodAt(m, term, now, local); ; )
        {
            yield return period;
            if (period.Until >= m.PaidUntil)
                yield break;
            period = MembershipTerms.PeriodAt(m, term, period.Until, local);
        }
    }

    /// <summary>What a plan costs for the days that are left; intro prices do not apply to a part.</summary>
    public static long CostOfRest(
        IEnumerable<Stretch> periods,
        PlanBody plan,
        DateTime now,
        LocalTime local,
        Rounding rounding
    ) =>
        periods.Sum(p =>
            Money.Round(
                (Int128)plan.Price * MembershipTerms.Days(now > p.From ? now : p.From, p.Until, local),
                MembershipTerms.Days(p.From, MembershipTerms.Plus(p.From, plan.Term, 1, local), local),
                rounding
            )
        );

    /// <summary>What was paid for the days that are left.</summary>
    public static long PaidForRest(IEnumerable<Invoice> covering, DateTime now, LocalTime local, Rounding rounding) =>
        covering.Sum(i => Rest(i, now, local, rounding));

    public static long Rest(Invoice i, DateTime now, LocalTime local, Rounding rounding) =>
        i.CoversUntil > now
            ? MembershipTerms.Left(i.Worth, new(i.CoversFrom!.Value, i.CoversUntil.Value), now, local, rounding)
            : 0;

    public static ChangeCost Cost(long credit, long charge) => new(credit, charge, Math.Max(0, charge - credit));

    /// <summary>What is given back when a membership is cancelled at once. Terms that have not begun are given back whole, by every policy but none.</summary>
    /// <param name="policy">The plan's.</param>
    /// <param name="covering">The invoices of the time that is not over.</param>
    /// <param name="period">The period under way: what it pays for after its end has not begun.</param>
    /// <param name="used">What was used of perks in it.</param>
    /// <param name="now">When it is cancelled; of a paused one, when it was paused.</param>
    /// <param name="local">The brand's days.</param>
    /// <param name="rounding">The brand's.</param>
    public static long Refund(
        RefundPolicy policy,
        IReadOnlyCollection<Invoice> covering,
        Stretch period,
        PerksUsed used,
        DateTime now,
        LocalTime local,
        Rounding rounding
    )
    {
        // An upgrade is billed in one for the rest of the period and for terms paid ahead.
        long Ahead(Invoice i) => i.CoversFrom > now ? i.Worth : Rest(i, period.Until, local, rounding);
        var ahead = covering.Sum(Ahead);
        var running = covering.Where(i => i.CoversFrom <= now && i.CoversUntil > now).ToList();
        // An upgrade begins no new window.
        bool IsFresh(Invoice i) =>
            now < local.PlusDays(i.Kind == InvoiceKind.Change ? period.From : i.ClosedAt!.Value, UnusedDays);
        return policy switch
        {
            RefundPolicy.None => 0,
            RefundPolicy.Prorata => PaidForRest(covering, now, local, rounding),
            RefundPolicy.LessPerksUsed => ahead + Math.Max(0, running.Sum(i => i.Worth - Ahead(i)) - used.Value),
            RefundPolicy.FullIfUnused => ahead + running.Where(i => used.Count == 0 && IsFresh(i)).Sum(i => i.Worth - Ahead(i)),
        };
    }
}
