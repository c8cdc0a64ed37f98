using System.Security.Cryptography;
using System.Text;
using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Tenancy;

/// <summary>Who did what, and what it changed. Never altered: each line's seal holds the one before, and <c>ledger.verify</c> checks the chain.</summary>
public sealed class AuditEntry : ITenantOwned
{
    public const int OperationLength = 60;
    public const int SubjectLength = 100;

    public Guid TenantId { get; init; }

    /// <summary>1, 2, 3 ... within the tenant, without gaps.</summary>
    public long Seq { get; init; }
    public Guid Id { get; init; }
    public CallerKind ActorKind { get; init; }

    /// <summary>The member of staff, else the credential.</summary>
    public Guid ActorId { get; init; }
    public required string Operation { get; init; }

    /// <summary>What it was done to: an id as it is shown outside.</summary>
    public string? Subject { get; init; }

    /// <summary>Whose personal fields the details may hold: they are sealed under that member's own key.</summary>
    public Guid? MemberId { get; init; }

    /// <summary>JSON of <see cref="AuditDetails"/>, sealed.</summary>
    public required byte[] Details { get; init; }

    /// <summary>By the wall clock.</summary>
    public DateTime WrittenAt { get; init; }

    /// <summary>By the tenant's clock.</summary>
    public DateTime OccurredAt { get; init; }
    public required byte[] Hash { get; set; }

    /// <summary>The seal this line must have after the given one. JSON keeps the fields apart.</summary>
    public byte[] Seal(byte[] key, byte[] previous) =>
        HMACSHA256.HashData(
            key,
            Encoding.UTF8.GetBytes(
                Json.Write<object?[]>([
                    Convert.ToHexString(previous),
                    TenantId,
                    Seq,
                    Id,
                    Words<CallerKind>.Of(ActorKind),
                    ActorId,
                    Operation,
                    Subject,
                    MemberId,
                    Convert.ToHexString(Details),
                    WrittenAt.Ticks,
                    OccurredAt.Ticks,
                ])
            )
        );

    internal sealed class Configuration : IEntityTypeConfiguration<AuditEntry>
    {
        public void Configure(EntityTypeBuilder<AuditEntry> builder)
        {
            builder.ToTable("audit_entries");
            builder.IsAppendOnly().HasKey(e => new { e.TenantId, e.Seq });
            builder.HasIndex(e => new
            {
                e.TenantId,
                e.ActorId,
                e.Seq,
            });
            builder.Property(e => e.Operation).HasMaxLength(OperationLength);
            builder.Property(e => e.Subject).HasMaxLength(SubjectLength);
            builder.Property(e => e.Hash).HasMaxLength(32);
        }
    }
}

/// <summary>What an audited act changed, and why.</summary>
public sealed record AuditDetails(IReadOnlyList<RowChange> Changes, string? Reason = null);

/// <summary>The last line of a tenant's audit log: its number and its seal.</summary>
public sealed class AuditHead : ITenantOwned
{
    public Guid TenantId { get; init; }
    public long Seq { get; set; }
    public required byte[] Hash { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<AuditHead>
    {
        public void Configure(EntityTypeBuilder<AuditHead> builder)
        {
            builder.ToTable("audit_heads");
            builder.HasKey(h => h.TenantId);
            builder.Property(h => h.Hash).HasMaxLength(32);
        }
    }
}
