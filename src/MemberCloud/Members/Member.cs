using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Members;

/// <summary>A person in one brand, known by our id and by the brand's.</summary>
public sealed class Member : ITenantOwned, IVersioned, IAboutMember
{
    public const int ExternalIdLength = 100;

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public required string ExternalId { get; init; }
    public string? Name { get; set; }

    /// <summary>E.164, encrypted under the tenant's key; found by its blind index.</summary>
    public byte[]? PhoneSealed { get; set; }
    public byte[]? PhoneIndex { get; set; }
    public byte[]? EmailSealed { get; set; }
    public byte[]? EmailIndex { get; set; }

    /// <summary>yyyy-MM-dd.</summary>
    public string? Birthday { get; set; }

    /// <summary>Month * 100 + day of the birthday, so that the day's birthdays are found by an index.</summary>
    public int? BirthKey { get; set; }

    /// <summary>Where the member joined.</summary>
    public string? Channel { get; set; }

    /// <summary>JSON object of brand-defined attributes.</summary>
    public required string Attributes { get; set; }

    /// <summary>When the member joined, by the tenant's clock; earlier facts move it back.</summary>
    public DateTime JoinedAt { get; set; }
    public DateTime CreatedAt { get; init; }

    /// <summary>Since when nothing personal is left; nothing is written about the member from then on. By the tenant's clock.</summary>
    public DateTime? ErasedAt { get; set; }

    /// <summary>The member who turned out to be the same person: everything said of this one is about that one since.</summary>
    public Guid? MergedInto { get; set; }
    public long Version { get; set; }
    Guid IAboutMember.MemberId => Id;

    internal sealed class Configuration : IEntityTypeConfiguration<Member>
    {
        public void Configure(EntityTypeBuilder<Member> builder)
        {
            builder.ToTable("members");
            builder.HasKey(m => new { m.TenantId, m.Id });
            builder.HasIndex(m => new { m.TenantId, m.ExternalId }).IsUnique().HasDatabaseName("ux_members_external_id");
            builder.HasIndex(m => new { m.TenantId, m.PhoneIndex });
            builder.HasIndex(m => new { m.TenantId, m.EmailIndex });
            builder.HasIndex(m => new { m.TenantId, m.BirthKey });
            builder
                .HasIndex(m => new { m.TenantId, m.MergedInto })
                .HasFilter("merged_into IS NOT NULL")
                .HasDatabaseName("ix_members_merged_into");
            builder.Property(m => m.ExternalId).HasMaxLength(ExternalIdLength);
            builder.Property(m => m.Name).HasMaxLength(100);
            builder.Property(m => m.PhoneSealed).HasMaxLength(80);
            builder.Property(m => m.PhoneIndex).HasMaxLength(32);
            builder.Property(m => m.EmailSealed).HasMaxLength(300);
            builder.Property(m => m.EmailIndex).HasMaxLength(32);
            builder.Property(m => m.Birthday).HasMaxLength(10);
            builder.Property(m => m.Channel).HasMaxLength(40);
        }
    }
}

/// <summary>A word the brand files a member under.</summary>
public sealed class MemberTag : ITenantOwned, IAboutMember
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public required string Tag { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<MemberTag>
    {
        public void Configure(EntityTypeBuilder<MemberTag> builder)
        {
            builder.ToTable("member_tags");
            builder.HasKey(t => new
            {
                t.TenantId,
                t.MemberId,
                t.Tag,
            });
            builder.HasIndex(t => new
            {
                t.TenantId,
                t.Tag,
                t.MemberId,
            });
            builder.HasOne<Member>().WithMany().HasForeignKey(t => new { t.TenantId, t.MemberId });
            builder.Property(t => t.Tag).HasMaxLength(MemberRules.TagLength);
        }
    }
}

/// <summary>Who a member is in a channel (taobao, jd, wechat, a store's till): each (channel, subject) belongs to one member.</summary>
public sealed class MemberIdentity : ITenantOwned, IAboutMember
{
    public Guid TenantId { get; init; }
    public required string Channel { get; init; }
    public required string Subject { get; init; }
    public Guid MemberId { get; init; }
    public DateTime BoundAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<MemberIdentity>
    {
        public void Configure(EntityTypeBuilder<MemberIdentity> builder)
        {
            builder.ToTable("member_identities");
            builder.HasKey(i => new
            {
                i.TenantId,
                i.Channel,
                i.Subject,
            });
            builder.HasIndex(i => new { i.TenantId, i.MemberId });
            builder.HasOne<Member>().WithMany().HasForeignKey(i => new { i.TenantId, i.MemberId });
            builder.Property(i => i.Channel).HasMaxLength(40);
            builder.Property(i => i.Subject).HasMaxLength(200);
        }
    }
}

/// <summary>What an attribute holds.</summary>
public enum AttributeType
{
    /// <summary>Up to 500 characters.</summary>
    Text,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>yyyy-MM-dd.</summary>
    Date,
}

/// <summary>An attribute that a brand keeps of its members.</summary>
public sealed class AttributeDefinition : ITenantOwned
{
    public Guid TenantId { get; init; }
    public required string Name { get; init; }
    public AttributeType Type { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<AttributeDefinition>
    {
        public void Configure(EntityTypeBuilder<AttributeDefinition> builder)
        {
            builder.ToTable("member_attributes");
            builder.HasKey(a => new { a.TenantId, a.Name });
            builder.Property(a => a.Name).HasMaxLength(40);
        }
    }
}
