using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Data;

/// <summary>
/// One part of something that may be given out up to a total: a rule's budget, a template's stock. It lies in <see cref="Buckets"/> rows so that many grants at
/// once do not wait for one row; the sum over them is what counts. Locked last, in the order of owner and bucket.
/// </summary>
public interface IBucket<T> : ITenantOwned
    where T : class, IBucket<T>
{
    public const int Buckets = 16;

    /// <summary>The column and the property that say whose it is.</summary>
    static abstract string OwnerColumn { get; }
    static abstract string OwnerProperty { get; }
    static abstract T New(Guid tenant, Guid owner, int bucket);
    Guid Owner { get; }
    int Bucket { get; }

    /// <summary>What may be given out from here. The shares add up to the total; below <see cref="Used"/>, in the first bucket alone, after the total was lowered.</summary>
    long Share { get; set; }

    /// <summary>What was given out from here, less what came back. All that comes back comes to the first bucket, which may go below zero by it.</summary>
    long Used { get; set; }
}

/// <summary>
/// Buckets of some owners in memory: taken from and given back to, then written by conditional updates that no race gets past. They are read without a lock, and
/// a bucket is picked at random; who lost a race for one tries again with those that hold something locked, and waits.
/// </summary>
public sealed class Buckets<T>
    where T : class, IBucket<T>
{
    private static readonly string Mine = $"{T.OwnerColumn} = {{0}}";
    private static readonly Lookup<T> All = new(Mine, [typeof(Guid)], "bucket");
    private static readonly Lookup<T> NonEmpty = new($"{Mine} AND used < share", [typeof(Guid)], "bucket") { Locks = true };
    private static readonly Lookup<T> AllLocked = new(Mine, [typeof(Guid)], "bucket") { Locks = true };
    private static readonly Update<T> ShareChange = new([nameof(IBucket<T>.Share)]);
    private static readonly Increase<T> UsedChange = new(
        nameof(IBucket<T>.Used),
        b => (b.Owner, b.Bucket),
        nameof(IBucket<T>.Share)
    );

    private readonly ILookup<Guid, T> rows;
    private readonly ILookup<Guid, T> open;
    private readonly SortedDictionary<(Guid Owner, int Bucket), (T Row, long Given, long Taken)> changes = [];
    private readonly HashSet<Guid> takenFrom = [];
    private int first;

    /// <param name="rows">All buckets.</param>
    /// <param name="open">Those that may be taken from.</param>
    /// <param name="first">The bucket to look at first.</param>
    private Buckets(IEnumerable<T> rows, IEnumerable<T> open, int first)
    {
        this.rows = rows.ToLookup(b => b.Owner);
        this.open = open.ToLookup(b => b.Owner);
        this.first = first;
    }

    /// <summary>Nothing to take from, nothing to give to.</summary>
    public static Buckets<T> None { get; } = new([], [], 0);

    /// <summary>The owners that something was wanted of: what a lost race was about.</summary>
    public IReadOnlyCollection<Guid> TakenFrom => takenFrom;

    /// <summary>Adds to a batch what these owners' buckets are; call what it returns when the batch is loaded.</summary>
    /// <param name="load">The batch.</param>
    /// <param name="owners">Those that have, or had, a total.</param>
    /// <param name="contended">Those of them to lock: an earlier try lost a race for them.</param>
    public static Func<Buckets<T>> Ask(LoadBatch load, IReadOnlyCollection<Guid> owners, IReadOnlyCollection<Guid> contended)
    {
        if (owners.Count == 0)
            return () => None;
        var all = load.Add(All, Keys(owners));
        var locked = load.Add(NonEmpty, Keys(contended));
        return () =>
            new(all, all.Where(b => !contended.Contains(b.Owner)).Concat(locked), Random.Shared.Next(IBucket<T>.Buckets));
    }

    /// <summary>Sets what an owner may give out in all. What it gave out so far stays counted. Inside the caller's transaction.</summary>
    public static async Task SetAsync(IDoorSession session, Guid tenantId, Guid owner, long total, CancellationToken ct)
    {
        var load = new LoadBatch();
        var rows = load.Add(AllLocked, Keys([owner]));
        await session.LoadAsync(load, ct);
        var isNew = rows.Count == 0;
        if (isNew)
            rows = [.. Enumerable.Range(0, IBucket<T>.Buckets).Select(b => T.New(tenantId, owner, b))];
        var shares = BucketRules.Shares(total, [.. rows.Select(r => r.Used)]);
        for (var i = 0; i < rows.Count; i++)
            rows[i].Share = shares[i];
        var store = new StoreBatch();
        await session.StoreAsync(isNew ? store.Insert(rows) : store.Update<T>(ShareChange, rows), ct);
    }

    /// <summary>Reads one owner's buckets without a lock, to say what could be taken.</summary>
    public static async Task<Buckets<T>> ReadAsync(MemberCloudDb db, Guid owner, CancellationToken ct)
    {
        var mine = T.OwnerProperty;
        var rows = await db.Set<T>().AsNoTracking().Where(b => EF.Property<Guid>(b, mine) == owner).ToListAsync(ct);
        return new(rows, rows, 0);
    }

    /// <summary>What can still be taken.</summary>
    public long Left(Guid owner) => Math.Max(0, open[owner].Sum(b => b.Share - b.Used));

    /// <summary>Takes up to an amount: all of it while the total holds it, then what is left.</summary>
    public long Take(Guid owner, long amount)
    {
        var buckets = open[owner].ToList();
        if (amount <= 0 || buckets.Count == 0)
            return 0;
        takenFrom.Add(owner);
        var parts = BucketRules.Take(amount, [.. buckets.Select(b => b.Share - b.Used)], first % buckets.Count);
        foreach (var (index, part) in parts)
            Change(buckets[index], taken: part);
        if (parts.Count == 1 && buckets.Count == IBucket<T>.Buckets)
            first = parts[0].Bucket; // the same again: one transaction in as few buckets as can be
        return parts.Sum(p => p.Part);
    }

    /// <summary>Gives back what was taken; never more than was given out (there may have been no total then).</summary>
    public void Give(Guid owner, long amount)
    {
        amount = Math.Min(amount, rows[owner].Sum(b => b.Used));
        if (amount > 0)
            Change(rows[owner].First(), given: amount);
    }

    public void Write(StoreBatch store) =>
        store.Increase(
            UsedChange,
            [.. changes.Values.SelectMany(c => new[] { (c.Row, By: -c.Given), (c.Row, By: c.Taken) }.Where(part => part.By != 0))]
        );

    private void Change(T row, long given = 0, long taken = 0)
    {
        var so = changes.GetValueOrDefault((row.Owner, row.Bucket), (row, 0, 0));
        changes[(row.Owner, row.Bucket)] = (so.Row, so.Given + given, so.Taken + taken);
        row.Used += taken - given;
    }

    private static List<object[]> Keys(IEnumerable<Guid> owners) => [.. owners.Order().Select(r => new object[] { r })];
}
