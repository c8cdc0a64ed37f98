using MemberCloud.Data;
using MemberCloud.Tenancy;

namespace MemberCloud.Coupons;

/// <summary>
/// Coupons that were given out, in memory: moved on by decisions, then stored, each only from the version it was loaded with. Counts of members and templates
/// move with them.
/// </summary>
public sealed class CouponWork
{
    private static readonly Lookup<Coupon> ById = new("id = {0}", [typeof(Guid)]) { Locks = true };
    private static readonly Lookup<Coupon> SeenById = new("id = {0}", [typeof(Guid)]);
    private static readonly Update<Coupon> Change = new(
        [
            nameof(Coupon.State),
            nameof(Coupon.MemberId),
            nameof(Coupon.BroughtFrom),
            nameof(Coupon.ValidUntil),
            nameof(Coupon.LockedBy),
            nameof(Coupon.LockedUntil),
            nameof(Coupon.OrderId),
            nameof(Coupon.RedeemedAt),
            nameof(Coupon.Amount),
            nameof(Coupon.EndedAt),
            nameof(Coupon.Reason),
            nameof(Coupon.DueAt),
            nameof(Coupon.Version),
        ],
        new(nameof(Coupon.Version), c => c.LoadedVersion)
    );

    private static readonly Increase<CouponStock> Redeemed = new(nameof(CouponStock.Redeemed), Bucket);
    private static readonly Increase<CouponStock> Expired = new(nameof(CouponStock.Expired), Bucket);
    private static readonly Increase<CouponStock> Voided = new(nameof(CouponStock.Voided), Bucket);
    private static readonly Increase<CouponStock> Used = new(nameof(CouponStock.Used), Bucket);

    private static IComparable Bucket(CouponStock stock) => (stock.TemplateId, stock.Bucket);

    private readonly TenantInfo tenant;
    private readonly Dictionary<Guid, Coupon> coupons;
    private readonly KeyedRows<(Guid Member, Guid Template), CouponCount> counts;
    private readonly HashSet<(Guid, Guid)> counted;
    private readonly HashSet<Coupon> changed = [];
    private readonly List<OutboxEvent> events = [];
    private readonly SortedDictionary<(Guid Template, int Bucket), Moves> moves = [];

    private readonly record struct Moves(long Used, long Redeemed, long Expired, long Voided);

    private CouponWork(
        TenantInfo tenant,
        IEnumerable<(Guid Member, Guid Template)> counted,
        IEnumerable<Coupon> coupons,
        IEnumerable<CouponCount> counts
    )
    {
        (this.tenant, this.counted) = (tenant, [.. counted]);
        this.coupons = coupons.ToDictionary(c => c.Id);
        this.counts = CountRows.Rows(tenant.Id, counts);
        foreach (var coupon in this.coupons.Values)
            coupon.LoadedVersion = coupon.Version;
    }

