using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace MemberCloud.Pricing;

/// <summary>
/// Brands' price books in memory, each under the tenant's configuration version as <see cref="TenantCache"/> keeps the rest. Apart from it because a book is large: it is
/// counted by its entries, read by one request while the others wait, and when something else of the brand changed it is not read again: only lists whose entries are others are.
/// </summary>
public sealed class PriceBooks : IDisposable
{
    /// <summary>Entries of all brands together, some 150 bytes each.</summary>
    private const int MaxEntries = 500_000;

    /// <summary>Who holds a connection does not wait for ever for who waits for one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MaxEntries });
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>The brand's book, as old as the request's view of the tenant at most. Costs no query while nothing is changed; best asked for before a transaction is opened.</summary>
    public async Task<PriceBook> GetAsync(TenantInfo tenant, Func<MemberCloudDb> db, CancellationToken ct)
    {
        if (Kept(tenant) is { } kept)
            return kept;
        var turn = turns[(uint)tenant.Id.GetHashCode() % turns.Length];
        var isMine = await turn.WaitAsync(Patience, ct);
        try
        {
            return Kept(tenant) ?? await ReadAsync(tenant, db(), ct);
        }
        finally
        {
            if (isMine)
                turn.Release();
        }
    }

    private PriceBook? Kept(TenantInfo tenant) =>
        cache.TryGetValue(tenant.Id, out (long Version, PriceBook Book) kept) && kept.Version >= tenant.ConfigVersion
            ? kept.Book
            : null;

    private async Task<PriceBook> ReadAsync(TenantInfo tenant, MemberCloudDb db, CancellationToken ct)
    {
        var before = cache.TryGetValue(tenant.Id, out (long Version, PriceBook Book) kept) ? kept.Book : PriceBook.Empty;
        var book = await ReadAsync(before, db, ct);
        cache.Set(
            tenant.Id,
            (tenant.ConfigVersion, book),
            new MemoryCacheEntryOptions { Size = book.Count + 1, SlidingExpiration = TimeSpan.FromHours(1) }
        );
        return book;
    }

    private static async Task<PriceBook> ReadAsync(PriceBook before, MemberCloudDb db, CancellationToken ct)
    {
        var rows = await db.Set<PriceList>()
            .AsNoTracking()
            .Where(l => l.State == PriceListState.Live)
            .OrderBy(l => l.Id)
            .ToListAsync(ct);
        var known = before.Lists.ToDictionary(l => l.Id);
        var lists = rows.Select(r =>
                known.TryGetValue(r.Id, out var same) && same.Version == r.ListVersion
                    ? same
                    : Json.Read<PriceListBody>(r.Body).ToPriced(r.Id, r.ListVersion)
            )
            .ToList();
        if (lists.Where(l => l.Active).SequenceEqual(before.Lists))
            return before;
        var entries = new Dictionary<Guid, LoadedEntries>();
        foreach (var (row, list) in rows.Zip(lists).Where(l => l.Second.Active))
            entries[row.Id] =
                before.Entries.TryGetValue(row.Id, out var loaded) && loaded.EntriesVersion == row.EntriesVersion
                    ? loaded
                    : await EntriesAsync(db, row, ct);
        return PriceBook.Of([.. lists.Where(l => l.Active)], entries);
    }

    /// <summary>Those of the version the list was read in, whatever was saved since: what stands, and what ended later.</summary>
    private static async Task<LoadedEntries> EntriesAsync(MemberCloudDb db, PriceList list, CancellationToken ct)
    {
        var rows = await db.Set<PriceEntry>()
            .AsNoTracking()
            .Where(e => e.ListId == list.Id && (e.UntilVersion == null || e.UntilVersion > list.ListVersion))
            .Where(e => e.FromVersion <= list.ListVersion)
            .ToListAsync(ct);
        return new(
            list.EntriesVersion,
            [
                .. rows.GroupBy(e => e.Sku, StringComparer.Ordinal)
                    .Select(g => (g.Key, g.OrderBy(e => e.MinQuantity).Select(Terms).ToArray())),
            ],
            rows.Count
        );
    }

    private static PriceTerms Terms(PriceEntry e) => new(e.MinQuantity, e.Kind, e.Amount, PriceEntryBody.LimitOf(e));

    public void Dispose()
    {
        cache.Dispose();
        foreach (var turn in turns)
            turn.Dispose();
    }
}
