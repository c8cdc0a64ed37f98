using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using MemberCloud.Data;

namespace MemberCloud.Host;

/// <summary>Quotas of a node, from <c>Limits:*</c>.</summary>
/// <param name="TenantPerSecond">Requests a second of a brand for which operators set no <c>rate_quota</c> of its own.</param>
/// <param name="CredentialPercent">How much of its brand's quota one key, member of staff or member may use.</param>
/// <param name="AddressPerSecond">Writes without a credential, and calls with one that does not hold, a second from one address: signing in, guessing.</param>
/// <param name="BurstSeconds">So many seconds' worth may come at once.</param>
/// <param name="TenantAtOnce">Requests of one brand that are worked on at the same time; fewer than there are database connections, so that others find some.</param>
/// <param name="TenantQueue">Requests of one brand that wait for that.</param>
public sealed record QuotaOptions(
    int TenantPerSecond,
    int CredentialPercent,
    int AddressPerSecond,
    int BurstSeconds,
    int TenantAtOnce,
    int TenantQueue
)
{
    public static QuotaOptions Read(IConfiguration settings)
    {
        var limits = settings.GetSection("Limits");
        int Number(string name, int otherwise) => Math.Max(1, limits.GetValue(name, otherwise));
        // SQLite has one writer: whoever waits behind it is better kept waiting here, in a line per brand.
        var isSqlite = (settings["Database:Engine"] ?? DatabaseOptions.Sqlite).Equals(
            "sqlite",
            StringComparison.OrdinalIgnoreCase
        );
        return new(
            Number("TenantPerSecond", 1000),
            Number("CredentialPercent", 50),
            Number("AddressPerSecond", 20),
            Number("BurstSeconds", 2),
            Number("TenantAtOnce", isSqlite ? 16 : 32),
            Number("TenantQueue", 500)
        );
    }
}

/// <summary>Whose requests are counted together: a brand's, a credential's, an address's.</summary>
/// <param name="Policy">tenant, credential or address: its name in the RateLimit fields.</param>
public readonly record struct Bucket(string Policy, Guid Id, int PerSecond);

/// <summary>
/// Token buckets and turns, by brand, credential and address. Of this node: n nodes allow n times as much. The framework forgets a bucket that was full and
/// untouched for some seconds.
/// </summary>
public sealed class Quotas(QuotaOptions options) : IDisposable
{
    private static readonly TimeSpan Refill = TimeSpan.FromMilliseconds(100);

    private readonly PartitionedRateLimiter<Bucket> buckets = PartitionedRateLimiter.Create<Bucket, Bucket>(bucket =>
        RateLimitPartition.GetTokenBucketLimiter(bucket, b => BucketOptions(b, options))
    );
    private readonly PartitionedRateLimiter<Guid> turns = PartitionedRateLimiter.Create<Guid, Guid>(tenant =>
        RateLimitPartition.GetConcurrencyLimiter(
            tenant,
            _ => new ConcurrencyLimiterOptions { PermitLimit = options.TenantAtOnce, QueueLimit = options.TenantQueue }
        )
    );

    public Bucket Tenant(Guid tenant, int? own) => new("tenant", tenant, own ?? options.TenantPerSecond);

    public Bucket Credential(Guid credential, int? tenantsOwn) =>
        new(
            "credential",
            credential,
            Math.Max(1, (int)((long)(tenantsOwn ?? options.TenantPerSecond) * options.CredentialPercent / 100))
        );

    public Bucket Address(IPAddress? address) => new("address", IdOf(address), options.AddressPerSecond);

    /// <summary>Takes one token. When there is none, says after how many seconds there will be.</summary>
    public bool TryTake(Bucket bucket, out int retryAfter)
    {
        using var lease = buckets.AttemptAcquire(bucket);
        retryAfter = 0;
        if (lease.IsAcquired)
            return true;
        retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait)
            ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))
            : 1;
        return false;
    }

    /// <summary>A brand's turn to be worked on; waits in line for it. Not acquired when the line is too long.</summary>
    public ValueTask<RateLimitLease> TurnAsync(Guid tenant, CancellationToken ct) => turns.AcquireAsync(tenant, 1, ct);

    /// <summary>
    /// The two fields of draft-ietf-httpapi-ratelimit-headers (-10 and later): <c>RateLimit-Policy: "tenant";q=2000;w=2</c> (so many in so many seconds) and
    /// <c>RateLimit: "tenant";r=1990;t=1</c> (so many left, all back in so many seconds).
    /// </summary>
    public void Show(IHeaderDictionary headers, params ReadOnlySpan<Bucket> counted)
    {
        var (policies, limits) = (new string[counted.Length], new string[counted.Length]);
        for (var i = 0; i < counted.Length; i++)
        {
            var (name, all) = (counted[i].Policy, (long)counted[i].PerSecond * options.BurstSeconds);
            var left = Math.Min(all, buckets.GetStatistics(counted[i])?.CurrentAvailablePermits ?? all);
            var full = (all - left + counted[i].PerSecond - 1) / counted[i].PerSecond;
            policies[i] = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={all};w={options.BurstSeconds}");
            limits[i] = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={left};t={full}");
        }
        headers["RateLimit-Policy"] = string.Join(", ", policies);
        headers["RateLimit"] = string.Join(", ", limits);
    }

    private static TokenBucketRateLimiterOptions BucketOptions(Bucket bucket, QuotaOptions options)
    {
        // Ten refills a second; below ten requests a second, one token at a time.
        var often = bucket.PerSecond >= 10;
        return new()
        {
            TokenLimit = (int)Math.Min(int.MaxValue, (long)bucket.PerSecond * options.BurstSeconds),
            TokensPerPeriod = often ? bucket.PerSecond / 10 : 1,
            ReplenishmentPeriod = often
                ? Refill * (bucket.PerSecond / 10 * 10.0 / bucket.PerSecond)
                : TimeSpan.FromSeconds(1.0 / bucket.PerSecond),
            QueueLimit = 0,
        };
    }

    /// <summary>One IPv6 customer has a whole /64, and counts as one.</summary>
    private static Guid IdOf(IPAddress? address)
    {
        Span<byte> id = stackalloc byte[16];
        id.Clear();
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        address?.TryWriteBytes(id, out _);
        if (address?.AddressFamily == AddressFamily.InterNetworkV6)
            id[8..].Clear();
        return new(id, bigEndian: true);
    }

    public void Dispose()
    {
        buckets.Dispose();
        turns.Dispose();
    }
}
