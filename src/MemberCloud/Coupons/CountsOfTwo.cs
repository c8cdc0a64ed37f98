using MemberCloud.Data;

namespace MemberCloud.Coupons;

/// <summary>All counts of two members, locked before their coupons, as everywhere: who makes a coupon void meanwhile waits, and finds it another member's.</summary>
internal sealed class CountsOfTwo
{
    private static readonly Lookup<CouponCount> ByMember = new("member_id = {0}", [typeof(Guid)], "template_id") { Locks = true };

    private readonly IDoorSession session;
    private readonly Guid tenant;
    private readonly Dictionary<(Guid Member, Guid Template), CouponCount> counts;
    private readonly HashSet<(Guid Member, Guid Template)> stored;

    private CountsOfTwo(IDoorSession session, Guid tenant, IEnumerable<CouponCount> found)
    {
        (this.session, this.tenant) = (session, tenant);
        counts = found.ToDictionary(c => (c.MemberId, c.TemplateId));
        stored = [.. counts.Keys];
    }

    /// <summary>Inside the caller's transaction.</summary>
    public static async Task<CountsOfTwo> OpenAsync(IDoorSession session, Guid tenant, Guid one, Guid other, CancellationToken ct)
    {
        var load = new LoadBatch();
        var found = load.Add(ByMember, [.. new[] { one, other }.Order().Select(id => new object[] { id })]);
        await session.LoadAsync(load, ct);
        return new(session, tenant, found);
    }

    public IReadOnlyList<Guid> TemplatesOf(Guid member) =>
        [.. counts.Keys.Where(k => k.Member == member).Select(k => k.Template).Order()];

    /// <summary>The count, made where there is none.</summary>
    public CouponCount Of(Guid member, Guid template)
    {
        if (!counts.TryGetValue((member, template), out var count))
            counts[(member, template)] = count = new()
            {
                TenantId = tenant,
                MemberId = member,
                TemplateId = template,
            };
        return count;
    }

    public Task StoreAsync(CancellationToken ct)
    {
        var keys = counts.Keys.Order().ToList();
        var store = new StoreBatch()
            .Update<CouponCount>(CouponGrants.CountChange, [.. keys.Where(stored.Contains).Select(k => counts[k])])
            .Insert<CouponCount>([.. keys.Where(k => !stored.Contains(k)).Select(k => counts[k])]);
        return store.IsEmpty ? Task.CompletedTask : session.StoreAsync(store, ct);
    }
}
