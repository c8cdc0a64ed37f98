using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Memberships;

/// <summary>Codes that were made together: gifts that are sold, or terms that come with something else.</summary>
public sealed class ActivationBatch : ITenantOwned, IVersioned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid PlanId { get; init; }

    /// <summary>What a membership that begins by a code of it is agreed to.</summary>
    public int PlanVersion { get; init; }

    /// <summary>Terms that each code stands for.</summary>
    public int Terms { get; init; }
    public int Count { get; init; }
    public DateTime CreatedAt { get; init; }

    /// <summary>When what was not redeemed was made void.</summary>
    public DateTime? RefundedAt { get; set; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<ActivationBatch>
    {
        public void Configure(EntityTypeBuilder<ActivationBatch> builder)
        {
            builder.ToTable("activation_batches");
            builder.HasKey(b => new { b.TenantId, b.Id });
        }
    }
}

/// <summary>
/// One code of a batch. The code itself is not here: it follows from batch and number under the tenant's key, and is found by its fingerprint.
/// </summary>
public sealed class ActivationCode : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>The first 16 bytes of an HMAC of the code.</summary>
    public Guid CodeHash { get; init; }
    public Guid BatchId { get; init; }

    /// <summary>1, 2, 3 ... within its batch.</summary>
    public long No { get; init; }

    /// <summary>When it was redeemed, by whom, and the membership that it began or extended.</summary>
    public DateTime? RedeemedAt { get; set; }
    public Guid? MemberId { get; set; }
    public Guid? MembershipId { get; set; }

    /// <summary>Who asked for it with which Idempotency-Key, as a fingerprint: the same request again finds it.</summary>
    public Guid? RequestId { get; set; }

    /// <summary>When its batch was refunded.</summary>
    public DateTime? VoidedAt { get; set; }

    /// <summary>0 as long as it can be redeemed: the guard of the one write that takes it.</summary>
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<ActivationCode>
    {
        public void Configure(EntityTypeBuilder<ActivationCode> builder)
        {
            builder.ToTable("activation_codes");
            builder.HasKey(c => new { c.TenantId, c.CodeHash });
            // The file of a batch, page by page.
            builder
                .HasIndex(c => new
                {
                    c.TenantId,
                    c.BatchId,
                    c.No,
                })
                .IsUnique()
                .HasDatabaseName("ux_activation_codes_batch");
        }
    }
}
