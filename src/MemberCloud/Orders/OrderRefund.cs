using MemberCloud.Data;
using MemberCloud.Points;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Orders;

/// <summary>A part of an order, or all of it, given back. Its number makes it happen once.</summary>
public sealed class OrderRefund : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid OrderId { get; init; }

    /// <summary>The brand's number, unique within the order.</summary>
    public required string RefundNo { get; init; }

    /// <summary>SHA-256 over what was asked: the same number with other contents is refused.</summary>
    public required byte[] Content { get; init; }

    /// <summary>JSON of <see cref="RefundAnswer"/>.</summary>
    public required string Answer { get; init; }
    public DateTime RefundedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<OrderRefund>
    {
        public void Configure(EntityTypeBuilder<OrderRefund> builder)
        {
            builder.ToTable("order_refunds");
            builder
                .IsAppendOnly()
                .HasKey(r => new
                {
                    r.TenantId,
                    r.OrderId,
                    r.RefundNo,
                });
            builder.Property(r => r.RefundNo).HasMaxLength(Order.NumberLength);
            builder.Property(r => r.Content).HasMaxLength(32);
        }
    }
}

/// <summary>Points an order was paid with, frozen: out of which lots, and how many went back since.</summary>
public sealed class OrderPoints : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid OrderId { get; init; }
    public required string Currency { get; init; }
    public long Amount { get; init; }
    public long Restored { get; set; }

    /// <summary>What the points were worth, minor units; null when the brand did not say.</summary>
    public long? Worth { get; init; }

    /// <summary>The text of a <see cref="LotParts"/>.</summary>
    public required string Taken { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<OrderPoints>
    {
        public void Configure(EntityTypeBuilder<OrderPoints> builder)
        {
            builder.ToTable("order_points");
            builder.HasKey(p => new { p.TenantId, p.OrderId });
            builder.Property(p => p.Currency).HasMaxLength(Currencies.CodeLength);
        }
    }
}
