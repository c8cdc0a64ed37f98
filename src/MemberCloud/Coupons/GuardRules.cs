using System.Net;
using MemberCloud.Tenancy;

namespace MemberCloud.Coupons;

/// <summary>From where a claim comes, as far as it is known.</summary>
/// <param name="DeviceHash">As the brand hashed it.</param>
/// <param name="Address">The brand's hash of the address, or the client's own address.</param>
public sealed record ClaimSource(string? DeviceHash = null, string? Address = null)
{
    /// <summary>As a brand says it: hexadecimal digits in capitals or not are the same.</summary>
    public static ClaimSource Of(string? deviceHash, string? ipHash) =>
        new(deviceHash?.ToUpperInvariant(), ipHash?.ToUpperInvariant());

    /// <summary>As the client's connection says it.</summary>
    public static ClaimSource Of(IPAddress? address) => new(null, HourRules.AddressOf(address));
}

/// <summary>Why a claim would be held, under which fingerprint that is counted, and from how many coupons within the hour on.</summary>
public readonly record struct GuardedSubject(HoldReason Why, Guid Subject, int Most);

/// <summary>Which claims are looked at by people before they give a coupon. Pure.</summary>
public static class GuardRules
{
    /// <summary>What is counted of a claim.</summary>
    public static IReadOnlyList<GuardedSubject> Subjects(TenantInfo tenant, Guid member, ClaimSource source)
    {
        var guards = tenant.Settings.ClaimGuards;
        return
        [
            .. Counted(HoldReason.ManyByMember, guards.MemberPerHour, member.ToString()),
            .. Counted(HoldReason.ManyByDevice, guards.DevicePerHour, source.DeviceHash),
            .. Counted(HoldReason.ManyByIp, guards.IpPerHour, source.Address),
        ];

        IEnumerable<GuardedSubject> Counted(HoldReason why, int? most, string? whom) =>
            most is { } limit && whom is not null ? [new(why, HourCount.SubjectOf(tenant, $"claims {why}", whom), limit)] : [];
    }

    /// <summary>A coupon that is there for new members is not held because they are new.</summary>
    public static bool IsTooNew(ClaimGuards guards, CouponHolder holder, TemplateBody terms, DateTime now) =>
        guards.NewMemberHours is { } hours
        && terms.Audience?.NewMemberDays is null
        && now < holder.JoinedAt + TimeSpan.FromHours(hours);
}
