using MemberCloud.Members;
using MemberCloud.Shared;

namespace MemberCloud.Coupons;

/// <summary>A template ready to be given out from.</summary>
public sealed record LoadedTemplate(Guid Id, int Version, TemplateState State, TemplateBody Body);

/// <summary>What a giving out looks at in a member.</summary>
/// <param name="TierId">Where the member stands by growth; null: on no tier.</param>
/// <param name="Plans">Paid plans, in force or not any more; may be left out where the audience names neither plans nor tiers.</param>
public sealed record CouponHolder(
    Guid MemberId,
    DateTime JoinedAt,
    bool IsErased,
    Guid? TierId,
    IReadOnlyCollection<string> Tags,
    IReadOnlyCollection<PlanHolding> Plans
);

/// <summary>Who may have a coupon, for how long, and how its counts move. Pure.</summary>
public static class CouponRules
{
    /// <summary>Null = the member may have one more, as far as stock goes.</summary>
    public static Refusal? MayHave(
        LoadedTemplate template,
        CouponWay way,
        CouponHolder holder,
        CouponCount count,
        DateTime now,
        LocalTime local
    ) =>
        Open(template, way, now) is { } closed ? closed
        : holder.IsErased ? Refusal.ErasedMember
        : !IsFor(template.Body.Audience, holder, now, local) ? Refusal.Audience
        : Limit(template.Body.Limits, At(count, now, local));

    /// <summary>Null = the template gives out coupons this way now.</summary>
    public static Refusal? Open(LoadedTemplate template, CouponWay way, DateTime now)
    {
        var closed = template.State switch
        {
            TemplateState.Draft => Refusal.NotActive,
            TemplateState.Paused => Refusal.Paused,
            TemplateState.Ended => Refusal.Ended,
            TemplateState.Active => (Refusal?)null,
        };
        if (closed is null && template.Body.Validity.Until <= now)
            return Refusal.Ended;
        // Staff prepare: what they give out may come before the opening.
        return closed ?? (way != CouponWay.Issue && template.Body.OpensAt > now ? Refusal.NotStarted : null);
    }

    /// <summary>From when and until when a coupon given out now can be used.</summary>
    public static (DateTime From, DateTime Until) Validity(CouponValidity validity, DateTime now, LocalTime local) =>
        validity.DaysAfterClaim is { } days
            ? (now, local.PlusDays(now, days))
            : (validity.From > now ? validity.From.Value : now, validity.Until!.Value);

    /// <summary>Whether a member is one of those who may have it; null = all are.</summary>
    public static bool IsFor(CouponAudience? audience, CouponHolder holder, DateTime now, LocalTime local)
    {
        if (audience is null)
            return true;
        var plans = holder.Plans.Where(p => p.IsInForce(now)).ToList();
        var levels = plans.Select(p => p.TierId).Append(holder.TierId).OfType<Guid>().Select(id => Ids.Show(IdPrefix.Tier, id));
        return Asks(audience.TierIds, tiers => levels.Any(tiers.Contains))
            && Asks(audience.PlanIds, ids => plans.Any(p => ids.Contains(Ids.Show(IdPrefix.Plan, p.PlanId))))
            && Asks(audience.Tags, tags => tags.Intersect(holder.Tags, StringComparer.Ordinal).Any())
            && (audience.NewMemberDays is not { } days || now < local.PlusDays(holder.JoinedAt, days));
    }

    private static bool Asks(IReadOnlyList<string>? list, Func<IReadOnlyList<string>, bool> holds) =>
        list is not { Count: > 0 } || holds(list);

    private static Refusal? Limit(CouponLimits? limits, CouponCount count) =>
        limits is null ? null
        : count.Total >= limits.PerMember ? Refusal.MemberLimit
        : count.InDay >= limits.PerMemberPerDay ? Refusal.DayLimit
        : count.InWeek >= limits.PerMemberPerWeek ? Refusal.WeekLimit
        : count.InMonth >= limits.PerMemberPerMonth ? Refusal.MonthLimit
        : null;

    /// <summary>The counts as they stand at an instant: a period that is over counts nothing.</summary>
    public static CouponCount At(CouponCount count, DateTime now, LocalTime local)
    {
        var (day, week, month) = Periods(now, local);
        return new()
        {
            TenantId = count.TenantId,
            MemberId = count.MemberId,
            TemplateId = count.TemplateId,
            Total = count.Total,
            Day = day,
            Week = week,
            Month = month,
            InDay = count.Day == day ? count.InDay : 0,
            InWeek = count.Week == week ? count.InWeek : 0,
            InMonth = count.Month == month ? count.InMonth : 0,
        };
    }

