using MemberCloud.Billing;
using MemberCloud.Shared;

namespace MemberCloud.Memberships;

/// <summary>What the next term is: of which plan, in which version, at what price.</summary>
public sealed record NextTerm(Guid PlanId, int Version, PlanBody Plan, long Price);

/// <summary>What a renewal that is due comes to.</summary>
public enum RenewalStep
{
    /// <summary>Not now.</summary>
    Nothing,

    /// <summary>A payment that was reported ahead pays it, or it costs nothing.</summary>
    Settle,

    /// <summary>The saved payment method is charged.</summary>
    Charge,

    /// <summary>It may not be charged before it is proved that the member was told.</summary>
    AwaitNotice,

    /// <summary>The brand collects: it is billed, and waits.</summary>
    AwaitPayment,

    /// <summary>There is nothing to charge.</summary>
    NoMethod,

    /// <summary>A refused charge was to be tried again in a grace that is over: time goes on without it.</summary>
    GiveUp,
}

/// <summary>
/// How a membership moves. Pure: the clock, the calendar and the plan come in; what a job has to look at, and when, follows from the state by <see cref="Arrange"/> alone.
/// </summary>
public static class MembershipRules
{
    /// <summary>A renewal is charged no sooner than so many local days after proof that the member was told.</summary>
    public const int NoticeDays = 5;

    /// <summary>The notice goes out so many local days ahead.</summary>
    public const int NoticeLeadDays = 7;

    /// <summary>A plan whose term is shorter does not renew by itself: the member could not be told in time.</summary>
    public const int ShortestRenewing = NoticeLeadDays;

    /// <summary>For the first payment.</summary>
    public static readonly TimeSpan UnpaidFor = TimeSpan.FromHours(24);

    /// <summary>Without proof of a notice the membership ends after so many days.</summary>
    public const int AwaitNoticeDays = 30;

    /// <summary>A suspended membership ends so many days after the first charge, or with the grace where that is longer.</summary>
    public const int ExpireDays = 14;

    public const int PauseDays = 90;
    public const int PausesAYear = 2;

    /// <summary>Days after the first charge at which a refused one is tried again, while grace lasts.</summary>
    public static readonly IReadOnlyList<int> RetryDays = [1, 3, 5, 7];

    public static bool MayRenew(PlanBody plan) => plan.Term is not { Unit: TermUnit.Day, Count: < ShortestRenewing };

    public static bool Renews(Membership m) => m is { AutoRenew: true, CancelAtEnd: false };

    /// <summary>Sets when jobs look at it, from what it is.</summary>
    public static void Arrange(Membership m, PlanBody plan, NextTerm next, LocalTime local)
    {
        (m.NoticeAt, m.RenewAt, m.ExpireAt) = m.State switch
        {
            MembershipState.PendingPayment => (null, null, m.OpenAttemptId is null ? m.CreatedAt + UnpaidFor : null),
            MembershipState.Trialing or MembershipState.Active => (
                NoticeAt(m, next, local),
                m.OpenAttemptId is null && (Renews(m) || (m.PaymentsWaiting > 0 && !m.CancelAtEnd)) ? m.PaidUntil : null,
                m.OpenAttemptId is not null && m.DueSince is not null ? GraceEnd(m, plan, local)
                : m.CancelAtEnd || (!m.AutoRenew && m.PaymentsWaiting == 0) ? m.PaidUntil
                : null
            ),
            MembershipState.PastDue => PastDue(m, plan, next, local),
            MembershipState.Suspended => (null, null, local.PlusDays(m.DueSince!.Value, Math.Max(ExpireDays, plan.GraceDays))),
            MembershipState.Paused => ((DateTime?)null, null, local.PlusDays(m.PausedAt!.Value, PauseDays)),
            MembershipState.ExpiredUnpaid or MembershipState.Expired or MembershipState.Revoked => (null, null, null),
        };
    }

    private static (DateTime?, DateTime?, DateTime?) PastDue(Membership m, PlanBody plan, NextTerm next, LocalTime local)
    {
        // Nobody wants it to go on: what is owed is not charged any more.
        if (!Renews(m) && m.PaymentsWaiting == 0 && m.OpenAttemptId is null)
            return (null, null, m.DueSince ?? m.PaidUntil);
        if (m.PaymentsWaiting > 0 && m.OpenAttemptId is null)
            return (null, m.PaidUntil, null);
        if (m.Reason == MembershipReason.AwaitingNotice && m.OpenAttemptId is null)
            return ChargeFrom(m, next, local) is { } from
                ? (null, from, null)
                : (
                    m.NoticedAt is { } told && IsNoticed(m, next) ? local.PlusDays(told, NoticeDays) : m.DueSince,
                    null,
                    local.PlusDays(m.DueSince!.Value, AwaitNoticeDays)
                );
        var grace = GraceEnd(m, plan, local);
        var retry =
            m.Reason == MembershipReason.PaymentFailed
            && m.OpenAttemptId is null
            && m.FailedCharges is > 0
            && m.FailedCharges <= RetryDays.Count
                ? local.PlusDays(m.DueSince!.Value, RetryDays[m.FailedCharges - 1])
                : (DateTime?)null;
        return (null, retry <= grace ? retry : null, grace);
    }

