using System.Buffers.Binary;
using System.Security.Cryptography;
using MemberCloud.Data;

namespace MemberCloud.Coupons;

/// <summary>
/// The codes of pools: what a tenant's key makes of batch and number, so that nothing that is stored tells one. 75 bits each; that two of a hundred million codes
/// of a brand are the same has a chance of one in ten million (the second would not be made). Pure.
/// </summary>
public static class PoolCodes
{
    public static string Of(TenantKeys keys, Guid batch, long no)
    {
        Span<byte> said = stackalloc byte[24];
        batch.TryWriteBytes(said, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(said[16..], no);
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(keys.Codes, said, hash);
        return CodeRules.Of(hash);
    }

    /// <summary>By what a code is found.</summary>
    public static Guid HashOf(TenantKeys keys, string normalised) =>
        new(keys.BlindIndex("coupon code", normalised).AsSpan(0, 16), bigEndian: true);

    /// <summary>A row for each of some numbers, in order.</summary>
    public static List<CouponCode> Make(TenantKeys keys, CouponBatch batch, long after, long until)
    {
        var rows = new List<CouponCode>((int)(until - after));
        for (var no = after + 1; no <= until; no++)
            rows.Add(
                new()
                {
                    TenantId = batch.TenantId,
                    CodeHash = HashOf(keys, Of(keys, batch.Id, no)),
                    TemplateId = batch.TemplateId,
                    BatchId = batch.Id,
                    No = no,
                }
            );
        return rows;
    }
}
