using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Perks;

/// <summary>What became of a reservation.</summary>
public enum PerkReservationState
{
    /// <summary>Kept for the member.</summary>
    Reserved,

    /// <summary>Used.</summary>
    Committed,

    /// <summary>Given back.</summary>
    Released,

    /// <summary>Its time ran out: given back.</summary>
    Expired,
}

/// <summary>Some of a perk set aside, and what became of it. One that was committed is the record of a use.</summary>
public sealed class PerkReservation : ITenantOwned, IAboutMember
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid MemberId { get; init; }
    public Guid PerkId { get; init; }
    public PerkReservationState State { get; set; }
    public int Quantity { get; init; }

    /// <summary>Out of which grants, in the order taken: <see cref="GrantParts"/>.</summary>
    public required string Parts { get; init; }

    /// <summary>The membership whose grant was taken from first; null = the member's own tier.</summary>
    public Guid? MembershipId { get; init; }

    /// <summary>What all of it was worth when it was set aside, minor units; null = nothing was said.</summary>
    public long? Value { get; init; }

    /// <summary>What it is for, in the brand's terms; null = nothing was said.</summary>
    public string? ReferenceType { get; init; }
    public string? ReferenceId { get; init; }
    public DateTime CreatedAt { get; init; }

    /// <summary>The first instant at which it no longer keeps anything.</summary>
    public DateTime ExpiresAt { get; init; }
    public DateTime? ResolvedAt { get; set; }

    /// <summary>Of a partner's codes: the number of the first that was handed out; the others follow it.</summary>
    public long? FirstCode { get; set; }
    public long Version { get; set; }

    /// <summary>As of an instant, whether or not a job has run.</summary>
    public PerkReservationState StateAt(DateTime now) =>
        State == PerkReservationState.Reserved && ExpiresAt <= now ? PerkReservationState.Expired : State;

    internal sealed class Configuration : IEntityTypeConfiguration<PerkReservation>
    {
        public void Configure(EntityTypeBuilder<PerkReservation> builder)
        {
            builder.ToTable("perk_reservations");
            builder.HasKey(r => new { r.TenantId, r.Id });
            // What a write on a perk, a merge or an erasure looks for.
            builder
                .HasIndex(r => new
                {
                    r.TenantId,
                    r.MemberId,
                    r.PerkId,
                })
                .HasFilter("state = 'reserved'")
                .HasDatabaseName("ix_perk_reservations_open");
            // The job: what runs out next in this brand.
            builder
                .HasIndex(r => new { r.TenantId, r.ExpiresAt })
                .HasFilter("state = 'reserved'")
                .HasDatabaseName("ix_perk_reservations_due");
            // The history of a member.
            builder
                .HasIndex(r => new
                {
                    r.TenantId,
                    r.MemberId,
                    r.Id,
                })
                .HasDatabaseName("ix_perk_reservations_member");
            // What was used of a membership.
            builder
                .HasIndex(r => new { r.TenantId, r.MembershipId })
                .HasFilter("membership_id IS NOT NULL")
                .HasDatabaseName("ix_perk_reservations_membership");
            builder.Property(r => r.ReferenceType).HasMaxLength(PointsEntry.ReferenceTypeLength);
            builder.Property(r => r.ReferenceId).HasMaxLength(PointsEntry.ReferenceIdLength);
        }
    }
}

/// <summary>Some of one grant.</summary>
public readonly record struct GrantPart(Guid GrantId, long Amount);

/// <summary>Out of which grants something was taken, as it is stored: <c>grt_...:2 grt_...:1</c>. Pure.</summary>
public static class GrantParts
{
    public static string Write(IEnumerable<GrantPart> parts) =>
        string.Join(
            ' ',
            parts.Select(p =>
                string.Create(CultureInfo.InvariantCulture, $"{Ids.Show(IdPrefix.PerkGrant, p.GrantId)}:{p.Amount}")
            )
        );

    public static IReadOnlyList<GrantPart> Read(string stored) => [.. stored.Split(' ').Select(One)];

    private static GrantPart One(string text)
    {
        var parts = text.Split(':');
        return Ids.TryRead(IdPrefix.PerkGrant, parts[0], out var grant)
            ? new(grant, long.Parse(parts[1], CultureInfo.InvariantCulture))
            : throw new FormatException($"{text} is no part of a grant.");
    }
}
