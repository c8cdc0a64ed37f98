using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Tiers;

/// <summary>An earned level.</summary>
public sealed class Tier : ITenantOwned, IVersioned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public required string Name { get; set; }

    /// <summary>0 is the entry tier; higher is better.</summary>
    public int Rank { get; init; }

    /// <summary>Qualifying growth that reaches it.</summary>
    public long GrowthThreshold { get; set; }

    /// <summary>Months it is valid for, and over which growth qualifies.</summary>
    public int ValidMonths { get; set; }

    /// <summary>Points multiplier in basis points; 10,000 = once.</summary>
    public int PointsMultiplierBp { get; set; }

    /// <summary>What it entitles to, as shown outside, by commas.</summary>
    public string Perks { get; set; } = "";
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Tier>
    {
        public void Configure(EntityTypeBuilder<Tier> builder)
        {
            builder.ToTable("tiers");
            builder.HasKey(t => new { t.TenantId, t.Id });
            builder.HasIndex(t => new { t.TenantId, t.Rank }).IsUnique().HasDatabaseName("ux_tiers_rank");
            builder.Property(t => t.Name).HasMaxLength(100);
        }
    }
}

/// <summary>Where a member stands. No row = the entry tier, which has no end.</summary>
public sealed class TierStanding : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }

    /// <summary>Null where the brand has no tier of rank 0 and the member fell below its lowest.</summary>
    public Guid? TierId { get; set; }
    public DateTime Since { get; set; }

    /// <summary>The review; null for the entry tier.</summary>
    public DateTime? ValidUntil { get; set; }

    /// <summary>What the job looks for: first the notice before the review, then the review.</summary>
    public DateTime? DueAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<TierStanding>
    {
        public void Configure(EntityTypeBuilder<TierStanding> builder)
        {
            builder.ToTable("tier_standings");
            builder.HasKey(s => new { s.TenantId, s.MemberId });
            builder.HasIndex(s => new { s.TenantId, s.DueAt }).HasDatabaseName("ix_tier_standings_due");
            builder.HasIndex(s => new { s.TenantId, s.TierId }).HasDatabaseName("ix_tier_standings_tier");
        }
    }
}

/// <summary>What became of a tier.</summary>
public enum TierStepKind
{
    /// <summary>A higher tier was reached.</summary>
    Upgraded,

    /// <summary>A review was passed.</summary>
    Kept,

    /// <summary>A review found too little growth.</summary>
    Downgraded,

    /// <summary>Growth that had brought the tier was taken back, by a refund or a cancellation.</summary>
    Revoked,
}

/// <summary>Why a tier changed, or stayed.</summary>
public enum TierReason
{
    /// <summary>Enough growth.</summary>
    Growth,

    /// <summary>A review found too little growth.</summary>
    TooLittleGrowth,

    /// <summary>The brand keeps tiers whatever a review finds.</summary>
    Policy,

    /// <summary>Growth was taken back, and the brand revokes tiers then.</summary>
    Reversal,
}

/// <summary>One change, or one review passed.</summary>
public sealed class TierHistory : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public Guid Id { get; init; }
    public TierStepKind Kind { get; init; }
    public Guid? FromTierId { get; init; }
    public Guid? ToTierId { get; init; }
    public DateTime At { get; init; }
    public DateTime? ValidUntil { get; init; }

    /// <summary>Null in lines older than reasons.</summary>
    public TierReason? Reason { get; init; }

    /// <summary>Ids of the tiers whose welcome this step brought, lowest first, comma-separated; null for none.</summary>
    public string? Welcomed { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<TierHistory>
    {
        public void Configure(EntityTypeBuilder<TierHistory> builder)
        {
            builder.ToTable("tier_history");
            builder
                .IsAppendOnly()
                .HasKey(h => new
                {
                    h.TenantId,
                    h.MemberId,
                    h.Id,
                });
            builder.Property(h => h.Welcomed).HasMaxLength(TierService.MaxTiers * 40);
        }
    }
}

/// <summary>A member was welcomed to a tier: once ever, however often it is reached. The key holds it against every race.</summary>
public sealed class TierWelcome : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public Guid TierId { get; init; }
    public DateTime At { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<TierWelcome>
    {
        public void Configure(EntityTypeBuilder<TierWelcome> builder)
        {
            builder.ToTable("tier_welcomes");
            builder
                .IsAppendOnly()
                .HasKey(w => new
                {
                    w.TenantId,
                    w.MemberId,
                    w.TierId,
                });
        }
    }
}
