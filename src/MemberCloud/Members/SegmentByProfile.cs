using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Members;

/// <summary>Tags, attributes, and when they joined.</summary>
public sealed class SegmentByProfile(MemberCloudDb db, MemberService members, TenantScope scope) : ISegmentPart
{
    public async Task<Problem?> CheckAsync(SegmentFilter filter, CancellationToken ct)
    {
        if (filter.Attributes is not { Count: > 0 } asked)
            return null;
        var defined = (await members.AttributesAsync(ct)).ToDictionary(a => a.Name, a => a.Type);
        return asked.Select(a => SegmentRules.Check(a, defined)).FirstOrDefault(p => p is not null);
    }

    public Task<IQueryable<Member>> NarrowAsync(IQueryable<Member> members, SegmentFilter filter, CancellationToken ct)
    {
        // pk_member_tags
        if (filter.Tags is { Count: > 0 } tags)
            members = members.Where(m => db.Set<MemberTag>().Any(t => t.MemberId == m.Id && tags.Contains(t.Tag)));
        if (filter.TagsNone is { Count: > 0 } none)
            members = members.Where(m => !db.Set<MemberTag>().Any(t => t.MemberId == m.Id && none.Contains(t.Tag)));
        foreach (var asked in filter.Attributes ?? [])
            members = Narrow(members, asked);
        if (filter.Joined is { } joined)
        {
            var (from, until) = SegmentRules.WindowOf(joined, scope.Now, scope.Tenant.Local);
            members = from is null ? members : members.Where(m => m.JoinedAt >= from);
            members = until is null ? members : members.Where(m => m.JoinedAt < until);
        }
        return Task.FromResult(members);
    }

    // pk_member_attribute_values, ix_member_attribute_values_value
    private IQueryable<Member> Narrow(IQueryable<Member> members, SegmentAttribute asked)
    {
        var (name, keys) = (asked.Name, SegmentRules.KeysOf(asked));
        var key = keys.Count > 0 ? keys[0] : "";
        var values = db.Set<MemberAttributeValue>().Where(v => v.Name == name);
        var match = asked.Op!.Value switch
        {
            SegmentOp.Eq or SegmentOp.Ne => values.Where(v => v.Value == key),
            SegmentOp.Lt => values.Where(v => v.Value.CompareTo(key) < 0),
            SegmentOp.Lte => values.Where(v => v.Value.CompareTo(key) <= 0),
            SegmentOp.Gt => values.Where(v => v.Value.CompareTo(key) > 0),
            SegmentOp.Gte => values.Where(v => v.Value.CompareTo(key) >= 0),
            SegmentOp.In => values.Where(v => keys.Contains(v.Value)),
            SegmentOp.Set => values,
        };
        return SegmentRules.IsNot(asked)
            ? members.Where(m => !match.Any(v => v.MemberId == m.Id))
            : members.Where(m => match.Any(v => v.MemberId == m.Id));
    }
}