    /// <summary>Counts one given out now (1), or one given out at <paramref name="issuedAt"/> and made void (-1).</summary>
    public static void Add(CouponCount count, int by, DateTime issuedAt, LocalTime local)
    {
        var (day, week, month) = Periods(issuedAt, local);
        count.Total = Math.Max(0, count.Total + by);
        (count.Day, count.InDay) = Moved(count.Day, count.InDay, day, by);
        (count.Week, count.InWeek) = Moved(count.Week, count.InWeek, week, by);
        (count.Month, count.InMonth) = Moved(count.Month, count.InMonth, month, by);
    }

    /// <summary>What another member got is this one's, and the other's no more: they are one person.</summary>
    public static void Join(CouponCount count, CouponCount other)
    {
        count.Total += other.Total;
        (count.Day, count.InDay) = Later(count.Day, count.InDay, other.Day, other.InDay);
        (count.Week, count.InWeek) = Later(count.Week, count.InWeek, other.Week, other.InWeek);
        (count.Month, count.InMonth) = Later(count.Month, count.InMonth, other.Month, other.InMonth);
        (other.Total, other.InDay, other.InWeek, other.InMonth) = (0, 0, 0, 0);
    }

    private static (int Period, long Count) Later(int one, long counted, int other, long more) =>
        one == other ? (one, counted + more)
        : one > other ? (one, counted)
        : (other, more);

    /// <summary>A period that is over is no longer counted: of two hosts around midnight one may be a little late.</summary>
    private static (int Period, long Count) Moved(int stored, long count, int period, int by) =>
        stored == period ? (stored, Math.Max(0, count + by))
        : by > 0 && period > stored ? (period, by)
        : (stored, count);

    /// <summary>The local day, week and month of an instant as <see cref="CouponCount"/> writes them.</summary>
    public static (int Day, int Week, int Month) Periods(DateTime at, LocalTime local)
    {
        var day = local.DateOf(at);
        var monday = day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
        return (Number(day), Number(monday), Number(day) / 100);
    }

    private static int Number(DateOnly day) => ((day.Year * 100) + day.Month) * 100 + day.Day;

    /// <summary>Null = the coupon can be used now by this member; <paramref name="by"/> is the order or checkout that asks, whose own lock does not count.</summary>
    public static Refusal? Usable(Coupon coupon, Guid memberId, Guid? by, DateTime now) =>
        coupon.MemberId != memberId
            ? Refusal.NotOwner
            : coupon.StateAt(now) switch
            {
                CouponState.Issued => now < coupon.ValidFrom ? Refusal.NotStarted : null,
                CouponState.Locked => coupon.LockedBy == by && now < coupon.ValidUntil ? null : Refusal.LockedByOtherOrder,
                CouponState.Redeemed => Refusal.AlreadyRedeemed,
                CouponState.Expired => Refusal.Expired,
                CouponState.Void => Refusal.Void,
            };

    /// <summary>
    /// Null = an order that happened then may use it. A report may come late: what ended since, whether a job has written that or not, was good then. A checkout keeps
    /// it from everybody else until its lock runs out, whenever their orders happened.
    /// </summary>
    /// <param name="coupon">Which.</param>
    /// <param name="memberId">Whose order it is.</param>
    /// <param name="at">When the order happened; of a checkout's order when it locked the coupon.</param>
    /// <param name="now">The brand's clock.</param>
    /// <param name="by">The checkout that becomes the order.</param>
    public static Refusal? Redeemable(Coupon coupon, Guid memberId, DateTime at, DateTime now, Guid? by = null) =>
        coupon.MemberId != memberId
            ? Refusal.NotOwner
            : coupon.State switch
            {
                CouponState.Redeemed => Refusal.AlreadyRedeemed,
                CouponState.Void => Refusal.Void,
                CouponState.Locked when coupon.LockedUntil > now && (by is null || coupon.LockedBy != by) =>
                    Refusal.LockedByOtherOrder,
                CouponState.Issued or CouponState.Locked or CouponState.Expired => at < coupon.ValidFrom ? Refusal.NotStarted
                : at >= coupon.ValidUntil ? Refusal.Expired
                : null,
            };
}
