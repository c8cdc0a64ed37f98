using Microsoft.Extensions.Caching.Memory;

namespace MemberCloud.Tenancy;

/// <summary>
/// A brand's configuration in memory: rules, tiers, currencies. Kept under the tenant's configuration version, so that what a request sees is as old as
/// its view of the tenant (<see cref="TenantDirectory.Freshness"/> at most on another node, nothing on the node that changed it, nothing in a sandbox).
/// </summary>
public sealed class TenantCache : IDisposable
{
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 100_000 });

    public async Task<T> GetAsync<T>(TenantInfo tenant, Func<Task<T>> load)
        where T : class
    {
        var name = (tenant.Id, typeof(T));
        if (cache.TryGetValue(name, out (long Version, T Value) kept) && kept.Version == tenant.ConfigVersion)
            return kept.Value;
        var value = await load();
        cache.Set(
            name,
            (tenant.ConfigVersion, value),
            new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = TimeSpan.FromHours(1) }
        );
        return value;
    }

    public void Dispose() => cache.Dispose();
}
