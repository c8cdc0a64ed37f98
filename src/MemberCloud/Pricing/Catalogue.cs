using MemberCloud.Tenancy;
using Microsoft.Extensions.Caching.Memory;

namespace MemberCloud.Pricing;

/// <summary>What the catalogue says of a SKU, for prices.</summary>
/// <param name="ListPrice">Of one piece, minor units; null = it does not say.</param>
public sealed record Article(long? ListPrice, string? Category, string? Brand)
{
    /// <summary>A SKU that the catalogue does not have.</summary>
    public static Article Unknown { get; } = new(null, null, null);

    public static Article Of(Product product) => new(product.ListPrice, product.Category, product.Brand);
}

/// <summary>
/// What brands' catalogues say of the SKUs that were asked for, in memory, each under the tenant's configuration version as <see cref="TenantCache"/> keeps the rest. Apart from
/// it because a catalogue is large: it is kept SKU by SKU.
/// </summary>
public sealed class Catalogue : IDisposable
{
    /// <summary>SKUs of all brands together, some 300 bytes each.</summary>
    private const int MaxArticles = 200_000;

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MaxArticles });

    /// <summary>What is known of a SKU; null = it must be read.</summary>
    public Article? Find(TenantInfo tenant, string sku) =>
        cache.TryGetValue((tenant.Id, sku), out (long Version, Article Article) kept) && kept.Version >= tenant.ConfigVersion
            ? kept.Article
            : null;

    /// <summary>Keeps what was read since the request saw the tenant.</summary>
    public void Keep(TenantInfo tenant, string sku, Article article) =>
        cache.Set(
            (tenant.Id, sku),
            (tenant.ConfigVersion, article),
            new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = TimeSpan.FromHours(1) }
        );

    public void Dispose() => cache.Dispose();
}
