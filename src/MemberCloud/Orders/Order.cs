using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Points;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Orders;

/// <summary>How far an order has come.</summary>
public enum OrderState
{
    /// <summary>Ordered, not paid.</summary>
    Placed,

    /// <summary>Paid, not completed.</summary>
    Paid,

    /// <summary>Delivered or handed over; what it earned settles from here.</summary>
    Completed,

    /// <summary>Called off before completion; what it earned is gone.</summary>
    Cancelled,

    /// <summary>Some pieces were given back. It may still be completed.</summary>
    PartlyRefunded,

    /// <summary>Every piece was given back.</summary>
    Refunded,
}

/// <summary>What a brand sold.</summary>
public sealed class Order : ITenantOwned
{
    public const int NumberLength = 100;

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public required string OrderNo { get; init; }
    public Guid MemberId { get; init; }
    public OrderState State { get; set; }
    public DateTime OccurredAt { get; init; }
    public DateTime? PaidAt { get; set; }
    public DateTime? CompletedAt { get; set; }
    public DateTime? CancelledAt { get; set; }
    public required string Currency { get; init; }

    /// <summary>Sum of the lines' net, minor units; shipping is beside it.</summary>
    public long Total { get; init; }
    public long Shipping { get; init; }

    /// <summary>Given back of the lines' net and of the shipping so far, minor units.</summary>
    public long Refunded { get; set; }
    public long ShippingRefunded { get; set; }
    public string? Channel { get; init; }
    public string? Store { get; init; }

    /// <summary>SHA-256 over what may not differ when the order is reported again.</summary>
    public required byte[] Content { get; init; }

    /// <summary>The checkout it was made by, which keeps the quote and the versions it was made with; null = reported.</summary>
    public Guid? CheckoutId { get; init; }

    /// <summary>What the member's paid plans saved on it by its quote, minor units; 0 where it was reported.</summary>
    public long PlansSaved { get; init; }
    public DateTime CreatedAt { get; init; }

    /// <summary>Rises with every change; the guard of a change.</summary>
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Order>
    {
        public void Configure(EntityTypeBuilder<Order> builder)
        {
            builder.ToTable("orders");
            builder.HasKey(o => new { o.TenantId, o.Id });
            builder.HasIndex(o => new { o.TenantId, o.OrderNo }).IsUnique().HasDatabaseName("ux_orders_order_no");
            builder
                .HasIndex(o => new
                {
                    o.TenantId,
                    o.MemberId,
                    o.OccurredAt,
                })
                .HasDatabaseName("ix_orders_member");
            builder.HasOne<Member>().WithMany().HasForeignKey(o => new { o.TenantId, o.MemberId });
            builder.Property(o => o.OrderNo).HasMaxLength(NumberLength);
            builder.Property(o => o.Currency).HasMaxLength(3);
            builder.Property(o => o.Channel).HasMaxLength(100);
            builder.Property(o => o.Store).HasMaxLength(100);
            builder.Property(o => o.Content).HasMaxLength(32);
        }
    }
}

/// <summary>One line of an order.</summary>
public sealed class OrderLine : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid OrderId { get; init; }
    public int LineNo { get; init; }
    public required string LineId { get; init; }
    public required string Sku { get; init; }
    public string? Category { get; init; }
    public long Quantity { get; init; }

    /// <summary>The line's total, minor units.</summary>
    public long Net { get; init; }

    /// <summary>Its part of the points the order was paid with.</summary>
    public long Points { get; init; }

    /// <summary>Pieces given back so far.</summary>
    public long RefundedQuantity { get; set; }

    /// <summary>The price list that made its price, and which version; null = list price, or a reported order.</summary>
    public Guid? PriceListId { get; init; }
    public int? PriceListVersion { get; init; }

    /// <summary>Pieces that count for the price list's purchase limit, and since when: their day, week and month.</summary>
    public long Limited { get; init; }
    public DateTime? LimitedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<OrderLine>
    {
        public void Configure(EntityTypeBuilder<OrderLine> builder)
        {
            builder.ToTable("order_lines");
            builder.HasKey(l => new
            {
                l.TenantId,
                l.OrderId,
                l.LineNo,
            });
            builder.Property(l => l.LineId).HasMaxLength(100);
            builder.Property(l => l.Sku).HasMaxLength(100);
            builder.Property(l => l.Category).HasMaxLength(100);
        }
    }
}

/// <summary>What an order earned, frozen: which lot, by which version of which rule, on which lines.</summary>
public sealed class OrderEarning : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid OrderId { get; init; }
    public Guid LotId { get; init; }
    public Guid MemberId { get; init; }
    public required string Currency { get; init; }
    public long Amount { get; init; }
    public Guid RuleId { get; init; }
    public int RuleVersion { get; init; }

    /// <summary>Days from completion to settling; null = only explicitly.</summary>
    public int? SettleDays { get; init; }

    /// <summary>Net of the eligible lines, minor units, less what was refunded of them before they earned.</summary>
    public long Net { get; init; }

    /// <summary>Money and pieces of the eligible lines that were refunded before they earned.</summary>
    public long NetBefore { get; init; }
    public long PiecesBefore { get; init; }

    /// <summary>What was taken back so far, or given up by policy.</summary>
    public long Reversed { get; set; }

    /// <summary>Numbers of the eligible lines, comma-separated; null = all.</summary>
    public string? Lines { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<OrderEarning>
    {
        public void Configure(EntityTypeBuilder<OrderEarning> builder)
        {
            builder.ToTable("order_earnings");
            builder.HasKey(e => new
            {
                e.TenantId,
                e.OrderId,
                e.LotId,
            });
            builder.Property(e => e.Currency).HasMaxLength(Currencies.CodeLength);
        }
    }
}
