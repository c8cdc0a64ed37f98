using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Coupons;

/// <summary>
/// One code of a pool. The code itself is not here: it follows from batch and number under the tenant's key (<see cref="PoolCodes"/>), and is found by its
/// fingerprint.
/// </summary>
public sealed class CouponCode : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>The first 16 bytes of an HMAC of the code: equality on it is the whole look-up, so that its time tells nothing of how near a guess came.</summary>
    public Guid CodeHash { get; init; }
    public Guid TemplateId { get; init; }
    public Guid BatchId { get; init; }

    /// <summary>1, 2, 3 ... within its batch.</summary>
    public long No { get; init; }

    /// <summary>When it gave a coupon, which, and to whom.</summary>
    public DateTime? RedeemedAt { get; set; }
    public Guid? CouponId { get; set; }
    public Guid? MemberId { get; set; }

    /// <summary>When its batch was undone.</summary>
    public DateTime? VoidedAt { get; set; }

    /// <summary>0 as long as it can be redeemed: the guard of the one write that takes it.</summary>
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<CouponCode>
    {
        public void Configure(EntityTypeBuilder<CouponCode> builder)
        {
            builder.ToTable("coupon_codes");
            builder.HasKey(c => new { c.TenantId, c.CodeHash });
            // No number twice, whoever makes them; and the file of a batch, page by page.
            builder
                .HasIndex(c => new
                {
                    c.TenantId,
                    c.BatchId,
                    c.No,
                })
                .IsUnique()
                .HasDatabaseName("ux_coupon_codes_batch");
        }
    }
}
