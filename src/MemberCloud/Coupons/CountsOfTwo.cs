using MemberCloud.Data;

namespace MemberCloud.Coupons;

/// <summary>All counts of two members, locked before their coupons, as everywhere: who makes a coupon void meanwhile waits, and finds it another member's.</summary>
internal sealed class CountsOfTwo
{
    private readonly IDoorSession session;
    private readonly KeyedRows<(Guid Member, Guid Template), CouponCount> counts;

    private CountsOfTwo(IDoorSession session, KeyedRows<(Guid Member, Guid Template), CouponCount> counts) =>
        (this.session, this.counts) = (session, counts);

    /// <summary>Inside the caller's transaction.</summary>
    public static async Task<CountsOfTwo> OpenAsync(IDoorSession session, Guid tenant, Guid one, Guid other, CancellationToken ct)
    {
        var load = new LoadBatch();
        var found = load.Add(CountRows.ByMember, [.. new[] { one, other }.Order().Select(id => new object[] { id })]);
        await session.LoadAsync(load, ct);
        return new(session, CountRows.Rows(tenant, found));
    }

    public IReadOnlyList<Guid> TemplatesOf(Guid member) =>
        [.. counts.Keys.Where(k => k.Member == member).Select(k => k.Template).Order()];

    /// <summary>The count to be changed, made where there is none.</summary>
    public CouponCount Of(Guid member, Guid template) => counts.Change((member, template));

    public Task StoreAsync(CancellationToken ct)
    {
        var store = new StoreBatch();
        counts.Write(store, CountRows.Change);
        return store.IsEmpty ? Task.CompletedTask : session.StoreAsync(store, ct);
    }
}
