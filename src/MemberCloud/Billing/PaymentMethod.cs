using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Billing;

/// <summary>How a member pays through a gateway: what the gateway calls it, never a card's number.</summary>
public sealed class PaymentMethod : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid MemberId { get; init; }

    /// <summary>Whose it was before that member was merged into this one.</summary>
    public Guid? BroughtFrom { get; init; }
    public required string Gateway { get; init; }

    /// <summary>The gateway's id of it.</summary>
    public required string Reference { get; init; }

    /// <summary>The gateway's id of the member, where it has one.</summary>
    public string? Customer { get; init; }
    public DateTime AddedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<PaymentMethod>
    {
        public void Configure(EntityTypeBuilder<PaymentMethod> builder)
        {
            builder.ToTable("payment_methods");
            builder.HasKey(m => new { m.TenantId, m.Id });
            builder
                .HasIndex(m => new
                {
                    m.TenantId,
                    m.MemberId,
                    m.Gateway,
                    m.Reference,
                })
                .IsUnique()
                .HasDatabaseName("ux_payment_methods_reference");
            builder.Property(m => m.Gateway).HasMaxLength(20);
            builder.Property(m => m.Reference).HasMaxLength(255);
            builder.Property(m => m.Customer).HasMaxLength(255);
        }
    }
}
