using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Perks;

/// <summary>A partner's code, numbered within its perk: handed out in the order of the numbers.</summary>
public sealed class PerkCode : ITenantOwned
{
    public const int Length = 100;
    public const int HashLength = 44;

    public Guid TenantId { get; init; }
    public Guid PerkId { get; init; }

    /// <summary>1, 2, 3 ... without gaps.</summary>
    public long No { get; init; }

    /// <summary>The code, sealed under the brand's key.</summary>
    public required byte[] Sealed { get; init; }

    /// <summary>Finds it again without opening: its blind index, in base64.</summary>
    public required string Hash { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<PerkCode>
    {
        public void Configure(EntityTypeBuilder<PerkCode> builder)
        {
            builder.ToTable("perk_codes");
            builder
                .IsAppendOnly()
                .HasKey(c => new
                {
                    c.TenantId,
                    c.PerkId,
                    c.No,
                });
            builder
                .HasIndex(c => new
                {
                    c.TenantId,
                    c.PerkId,
                    c.Hash,
                })
                .IsUnique()
                .HasDatabaseName("ux_perk_codes_hash");
            builder.Property(c => c.Hash).HasMaxLength(HashLength);
        }
    }
}

/// <summary>How far a perk's codes are handed out. Its row is the lock of the pool.</summary>
public sealed class PerkPool : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid PerkId { get; init; }

    /// <summary>Codes that were added; the highest number.</summary>
    public long Added { get; set; }

    /// <summary>The number handed out last.</summary>
    public long Taken { get; set; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PerkPool>
    {
        public void Configure(EntityTypeBuilder<PerkPool> builder)
        {
            builder.ToTable("perk_pools");
            builder.ChangesOften().HasKey(p => new { p.TenantId, p.PerkId });
        }
    }
}
