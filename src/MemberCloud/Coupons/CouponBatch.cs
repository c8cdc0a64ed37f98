using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Coupons;

/// <summary>What a batch makes.</summary>
public enum BatchKind
{
    /// <summary>Coupons for members.</summary>
    Issue,

    /// <summary>Unique codes.</summary>
    Codes,
}

/// <summary>awaiting_approval -> queued -> running -> done -> undoing -> undone.</summary>
public enum BatchState
{
    /// <summary>A second person must agree.</summary>
    AwaitingApproval,

    /// <summary>Waits for its turn.</summary>
    Queued,

    /// <summary>Under way.</summary>
    Running,

    /// <summary>All members were looked at.</summary>
    Done,

    /// <summary>What was not used is being taken back.</summary>
    Undoing,

    /// <summary>What was not used was taken back.</summary>
    Undone,

    /// <summary>The second person did not agree, or nobody decided in time.</summary>
    Rejected,
}

/// <summary>Coupons given out to many, or codes made, in steps: its row is what a worker that dies leaves the next one.</summary>
public sealed class CouponBatch : ITenantOwned
{
    public const int ReasonLength = 200;

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid TemplateId { get; init; }
    public BatchKind Kind { get; init; }
    public BatchState State { get; set; }

    /// <summary>JSON of the <see cref="Members.SegmentFilter"/> that finds its members; null for a list and for codes.</summary>
    public string? Audience { get; init; }

    /// <summary>The members of a list, 16 bytes each, ascending; null where they are found by the audience.</summary>
    public byte[]? Members { get; init; }
    public int QuantityEach { get; init; }
    public required string Reason { get; init; }
    public CallerKind RequesterKind { get; init; }
    public Guid RequesterId { get; init; }
    public Guid? ApprovalId { get; set; }

    /// <summary>Members to be looked at, or codes to be made.</summary>
    public long Total { get; init; }

    /// <summary>Looked at so far, or made.</summary>
    public long Looked { get; set; }

    /// <summary>Coupons given out.</summary>
    public long Issued { get; set; }

    /// <summary>Coupons that were refused.</summary>
    public long Refused { get; set; }

    /// <summary>JSON: how often each refusal was given.</summary>
    public required string Refusals { get; set; }

    /// <summary>Taken back by undoing.</summary>
    public long Undone { get; set; }

    /// <summary>The last member looked at; when undoing, the last coupon.</summary>
    public Guid? Cursor { get; set; }
    public DateTime CreatedAt { get; init; }
    public DateTime? FinishedAt { get; set; }
    public long Version { get; set; }

    /// <summary>The version it was loaded with; not stored.</summary>
    public long LoadedVersion { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<CouponBatch>
    {
        public void Configure(EntityTypeBuilder<CouponBatch> builder)
        {
            builder.ToTable("coupon_batches");
            builder.HasKey(b => new { b.TenantId, b.Id });
            builder.Ignore(b => b.LoadedVersion);
            // What is to be worked on, oldest first.
            builder
                .HasIndex(b => new
                {
                    b.TenantId,
                    b.State,
                    b.Id,
                })
                .HasDatabaseName("ix_coupon_batches_state");
            builder
                .HasIndex(b => new { b.TenantId, b.ApprovalId })
                .HasFilter("approval_id IS NOT NULL")
                .HasDatabaseName("ix_coupon_batches_approval");
            builder.Property(b => b.Reason).HasMaxLength(ReasonLength);
        }
    }
}

/// <summary>A member of a batch who did not get all, and why.</summary>
public sealed class CouponBatchRefusal : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid BatchId { get; init; }
    public Guid MemberId { get; init; }
    public Refusal Code { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<CouponBatchRefusal>
    {
        public void Configure(EntityTypeBuilder<CouponBatchRefusal> builder)
        {
            builder.ToTable("coupon_batch_refusals");
            builder
                .IsAppendOnly()
                .HasKey(r => new
                {
                    r.TenantId,
                    r.BatchId,
                    r.MemberId,
                });
        }
    }
}
