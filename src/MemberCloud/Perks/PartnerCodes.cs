using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Perks;

/// <summary>What became of codes that were added.</summary>
/// <param name="Pool">The pool after it.</param>
public sealed record AddedCodes(int Added, int Duplicates, PerkPool Pool);

/// <summary>Partners' codes: added, and handed out one after the other, none twice.</summary>
public sealed class PartnerCodes(Transactions transactions, PerkService perks, TenantScope scope)
{
    public const int MostAtOnce = 10_000;
    public const int Most = 1_000_000;

    private static readonly Lookup<PerkPool> Pool = new("perk_id = {0}", [typeof(Guid)]) { Locks = true };
    private static readonly Update<PerkPool> Change = new(
        [nameof(PerkPool.Added), nameof(PerkPool.Taken), nameof(PerkPool.Version)],
        new(nameof(PerkPool.Version), p => p.Version - 1, p => p.PerkId)
    );

    private MemberCloudDb Db => transactions.Db;

    public Task<Result<AddedCodes>> AddAsync(Guid perkId, IReadOnlyList<string> codes, CancellationToken ct) =>
        transactions.DecideAsync<AddedCodes>(
            async () =>
            {
                if ((await perks.AllAsync(ct)).FirstOrDefault(p => p.Id == perkId) is not { } perk)
                    return Problem.NotFound("perk");
                if (Json.Read<PerkBody>(perk.Body).Kind != PerkKind.PartnerCode)
                    return Problem.Contradiction("not_applicable", "Only perks of the kind partner_code have codes.");
                var stored = await LockAsync(perkId, ct);
                var pool = stored ?? new() { TenantId = scope.Id, PerkId = perkId };
                var fresh = await FreshAsync(perkId, codes, ct);
                if (pool.Added + fresh.Count > Most)
                    return Problem.Conflict("pool_full", $"A perk has at most {Most} codes, those handed out included.");
                var rows = fresh.Select((f, i) => Row(perkId, pool.Added + 1 + i, f.Value, f.Key)).ToList();
                (pool.Added, pool.Version) = (pool.Added + rows.Count, pool.Version + 1);
                var store = new StoreBatch();
                store.Update(Change, stored is null ? [] : [pool]);
                store.Insert<PerkPool>(stored is null ? [pool] : []);
                await transactions.Door.StoreAsync(store.Insert(rows), ct);
                return new AddedCodes(rows.Count, codes.Count - rows.Count, pool);
            },
            ct
        );

    /// <summary>The next so many codes, inside the caller's transaction: the number of the first; null = there are fewer.</summary>
    public async Task<long?> TakeAsync(Guid perkId, int quantity, StoreBatch store, CancellationToken ct)
    {
        if (await LockAsync(perkId, ct) is not { } pool || pool.Added - pool.Taken < quantity)
            return null;
        var first = pool.Taken + 1;
        (pool.Taken, pool.Version) = (pool.Taken + quantity, pool.Version + 1);
        store.Update(Change, [pool]);
        return first;
    }

    /// <summary>The codes that a use handed out.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(
        MemberCloudDb db,
        TenantInfo tenant,
        PerkReservation use,
        CancellationToken ct
    )
    {
        if (use.FirstCode is not { } first)
            return [];
        var after = first + use.Quantity;
        var found = await db.Set<PerkCode>()
            .AsNoTracking()
            .Where(c => c.PerkId == use.PerkId && c.No >= first && c.No < after)
            .OrderBy(c => c.No)
            .Select(c => c.Sealed)
            .ToListAsync(ct);
        return [.. found.Select(c => tenant.Keys.OpenText(c, use.PerkId))];
    }

    private async Task<PerkPool?> LockAsync(Guid perkId, CancellationToken ct)
    {
        var load = new LoadBatch();
        var found = load.Add(
            Pool,
            [
                [perkId],
            ]
        );
        await transactions.Door.LoadAsync(load, ct);
        return found.SingleOrDefault();
    }

    /// <summary>Those that the pool does not have, each once, by their hashes, in the order given.</summary>
    private async Task<IReadOnlyList<KeyValuePair<string, string>>> FreshAsync(
        Guid perkId,
        IReadOnlyList<string> codes,
        CancellationToken ct
    )
    {
        var byHash = codes
            .Distinct(StringComparer.Ordinal)
            .Select(c => KeyValuePair.Create(Convert.ToBase64String(scope.Tenant.Keys.BlindIndex("perk_code", c)), c))
            .ToList();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in byHash.Select(c => c.Key).Chunk(1_000))
            known.UnionWith(
                await Db.Set<PerkCode>()
                    .Where(c => c.PerkId == perkId && some.Contains(c.Hash))
                    .Select(c => c.Hash)
                    .ToListAsync(ct)
            );
        return [.. byHash.Where(c => !known.Contains(c.Key))];
    }

    private PerkCode Row(Guid perkId, long no, string code, string hash) =>
        new()
        {
            TenantId = scope.Id,
            PerkId = perkId,
            No = no,
            Sealed = scope.Tenant.Keys.SealText(code, perkId),
            Hash = hash,
        };
}
