using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Pricing;

/// <summary>
/// How many pieces of a SKU a member had at a list's limited price: bought, by period, and set aside by checkouts. Exact for every period a limit may count in, so that
/// a list may change its limit from a day to a month.
/// </summary>
public sealed class PurchaseCount : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public Guid ListId { get; init; }
    public required string Sku { get; init; }

    /// <summary>Pieces bought, ever.</summary>
    public long Total { get; set; }

    /// <summary>The last local day (yyyyMMdd), Monday of a week, month (yyyyMM) in which something was bought, and how much in it.</summary>
    public int Day { get; set; }
    public int Week { get; set; }
    public int Month { get; set; }
    public long InDay { get; set; }
    public long InWeek { get; set; }
    public long InMonth { get; set; }

    /// <summary>JSON of <see cref="PurchaseHold"/>s: what open checkouts set aside. Past its time one counts no more, whoever clears it away.</summary>
    public string Held { get; set; } = "[]";

    /// <summary>Raised by every change: the lock.</summary>
    public long Version { get; set; }

    /// <summary>The version it was loaded with; not stored.</summary>
    public long LoadedVersion { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PurchaseCount>
    {
        public void Configure(EntityTypeBuilder<PurchaseCount> builder)
        {
            builder.ToTable("purchase_counts").ChangesOften();
            builder.HasKey(c => new
            {
                c.TenantId,
                c.MemberId,
                c.ListId,
                c.Sku,
            });
            builder.Ignore(c => c.LoadedVersion);
            builder.Property(c => c.Sku).HasMaxLength(Product.SkuLength);
        }
    }
}

/// <summary>Pieces that a checkout set aside.</summary>
/// <param name="At">When: in its day, week and month they count.</param>
/// <param name="Until">The first instant at which they are free again.</param>
public sealed record PurchaseHold(Guid Checkout, long Pieces, DateTime At, DateTime Until);

/// <summary>Of whom, by which list, of what.</summary>
public readonly record struct PurchaseKey(Guid Member, Guid List, string Sku) : IComparable<PurchaseKey>, IComparable
{
    public int CompareTo(PurchaseKey other)
    {
        var order = Member.CompareTo(other.Member);
        order = order != 0 ? order : List.CompareTo(other.List);
        return order != 0 ? order : string.CompareOrdinal(Sku, other.Sku);
    }

    int IComparable.CompareTo(object? other) => other is PurchaseKey key ? CompareTo(key) : 1;
}

/// <summary>Counts in memory, then stored, each only from the version it was loaded with.</summary>
public sealed class PurchaseCounts
{
    private static readonly Lookup<PurchaseCount> ByKey = new(
        "member_id = {0} AND list_id = {1} AND sku = {2}",
        [typeof(Guid), typeof(Guid), typeof(string)]
    )
    {
        Locks = true,
    };
    private static readonly Lookup<PurchaseCount> ByMember = new("member_id = {0}", [typeof(Guid)], "list_id, sku")
    {
        Locks = true,
    };
    private static readonly Update<PurchaseCount> Change = new(
        [
            nameof(PurchaseCount.Total),
            nameof(PurchaseCount.Day),
            nameof(PurchaseCount.Week),
            nameof(PurchaseCount.Month),
            nameof(PurchaseCount.InDay),
            nameof(PurchaseCount.InWeek),
            nameof(PurchaseCount.InMonth),
            nameof(PurchaseCount.Held),
            nameof(PurchaseCount.Version),
        ],
        new(nameof(PurchaseCount.Version), c => c.LoadedVersion)
    );

    private readonly KeyedRows<PurchaseKey, PurchaseCount> rows;

    private PurchaseCounts(Guid tenant, List<PurchaseCount> found)
    {
        foreach (var row in found)
            row.LoadedVersion = row.Version;
        rows = new(
            found,
            c => new(c.MemberId, c.ListId, c.Sku),
            k =>
                new()
                {
                    TenantId = tenant,
                    MemberId = k.Member,
                    ListId = k.List,
                    Sku = k.Sku,
                }
        );
    }

    public IEnumerable<PurchaseKey> Keys => rows.Keys;

    /// <summary>Adds to a batch the counts of some keys; they are there once it is loaded.</summary>
    public static Func<PurchaseCounts> Ask(LoadBatch load, Guid tenant, IEnumerable<PurchaseKey> keys)
    {
        var found = load.Add(ByKey, [.. keys.Distinct().Order().Select(k => new object[] { k.Member, k.List, k.Sku })]);
        return () => new(tenant, found);
    }

    /// <summary>All counts of some members.</summary>
    public static async Task<PurchaseCounts> OfMembersAsync(
        IDoorSession session,
        Guid tenant,
        IEnumerable<Guid> members,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var found = load.Add(ByMember, [.. members.Order().Select(m => new object[] { m })]);
        await session.LoadAsync(load, ct);
        return new(tenant, found);
    }

    public PurchaseCount Read(PurchaseKey key) => rows.Read(key);

    /// <summary>The row to be changed.</summary>
    public PurchaseCount Of(PurchaseKey key)
    {
        var row = rows.Change(key);
        row.Version = row.LoadedVersion + 1;
        return row;
    }

    public void Write(StoreBatch store) => rows.Write(store, Change);
}
