using System.Diagnostics.CodeAnalysis;
using NodaTime;
using NodaTime.TimeZones;

namespace MemberCloud.Shared;

/// <summary>
/// A tenant's wall clock: every "day", "month" and "at 09:00" of the product. Pure. Instants are UTC <see cref="DateTime"/>s.
/// A local time that a DST jump skips is the first instant that exists; one that occurs twice is the first.
/// </summary>
public sealed class LocalTime
{
    private static readonly ZoneLocalMappingResolver Resolver = Resolvers.CreateMappingResolver(
        Resolvers.ReturnEarlier,
        Resolvers.ReturnStartOfIntervalAfter
    );

    private readonly DateTimeZone zone;

    private LocalTime(DateTimeZone zone) => this.zone = zone;

    public static LocalTime Utc { get; } = new(DateTimeZone.Utc);

    /// <summary>The zone of an IANA name (tzdb).</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out LocalTime? time)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(name);
        time = zone is null ? null : new LocalTime(zone);
        return zone is not null;
    }

    public static LocalTime Of(string name) =>
        TryGet(name, out var time) ? time : throw new ArgumentException($"Unknown time zone {name}.", nameof(name));

    /// <summary>The country (ISO 3166-1 alpha-2) that a zone is listed under in tzdb; null for UTC and for old names.</summary>
    public static string? CountryOf(string name) =>
        TzdbDateTimeZoneSource.Default.ZoneLocations?.FirstOrDefault(z => z.ZoneId == name)?.CountryCode;

    public DateOnly DateOf(DateTime instant)
    {
        var date = Local(instant).Date;
        return new DateOnly(date.Year, date.Month, date.Day);
    }

    /// <summary>The first instant of a local day (midnight, or later where midnight is skipped).</summary>
    public DateTime StartOf(DateOnly day) => At(ToNoda(day).AtMidnight());

    /// <summary>"End of that local day": the first instant of the next one.</summary>
    public DateTime EndOf(DateOnly day) => StartOf(day.AddDays(1));

    /// <summary>A wall time on a local day.</summary>
    public DateTime At(DateOnly day, TimeOnly time) =>
        At(ToNoda(day).At(new NodaTime.LocalTime(time.Hour, time.Minute, time.Second)));

    /// <summary>N local calendar days later, same wall time.</summary>
    public DateTime PlusDays(DateTime instant, int days) => days == 0 ? instant : At(Local(instant).PlusDays(days));

    /// <summary>N calendar months later (or earlier), same wall time; the last day of a shorter month where the day does not exist.</summary>
    public DateTime PlusMonths(DateTime instant, int months) => months == 0 ? instant : At(Local(instant).PlusMonths(months));

    private DateTime At(LocalDateTime local) => zone.ResolveLocal(local, Resolver).ToDateTimeUtc();

    private LocalDateTime Local(DateTime instant) => Instant.FromDateTimeUtc(instant).InZone(zone).LocalDateTime;

    private static LocalDate ToNoda(DateOnly day) => new(day.Year, day.Month, day.Day);
}
