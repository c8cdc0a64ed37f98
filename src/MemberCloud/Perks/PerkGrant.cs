using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Perks;

/// <summary>
/// What a member was given of a perk for one period. Made by whoever first writes about the period: until then it reads as if it were there. What is granted
/// stays as it was granted, whatever becomes of the perk.
/// </summary>
public sealed class PerkGrant : ITenantOwned, IAboutMember
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid MemberId { get; set; }
    public Guid PerkId { get; init; }

    /// <summary>Which period: <c>d2026-01-10</c>, <c>w2026-01-05</c> (its Monday), <c>m2026-01</c>, <c>y2026</c>, a term's start or end, <c>once</c>.</summary>
    public required string Period { get; init; }

    /// <summary>What it came of: the tier, or the membership.</summary>
    public Guid SourceId { get; init; }

    /// <summary>The membership it came of, its tier's perks included; null = the member's own tier.</summary>
    public Guid? MembershipId { get; init; }

    /// <summary>How much was given, what went over from the period before included.</summary>
    public long Amount { get; init; }
    public long Used { get; set; }

    /// <summary>Kept by reservations that are open.</summary>
    public long Reserved { get; set; }
    public int Priority { get; init; }
    public DateTime StartsAt { get; init; }

    /// <summary>The first instant at which it can no longer be used; null = it has no end.</summary>
    public DateTime? EndsAt { get; init; }

    /// <summary>The member with whom it came, while two are one.</summary>
    public Guid? BroughtFrom { get; set; }
    public long Version { get; set; }

    /// <summary>As it was read: what an update expects.</summary>
    public long LoadedVersion { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PerkGrant>
    {
        public void Configure(EntityTypeBuilder<PerkGrant> builder)
        {
            builder.ToTable("perk_grants");
            builder.Ignore(g => g.LoadedVersion);
            builder.ChangesOften().HasKey(g => new { g.TenantId, g.Id });
            // Of two who write first about a period one makes its grant, and the other finds it.
            builder
                .HasIndex(g => new
                {
                    g.TenantId,
                    g.MemberId,
                    g.PerkId,
                    g.Period,
                })
                .IsUnique()
                .HasDatabaseName("ux_perk_grants_period");
            builder.Property(g => g.Period).HasMaxLength(20);
        }
    }
}
