using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Billing;

/// <summary>How an attempt stands.</summary>
public enum AttemptState
{
    /// <summary>Stored, and so perhaps begun: what became of it is asked, never assumed.</summary>
    Open,

    /// <summary>The member has to act before it goes on.</summary>
    NeedsAction,

    /// <summary>The money was taken, or given back.</summary>
    Succeeded,

    /// <summary>Nothing was taken and nothing will be.</summary>
    Failed,
}

/// <summary>
/// One attempt to take money for an invoice, or to give it back. Its row, with the gateway's idempotency key, is stored before the gateway is called; while one of an invoice has
/// no end no second one starts.
/// </summary>
public sealed class PaymentAttempt : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>Also the gateway's idempotency key.</summary>
    public Guid Id { get; init; }
    public Guid InvoiceId { get; init; }
    public Guid MembershipId { get; init; }
    public Guid MemberId { get; init; }

    /// <summary>Of a refund the attempt that took the money; null for a charge.</summary>
    public Guid? RefundOf { get; init; }
    public required string Gateway { get; init; }

    /// <summary>The gateway's id of the saved payment method; of a refund that of the payment.</summary>
    public required string Method { get; init; }

    /// <summary>The gateway's id of the member, where it has one.</summary>
    public string? Customer { get; init; }

    /// <summary>Minor units, above 0.</summary>
    public long Amount { get; init; }
    public AttemptState State { get; set; }

    /// <summary>Of its amount what was given back, or is being given back.</summary>
    public long Refunded { get; set; }

    /// <summary>The gateway's id of the payment, once it gave one.</summary>
    public string? Reference { get; set; }

    /// <summary>Why it failed, in the gateway's words.</summary>
    public string? Code { get; set; }

    /// <summary>What the member has to do, sealed under the tenant's key.</summary>
    public byte[]? ActionSealed { get; set; }
    public DateTime StartedAt { get; init; }

    /// <summary>By the wall clock: gateways keep keys for a day.</summary>
    public DateTime WallStartedAt { get; init; }

    /// <summary>How often it was asked for.</summary>
    public int Looks { get; set; }

    /// <summary>When it is asked for next; null once it has ended.</summary>
    public DateTime? DueAt { get; set; }

    /// <summary>Somebody is at the gateway with it until then, by the wall clock.</summary>
    public DateTime? LeaseUntil { get; set; }
    public DateTime? EndedAt { get; set; }

    public bool IsOpen => State is AttemptState.Open or AttemptState.NeedsAction;

    internal sealed class Configuration : IEntityTypeConfiguration<PaymentAttempt>
    {
        public void Configure(EntityTypeBuilder<PaymentAttempt> builder)
        {
            builder.ToTable("payment_attempts");
            builder.Ignore(a => a.IsOpen);
            builder.HasKey(a => new { a.TenantId, a.Id });
            builder
                .HasIndex(a => new { a.TenantId, a.InvoiceId })
                .IsUnique()
                .HasFilter("state IN ('open', 'needs_action') AND refund_of IS NULL")
                .HasDatabaseName("ux_payment_attempts_open");
            builder.HasIndex(a => new { a.TenantId, a.MembershipId }).HasDatabaseName("ix_payment_attempts_membership");
            // What an event of the gateway is about.
            builder
                .HasIndex(a => new
                {
                    a.TenantId,
                    a.Gateway,
                    a.Reference,
                })
                .HasDatabaseName("ix_payment_attempts_reference");
            builder
                .HasIndex(a => new { a.TenantId, a.DueAt })
                .HasFilter("due_at IS NOT NULL")
                .HasDatabaseName("ix_payment_attempts_due");
            builder.Property(a => a.Gateway).HasMaxLength(20);
            builder.Property(a => a.Method).HasMaxLength(255);
            builder.Property(a => a.Customer).HasMaxLength(255);
            builder.Property(a => a.Reference).HasMaxLength(255);
            builder.Property(a => a.Code).HasMaxLength(60);
            builder.Property(a => a.ActionSealed).HasMaxLength(4000);
        }
    }
}
