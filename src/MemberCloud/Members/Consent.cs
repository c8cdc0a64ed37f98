using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Members;

/// <summary>A member agreed to something, or took it back: to which text, when, and what proves it. Only ever added; the latest of a purpose counts.</summary>
public sealed class Consent : ITenantOwned, IAboutMember
{
    public const int PurposeLength = 40;
    public const int TextVersionLength = 60;
    public const int ChannelLength = 40;
    public const int ProofLength = 2_000;

    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public Guid Id { get; init; }
    public required string Purpose { get; init; }
    public required string TextVersion { get; init; }
    public bool Granted { get; init; }

    /// <summary>When the member said so, by the fact's own time.</summary>
    public DateTime At { get; init; }
    public string? Channel { get; init; }

    /// <summary>Under the member's own key: an address, a signature, a screen.</summary>
    public byte[]? ProofSealed { get; init; }
    public DateTime RecordedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Consent>
    {
        public void Configure(EntityTypeBuilder<Consent> builder)
        {
            builder.ToTable("member_consents");
            builder
                .IsAppendOnly()
                .HasKey(c => new
                {
                    c.TenantId,
                    c.MemberId,
                    c.Id,
                });
            builder.HasOne<Member>().WithMany().HasForeignKey(c => new { c.TenantId, c.MemberId });
            builder.Property(c => c.Purpose).HasMaxLength(PurposeLength);
            builder.Property(c => c.TextVersion).HasMaxLength(TextVersionLength);
            builder.Property(c => c.Channel).HasMaxLength(ChannelLength);
        }
    }
}
