using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Points;

/// <summary>How a hold stands. It has exactly one outcome.</summary>
public enum HoldState
{
    /// <summary>The points are set aside.</summary>
    Held,

    /// <summary>They, or a part of them, were spent; the rest went back.</summary>
    Captured,

    /// <summary>They went back on request.</summary>
    Released,

    /// <summary>Its time ran out: they went back by themselves.</summary>
    Expired,
}

/// <summary>Points of one member set aside for a time: out of their lots, and so safe from spending and from expiring.</summary>
public sealed class PointsHold : ITenantOwned, IAboutMember
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid MemberId { get; init; }
    public required string Currency { get; init; }

    /// <summary>The hold entry's number in its account.</summary>
    public long Seq { get; init; }
    public HoldState State { get; set; }
    public long Amount { get; init; }

    /// <summary>What was spent of it.</summary>
    public long Captured { get; set; }

    /// <summary>Out of which lots, in the order taken: the text of a <see cref="LotParts"/>.</summary>
    public required string Taken { get; init; }
    public required string ReferenceType { get; init; }
    public required string ReferenceId { get; init; }
    public DateTime CreatedAt { get; init; }

    /// <summary>The first instant at which it no longer holds.</summary>
    public DateTime ExpiresAt { get; init; }

    /// <summary>When it was captured, released, or ran out.</summary>
    public DateTime? ResolvedAt { get; set; }

    /// <summary>Number of the first entry of its outcome.</summary>
    public long? ResolvedSeq { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PointsHold>
    {
        public void Configure(EntityTypeBuilder<PointsHold> builder)
        {
            builder.ToTable("points_holds");
            builder.HasKey(h => new { h.TenantId, h.Id });
            // Loads of one account, and what an erasure or a merge looks for.
            builder
                .HasIndex(h => new
                {
                    h.TenantId,
                    h.MemberId,
                    h.Currency,
                })
                .HasFilter("state = 'held'")
                .HasDatabaseName("ix_points_holds_open");
            // An account as it stood at a past instant, and checking it.
            builder
                .HasIndex(h => new
                {
                    h.TenantId,
                    h.MemberId,
                    h.Currency,
                    h.Seq,
                })
                .IsUnique()
                .HasDatabaseName("ux_points_holds_account");
            // The job: what runs out next in this brand.
            builder
                .HasIndex(h => new { h.TenantId, h.ExpiresAt })
                .HasFilter("state = 'held'")
                .HasDatabaseName("ix_points_holds_due");
            builder.Property(h => h.Currency).HasMaxLength(Currencies.CodeLength);
            builder.Property(h => h.ReferenceType).HasMaxLength(PointsEntry.ReferenceTypeLength);
            builder.Property(h => h.ReferenceId).HasMaxLength(PointsEntry.ReferenceIdLength);
        }
    }
}

/// <summary>Points out of one lot.</summary>
public readonly record struct LotPart(Guid LotId, long Amount);

/// <summary>Out of which lots points were taken, in the order taken. What goes back goes to the lot taken last first. Pure.</summary>
public sealed class LotParts(IEnumerable<LotPart> parts)
{
    private readonly List<LotPart> parts = [.. parts];

    public IReadOnlyList<LotPart> Each => parts;

    public IEnumerable<Guid> Lots => parts.Select(p => p.LotId);

    public long Amount => parts.Sum(p => p.Amount);

    /// <summary>What was taken after the first <paramref name="skip"/> points: the next <paramref name="take"/> of them, taken last first.</summary>
    public IReadOnlyList<LotPart> LastFirst(long skip, long take)
    {
        var found = new List<LotPart>();
        var (at, end) = (0L, checked(skip + take));
        foreach (var part in parts)
        {
            var (from, to) = (Math.Max(at, skip), Math.Min(at + part.Amount, end));
            if (to > from)
                found.Insert(0, new(part.LotId, to - from));
            at += part.Amount;
        }
        return found;
    }

    /// <summary>The first <paramref name="amount"/> points taken.</summary>
    public LotParts First(long amount) => new(LastFirst(0, amount).Reverse());

    /// <summary>As it is stored: <c>lot_...:30 lot_...:12</c>.</summary>
    public override string ToString() =>
        string.Join(
            ' ',
            parts.Select(p => string.Create(CultureInfo.InvariantCulture, $"{Ids.Show(IdPrefix.Lot, p.LotId)}:{p.Amount}"))
        );

    public static LotParts Parse(string text) => new(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(One));

    private static LotPart One(string text)
    {
        var parts = text.Split(':');
        return Ids.TryRead(IdPrefix.Lot, parts[0], out var lot)
            ? new(lot, long.Parse(parts[1], CultureInfo.InvariantCulture))
            : throw new FormatException($"{text} is no part of a lot.");
    }
}
