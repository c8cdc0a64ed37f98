using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Coupons;

/// <summary>draft -> active -> paused -> active ... -> ended. Only an active template gives out coupons; what it gave out stays good whatever becomes of it.</summary>
public enum TemplateState
{
    /// <summary>Being written: gives out nothing yet.</summary>
    Draft,

    /// <summary>Gives out coupons.</summary>
    Active,

    /// <summary>Gives out none until it is activated again.</summary>
    Paused,

    /// <summary>Gives out none any more.</summary>
    Ended,
}

/// <summary>What coupons are made from, as it stands.</summary>
public sealed class CouponTemplate : ITenantOwned, IVersioned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }

    /// <summary>1, 2, 3 ... with every change; a coupon keeps the one it was made from.</summary>
    public int TemplateVersion { get; set; }
    public TemplateState State { get; set; }

    /// <summary>JSON of <see cref="TemplateBody"/>.</summary>
    public required string Body { get; set; }

    /// <summary>Its code for everyone as it is compared, see <see cref="CodeRules"/>; null when there is none, or it has ended.</summary>
    public string? Code { get; set; }
    public DateTime CreatedAt { get; init; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<CouponTemplate>
    {
        public void Configure(EntityTypeBuilder<CouponTemplate> builder)
        {
            builder.ToTable("coupon_templates");
            builder.HasKey(t => new { t.TenantId, t.Id });
            // The brand's list, and what is kept in memory: those that have not ended.
            builder
                .HasIndex(t => new
                {
                    t.TenantId,
                    t.State,
                    t.Id,
                })
                .HasDatabaseName("ix_coupon_templates_state");
            builder
                .HasIndex(t => new { t.TenantId, t.Code })
                .IsUnique()
                .HasFilter("code IS NOT NULL")
                .HasDatabaseName("ux_coupon_templates_code");
            builder.Property(t => t.Code).HasMaxLength(30);
        }
    }
}

/// <summary>A template as it stood: what a coupon's template_version means.</summary>
public sealed class CouponTemplateVersion : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid TemplateId { get; init; }
    public int TemplateVersion { get; init; }
    public required string Body { get; init; }
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<CouponTemplateVersion>
    {
        public void Configure(EntityTypeBuilder<CouponTemplateVersion> builder)
        {
            builder.ToTable("coupon_template_versions");
            builder
                .IsAppendOnly()
                .HasKey(t => new
                {
                    t.TenantId,
                    t.TemplateId,
                    t.TemplateVersion,
                });
        }
    }
}

/// <summary>
/// One part of a template's stock and of its counts, in <see cref="IBucket{T}.Buckets"/> rows so that many claims at once do not wait for one row. A template
/// without a limit has a share that is never used up.
/// </summary>
public sealed class CouponStock : IBucket<CouponStock>
{
    public Guid TenantId { get; init; }
    public Guid TemplateId { get; init; }
    public int Bucket { get; init; }

    /// <summary>What may be given out from here.</summary>
    public long Share { get; set; }

    /// <summary>Given out from here and not made void.</summary>
    public long Used { get; set; }

    /// <summary>Redeemed, less what was given back.</summary>
    public long Redeemed { get; set; }

    /// <summary>Ended unused.</summary>
    public long Expired { get; set; }

    /// <summary>Made void.</summary>
    public long Voided { get; set; }

    Guid IBucket<CouponStock>.Owner => TemplateId;

    static string IBucket<CouponStock>.OwnerColumn => "template_id";

    static string IBucket<CouponStock>.OwnerProperty => nameof(TemplateId);

    static CouponStock IBucket<CouponStock>.New(Guid tenant, Guid owner, int bucket) =>
        new()
        {
            TenantId = tenant,
            TemplateId = owner,
            Bucket = bucket,
        };

    internal sealed class Configuration : IEntityTypeConfiguration<CouponStock>
    {
        public void Configure(EntityTypeBuilder<CouponStock> builder)
        {
            builder.ToTable("coupon_stock").ChangesOften();
            builder.HasKey(s => new
            {
                s.TenantId,
                s.TemplateId,
                s.Bucket,
            });
        }
    }
}

/// <summary>
/// What one member got from one template and was not made void: the row that every giving out to this member changes, so that limits hold whoever asks at
/// once. The periods are those of the last one given out.
/// </summary>
public sealed class CouponCount : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public Guid TemplateId { get; init; }
    public long Total { get; set; }

    /// <summary>The local day (yyyyMMdd), the Monday of the local week, and the local month (yyyyMM) that the next three count.</summary>
    public int Day { get; set; }
    public int Week { get; set; }
    public int Month { get; set; }
    public long InDay { get; set; }
    public long InWeek { get; set; }
    public long InMonth { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<CouponCount>
    {
        public void Configure(EntityTypeBuilder<CouponCount> builder)
        {
            builder.ToTable("coupon_counts").ChangesOften();
            builder.HasKey(c => new
            {
                c.TenantId,
                c.MemberId,
                c.TemplateId,
            });
        }
    }
}
