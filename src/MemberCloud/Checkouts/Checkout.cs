using MemberCloud.Data;
using MemberCloud.Orders;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Checkouts;

/// <summary>open -> committed | cancelled | expired: exactly one of them.</summary>
public enum CheckoutState
{
    /// <summary>What it uses is set aside.</summary>
    Open,

    /// <summary>It is an order.</summary>
    Committed,

    /// <summary>Called off: what it used is free again.</summary>
    Cancelled,

    /// <summary>Its time ran out: what it used is free again.</summary>
    Expired,
}

/// <summary>A quote that has set aside what it uses, until it is committed or runs out.</summary>
public sealed class Checkout : ITenantOwned, IAboutMember
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid MemberId { get; init; }
    public CheckoutState State { get; set; }
    public DateTime CreatedAt { get; init; }

    /// <summary>The first instant at which it no longer holds.</summary>
    public DateTime ExpiresAt { get; init; }

    /// <summary>When it was committed, cancelled, or ran out.</summary>
    public DateTime? EndedAt { get; set; }

    /// <summary>The number of the order it became.</summary>
    public string? OrderNo { get; set; }

    /// <summary>JSON of what was asked (<see cref="CheckoutRequest"/>), for a fresh quote; of what was decided (<see cref="FrozenCart"/>); and of the quote as it was said.</summary>
    public required string Asked { get; init; }
    public required string Cart { get; init; }
    public required string Quote { get; init; }

    /// <summary>Counts its changes: of two that meet one is first.</summary>
    public long Version { get; set; }

    /// <summary>Honest: by the time, whether or not a job has written that.</summary>
    public CheckoutState StateAt(DateTime now) => State == CheckoutState.Open && ExpiresAt <= now ? CheckoutState.Expired : State;

    internal sealed class Configuration : IEntityTypeConfiguration<Checkout>
    {
        public void Configure(EntityTypeBuilder<Checkout> builder)
        {
            builder.ToTable("checkouts");
            builder.HasKey(c => new { c.TenantId, c.Id });
            // The job: what runs out next in this brand.
            builder
                .HasIndex(c => new { c.TenantId, c.ExpiresAt })
                .HasFilter("state = 'open'")
                .HasDatabaseName("ix_checkouts_due");
            // A member's: what an erasure, a merge and an export look for.
            builder
                .HasIndex(c => new
                {
                    c.TenantId,
                    c.MemberId,
                    c.Id,
                })
                .HasDatabaseName("ix_checkouts_member");
            builder.Property(c => c.OrderNo).HasMaxLength(Order.NumberLength);
        }
    }
}
