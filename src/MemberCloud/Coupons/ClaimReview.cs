using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Coupons;

/// <summary>held -> approved | rejected.</summary>
public enum ReviewState
{
    /// <summary>Waits for a decision.</summary>
    Held,

    /// <summary>The member has the coupon.</summary>
    Approved,

    /// <summary>The member does not get it by this claim.</summary>
    Rejected,
}

/// <summary>Why a claim is held.</summary>
public enum HoldReason
{
    /// <summary>The member got many within the hour.</summary>
    ManyByMember,

    /// <summary>The device got many within the hour.</summary>
    ManyByDevice,

    /// <summary>The address got many within the hour.</summary>
    ManyByIp,

    /// <summary>The member joined just now.</summary>
    NewMember,
}

/// <summary>A claim that people look at before it gives a coupon. At most one of a member and a template is held at a time: an index says so.</summary>
public sealed class ClaimReview : ITenantOwned
{
    public const int NoteLength = 200;

    internal static readonly Lookup<ClaimReview> ById = new("id = {0}", [typeof(Guid)]) { Locks = true };
    internal static readonly Lookup<ClaimReview> Held = new(
        "member_id = {0} AND template_id = {1} AND state = 'held'",
        [typeof(Guid), typeof(Guid)]
    );
    internal static readonly Update<ClaimReview> Decision = new(
        [nameof(State), nameof(DecidedAt), nameof(DecidedBy), nameof(Note), nameof(CouponId), nameof(Version)],
        new(nameof(Version), r => r.Version - 1)
    );

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid MemberId { get; init; }
    public Guid TemplateId { get; init; }
    public CouponWay Way { get; init; }

    /// <summary>Words of <see cref="HoldReason"/>, comma-separated.</summary>
    public required string Reasons { get; init; }
    public ReviewState State { get; set; }
    public DateTime AskedAt { get; init; }
    public DateTime? DecidedAt { get; set; }

    /// <summary>stf_... or key_...</summary>
    public string? DecidedBy { get; set; }
    public string? Note { get; set; }
    public Guid? CouponId { get; set; }

    /// <summary>Raised by the decision: the lock.</summary>
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<ClaimReview>
    {
        public void Configure(EntityTypeBuilder<ClaimReview> builder)
        {
            builder.ToTable("claim_reviews");
            builder.HasKey(r => new { r.TenantId, r.Id });
            builder
                .HasIndex(r => new
                {
                    r.TenantId,
                    r.State,
                    r.Id,
                })
                .HasDatabaseName("ix_claim_reviews_state");
            builder
                .HasIndex(r => new
                {
                    r.TenantId,
                    r.MemberId,
                    r.TemplateId,
                })
                .HasDatabaseName("ix_claim_reviews_member");
            // Of two hosts that hold the same claim at once the second tries again, and finds the first's.
            builder
                .HasIndex(
                    r => new
                    {
                        r.TenantId,
                        r.MemberId,
                        r.TemplateId,
                    },
                    "ux_claim_reviews_held"
                )
                .IsUnique()
                .HasFilter("state = 'held'")
                .HasDatabaseName("ux_claim_reviews_held");
            builder.Property(r => r.Reasons).HasMaxLength(100);
            builder.Property(r => r.DecidedBy).HasMaxLength(40);
            builder.Property(r => r.Note).HasMaxLength(NoteLength);
        }
    }
}
