using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Billing;

/// <summary>Money that the brand took itself and reported. It pays the invoice that is open, or waits for the next.</summary>
public sealed class Payment : ITenantOwned
{
    /// <summary>The gateway that is none: the brand collects and reports.</summary>
    public const string Offline = "offline";
    public const int ReferenceLength = 100;

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid MembershipId { get; init; }
    public Guid MemberId { get; init; }
    public required string Gateway { get; init; }

    /// <summary>The brand's own number of the payment: reported once.</summary>
    public required string Reference { get; init; }

    /// <summary>Minor units, above 0.</summary>
    public long Amount { get; init; }
    public DateTime PaidAt { get; init; }

    /// <summary>What it paid; null while it waits.</summary>
    public Guid? InvoiceId { get; set; }

    /// <summary>Of its amount what the brand gives back; all of it where the membership ended before it was used.</summary>
    public long Refunded { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Payment>
    {
        public void Configure(EntityTypeBuilder<Payment> builder)
        {
            builder.ToTable("payments");
            builder.HasKey(p => new { p.TenantId, p.Id });
            builder
                .HasIndex(p => new
                {
                    p.TenantId,
                    p.Gateway,
                    p.Reference,
                })
                .IsUnique()
                .HasDatabaseName("ux_payments_reference");
            builder.HasIndex(p => new { p.TenantId, p.MembershipId }).HasDatabaseName("ix_payments_membership");
            builder.Property(p => p.Gateway).HasMaxLength(20);
            builder.Property(p => p.Reference).HasMaxLength(ReferenceLength);
        }
    }
}
