using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>The members a batch names, a page at a time in the order of their ids.</summary>
public sealed class BatchMembers(MemberCloudDb db, Segments segments, SegmentService saved)
{
    /// <summary>How long counting a segment may take: far longer than the largest takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public async Task<long> CountAsync(CouponBatch batch, CancellationToken ct) =>
        batch.Members is { } list ? list.LongLength / 16 : (await segments.CountAsync(FilterOf(batch), Patience, ct)).Members;

    public async Task<IReadOnlyList<Guid>> PageAsync(CouponBatch batch, Guid? after, int take, CancellationToken ct) =>
        batch.Members is { } list
            ? BatchWork.After(list, after, take)
            : await segments.MembersAsync(FilterOf(batch), after, take, ct);

    private static SegmentFilter FilterOf(CouponBatch batch) => Json.Read<SegmentFilter>(batch.Audience!);

    /// <summary>What finds the members of a tag or of a saved segment, as it is saved now; null for a list.</summary>
    public async Task<Result<string?>> FilterAsync(IssueRequest asked, CancellationToken ct)
    {
        if (asked.Tag is { } tag)
            return Json.Write(new SegmentFilter(Tags: [tag]));
        if (asked.Segment is not { } shown)
            return (string?)null;
        return await saved.FindAsync(shown, ct) is { } segment ? segment.Filter : Problem.NotFound("segment");
    }

    /// <summary>The members of a list, merged ones followed; refused when one is unknown.</summary>
    public async Task<Result<List<Guid>>> ResolveAsync(IssueRequest asked, CancellationToken ct)
    {
        var (names, pointer) = asked.MemberIds is { } ids ? (ids, "/member_ids") : (asked.ExternalIds!, "/external_ids");
        var found = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var chunk in names.Distinct(StringComparer.Ordinal).Chunk(1000))
        {
            var members = await FindAsync(chunk, asked.MemberIds is not null, ct);
            foreach (var member in members)
                found[asked.MemberIds is null ? member.ExternalId : Ids.Show(IdPrefix.Member, member.Id)] =
                    member.MergedInto ?? member.Id;
        }
        var unknown = names
            .Select((name, i) => (name, i))
            .Where(n => !found.ContainsKey(n.name))
            .Take(50)
            .Select(n => new FieldProblem($"{pointer}/{n.i}", "member_unknown", "There is no such member."))
            .ToList();
        return unknown.Count == 0
            ? found.Values.Distinct().Order().ToList()
            : Problem.Contradiction("member_unknown", "Members are named that the brand does not have.") with
            {
                Errors = unknown,
            };
    }

    private Task<List<Member>> FindAsync(string[] names, bool byId, CancellationToken ct)
    {
        var members = db.Set<Member>().AsNoTracking();
        var ids = byId
            ? names
                .Select(n => Ids.TryRead(IdPrefix.Member, n, out var id) ? id : Guid.Empty)
                .Where(id => id != Guid.Empty)
                .ToList()
            : [];
        return (byId ? members.Where(m => ids.Contains(m.Id)) : members.Where(m => names.Contains(m.ExternalId))).ToListAsync(ct);
    }
}
