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

    private readonly Lock turn = new();

    /// <summary>Counts what made something in memory stale: a read that began before is not kept.</summary>
    private long changes;

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
        var seen = Interlocked.Read(ref changes);
        return Keep(name, await QueryAsync(db => ReadCallerAsync(db, hash, ct), ct), seen);
    }

    public async Task<TenantInfo?> FindAsync(Guid id, CancellationToken ct)
    {
        if (cache.TryGetValue(id, out TenantInfo? known))
            return known;
        var seen = Interlocked.Read(ref changes);
        var info = await QueryAsync(
            async db =>
                await db.Set<Tenant>().AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, ct) is { } t ? InfoOf(t) : null,
            ct
        );
        return info is null || info.Mode == TenantMode.Sandbox ? info : Keep(id, info, seen);
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
        var result = await WriteAsync(db => ApplyAsync(db, change, id, ct), ct);
        Forget(id);
        return result;
    }

    /// <summary>The same inside an open transaction, on the current tenant.</summary>
    public Task<Result<TenantInfo>> ChangeInsideAsync(
        Transactions transactions,
        Func<Tenant, Problem?> change,
        CancellationToken ct
    )
    {
        var id = transactions.Db.Tenant.Id;
        transactions.Afterwards(() => Forget(id));
        return ApplyAsync(transactions.Db, change, id, ct);
    }

    /// <summary>Inside the open transaction of a configuration change: what is cached under the version before is stale from its commit on.</summary>
    public Task StampAsync(Transactions transactions, CancellationToken ct)
    {
        var id = transactions.Db.Tenant.Id;
        transactions.Afterwards(() => Forget(id));
        return transactions
            .Db.Set<Tenant>()
            .Where(t => t.Id == id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(t => t.ConfigVersion, t => t.ConfigVersion + 1)
                        .SetProperty(t => t.Version, t => t.Version + 1),
                ct
            );
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

    private async Task<Result<TenantInfo>> ApplyAsync(
        MemberCloudDb db,
        Func<Tenant, Problem?> change,
        Guid id,
        CancellationToken ct
    )
    {
        if (await db.Set<Tenant>().FirstOrDefaultAsync(t => t.Id == id, ct) is not { } tenant)
            return Problem.NotFound("brand");
        if (change(tenant) is { } problem)
            return problem;
        tenant.ConfigVersion++;
        await db.SaveChangesAsync(ct);
        return InfoOf(tenant);
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

    private void Forget(Guid id)
    {
        lock (turn)
        {
            changes++;
            cache.Remove(id);
        }
    }

    private void Ended()
    {
        lock (turn)
        {
            changes++;
            cache.Clear();
        }
    }

    /// <summary>Keeps what was read, unless something changed since <paramref name="seen"/>: it may be of before.</summary>
    private T Keep<T>(object name, T value, long seen)
    {
        lock (turn)
        {
            if (seen == changes)
                cache.Set(name, value, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Freshness });
        }
        return value;
    }

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
