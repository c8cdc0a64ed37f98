using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>The members a batch names, a page at a time in the order of their ids.</summary>
public sealed class BatchMembers(MemberCloudDb db)
{
    public Task<long> CountAsync(CouponBatch batch, CancellationToken ct) =>
        batch.Members is { } list ? Task.FromResult(list.LongLength / 16) : Found(batch).LongCountAsync(ct);

    public async Task<List<Guid>> PageAsync(CouponBatch batch, Guid? after, int take, CancellationToken ct)
    {
        if (batch.Members is { } list)
            return BatchWork.After(list, after, take);
        var found = Found(batch);
        if (after is { } last)
            found = found.Where(id => id.CompareTo(last) > 0);
        return await found.OrderBy(id => id).Take(take).ToListAsync(ct);
    }

    private IQueryable<Guid> Found(CouponBatch batch)
    {
        var tag = Json.Read<BatchAudience>(batch.Audience!).Tag;
        // Who was merged into another has that one's tags there.
        return db.Set<MemberTag>()
            .AsNoTracking()
            .Where(t => t.Tag == tag)
            .Join(
                db.Set<Member>().Where(m => m.ErasedAt == null && m.MergedInto == null),
                t => t.MemberId,
                m => m.Id,
                (t, _) => t.MemberId
            );
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
