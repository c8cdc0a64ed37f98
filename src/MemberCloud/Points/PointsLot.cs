using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Points;

/// <summary>pending: earned, not settled. available: can be spent. closed: nothing is left.</summary>
public enum LotState
{
    Pending,
    Available,
    Closed,
}

/// <summary>Points that were earned together and so share one expiry.</summary>
public sealed class PointsLot : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public Guid Id { get; init; }
    public required string Currency { get; init; }

    /// <summary>The earning entry's number in its account.</summary>
    public long Seq { get; init; }
    public LotState State { get; set; }

    /// <summary>What was earned.</summary>
    public long Amount { get; init; }

    /// <summary>What is left.</summary>
    public long Remaining { get; set; }

    /// <summary>What was taken back because its source was cancelled or refunded; never more than <see cref="Amount"/>.</summary>
    public long Reversed { get; set; }

    /// <summary>What earned it, for example order.</summary>
    public required string SourceType { get; init; }
    public required string SourceId { get; init; }

    /// <summary>Earned by an order, which may be refunded.</summary>
    public bool Refundable { get; init; }

    /// <summary>When it was earned, by the fact's own time.</summary>
    public DateTime EarnedAt { get; init; }

    /// <summary>When it becomes available by itself; null while that waits for a completion or an explicit settle. Stays as it is once it settled.</summary>
    public DateTime? SettlesAt { get; set; }

    /// <summary>When the brand's clock stood as <see cref="SettlesAt"/> became known; null = when it was earned.</summary>
    public DateTime? ScheduledAt { get; set; }
    public DateTime? AvailableAt { get; set; }

    /// <summary>Number of the entry that made it available.</summary>
    public long? OpenedSeq { get; set; }

    /// <summary>The first instant at which it can no longer be spent; null = never, or not known before it settles.</summary>
    public DateTime? ExpiresAt { get; set; }

    /// <summary>How the expiry is found when it settles: the text of an <see cref="ExpiryPolicy"/>.</summary>
    public required string Expiry { get; init; }

    /// <summary>When something happens to it by itself: it settles, or it expires. What the jobs look for.</summary>
    public DateTime? DueAt { get; set; }

    /// <summary>An empty lot with the same past and another number, owner or end: where points go on that left this one.</summary>
    public PointsLot Anew(Guid memberId, long seq, long amount, ExpiryPolicy expiry, DateTime? end) =>
        new()
        {
            TenantId = TenantId,
            MemberId = memberId,
            Id = Ids.New(),
            Currency = Currency,
            Seq = seq,
            State = LotState.Available,
            Amount = amount,
            SourceType = SourceType,
            SourceId = SourceId,
            Refundable = Refundable,
            EarnedAt = EarnedAt,
            SettlesAt = SettlesAt,
            AvailableAt = AvailableAt,
            OpenedSeq = seq,
            ExpiresAt = end,
            Expiry = expiry.ToString(),
            DueAt = end,
        };

    /// <summary>The same lot, name and all, in another account.</summary>
    public PointsLot For(Guid memberId, long seq)
    {
        var lot = new PointsLot
        {
            TenantId = TenantId,
            MemberId = memberId,
            Id = Id,
            Currency = Currency,
            Seq = seq,
            Amount = Amount,
            SourceType = SourceType,
            SourceId = SourceId,
            Refundable = Refundable,
            EarnedAt = EarnedAt,
            Expiry = Expiry,
        };
        lot.CopyState(this);
        return lot;
    }

    /// <summary>What changes of a lot in its life, as it is in another.</summary>
    public void CopyState(PointsLot from)
    {
        (State, Remaining, Reversed) = (from.State, from.Remaining, from.Reversed);
        (SettlesAt, ScheduledAt, AvailableAt) = (from.SettlesAt, from.ScheduledAt, from.AvailableAt);
        (ExpiresAt, DueAt) = (from.ExpiresAt, from.DueAt);
    }

    internal sealed class Configuration : IEntityTypeConfiguration<PointsLot>
    {
        public void Configure(EntityTypeBuilder<PointsLot> builder)
        {
            builder.ToTable("points_lots").ChangesOften();
            builder.HasKey(l => new
            {
                l.TenantId,
                l.MemberId,
                l.Id,
            });
            // Loads of one account. On the state, not on what remains: a spend then stays a HOT update.
            builder
                .HasIndex(l => new
                {
                    l.TenantId,
                    l.MemberId,
                    l.Currency,
                    l.DueAt,
                })
                .HasFilter("state <> 'closed'")
                .HasDatabaseName("ix_points_lots_open");
            // The jobs: what is due next in this brand.
            builder
                .HasIndex(l => new
                {
                    l.TenantId,
                    l.State,
                    l.DueAt,
                })
                .HasFilter("state <> 'closed'")
                .HasDatabaseName("ix_points_lots_due");
            builder.Property(l => l.Currency).HasMaxLength(Currencies.CodeLength);
            builder.Property(l => l.SourceType).HasMaxLength(PointsEntry.ReferenceTypeLength);
            builder.Property(l => l.SourceId).HasMaxLength(PointsEntry.ReferenceIdLength);
            builder.Property(l => l.Expiry).HasMaxLength(20);
        }
    }
}

/// <summary>What an entry put into a lot (+) or took out of it (-). The sum over a lot is what remains in it.</summary>
public sealed class PointsMove : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public required string Currency { get; init; }
    public long Seq { get; init; }
    public Guid LotId { get; init; }
    public long Amount { get; init; }

    public static PointsMove Of(PointsEntry entry, PointsLot lot, long amount) =>
        new()
        {
            TenantId = entry.TenantId,
            MemberId = entry.MemberId,
            Currency = entry.Currency,
            Seq = entry.Seq,
            LotId = lot.Id,
            Amount = amount,
        };

    internal sealed class Configuration : IEntityTypeConfiguration<PointsMove>
    {
        public void Configure(EntityTypeBuilder<PointsMove> builder)
        {
            builder.ToTable("points_moves");
            builder
                .IsAppendOnly()
                .HasKey(m => new
                {
                    m.TenantId,
                    m.MemberId,
                    m.Currency,
                    m.Seq,
                    m.LotId,
                });
            builder.Property(m => m.Currency).HasMaxLength(Currencies.CodeLength);
        }
    }
}

/// <summary>Points on their way to another member, out of a lot like this.</summary>
public readonly record struct GivenPart(PointsLot Lot, long Amount);
