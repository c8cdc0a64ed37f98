using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Points;

public enum EntryKind // sealed by its number: what is new comes last
{
    Earn,
    Settle,
    Hold,
    Release,
    Capture,
    Spend,
    Expire,
    Clawback,
    Restore,
    Adjust,
    TransferOut,
    TransferIn,

    /// <summary>Debt is given up.</summary>
    WriteOff,
}

/// <summary>
/// One line of the ledger: what moved between a member's buckets, and what stood there after. Never changed, never removed; each is sealed with the one
/// before it, so that a line altered behind the ledger's back is found.
/// </summary>
public sealed class PointsEntry : ITenantOwned
{
    public const int ReferenceTypeLength = 40;
    public const int ReferenceIdLength = 200;
    public const int ReasonLength = 200;

    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public required string Currency { get; init; }

    /// <summary>1, 2, 3 ... within the account.</summary>
    public long Seq { get; init; }
    public Guid Id { get; init; }
    public EntryKind Kind { get; init; }
    public long DeltaAvailable { get; init; }
    public long DeltaPending { get; init; }
    public long DeltaHeld { get; init; }
    public long DeltaDebt { get; init; }
    public long AvailableAfter { get; init; }
    public long PendingAfter { get; init; }
    public long HeldAfter { get; init; }
    public long DebtAfter { get; init; }
    public required string ReferenceType { get; init; }
    public required string ReferenceId { get; init; }
    public string? Reason { get; init; }

    /// <summary>The earning rule that decided, and its version then.</summary>
    public Guid? RuleId { get; init; }
    public int? RuleVersion { get; init; }

    /// <summary>When it happened, by the fact's own time; for what fell due, its due instant.</summary>
    public DateTime OccurredAt { get; init; }

    /// <summary>When it was written, by the tenant's clock.</summary>
    public DateTime RecordedAt { get; init; }

    /// <summary>HMAC-SHA256 over the hash before and everything above, under the tenant's ledger key.</summary>
    public byte[] Hash { get; set; } = [];

    /// <summary>The seal this line must have after the given one.</summary>
    public byte[] Seal(byte[] key, ReadOnlySpan<byte> previous)
    {
        Span<byte> buffer = stackalloc byte[1600];
        var writer = new SealWriter(buffer);
        writer.Bytes(previous);
        writer.Id(TenantId);
        writer.Id(MemberId);
        writer.Text(Currency);
        writer.Number(Seq);
        writer.Id(Id);
        writer.Number((long)Kind);
        foreach (
            var amount in (ReadOnlySpan<long>)
                [DeltaAvailable, DeltaPending, DeltaHeld, DeltaDebt, AvailableAfter, PendingAfter, HeldAfter, DebtAfter]
        )
            writer.Number(amount);
        writer.Text(ReferenceType);
        writer.Text(ReferenceId);
        writer.Text(Reason ?? "\0");
        writer.Id(RuleId ?? Guid.Empty);
        writer.Number(RuleVersion ?? 0);
        writer.Number(OccurredAt.Ticks);
        writer.Number(RecordedAt.Ticks);
        return HMACSHA256.HashData(key, writer.Written);
    }

    /// <summary>Fixed-width numbers and length-prefixed texts: two different lines never have the same bytes.</summary>
    private ref struct SealWriter(Span<byte> buffer)
    {
        private readonly Span<byte> buffer = buffer;
        private int length;

        public readonly ReadOnlySpan<byte> Written => buffer[..length];

        public void Number(long value)
        {
            BinaryPrimitives.WriteInt64BigEndian(buffer[length..], value);
            length += sizeof(long);
        }

        public void Id(Guid id)
        {
            id.TryWriteBytes(buffer[length..], bigEndian: true, out var written);
            length += written;
        }

        public void Bytes(ReadOnlySpan<byte> bytes)
        {
            Number(bytes.Length);
            bytes.CopyTo(buffer[length..]);
            length += bytes.Length;
        }

        public void Text(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text, buffer[(length + sizeof(long))..]);
            Number(bytes);
            length += bytes;
        }
    }

    internal sealed class Configuration : IEntityTypeConfiguration<PointsEntry>
    {
        public void Configure(EntityTypeBuilder<PointsEntry> builder)
        {
            builder.ToTable("points_entries");
            builder
                .IsAppendOnly()
                .HasKey(e => new
                {
                    e.TenantId,
                    e.MemberId,
                    e.Currency,
                    e.Seq,
                });
            builder.Property(e => e.Currency).HasMaxLength(Currencies.CodeLength);
            builder.Property(e => e.ReferenceType).HasMaxLength(ReferenceTypeLength);
            builder.Property(e => e.ReferenceId).HasMaxLength(ReferenceIdLength);
            builder.Property(e => e.Reason).HasMaxLength(ReasonLength);
            builder.Property(e => e.Hash).HasMaxLength(32);
        }
    }
}