    /// <summary>Opens coupons inside a transaction.</summary>
    /// <param name="session">The caller's transaction.</param>
    /// <param name="tenant">The brand.</param>
    /// <param name="counted">Members and templates whose limits something is given back to.</param>
    /// <param name="ids">Which coupons.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<CouponWork> OpenAsync(
        IDoorSession session,
        TenantInfo tenant,
        IEnumerable<(Guid Member, Guid Template)> counted,
        IEnumerable<Guid> ids,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var opened = Ask(load, tenant, counted, ids);
        await session.LoadAsync(load, ct);
        return opened();
    }

    /// <summary>Adds to a batch what opening coupons takes; they are there once it is loaded.</summary>
    public static Func<CouponWork> Ask(
        LoadBatch load,
        TenantInfo tenant,
        IEnumerable<(Guid Member, Guid Template)> counted,
        IEnumerable<Guid> ids
    )
    {
        var keys = counted.ToList();
        var counts = CountRows.Ask(load, keys);
        var coupons = load.Add(ById, [.. ids.Distinct().Order().Select(id => new object[] { id })]);
        return () => new(tenant, keys, coupons, counts);
    }

    /// <summary>Whose coupons these are now, and of what: what to open with them where some may be made void.</summary>
    public static async Task<IReadOnlyList<(Guid Member, Guid Template)>> HoldersAsync(
        IDoorSession session,
        IEnumerable<Guid> ids,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var seen = load.Add(SeenById, [.. ids.Select(id => new object[] { id })]);
        await session.LoadAsync(load, ct);
        return [.. seen.Select(c => (c.MemberId, c.TemplateId))];
    }

    public Coupon? Find(Guid id) => coupons.GetValueOrDefault(id);

    public IEnumerable<Coupon> All => coupons.Values;

    /// <summary>How many were moved on.</summary>
    public int Changed => changed.Count;

    public void Void(Coupon coupon, string reason, DateTime at)
    {
        var key = (coupon.MemberId, coupon.TemplateId);
        // Its member was merged between the look for whose it is and the lock: it counts for another one now.
        if (!counted.Contains(key))
            throw new ConflictException("A coupon's member");
        (coupon.State, coupon.EndedAt, coupon.Reason, coupon.DueAt) = (CouponState.Void, at, reason, null);
        Unlock(coupon);
        if (counts.TryChange(key, out var count))
            CouponRules.Add(count, -1, coupon.IssuedAt, tenant.Local);
        // All that comes back comes to the first bucket, as to every stock.
        Count(coupon, m => m with { Used = m.Used - 1 }, bucket: 0);
        Count(coupon, m => m with { Voided = m.Voided + 1 });
        Note(coupon, "coupon.voided", at);
    }

    public void Redeem(Coupon coupon, Guid order, long amount, DateTime at)
    {
        // It ended before an order of before its end was reported.
        if (coupon.State == CouponState.Expired)
            Count(coupon, m => m with { Expired = m.Expired - 1 });
        (coupon.State, coupon.OrderId, coupon.RedeemedAt, coupon.Amount) = (CouponState.Redeemed, order, at, amount);
        Unlock(coupon);
        (coupon.DueAt, coupon.EndedAt) = (null, null);
        Count(coupon, m => m with { Redeemed = m.Redeemed + 1 });
        Note(coupon, "coupon.redeemed", at);
    }

    /// <summary>Gives a redeemed coupon back by its template's policy. True when it can be used again.</summary>
    public bool Return(Coupon coupon, TemplateBody terms, DateTime at)
    {
        if (coupon.State != CouponState.Redeemed || terms.ReturnPolicy == ReturnPolicy.Never)
            return false;
        if (terms.ReturnPolicy == ReturnPolicy.ExtendDays)
        {
            var extended = tenant.Local.PlusDays(at, terms.ReturnExtendDays!.Value);
            coupon.ValidUntil = extended > coupon.ValidUntil ? extended : coupon.ValidUntil;
        }
        (coupon.OrderId, coupon.RedeemedAt, coupon.Amount) = (null, null, null);
        Count(coupon, m => m with { Redeemed = m.Redeemed - 1 });
        (coupon.State, coupon.DueAt) = (CouponState.Issued, coupon.ValidUntil);
        if (coupon.ValidUntil <= at)
        {
            Expire(coupon);
            return false;
        }
        Note(coupon, "coupon.returned", at);
        return true;
    }

    /// <summary>What is due by now: a lock that ran out is let go, a coupon whose time is over ends.</summary>
    public void PostDue(Coupon coupon, DateTime now)
    {
        if (coupon.State == CouponState.Locked && coupon.LockedUntil <= now)
            Release(coupon, coupon.LockedUntil!.Value);
        if (coupon.State == CouponState.Issued && coupon.ValidUntil <= now)
            Expire(coupon);
    }

    /// <summary>It is another member's, who is the same person.</summary>
    public void Move(Coupon coupon, Guid to)
    {
        coupon.MemberId = to;
        changed.Add(coupon);
    }

    public void Lock(Coupon coupon, Guid by, DateTime until)
    {
        (coupon.State, coupon.LockedBy, coupon.LockedUntil, coupon.DueAt) = (CouponState.Locked, by, until, until);
        changed.Add(coupon);
    }

    public void Release(Coupon coupon, DateTime at)
    {
        Unlock(coupon);
        (coupon.State, coupon.DueAt) = (CouponState.Issued, coupon.ValidUntil);
        Note(coupon, "coupon.released", at);
    }

    private void Expire(Coupon coupon)
    {
        (coupon.State, coupon.EndedAt, coupon.DueAt) = (CouponState.Expired, coupon.ValidUntil, null);
        Count(coupon, m => m with { Expired = m.Expired + 1 });
        Note(coupon, "coupon.expired", coupon.ValidUntil);
    }

    private static void Unlock(Coupon coupon) => (coupon.LockedBy, coupon.LockedUntil) = (null, null);

    private void Note(Coupon coupon, string type, DateTime at)
    {
        changed.Add(coupon);
        events.Add(CouponEvent.Of(coupon, type, at));
    }

    /// <summary>A coupon is always counted in the same bucket, so that what goes up there comes down there.</summary>
    private void Count(Coupon coupon, Func<Moves, Moves> move, int? bucket = null)
    {
        var key = (coupon.TemplateId, bucket ?? coupon.Id.ToByteArray(bigEndian: true)[15] % IBucket<CouponStock>.Buckets);
        moves[key] = move(moves.GetValueOrDefault(key));
    }

    /// <summary>Adds what changed to a batch.</summary>
    public void Write(StoreBatch store)
    {
        counts.Write(store, CountRows.Change);
        foreach (var coupon in changed)
            coupon.Version = coupon.LoadedVersion + 1;
        store.Update<Coupon>(Change, [.. changed.OrderBy(c => c.Id)]);
        store.Insert<OutboxEvent>(events);
        Write(store, Used, m => m.Used);
        Write(store, Redeemed, m => m.Redeemed);
        Write(store, Expired, m => m.Expired);
        Write(store, Voided, m => m.Voided);
    }

    private void Write(StoreBatch store, Increase<CouponStock> increase, Func<Moves, long> part) =>
        store.Increase(
            increase,
            [
                .. moves
                    .Where(m => part(m.Value) != 0)
                    .Select(m =>
                        (
                            new CouponStock
                            {
                                TenantId = tenant.Id,
                                TemplateId = m.Key.Template,
                                Bucket = m.Key.Bucket,
                            },
                            part(m.Value)
                        )
                    ),
            ]
        );
}
