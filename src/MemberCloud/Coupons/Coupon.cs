using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Coupons;

/// <summary>issued -> locked -> redeemed; locked -> issued; redeemed -> issued | expired; issued -> expired | void.</summary>
public enum CouponState
{
    /// <summary>The member has it.</summary>
    Issued,

    /// <summary>A checkout keeps it, until a time.</summary>
    Locked,

    /// <summary>An order used it.</summary>
    Redeemed,

    /// <summary>Its time ended before it was used.</summary>
    Expired,

    /// <summary>Taken back by the brand.</summary>
    Void,
}

/// <summary>How a coupon came to its member.</summary>
public enum CouponWay
{
    /// <summary>The brand's staff or its system gave it.</summary>
    Issue,

    /// <summary>The member took it in the claim centre, or the brand's shop for the member.</summary>
    Claim,

    /// <summary>By a code.</summary>
    Code,

    /// <summary>For points.</summary>
    Exchange,

    /// <summary>An earning rule's reward.</summary>
    Reward,

    /// <summary>Out of a perk's pack.</summary>
    Perk,
}

/// <summary>One member's coupon.</summary>
public sealed class Coupon : ITenantOwned
{
    public const int CodeLength = 16;
    public const int ReasonLength = 200;

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid TemplateId { get; init; }
    public int TemplateVersion { get; init; }

    /// <summary>Changes when its member is merged into another.</summary>
    public Guid MemberId { get; set; }

    /// <summary>What a till reads, see <see cref="CodeRules"/>.</summary>
    public required string Code { get; init; }

    /// <summary>Whose it was before that member was merged into this one.</summary>
    public Guid? BroughtFrom { get; set; }
    public CouponState State { get; set; }
    public CouponWay Way { get; init; }
    public DateTime IssuedAt { get; init; }
    public DateTime ValidFrom { get; init; }

    /// <summary>The first instant at which it can no longer be used.</summary>
    public DateTime ValidUntil { get; set; }

    /// <summary>The batch it was given out by; of a perk's pack the membership it came with.</summary>
    public Guid? BatchId { get; init; }

    /// <summary>The checkout that keeps it, and until when.</summary>
    public Guid? LockedBy { get; set; }
    public DateTime? LockedUntil { get; set; }

    /// <summary>The order that used it, when, and what it took off, minor units.</summary>
    public Guid? OrderId { get; set; }
    public DateTime? RedeemedAt { get; set; }
    public long? Amount { get; set; }

    /// <summary>When it expired or was made void, and why.</summary>
    public DateTime? EndedAt { get; set; }
    public string? Reason { get; set; }

    /// <summary>When something happens to it by itself: its lock runs out, or it ends. What the job looks for.</summary>
    public DateTime? DueAt { get; set; }

    /// <summary>Raised by every change: the lock.</summary>
    public long Version { get; set; }

    /// <summary>The version it was loaded with; not stored.</summary>
    public long LoadedVersion { get; set; }

    /// <summary>Honest: by the time, whether or not a job has written that.</summary>
    public CouponState StateAt(DateTime now)
    {
        var state = State == CouponState.Locked && LockedUntil <= now ? CouponState.Issued : State;
        return state == CouponState.Issued && ValidUntil <= now ? CouponState.Expired : state;
    }

    internal sealed class Configuration : IEntityTypeConfiguration<Coupon>
    {
        public void Configure(EntityTypeBuilder<Coupon> builder)
        {
            builder.ToTable("coupons").ChangesOften();
            builder.HasKey(c => new { c.TenantId, c.Id });
            builder.Ignore(c => c.LoadedVersion);
            builder.HasIndex(c => new { c.TenantId, c.Code }).IsUnique().HasDatabaseName("ux_coupons_code");
            // A member's wallet, newest first.
            builder
                .HasIndex(c => new
                {
                    c.TenantId,
                    c.MemberId,
                    c.Id,
                })
                .HasDatabaseName("ix_coupons_member");
            // The job: what ends or is released next in this brand.
            builder.HasIndex(c => new { c.TenantId, c.DueAt }).HasFilter("due_at IS NOT NULL").HasDatabaseName("ix_coupons_due");
            // Following a batch, and undoing it.
            builder
                .HasIndex(c => new
                {
                    c.TenantId,
                    c.BatchId,
                    c.Id,
                })
                .HasFilter("batch_id IS NOT NULL")
                .HasDatabaseName("ix_coupons_batch");
            // An order's coupons, for its refund.
            builder
                .HasIndex(c => new { c.TenantId, c.OrderId })
                .HasFilter("order_id IS NOT NULL")
                .HasDatabaseName("ix_coupons_order");
            builder.Property(c => c.Code).HasMaxLength(CodeLength);
            builder.Property(c => c.Reason).HasMaxLength(ReasonLength);
        }
    }
}