    public static DateTime GraceEnd(Membership m, PlanBody plan, LocalTime local) =>
        local.PlusDays(m.DueSince ?? m.PaidUntil, plan.GraceDays);

    /// <summary>The notice of the next renewal; none where it was given, or where the consent itself named the charge.</summary>
    private static DateTime? NoticeAt(Membership m, NextTerm next, LocalTime local)
    {
        if (!Renews(m) || m.OpenAttemptId is not null || IsNoticed(m, next) || ConsentCovers(m, next))
            return null;
        var early = local.PlusDays(m.PaidUntil, -NoticeLeadDays);
        return early > m.RunsSince ? early : m.RunsSince;
    }

    /// <summary>A charge within five days of signing up needs no notice where the consent named it, and it is of what was agreed to.</summary>
    public static bool ConsentCovers(Membership m, NextTerm next) =>
        m.ConsentCharge == m.PaidUntil
        && m.PaidUntil <= m.ConsentAt.AddDays(NoticeDays)
        && next.PlanId == m.PlanId
        && next.Version == m.PlanVersion;

    /// <summary>The last notice said what the next renewal is: same end, plan, version and price.</summary>
    public static bool IsNoticed(Membership m, NextTerm next) =>
        m.NoticedFor == m.PaidUntil
        && m.NoticedPlan == next.PlanId
        && m.NoticedVersion == next.Version
        && m.NoticedAmount == next.Price;

    /// <summary>The first instant at which the renewal may be charged; null = proof is missing.</summary>
    public static DateTime? ChargeFrom(Membership m, NextTerm next, LocalTime local)
    {
        if (ConsentCovers(m, next))
            return m.PaidUntil;
        if (m.ProvedAt is not { } proved || !IsNoticed(m, next))
            return null;
        var first = local.PlusDays(proved, NoticeDays);
        return first > m.PaidUntil ? first : m.PaidUntil;
    }

    /// <summary>What to do about a renewal at an instant. A look that came long after grace begins with a new notice: what was said then is not true any more.</summary>
    public static RenewalStep Step(Membership m, PlanBody plan, NextTerm next, DateTime now, LocalTime local)
    {
        if (!(m.RenewAt <= now))
            return RenewalStep.Nothing;
        if (m.PaymentsWaiting > 0 || next.Price == 0)
            return RenewalStep.Settle;
        if (m.Gateway == Payment.Offline)
            return RenewalStep.AwaitPayment;
        if (m.MethodId is null)
            return RenewalStep.NoMethod;
        if (m.FailedCharges > 0)
            return IsMissed(m, plan, now, local) ? RenewalStep.GiveUp : RenewalStep.Charge;
        var tooLate = m.State != MembershipState.PastDue && TooLateFrom(m, plan, local) <= now;
        return !tooLate && ChargeFrom(m, next, local) <= now ? RenewalStep.Charge : RenewalStep.AwaitNotice;
    }

    /// <summary>From when on a renewal that nobody looked at is told anew: the end of its grace, of a plan without one a day after its time.</summary>
    public static DateTime TooLateFrom(Membership m, PlanBody plan, LocalTime local) =>
        local.PlusDays(m.DueSince ?? m.PaidUntil, Math.Max(1, plan.GraceDays));

    /// <summary>Nobody looked in time: after grace nothing is tried again, but for a day after the last try was due.</summary>
    private static bool IsMissed(Membership m, PlanBody plan, DateTime now, LocalTime local) =>
        GraceEnd(m, plan, local) < now && local.PlusDays(m.RenewAt!.Value, 1) <= now;

    /// <summary>What the member was told while it was too late already is said of what comes now.</summary>
    public static bool IsToldLate(Membership m, PlanBody plan, LocalTime local) => m.NoticedAt >= TooLateFrom(m, plan, local);

    /// <summary>Whether what is paid now goes on where the last period ended, or begins anew.</summary>
    public static bool KeepsAnchor(Membership m, PlanBody plan, DateTime paidAt, LocalTime local) =>
        m.State is MembershipState.Trialing or MembershipState.Active or MembershipState.PastDue
        && paidAt < local.PlusDays(m.PaidUntil, Math.Max(AwaitNoticeDays + NoticeDays, plan.GraceDays));

