using System.Globalization;
using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Billing;

/// <summary>What an invoice is for.</summary>
public enum InvoiceKind
{
    /// <summary>The first paid term.</summary>
    First,

    /// <summary>The term after one that ended.</summary>
    Renewal,

    /// <summary>A further term, bought before the one under way is over.</summary>
    Extension,

    /// <summary>A change to another plan within a term.</summary>
    Change,

    /// <summary>A credit note: money that is given back.</summary>
    Credit,
}

/// <summary>How an invoice stands.</summary>
public enum InvoiceState
{
    /// <summary>To be paid; of a credit note: to be paid back.</summary>
    Open,

    /// <summary>Paid; of a credit note: paid back.</summary>
    Paid,

    /// <summary>Nobody owes it any more. It keeps its number.</summary>
    Void,
}

/// <summary>What one line of an invoice is.</summary>
public enum InvoiceLineKind
{
    /// <summary>A whole term.</summary>
    Term,

    /// <summary>A part of a term, by whole days.</summary>
    Proration,

    /// <summary>What was paid for days that another plan takes over.</summary>
    Credit,

    /// <summary>What is given back.</summary>
    Refund,
}

/// <summary>One line of an invoice.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="PlanId">Which plan, as shown outside.</param>
/// <param name="Description">The plan's name then.</param>
/// <param name="Amount">Minor units; credits are below 0.</param>
/// <param name="From">The first instant it is about; null where that is not known before it is paid.</param>
/// <param name="Until">The first instant it is not about any more.</param>
public sealed record InvoiceLine(
    InvoiceLineKind Kind,
    string PlanId,
    string Description,
    long Amount,
    DateTime? From = null,
    DateTime? Until = null
);

/// <summary>An invoice or a credit note. What it says never changes; how it stands does. Numbers of a series have no gaps.</summary>
public sealed class Invoice : ITenantOwned
{
    /// <summary>Of what is to be paid.</summary>
    public const string Sales = "INV";

    /// <summary>Of what is given back.</summary>
    public const string Credits = "CRN";

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid MemberId { get; init; }
    public Guid MembershipId { get; init; }

    /// <summary>1, 2, 3 ... of its membership.</summary>
    public int Seq { get; init; }
    public required string Series { get; init; }

    /// <summary>1, 2, 3 ... in its series.</summary>
    public long Number { get; set; }
    public InvoiceKind Kind { get; init; }
    public InvoiceState State { get; set; }
    public Guid PlanId { get; init; }
    public int PlanVersion { get; init; }

    /// <summary>JSON of <see cref="InvoiceLine"/>s.</summary>
    public required string Lines { get; init; }

    /// <summary>Minor units, 0 or more.</summary>
    public long Total { get; init; }

    /// <summary>Which term of the membership it pays, 1 for the first; null where it pays none.</summary>
    public int? Term { get; init; }

    /// <summary>What the time it covers costs and was not credited or given back since, minor units.</summary>
    public long Worth { get; set; }

    /// <summary>The time it pays for, once paid. A pause moves it.</summary>
    public DateTime? CoversFrom { get; set; }
    public DateTime? CoversUntil { get; set; }

    /// <summary>Who asked for it with which Idempotency-Key, as a fingerprint: the same request again finds it.</summary>
    public Guid? RequestId { get; set; }

    /// <summary>Fingerprint of what was asked.</summary>
    public byte[]? RequestHash { get; set; }
    public DateTime IssuedAt { get; init; }

    /// <summary>When it was paid or voided.</summary>
    public DateTime? ClosedAt { get; set; }

    /// <summary>As it is printed: INV-000001.</summary>
    public string Printed => $"{Series}-{Number.ToString("000000", CultureInfo.InvariantCulture)}";

    internal sealed class Configuration : IEntityTypeConfiguration<Invoice>
    {
        public void Configure(EntityTypeBuilder<Invoice> builder)
        {
            builder.ToTable("invoices");
            builder.Ignore(i => i.Printed);
            builder.HasKey(i => new { i.TenantId, i.Id });
            builder
                .HasIndex(i => new
                {
                    i.TenantId,
                    i.Series,
                    i.Number,
                })
                .IsUnique()
                .HasDatabaseName("ux_invoices_number");
            // What a membership was billed: of two who bill it at once one is first.
            builder
                .HasIndex(i => new
                {
                    i.TenantId,
                    i.MembershipId,
                    i.Seq,
                })
                .IsUnique()
                .HasDatabaseName("ux_invoices_membership");
            builder
                .HasIndex(i => new { i.TenantId, i.RequestId })
                .IsUnique()
                .HasFilter("request_id IS NOT NULL")
                .HasDatabaseName("ux_invoices_request");
            // A member's list, newest first.
            builder
                .HasIndex(i => new
                {
                    i.TenantId,
                    i.MemberId,
                    i.Id,
                })
                .HasDatabaseName("ix_invoices_member");
            builder.Property(i => i.Series).HasMaxLength(3);
            builder.Property(i => i.RequestHash).HasMaxLength(32);
        }
    }
}

/// <summary>The next number of a series. Taken in the transaction that issues the invoice: undone with it, so that none is missing.</summary>
public sealed class InvoiceSeries : ITenantOwned
{
    public Guid TenantId { get; init; }
    public required string Series { get; init; }
    public long Next { get; set; }

    /// <summary>As it was loaded, not stored.</summary>
    public long LoadedNext { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<InvoiceSeries>
    {
        public void Configure(EntityTypeBuilder<InvoiceSeries> builder)
        {
            builder.ToTable("invoice_series");
            builder.Ignore(s => s.LoadedNext);
            builder.ChangesOften().HasKey(s => new { s.TenantId, s.Series });
            builder.Property(s => s.Series).HasMaxLength(3);
        }
    }
}
