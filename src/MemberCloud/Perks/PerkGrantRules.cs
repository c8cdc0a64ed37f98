using System.Globalization;
using MemberCloud.Shared;

namespace MemberCloud.Perks;

/// <summary>The stretch of time that a perk's quantity is for.</summary>
/// <param name="Key">As <see cref="PerkGrant.Period"/> has it.</param>
/// <param name="EndsAt">Null = it has no end.</param>
public readonly record struct PerkSpan(string Key, DateTime StartsAt, DateTime? EndsAt);

/// <summary>How much a member has of a perk, and for how long. Pure.</summary>
public static class PerkGrantRules
{
    /// <summary>The period at an instant, by the brand's calendar, or by the terms of the source that is held longest.</summary>
    public static PerkSpan Span(PerkPeriod period, PerkSource source, DateTime now, LocalTime local)
    {
        var today = local.DateOf(now);
        return period switch
        {
            PerkPeriod.Day => new($"d{Text(today)}", local.StartOf(today), local.EndOf(today)),
            PerkPeriod.Week => Days($"w{Text(Monday(today))}", Monday(today), Monday(today).AddDays(7), local),
            PerkPeriod.Month => Days($"m{Text(First(today))[..7]}", First(today), First(today).AddMonths(1), local),
            PerkPeriod.Term => new(source.Term.Key, source.Term.StartsAt, source.Term.EndsAt),
            PerkPeriod.Once => new("once", source.Since, null),
        };
    }

    /// <summary>How many periods an instant lies before a period: 0 in it or after its start, 1 in the one right before.</summary>
    public static int Before(PerkPeriod period, DateTime instant, PerkSpan span, LocalTime local)
    {
        var (then, first) = (local.DateOf(instant), local.DateOf(span.StartsAt));
        var count = period switch
        {
            PerkPeriod.Day => first.DayNumber - then.DayNumber,
            PerkPeriod.Week => (first.DayNumber - Monday(then).DayNumber) / 7,
            PerkPeriod.Month => Months(then, first),
            PerkPeriod.Term => Terms(instant, span),
            PerkPeriod.Once => 0,
        };
        return Math.Max(0, count);
    }

    /// <summary>
    /// What goes over into a period: of what is left of the one right before, up to the most. Periods of which nothing is stored went by unused, each with what went
    /// over into it.
    /// </summary>
    /// <param name="held">For how many periods before this one the member has held the perk without a break.</param>
    /// <param name="last">What is left of the last period that is stored, and how many periods ago that was; null = none is.</param>
    public static long Carried(int most, int quantity, int held, (long Left, int Ago)? last) =>
        last is { } stored && stored.Ago <= held + 1
            ? Math.Min(most, stored.Left + ((stored.Ago - 1L) * quantity))
            : Math.Min(most, (long)held * quantity);

    /// <summary>Higher priority first, then what ends soonest, then the oldest.</summary>
    public static IEnumerable<PerkGrant> BurnOrder(IEnumerable<PerkGrant> grants) =>
        grants
            .OrderByDescending(g => g.Priority)
            .ThenBy(g => g.EndsAt ?? DateTime.MaxValue)
            .ThenBy(g => g.StartsAt)
            .ThenBy(g => g.Id);

    /// <summary>Out of which grants so much is taken; null = they hold less.</summary>
    public static IReadOnlyList<GrantPart>? Take(IEnumerable<PerkGrant> grants, long quantity)
    {
        var parts = new List<GrantPart>();
        foreach (var grant in BurnOrder(grants))
        {
            var taken = Math.Min(quantity, Left(grant));
            if (taken > 0)
                parts.Add(new(grant.Id, taken));
            quantity -= Math.Max(0, taken);
        }
        return quantity == 0 ? parts : null;
    }

    public static long Left(PerkGrant grant) => grant.Amount - grant.Used - grant.Reserved;

    /// <summary>Whether a grant can be used: that of the period under way, and one of another length that has not ended while what it came of is held.</summary>
    public static bool IsUsable(PerkGrant grant, PerkSpan span, IEnumerable<PerkSource> sources, DateTime now) =>
        grant.Period == span.Key || (grant.StartsAt <= now && !(grant.EndsAt <= now) && sources.Any(s => s.Id == grant.SourceId));

    /// <summary>Whether two grants in force are of one perk and of the same length: the same day, week or month; terms, whatever they are of.</summary>
    public static bool IsSame(PerkGrant one, PerkGrant other) =>
        one.PerkId == other.PerkId && IsSameLength(one.Period, other.Period);

    public static bool IsSameLength(string period, string other) => LengthOf(period) == LengthOf(other);

    /// <summary>What was used of a grant by two who turned out to be one: the larger, never more than there is.</summary>
    public static long Joined(PerkGrant own, PerkGrant other) =>
        Math.Min(own.Amount - own.Reserved, Math.Max(own.Used, other.Used));

    private static PerkPeriod LengthOf(string period) =>
        period[0] switch
        {
            'd' => PerkPeriod.Day,
            'w' => PerkPeriod.Week,
            'm' => PerkPeriod.Month,
            'o' => PerkPeriod.Once,
            _ => PerkPeriod.Term,
        };

    private static PerkSpan Days(string key, DateOnly first, DateOnly next, LocalTime local) =>
        new(key, local.StartOf(first), local.StartOf(next));

    private static int Months(DateOnly from, DateOnly to) => ((to.Year - from.Year) * 12) + to.Month - from.Month;

    /// <summary>Terms of the length of this one; a little more or less is leap days and months of 30 and 31.</summary>
    private static int Terms(DateTime instant, PerkSpan span) =>
        (int)Math.Round((span.StartsAt - instant) / (span.EndsAt!.Value - span.StartsAt), MidpointRounding.AwayFromZero);

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    private static DateOnly First(DateOnly day) => new(day.Year, day.Month, 1);

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
