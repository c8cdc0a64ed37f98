using MemberCloud.Data;
using MemberCloud.Shared;

namespace MemberCloud.Coupons;

/// <summary>One step of a batch: its row is locked first, and moved on in the transaction of what it gave out or took back.</summary>
internal static class BatchWork
{
    private static readonly Lookup<CouponBatch> ById = new("id = {0}", [typeof(Guid)]) { Locks = true };

    // ix_coupons_batch
    private static readonly Lookup<Coupon> NextCoupons = new(
        "batch_id = {0} AND id > {1}",
        [typeof(Guid), typeof(Guid)],
        "id",
        IssueRules.Page
    );
    private static readonly Update<CouponBatch> Change = new(
        [
            nameof(CouponBatch.State),
            nameof(CouponBatch.ApprovalId),
            nameof(CouponBatch.Looked),
            nameof(CouponBatch.Issued),
            nameof(CouponBatch.Refused),
            nameof(CouponBatch.Refusals),
            nameof(CouponBatch.Undone),
            nameof(CouponBatch.Cursor),
            nameof(CouponBatch.FinishedAt),
            nameof(CouponBatch.Version),
        ],
        new(nameof(CouponBatch.Version), b => b.LoadedVersion)
    );

    /// <summary>Null when there is none.</summary>
    public static async Task<CouponBatch?> OpenAsync(IDoorSession session, Guid id, CancellationToken ct)
    {
        var load = new LoadBatch();
        var found = load.Add(
            ById,
            [
                [id],
            ]
        );
        await session.LoadAsync(load, ct);
        var batch = found.SingleOrDefault();
        if (batch is not null)
            batch.LoadedVersion = batch.Version;
        return batch;
    }

    /// <summary>The next coupons that an undone batch gave out, by id; fewer than a page when there are no more.</summary>
    public static async Task<List<Coupon>> CouponsAsync(IDoorSession session, CouponBatch batch, CancellationToken ct)
    {
        var load = new LoadBatch();
        var found = load.Add(
            NextCoupons,
            [
                [batch.Id, batch.Cursor ?? Guid.Empty],
            ]
        );
        await session.LoadAsync(load, ct);
        return found;
    }

    public static void Write(StoreBatch store, CouponBatch batch)
    {
        batch.Version = batch.LoadedVersion + 1;
        store.Update<CouponBatch>(Change, [batch]);
    }

    /// <summary>Counts what the members of one step got.</summary>
    public static void Count(CouponBatch batch, int members, long issued, IReadOnlyDictionary<Refusal, long> refused)
    {
        batch.Looked += members;
        batch.Issued += issued;
        batch.Refused += refused.Values.Sum();
        if (refused.Count == 0)
            return;
        var sums = Json.Read<SortedDictionary<string, long>>(batch.Refusals);
        foreach (var (code, count) in refused)
            sums[Words<Refusal>.Of(code)] = sums.GetValueOrDefault(Words<Refusal>.Of(code)) + count;
        batch.Refusals = Json.Write(sums);
    }

    /// <summary>Ids as the batch keeps them: ascending, 16 bytes each.</summary>
    public static byte[] Pack(IEnumerable<Guid> members) =>
        [.. members.Distinct().Order().SelectMany(m => m.ToByteArray(bigEndian: true))];

    /// <summary>The ids of a list after one of them.</summary>
    public static List<Guid> After(byte[] packed, Guid? cursor, int take) =>
        [
            .. Enumerable
                .Range(0, packed.Length / 16)
                .Select(i => new Guid(packed.AsSpan(i * 16, 16), bigEndian: true))
                .SkipWhile(id => cursor is { } last && id.CompareTo(last) <= 0)
                .Take(take),
        ];
}
