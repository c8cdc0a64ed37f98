using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Members;

/// <summary>What one capability knows of a segment's filter. Tiers, plans and orders lie above members, so each brings its own part.</summary>
public interface ISegmentPart
{
    /// <summary>Null when everything that this part of the filter names is there.</summary>
    Task<Problem?> CheckAsync(SegmentFilter filter, CancellationToken ct);

    /// <summary>Those of some members for whom this part of the filter holds; all of them where it says nothing.</summary>
    Task<IQueryable<Member>> NarrowAsync(IQueryable<Member> members, SegmentFilter filter, CancellationToken ct);
}

/// <summary>How many members a filter matches.</summary>
/// <param name="Members">How many were counted.</param>
/// <param name="IsComplete">False when the time ran out before all were counted.</param>
/// <param name="First">The first of them.</param>
public sealed record SegmentCount(long Members, bool IsComplete, IReadOnlyList<Guid> First);

/// <summary>Whom a filter matches: looked up now, in pages by member id, so that a long job goes on where it stopped.</summary>
public sealed class Segments(MemberCloudDb db, IEnumerable<ISegmentPart> parts)
{
    public const int MaxPage = 10_000;
    public const int Shown = 10;

    /// <summary>How long a count may take.</summary>
    public static readonly TimeSpan CountFor = TimeSpan.FromSeconds(2);

    /// <summary>Null when everything that the filter names is there.</summary>
    public async Task<Problem?> CheckAsync(SegmentFilter filter, CancellationToken ct)
    {
        foreach (var part in parts)
            if (await part.CheckAsync(filter, ct) is { } problem)
                return problem;
        return null;
    }

    /// <summary>
    /// Members the filter matches, by rising id: those after <paramref name="after"/>, at most <paramref name="take"/> of them. Fewer means there are no more. The page
    /// walks pk_members from there and asks of each member what the filter names, by the indexes that the tables' configurations say.
    /// </summary>
    public async Task<IReadOnlyList<Guid>> MembersAsync(SegmentFilter filter, Guid? after, int take, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(take, MaxPage);
        var members = db.Set<Member>().AsNoTracking().Where(m => m.ErasedAt == null && m.MergedInto == null);
        if (after is { } last)
            members = members.Where(m => m.Id.CompareTo(last) > 0);
        foreach (var part in parts)
            members = await part.NarrowAsync(members, filter, ct);
        return await members.OrderBy(m => m.Id).Select(m => m.Id).Take(take).ToListAsync(ct);
    }

    /// <summary>Counts page by page until all are counted or the time is up.</summary>
    public async Task<SegmentCount> CountAsync(SegmentFilter filter, TimeSpan limit, CancellationToken ct)
    {
        var (members, first) = (0L, (IReadOnlyList<Guid>)[]);
        // A timer may be late to cancel a query that ends at once.
        if (limit <= TimeSpan.Zero)
            return new(members, false, first);
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timed.CancelAfter(limit);
        try
        {
            for (Guid? last = null; ; )
            {
                var page = await MembersAsync(filter, last, MaxPage, timed.Token);
                if (last is null)
                    first = [.. page.Take(Shown)];
                members += page.Count;
                if (page.Count < MaxPage)
                    return new(members, true, first);
                last = page[^1];
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new(members, false, first);
        }
    }
}
