using System.Buffers.Binary;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Staff;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>Pools of unique codes: begun, read, taken back. <see cref="MakeCodesJob"/> makes them.</summary>
public sealed class CodePools(Transactions transactions, TenantScope scope, Allowances allowances, IssueRequests requests)
{
    public const long Most = 1_000_000;

    /// <summary>Pools of one brand that are being made.</summary>
    public const int MaxOpen = 10;

    private MemberCloudDb Db => transactions.Db;

    /// <summary>Begins to make a pool, or puts it before a second person: whoever hands out codes hands out coupons.</summary>
    public Task<Result<CouponBatch>> BeginAsync(LoadedTemplate template, CodesRequest asked, CancellationToken ct) =>
        transactions.DecideAsync<CouponBatch>(
            async () =>
            {
                if (template.State == TemplateState.Ended)
                    return TemplateBook.Ended;
                var open = Db.Set<CouponBatch>()
                    .Where(b => b.Kind == BatchKind.Codes && (b.State == BatchState.Queued || b.State == BatchState.Running));
                if (await open.CountAsync(ct) >= MaxOpen)
                    return Problem.Conflict("too_many_batches", $"At most {MaxOpen} pools of codes are made at once.");
                Db.Trail.Reason = asked.Reason;
                var batch = New(template, asked);
                return await allowances.TakeAsync(IssueRules.Weight(template.Body, batch.Total, 1), ct)
                    ? await requests.BeginAsync(batch, template, ct)
                    : await requests.AskAsync(batch, template, ct);
            },
            ct
        );

    /// <summary>A pool; null when there is none.</summary>
    public Task<CouponBatch?> FindAsync(Guid id, CancellationToken ct) =>
        Db.Set<CouponBatch>().AsNoTracking().FirstOrDefaultAsync(b => b.Id == id && b.Kind == BatchKind.Codes, ct);

    /// <summary>
    /// Makes void the next codes of a pool that nobody redeemed; what they gave stays. One bounded step, in the caller's transaction where one is open. Of this and
    /// a redeemer of the same code one comes first, and the other sees it.
    /// </summary>
    /// <param name="batch">The pool.</param>
    /// <param name="cursor">Where the step before ended; null = at the start.</param>
    /// <param name="take">Codes to look at.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>How many were made void, and where to go on; null = all were looked at.</returns>
    public Task<(int Voided, Guid? Cursor)> VoidUnusedAsync(CouponBatch batch, Guid? cursor, int take, CancellationToken ct)
    {
        var after = cursor is { } place ? NoOf(place) : 0;
        var (last, now) = (Math.Min(batch.Looked, after + take), scope.Now);
        return transactions.RunAsync(
            async () =>
            {
                var voided = await Db.Set<CouponCode>()
                    .Where(c => c.BatchId == batch.Id && c.No > after && c.No <= last)
                    .Where(c => c.RedeemedAt == null && c.VoidedAt == null)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(c => c.VoidedAt, now).SetProperty(c => c.Version, c => c.Version + 1),
                        ct
                    );
                return (voided, last < batch.Looked ? PlaceOf(last) : (Guid?)null);
            },
            ct
        );
    }

    /// <summary>A number as the cursor of a batch keeps it.</summary>
    private static Guid PlaceOf(long no)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], no);
        return new(bytes, bigEndian: true);
    }

    private static long NoOf(Guid place) => BinaryPrimitives.ReadInt64BigEndian(place.ToByteArray(bigEndian: true).AsSpan(8));

    private CouponBatch New(LoadedTemplate template, CodesRequest asked) =>
        new()
        {
            TenantId = scope.Id,
            Id = Ids.New(),
            TemplateId = template.Id,
            Kind = BatchKind.Codes,
            State = BatchState.Queued,
            QuantityEach = 1,
            Reason = asked.Reason ?? "",
            RequesterKind = scope.Caller.Kind,
            RequesterId = scope.Caller.SubjectId ?? scope.Caller.CredentialId,
            Total = asked.Count,
            Refusals = "{}",
            CreatedAt = scope.Now,
        };
}
