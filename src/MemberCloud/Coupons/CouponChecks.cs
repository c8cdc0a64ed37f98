using MemberCloud.Data;
using MemberCloud.Shared;

namespace MemberCloud.Coupons;

/// <summary>How many coupons of a template stand in a state.</summary>
public sealed record StateCount(Guid TemplateId, CouponState State, long Count);

/// <summary>What must hold of coupons and of what counts them. Pure: rows in, sentences out.</summary>
public static class CouponChecks
{
    /// <summary>What a coupon's row says of its state goes together.</summary>
    public static bool IsPossible(Coupon c)
    {
        var isFree = c is { LockedBy: null, LockedUntil: null };
        var isUnused = c is { OrderId: null, RedeemedAt: null, Amount: null };
        return c.ValidFrom < c.ValidUntil
            && c.State switch
            {
                CouponState.Issued => isFree && isUnused && c is { EndedAt: null, Reason: null } && c.DueAt == c.ValidUntil,
                CouponState.Locked => isUnused
                    && c is { LockedBy: not null, LockedUntil: not null, EndedAt: null }
                    && c.DueAt == c.LockedUntil,
                CouponState.Redeemed => isFree
                    && c is { OrderId: not null, RedeemedAt: not null, Amount: >= 0, EndedAt: null, DueAt: null },
                CouponState.Expired => isFree && isUnused && c is { EndedAt: not null, DueAt: null },
                CouponState.Void => isFree && isUnused && c is { EndedAt: not null, Reason: not null, DueAt: null },
            };
    }

    /// <summary>Templates' counters and stock against their coupons. Coupons and stock of no template are named too.</summary>
    public static IEnumerable<string> Templates(
        IReadOnlyCollection<CouponTemplate> templates,
        IEnumerable<CouponStock> stock,
        IEnumerable<StateCount> coupons
    )
    {
        var (stockOf, couponsOf) = (stock.ToLookup(s => s.TemplateId), coupons.ToLookup(c => c.TemplateId));
        var orphans = stockOf.Select(g => g.Key).Union(couponsOf.Select(g => g.Key)).Except(templates.Select(t => t.Id));
        return orphans
            .Select(id => $"{Ids.Show(IdPrefix.Template, id)}: the template's row is missing")
            .Concat(
                templates.SelectMany(t =>
                    Template(t, [.. stockOf[t.Id]], couponsOf[t.Id].ToDictionary(c => c.State, c => c.Count))
                        .Select(fault => $"{Ids.Show(IdPrefix.Template, t.Id)}: {fault}")
                )
            );
    }

    private static IEnumerable<string> Template(
        CouponTemplate template,
        List<CouponStock> stock,
        Dictionary<CouponState, long> coupons
    )
    {
        long Made(CouponState state) => coupons.GetValueOrDefault(state);
        foreach (
            var (what, has, makes) in new[]
            {
                ("issued", stock.Sum(s => s.Used), coupons.Values.Sum() - Made(CouponState.Void)),
                ("redeemed", stock.Sum(s => s.Redeemed), Made(CouponState.Redeemed)),
                ("expired", stock.Sum(s => s.Expired), Made(CouponState.Expired)),
                ("voided", stock.Sum(s => s.Voided), Made(CouponState.Void)),
            }
        )
            if (has != makes)
                yield return $"its counters are not those of its coupons: {what} is {has}, they make {makes}";
        var total = Json.Read<TemplateBody>(template.Body).Stock ?? TemplateBook.Boundless;
        if (stock.Sum(s => s.Share) != total)
            yield return $"its buckets share {stock.Sum(s => s.Share)} of a stock of {total}";
        if (!stock.Select(s => s.Bucket).Order().SequenceEqual(Enumerable.Range(0, IBucket<CouponStock>.Buckets)))
            yield return "a bucket of its stock is missing";
        foreach (var bucket in stock.Where(b => !IsPossible(b)))
            yield return $"bucket {bucket.Bucket} of its stock is in an impossible state";
    }

    /// <summary>All that comes back comes to the first bucket, and what was given out above a stock that was lowered is missing there: the others never leave their share.</summary>
    private static bool IsPossible(CouponStock b) =>
        b is { Redeemed: >= 0, Expired: >= 0, Voided: >= 0 } && (b.Bucket == 0 || (b.Used >= 0 && b.Used <= b.Share));
}

/// <summary>Members' counts against their coupons, which are added one by one: only the counts are in memory.</summary>
public sealed class CouponTally
{
    /// <summary>Faulty coupons that are named; who has more has seen enough.</summary>
    private const int MostNamed = 1_000;

    private readonly HashSet<Guid> members;
    private readonly LocalTime local;
    private readonly Dictionary<(Guid Member, Guid Template), (CouponCount Stored, CouponCount Made)> counts;
    private readonly List<string> faults = [];

    /// <param name="members">All that are there.</param>
    /// <param name="stored">Their counts.</param>
    /// <param name="local">The brand's zone, which says what a day is.</param>
    public CouponTally(HashSet<Guid> members, IEnumerable<CouponCount> stored, LocalTime local)
    {
        (this.members, this.local) = (members, local);
        counts = stored.ToDictionary(c => (c.MemberId, c.TemplateId), c => (c, new CouponCount()));
    }

    public void Add(Coupon coupon)
    {
        if (!members.Contains(coupon.MemberId) && faults.Count < MostNamed)
            faults.Add($"{Ids.Show(IdPrefix.Coupon, coupon.Id)}: its member is missing");
        if (!CouponChecks.IsPossible(coupon) && faults.Count < MostNamed)
            faults.Add($"{Ids.Show(IdPrefix.Coupon, coupon.Id)} is in an impossible state");
        if (coupon.State == CouponState.Void)
            return;
        var key = (coupon.MemberId, coupon.TemplateId);
        if (!counts.TryGetValue(key, out var count))
            counts[key] = count = (new(), new());
        var (day, week, month) = CouponRules.Periods(coupon.IssuedAt, local);
        count.Made.Total++;
        count.Made.InDay += day == count.Stored.Day ? 1 : 0;
        count.Made.InWeek += week == count.Stored.Week ? 1 : 0;
        count.Made.InMonth += month == count.Stored.Month ? 1 : 0;
    }

    /// <summary>Once all were added.</summary>
    public IEnumerable<string> Faults =>
        faults.Concat(
            counts
                .OrderBy(c => c.Key)
                .SelectMany(c =>
                    new[]
                    {
                        ("total", c.Value.Stored.Total, c.Value.Made.Total),
                        ("day", c.Value.Stored.InDay, c.Value.Made.InDay),
                        ("week", c.Value.Stored.InWeek, c.Value.Made.InWeek),
                        ("month", c.Value.Stored.InMonth, c.Value.Made.InMonth),
                    }
                        .Where(part => part.Item2 != part.Item3)
                        .Select(part =>
                            $"{Ids.Show(IdPrefix.Member, c.Key.Member)} {Ids.Show(IdPrefix.Template, c.Key.Template)}: the {part.Item1} count is "
                            + $"{part.Item2}, the coupons make {part.Item3}"
                        )
                )
        );
}
