using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Pricing;

/// <summary>live -> ended. What an ended list was stays readable.</summary>
public enum PriceListState
{
    /// <summary>Counts as long as it is active and in its window.</summary>
    Live,

    /// <summary>Ended for good.</summary>
    Ended,
}

/// <summary>Member-only prices for an audience, as they stand.</summary>
public sealed class PriceList : ITenantOwned, IVersioned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }

    /// <summary>1, 2, 3 ... with every change of the list or its entries; a quote keeps the one it was made with.</summary>
    public int ListVersion { get; set; }

    /// <summary>The version that last changed the entries: those in memory are good as long as it is the same.</summary>
    public int EntriesVersion { get; set; }

    /// <summary>How many there are.</summary>
    public int Entries { get; set; }
    public PriceListState State { get; set; }

    /// <summary>JSON of <see cref="PriceListBody"/>.</summary>
    public required string Body { get; set; }
    public DateTime CreatedAt { get; init; }

    /// <summary>When the list as it stands was made.</summary>
    public DateTime ChangedAt { get; set; }
    public DateTime? EndedAt { get; set; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PriceList>
    {
        public void Configure(EntityTypeBuilder<PriceList> builder)
        {
            builder.ToTable("price_lists");
            builder.HasKey(l => new { l.TenantId, l.Id });
            // The brand's list, and what is kept in memory: those that have not ended.
            builder
                .HasIndex(l => new
                {
                    l.TenantId,
                    l.State,
                    l.Id,
                })
                .HasDatabaseName("ix_price_lists_state");
        }
    }
}

/// <summary>A list as it stood: what a quote's version of it means.</summary>
public sealed class PriceListVersion : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid ListId { get; init; }
    public int Number { get; init; }
    public required string Body { get; init; }
    public int Entries { get; init; }
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<PriceListVersion>
    {
        public void Configure(EntityTypeBuilder<PriceListVersion> builder)
        {
            builder.ToTable("price_list_versions");
            builder
                .IsAppendOnly()
                .HasKey(v => new
                {
                    v.TenantId,
                    v.ListId,
                    v.Number,
                });
        }
    }
}

/// <summary>
/// One line of a list, from one of its versions on until another: an upload writes what is different only, and every version can be read as it was.
/// </summary>
public sealed class PriceEntry : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid ListId { get; init; }
    public required string Sku { get; init; }
    public int MinQuantity { get; init; }

    /// <summary>The first version of the list that has it.</summary>
    public int FromVersion { get; init; }

    /// <summary>The first version of the list that has it no more; null = it stands.</summary>
    public int? UntilVersion { get; set; }
    public PriceKind Kind { get; init; }

    /// <summary>Minor units; basis points of a percent.</summary>
    public long Amount { get; init; }
    public int? LimitQuantity { get; init; }
    public LimitPer? LimitPer { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<PriceEntry>
    {
        public void Configure(EntityTypeBuilder<PriceEntry> builder)
        {
            builder.ToTable("price_entries");
            builder.HasKey(e => new
            {
                e.TenantId,
                e.ListId,
                e.Sku,
                e.MinQuantity,
                e.FromVersion,
            });
            // One that stands for each SKU and quantity, and the pages of what stands.
            builder
                .HasIndex(e => new
                {
                    e.TenantId,
                    e.ListId,
                    e.Sku,
                    e.MinQuantity,
                })
                .IsUnique()
                .HasFilter("until_version IS NULL")
                .HasDatabaseName("ux_price_entries_current");
            // What a version had, to be kept in memory: what stands, and what ended after it.
            builder
                .HasIndex(e => new
                {
                    e.TenantId,
                    e.ListId,
                    e.UntilVersion,
                })
                .HasDatabaseName("ix_price_entries_until");
            builder.HasOne<PriceList>().WithMany().HasForeignKey(e => new { e.TenantId, e.ListId });
            builder.Property(e => e.Sku).HasMaxLength(Product.SkuLength);
        }
    }
}
