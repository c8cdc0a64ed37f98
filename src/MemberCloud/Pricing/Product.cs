using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Pricing;

/// <summary>An article of the brand's catalogue, which is optional: carts may bring the same themselves.</summary>
public sealed class Product : ITenantOwned, IVersioned
{
    public const int SkuLength = 100;

    public Guid TenantId { get; init; }

    /// <summary>The brand's article number; A and a are two.</summary>
    public required string Sku { get; init; }
    public required string Name { get; set; }
    public string? Category { get; set; }
    public string? Brand { get; set; }

    /// <summary>JSON list of words.</summary>
    public required string Tags { get; set; }

    /// <summary>Of one piece, minor units.</summary>
    public long? ListPrice { get; set; }

    /// <summary>What one piece costs the brand, minor units.</summary>
    public long? Cost { get; set; }
    public DateTime CreatedAt { get; init; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Product>
    {
        public void Configure(EntityTypeBuilder<Product> builder)
        {
            builder.ToTable("products");
            builder.HasKey(p => new { p.TenantId, p.Sku });
            // The list of one category, by SKU.
            builder
                .HasIndex(p => new
                {
                    p.TenantId,
                    p.Category,
                    p.Sku,
                })
                .HasDatabaseName("ix_products_category");
            builder.Property(p => p.Sku).HasMaxLength(SkuLength);
            builder.Property(p => p.Name).HasMaxLength(200);
            builder.Property(p => p.Category).HasMaxLength(100);
            builder.Property(p => p.Brand).HasMaxLength(100);
        }
    }
}
