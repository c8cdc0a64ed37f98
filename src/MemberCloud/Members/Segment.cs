using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Members;

/// <summary>A filter of members that a brand keeps under a name. Whom it matches is looked up whenever it is asked for.</summary>
public sealed class Segment : ITenantOwned, IVersioned
{
    public const int NameLength = 100;

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public required string Name { get; set; }

    /// <summary>JSON of <see cref="SegmentFilter"/>.</summary>
    public required string Filter { get; set; }
    public DateTime CreatedAt { get; init; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Segment>
    {
        public void Configure(EntityTypeBuilder<Segment> builder)
        {
            builder.ToTable("segments");
            builder.HasKey(s => new { s.TenantId, s.Id });
            builder.HasIndex(s => new { s.TenantId, s.Name }).IsUnique().HasDatabaseName("ux_segments_name");
            builder.Property(s => s.Name).HasMaxLength(NameLength);
        }
    }
}

/// <summary>
/// One attribute of a member, so that members are found by it: a copy of what stands in <see cref="Member.Attributes"/>, written in the same transaction.
/// </summary>
public sealed class MemberAttributeValue : ITenantOwned, IAboutMember
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public required string Name { get; init; }

    /// <summary>As <see cref="AttributeRules.KeyOf(System.Text.Json.JsonElement)"/> writes it.</summary>
    public required string Value { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<MemberAttributeValue>
    {
        public void Configure(EntityTypeBuilder<MemberAttributeValue> builder)
        {
            builder.ToTable("member_attribute_values");
            // Asked of one member: whether it has the value.
            builder.HasKey(v => new
            {
                v.TenantId,
                v.MemberId,
                v.Name,
            });
            // Asked of all: which members have the value, or one in a range.
            builder
                .HasIndex(v => new
                {
                    v.TenantId,
                    v.Name,
                    v.Value,
                    v.MemberId,
                })
                .HasDatabaseName("ix_member_attribute_values_value");
            builder.HasOne<Member>().WithMany().HasForeignKey(v => new { v.TenantId, v.MemberId });
            builder.Property(v => v.Name).HasMaxLength(40);
            builder.Property(v => v.Value).HasMaxLength(MemberRules.AttributeTextLength);
        }
    }
}
