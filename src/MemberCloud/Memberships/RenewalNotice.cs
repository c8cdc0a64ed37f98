using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Memberships;

/// <summary>What proves that a notice reached the member.</summary>
public enum NoticeProof
{
    /// <summary>The brand reported that it was delivered.</summary>
    Delivered,

    /// <summary>The member read it.</summary>
    Read,
}

/// <summary>
/// A member is told of a renewal: of which plan, at what price, when. Without proof that it arrived nothing is charged.
/// </summary>
public sealed class RenewalNotice : ITenantOwned
{
    public const int EvidenceLength = 500;

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid MemberId { get; init; }
    public Guid MembershipId { get; init; }
    public Guid PlanId { get; init; }
    public int PlanVersion { get; init; }

    /// <summary>Minor units that will be charged.</summary>
    public long Amount { get; init; }

    /// <summary>The end of what is paid: when the renewal is due.</summary>
    public DateTime DueAt { get; init; }
    public DateTime CreatedAt { get; init; }

    /// <summary>When it arrived; null = nobody knows.</summary>
    public DateTime? ProvedAt { get; set; }
    public NoticeProof? Proof { get; set; }
    public string? Channel { get; set; }

    /// <summary>What the brand has to show for it, under the member's own key.</summary>
    public byte[]? EvidenceSealed { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<RenewalNotice>
    {
        public void Configure(EntityTypeBuilder<RenewalNotice> builder)
        {
            builder.ToTable("renewal_notices");
            builder.HasKey(n => new { n.TenantId, n.Id });
            builder
                .HasIndex(n => new
                {
                    n.TenantId,
                    n.MemberId,
                    n.Id,
                })
                .HasDatabaseName("ix_renewal_notices_member");
            builder
                .HasIndex(n => new
                {
                    n.TenantId,
                    n.CreatedAt,
                    n.Id,
                })
                .HasDatabaseName("ix_renewal_notices_created");
            builder.Property(n => n.Channel).HasMaxLength(Members.Consent.ChannelLength);
            builder.Property(n => n.EvidenceSealed).HasMaxLength(4 * EvidenceLength);
        }
    }
}
