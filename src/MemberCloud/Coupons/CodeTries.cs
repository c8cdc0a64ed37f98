using System.Net;
using System.Net.Sockets;
using MemberCloud.Data;
using MemberCloud.Tenancy;

namespace MemberCloud.Coupons;

/// <summary>
/// How often wrong codes were sent by a member and from an address: from the tenth within an hour on nothing is looked up for them until the hour is over. Counted in a
/// transaction of its own, so that what is refused is counted all the same; of many wrong codes at once each is counted alone.
/// </summary>
internal sealed class CodeTries(IDoor door, TenantScope scope)
{
    private static readonly Lookup<CouponCodeTries> BySubject = new("subject = {0}", [typeof(Guid)]) { Locks = true };
    private static readonly Update<CouponCodeTries> Change = new([
        nameof(CouponCodeTries.Since),
        nameof(CouponCodeTries.Failures),
    ]);

    /// <summary>Who is counted: the member, and the address where it is known.</summary>
    public IReadOnlyList<Guid> Subjects(Guid member, string? address)
    {
        if (string.IsNullOrEmpty(address))
            return [member];
        // The address is not kept, nor what anybody without the tenant's key could find it by.
        var index = scope.Tenant.Keys.BlindIndex("coupon code address", address);
        return [.. new[] { member, new Guid(index.AsSpan(0, 16), bigEndian: true) }.Order()];
    }

    /// <summary>Adds to a batch what is known of the subjects.</summary>
    public static List<CouponCodeTries> Ask(LoadBatch load, IReadOnlyList<Guid> subjects) =>
        load.Add(BySubject, [.. subjects.Select(s => new object[] { s })]);

    /// <summary>Until when nothing is looked up; null = it is.</summary>
    public DateTime? ClosedUntil(IEnumerable<CouponCodeTries> tries) => CodeTryRules.ClosedUntil(tries, scope.WallNow);

    /// <summary>Counts one wrong code; where there were too many before, it is not looked at and the end of the window comes back.</summary>
    public Task<DateTime?> CountAsync(IReadOnlyList<Guid> subjects, CancellationToken ct) =>
        door.RunAsync(
            scope.Id,
            subjects[0],
            async session =>
            {
                var (load, now) = (new LoadBatch(), scope.WallNow);
                var known = Ask(load, subjects);
                await session.LoadAsync(load, ct);
                if (CodeTryRules.ClosedUntil(known, now) is { } until)
                    return until;
                var missing = subjects.Except(known.Select(t => t.Subject)).Select(New).ToList();
                foreach (var tries in known.Concat(missing))
                    CodeTryRules.Add(tries, now);
                await session.StoreAsync(new StoreBatch().Update<CouponCodeTries>(Change, known).Insert(missing), ct);
                return (DateTime?)null;
            },
            ct,
            locked: true
        );

    private CouponCodeTries New(Guid subject) => new() { TenantId = scope.Id, Subject = subject };
}

/// <summary>How many wrong codes are too many. Pure.</summary>
public static class CodeTryRules
{
    public const int Most = 10;

    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>The latest end of the windows that are full; null when none is.</summary>
    public static DateTime? ClosedUntil(IEnumerable<CouponCodeTries> tries, DateTime now) =>
        tries.Where(t => t.Failures >= Most && now < t.Since + Window).Max(t => (DateTime?)(t.Since + Window));

    /// <summary>As it is counted: of IPv6 the network, since one customer has all addresses of it.</summary>
    public static string? AddressOf(IPAddress? address) =>
        address switch
        {
            null => null,
            { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
            { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
            _ => address.ToString(),
        };

    /// <summary>A window that is over counts nothing: the next wrong code opens another.</summary>
    public static void Add(CouponCodeTries tries, DateTime now)
    {
        if (now >= tries.Since + Window)
            (tries.Since, tries.Failures) = (now, 0);
        tries.Failures++;
    }
}
