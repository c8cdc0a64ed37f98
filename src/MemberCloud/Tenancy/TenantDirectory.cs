using System.Security.Cryptography;
using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Tenancy;

/// <summary>How long a worker, or a clock's mover, may be silent before another takes over.</summary>
public sealed record LeaseOptions(TimeSpan Lease);

/// <summary>
/// The only way to the platform's tables (tenants, credentials, due list), which have no row security. Answers are kept for
/// <see cref="Freshness"/>: so long may a revoked key or a suspended brand live on another node, and no longer. Sandboxes are read anew each time, their clock moves.
/// </summary>
public sealed partial class TenantDirectory(IServiceScopeFactory scopes, Secrets secrets, TimeProvider wall, LeaseOptions options)
    : IDisposable
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LastUsedStep = TimeSpan.FromMinutes(1);

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 100_000 });

    private long lastEnded = wall.GetTimestamp() - (long)(Freshness.TotalSeconds * wall.TimestampFrequency);

    private DateTime WallNow => Instants.Cut(wall.GetUtcNow().UtcDateTime);

    /// <summary>Who holds this key; null when nobody does, or no longer.</summary>
    public async Task<Caller?> FindCallerAsync(string key, CancellationToken ct)
    {
        if (!KeyRules.IsWellFormed(key))
            return null;
        var hash = KeyRules.HashOf(key);
        var name = Convert.ToHexString(hash);
        if (cache.TryGetValue(name, out Caller? known))
            return known;
        var caller = await QueryAsync(db => ReadCallerAsync(db, hash, ct), ct);
        // Whoever was ended a moment ago may still be there for others until that commits: nothing is kept then.
        return wall.GetElapsedTime(Interlocked.Read(ref lastEnded)) < Freshness ? caller : Keep(name, caller);
    }

    public async Task<TenantInfo?> FindAsync(Guid id, CancellationToken ct)
    {
        if (cache.TryGetValue(id, out TenantInfo? known))
            return known;
        var info = await QueryAsync(
            async db =>
                await db.Set<Tenant>().AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, ct) is { } t ? InfoOf(t) : null,
            ct
        );
        return info is null || info.Mode == TenantMode.Sandbox ? info : Keep(id, info);
    }

    public Task<TenantInfo?> FindBySlugAsync(string slug, CancellationToken ct) =>
        QueryAsync(
            async db =>
                await db.Set<Tenant>().AsNoTracking().FirstOrDefaultAsync(t => t.Slug == slug, ct) is { } t ? InfoOf(t) : null,
            ct
        );

    public Task<List<Tenant>> ListAsync(string? after, int take, CancellationToken ct) =>
        QueryAsync(
            db =>
                db.Set<Tenant>()
                    .AsNoTracking()
                    .Where(t => after == null || t.Slug.CompareTo(after) > 0)
                    .OrderBy(t => t.Slug)
                    .Take(take)
                    .ToListAsync(ct),
            ct
        );

    /// <summary>Adds a tenant with its first credentials. Refused when the slug is taken.</summary>
    public async Task<Result<TenantInfo>> AddAsync(
        Func<byte[], Tenant> make,
        Guid id,
        IReadOnlyList<Credential> first,
        CancellationToken ct
    ) =>
        await WriteAsync<Result<TenantInfo>>(
            async db =>
            {
                var tenant = make(secrets.NewWrappedKey(id));
                if (await db.Set<Tenant>().AnyAsync(t => t.Slug == tenant.Slug, ct))
                    return Problem.Conflict("slug_taken", $"Another brand has the slug {tenant.Slug}.");
                db.Add(tenant);
                db.AddRange(first);
                await db.SaveChangesAsync(ct);
                return InfoOf(tenant);
            },
            ct
        );

    /// <summary>Changes a tenant's row; every change makes cached configuration stale.</summary>
    public async Task<Result<TenantInfo>> ChangeAsync(Guid id, Func<Tenant, Problem?> change, CancellationToken ct)
    {
        var result = await WriteAsync(db => ChangeInsideAsync(db, change, ct, id), ct);
        Forget(id);
        return result;
    }

    /// <summary>The same inside an open transaction, on the current tenant unless another is named.</summary>
    public async Task<Result<TenantInfo>> ChangeInsideAsync(
        MemberCloudDb db,
        Func<Tenant, Problem?> change,
        CancellationToken ct,
        Guid? id = null
    )
    {
        var which = id ?? db.Tenant.Id;
        if (await db.Set<Tenant>().FirstOrDefaultAsync(t => t.Id == which, ct) is not { } tenant)
            return Problem.NotFound("brand");
        if (change(tenant) is { } problem)
            return problem;
        tenant.ConfigVersion++;
        await db.SaveChangesAsync(ct);
        Forget(which);
        return InfoOf(tenant);
    }

    /// <summary>Inside the open transaction of a configuration change: what is cached under the version before is stale from its commit on.</summary>
    public async Task StampAsync(MemberCloudDb db, CancellationToken ct)
    {
        var id = db.Tenant.Id;
        await db.Set<Tenant>()
            .Where(t => t.Id == id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(t => t.ConfigVersion, t => t.ConfigVersion + 1)
                        .SetProperty(t => t.Version, t => t.Version + 1),
                ct
            );
        Forget(id);
    }

    /// <summary>Makes sure the platform's operators have a key. Returns the one it had to make, to be shown once.</summary>
    public async Task<string?> EnsureOperatorAsync(string? configured, CancellationToken ct)
    {
        if (configured is not null && !KeyRules.IsWellFormed(configured))
            throw new InvalidOperationException(
                "Platform:OperatorKey is not a key of the form mc_op_... (leave it out and one is made at first start)."
            );
        var key = configured ?? KeyRules.Make(KeyRules.Operator, RandomNumberGenerator.GetBytes(32));
        var hash = KeyRules.HashOf(key);
        var added = await WriteAsync(
            async db =>
            {
                var there = await db.Set<Credential>()
                    .AnyAsync(c => c.TenantId == null && (configured == null || c.Hash == hash), ct);
                if (there)
                    return false;
                db.Add(
                    new Credential
                    {
                        Id = Ids.New(),
                        Name = "operator",
                        Hash = hash,
                        Hint = KeyRules.Operator,
                        Scopes = "",
                        CreatedAt = WallNow,
                    }
                );
                await db.SaveChangesAsync(ct);
                return true;
            },
            ct
        );
        return added && configured is null ? key : null;
    }

    private async Task<Caller?> ReadCallerAsync(MemberCloudDb db, byte[] hash, CancellationToken ct)
    {
        var found = await db.Set<Credential>().AsNoTracking().FirstOrDefaultAsync(c => c.Hash == hash && c.RevokedAt == null, ct);
        if (found is null || !CryptographicOperations.FixedTimeEquals(found.Hash, hash))
            return null;
        if (found.LastUsedAt is not { } used || WallNow - used > LastUsedStep)
            await MarkUsedAsync(found.Id, ct);
        return Caller.Of(found);
    }

    private Task MarkUsedAsync(Guid id, CancellationToken ct)
    {
        var now = WallNow;
        return WriteAsync(
            db =>
                db.Set<Credential>()
                    .Where(c => c.Id == id)
                    .ExecuteUpdateAsync(set => set.SetProperty(c => c.LastUsedAt, now), ct),
            ct
        );
    }

    private TenantInfo InfoOf(Tenant t) =>
        new(
            t.Id,
            t.Slug,
            t.Name,
            t.TimeZone,
            t.Currency,
            t.Country,
            t.Rounding,
            t.Locale,
            t.Mode,
            t.Status,
            Json.Read<BrandSettings>(t.Settings),
            t.ConfigVersion,
            t.TestClock,
            t.ClockTarget,
            t.CreatedAt,
            t.ClockLease,
            PauseOf(t),
            secrets.Unwrap(t.Id, t.DataKey),
            t.RateQuota
        );

    private static ExpiryPause? PauseOf(Tenant t) =>
        t is { SuspendedAt: { } from, ResumedAt: { } to } && to >= from
            ? new(from, ExpiryPause.EndOf(to, LocalTime.Of(t.TimeZone)))
            : null;

    private void Forget(Guid id) => cache.Remove(id);

    private void Ended()
    {
        Interlocked.Exchange(ref lastEnded, wall.GetTimestamp());
        cache.Clear();
    }

    private T Keep<T>(object name, T value) =>
        cache.Set(name, value, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Freshness });

    private async Task<T> QueryAsync<T>(Func<MemberCloudDb, Task<T>> read, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await using var scope = scopes.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<MemberCloudDb>());
    }

    private async Task<T> WriteAsync<T>(Func<MemberCloudDb, Task<T>> write, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var transactions = scope.ServiceProvider.GetRequiredService<Transactions>();
        return await transactions.RunAsync(() => write(transactions.Db), ct);
    }

    public void Dispose() => cache.Dispose();
}
