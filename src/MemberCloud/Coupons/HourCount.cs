using System.Net;
using System.Net.Sockets;
using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Coupons;

/// <summary>What a subject did within an hour: sent wrong codes, or got coupons. One row for each, as long as its hour lasts.</summary>
public sealed class HourCount : ITenantOwned
{
    internal static readonly Lookup<HourCount> BySubject = new("subject = {0}", [typeof(Guid)]) { Locks = true };
    internal static readonly Update<HourCount> Change = new([nameof(Since), nameof(Count)]);

    public Guid TenantId { get; init; }

    /// <summary>A member's id where wrong codes are counted, else a keyed fingerprint of what is counted and of whom: <see cref="SubjectOf"/>.</summary>
    public Guid Subject { get; init; }

    /// <summary>When its hour began, by the wall clock.</summary>
    public DateTime Since { get; set; }
    public int Count { get; set; }

    /// <summary>Who is counted is not kept, nor what anybody without the tenant's key could find it by.</summary>
    internal static Guid SubjectOf(TenantInfo tenant, string what, string whom) =>
        new(tenant.Keys.BlindIndex(what, whom).AsSpan(0, 16), bigEndian: true);

    /// <summary>Adds to a batch what is known of subjects.</summary>
    internal static List<HourCount> Ask(LoadBatch load, IEnumerable<Guid> subjects) =>
        load.Add(BySubject, [.. subjects.Distinct().Order().Select(s => new object[] { s })]);

    internal sealed class Configuration : IEntityTypeConfiguration<HourCount>
    {
        public void Configure(EntityTypeBuilder<HourCount> builder)
        {
            builder.ToTable("coupon_hour_counts").ChangesOften();
            builder.HasKey(t => new { t.TenantId, t.Subject });
            // What is over is forgotten.
            builder.HasIndex(t => new { t.TenantId, t.Since }).HasDatabaseName("ix_coupon_hour_counts_since");
        }
    }
}

/// <summary>How an hour is counted: it begins with the first that is counted, and what is over counts nothing. Pure.</summary>
public static class HourRules
{
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    public static int Current(HourCount count, DateTime now) => now < count.Since + Window ? count.Count : 0;

    public static void Add(HourCount count, DateTime now)
    {
        if (now >= count.Since + Window)
            (count.Since, count.Count) = (now, 0);
        count.Count++;
    }

    /// <summary>The latest end of the hours in which it was too often; null when in none.</summary>
    public static DateTime? ClosedUntil(IEnumerable<HourCount> counts, int most, DateTime now) =>
        counts.Where(c => Current(c, now) >= most).Max(c => (DateTime?)(c.Since + Window));

    /// <summary>An address as it is counted: of IPv6 the network, since one customer has all addresses of it.</summary>
    public static string? AddressOf(IPAddress? address) =>
        address switch
        {
            null => null,
            { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
            { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
            _ => address.ToString(),
        };
}
