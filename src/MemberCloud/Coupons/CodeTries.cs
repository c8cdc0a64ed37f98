using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Coupons;

/// <summary>
/// How often wrong codes were sent by a member and from an address: from the tenth within an hour on nothing is looked up for them until the hour is over. Counted in a
/// transaction of its own, so that what is refused is counted all the same; of many wrong codes at once each is counted alone.
/// </summary>
internal sealed class CodeTries(IDoor door, TenantScope scope)
{
    public const int Most = 10;

    /// <summary>Who is counted: the member, and the address where it is known.</summary>
    public IReadOnlyList<Guid> Subjects(Guid member, string? address) =>
        string.IsNullOrEmpty(address)
            ? [member]
            : [.. new[] { member, HourCount.SubjectOf(scope.Tenant, "coupon code address", address) }.Order()];

    /// <summary>Until when nothing is looked up; null = it is.</summary>
    public DateTime? ClosedUntil(IEnumerable<HourCount> tries) => HourRules.ClosedUntil(tries, Most, scope.WallNow);

    /// <summary>Counts one wrong code; where there were too many before, it is not looked at and the end of the hour comes back.</summary>
    public Task<DateTime?> CountAsync(IReadOnlyList<Guid> subjects, CancellationToken ct) =>
        door.RunAsync(
            scope.Id,
            subjects[0],
            async session =>
            {
                var load = new LoadBatch();
                var known = HourCount.Ask(load, subjects);
                await session.LoadAsync(load, ct);
                if (ClosedUntil(known) is { } until)
                    return until;
                var missing = subjects.Except(known.Select(t => t.Subject)).Select(New).ToList();
                foreach (var tries in known.Concat(missing))
                    HourRules.Add(tries, scope.WallNow);
                await session.StoreAsync(new StoreBatch().Update<HourCount>(HourCount.Change, known).Insert(missing), ct);
                return (DateTime?)null;
            },
            ct,
            locked: true
        );

    public Problem TooMany(DateTime until) =>
        Refusals.Problem(Refusal.TooManyTries, scope.Language) with
        {
            RetryAfter = Math.Max(1, (int)Math.Ceiling((until - scope.WallNow).TotalSeconds)),
        };

    private HourCount New(Guid subject) => new() { TenantId = scope.Id, Subject = subject };
}