    /// <summary>The first term begins with its payment, in the middle of a trial too.</summary>
    public static void Begin(Membership m, DateTime at) => (m.Anchor, m.PaidUntil, m.RunsSince, m.Terms) = (at, at, at, 0);

    /// <summary>A term is paid: it follows what was paid, or begins now.</summary>
    public static void Extend(Membership m, NextTerm term, PlanBody agreed, DateTime paidAt, LocalTime local)
    {
        if (m.State != MembershipState.PendingPayment && !KeepsAnchor(m, agreed, paidAt, local))
            (m.Anchor, m.RunsSince, m.Terms) = (paidAt, paidAt, 0);
        else if (term.Plan.Term != agreed.Term)
            (m.RunsSince, m.Anchor, m.Terms) = (MembershipTerms.PeriodAt(m, agreed.Term, paidAt, local).From, m.PaidUntil, 0);
        m.Terms++;
        m.PaidUntil = MembershipTerms.Plus(m.Anchor, term.Plan.Term, m.Terms, local);
        (m.PlanId, m.PlanVersion) = (term.PlanId, term.Version);
        if (m.NextPlanId == term.PlanId)
            m.NextPlanId = null;
        (m.State, m.Reason, m.DueSince, m.FailedCharges, m.OpenAttemptId) = (MembershipState.Active, null, null, 0, null);
    }

    /// <summary>The next move that time alone makes, at its instant; null = none by now.</summary>
    public static (MembershipState State, MembershipReason? Reason, DateTime At)? Timed(
        Membership m,
        PlanBody plan,
        DateTime now,
        LocalTime local
    )
    {
        if (m.ExpireAt is not { } at || at > now)
            return null;
        return m.State switch
        {
            MembershipState.PendingPayment => (MembershipState.ExpiredUnpaid, m.Reason, at),
            MembershipState.Trialing or MembershipState.Active when m.CancelAtEnd => (
                MembershipState.Expired,
                MembershipReason.Cancelled,
                at
            ),
            MembershipState.Trialing or MembershipState.Active when !m.AutoRenew => (
                MembershipState.Expired,
                MembershipReason.NotRenewed,
                at
            ),
            MembershipState.PastDue when !Renews(m) && m.OpenAttemptId is null => (
                MembershipState.Expired,
                m.CancelAtEnd ? MembershipReason.Cancelled : MembershipReason.NotRenewed,
                at
            ),
            MembershipState.PastDue when m.Reason == MembershipReason.AwaitingNotice && m.OpenAttemptId is null => (
                MembershipState.Expired,
                m.Reason,
                at
            ),
            MembershipState.PastDue or MembershipState.Active or MembershipState.Trialing => (
                plan.GraceDays >= ExpireDays ? MembershipState.Expired : MembershipState.Suspended,
                m.Reason,
                at
            ),
            MembershipState.Suspended => (MembershipState.Expired, m.Reason, at),
            MembershipState.Paused => (MembershipState.Active, null, at),
            MembershipState.ExpiredUnpaid or MembershipState.Expired or MembershipState.Revoked => null,
        };
    }

    /// <summary>The rest of a paused membership goes on from now, within the period that was paused: what was used of it stays used. It is the new anchor's.</summary>
    public static void Resume(Membership m, PlanTerm term, DateTime at, LocalTime local)
    {
        m.RunsSince = MembershipTerms.PeriodAt(m, term, m.PausedAt!.Value, local).From;
        m.PaidUntil = at + (m.PaidUntil - m.PausedAt!.Value);
        (m.Anchor, m.Terms) = (m.PaidUntil, 0);
        (m.State, m.PausedAt) = (MembershipState.Active, null);
    }

    /// <summary>As it reads at an instant, whether or not a job has run.</summary>
    public static MembershipState StateAt(Membership m, PlanBody plan, DateTime now, LocalTime local) =>
        Timed(m, plan, now, local) is { } move ? move.State
        : m.State is MembershipState.Active or MembershipState.Trialing && GraceEnd(m, plan, local) <= now
            ? MembershipState.Suspended
        : m.State;

    /// <summary>Until when perks go on if nothing more happens; null = they are off.</summary>
    public static DateTime? PerksUntil(Membership m, PlanBody plan, LocalTime local) =>
        m.State switch
        {
            MembershipState.Trialing or MembershipState.Active => m.ExpireAt
                ?? (Renews(m) ? GraceEnd(m, plan, local) : m.PaidUntil),
            MembershipState.PastDue => m.ExpireAt ?? local.PlusDays(m.RenewAt ?? m.PaidUntil, plan.GraceDays),
            _ => null,
        };

    public static bool IsLive(MembershipState state) =>
        state is not (MembershipState.ExpiredUnpaid or MembershipState.Expired or MembershipState.Revoked);
}
