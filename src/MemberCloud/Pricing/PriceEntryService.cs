using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Pricing;

/// <summary>The entries of price lists, and the only writer of them: an upload replaces all of a list's, or changes nothing.</summary>
public sealed class PriceEntryService(Transactions transactions, TenantScope scope, TenantDirectory directory)
{
    /// <summary>Entries of one list.</summary>
    public const int MaxOfList = 10_000;

    /// <summary>Entries of all lists of a brand that have not ended.</summary>
    public const int MaxOfBrand = 100_000;

    private static readonly Update<PriceEntry> Close = new([nameof(PriceEntry.UntilVersion)]);

    private MemberCloudDb Db => transactions.Db;

    /// <summary>Replaces the entries; with dry_run, or a bad row, it only says what would come of it.</summary>
    public Task<Result<PriceEntriesReport>> ReplaceAsync(
        Guid id,
        EntryRows rows,
        bool dryRun,
        Func<long, Problem?> stale,
        CancellationToken ct
    ) =>
        transactions.DecideAsync<PriceEntriesReport>(
            async () =>
            {
                var opened = await PriceListService.OpenAsync(transactions, id, stale, ct);
                if (opened.Problem is { } refused)
                    return refused;
                var list = opened.Value;
                var diff = PriceEntryRules.Diff(await StandingAsync(id, ct), rows.Good.Select(r => r.Entry));
                var differs = diff.Added.Count + diff.Changed.Count + diff.Removed.Count > 0;
                if (differs && await RoomAsync(list, rows.Good.Count, dryRun, ct) is { } problem)
                    return problem;
                if (differs && !dryRun)
                    await SaveAsync(list, diff, rows.Good.Count, ct);
                return new PriceEntriesReport(
                    !dryRun,
                    list.ListVersion,
                    rows.Good.Count + rows.Bad,
                    rows.Bad,
                    diff.Added.Count,
                    diff.Changed.Count,
                    diff.Removed.Count,
                    diff.Unchanged,
                    rows.Errors,
                    await NotesAsync(rows, ct)
                );
            },
            ct
        );

    /// <summary>What a list says of these SKUs in its version, by SKU; those it does not name are not there. By pk_price_entries.</summary>
    public static async Task<Dictionary<string, ListedPrice>> OfAsync(
        MemberCloudDb db,
        PricedList list,
        IReadOnlyCollection<string> skus,
        CancellationToken ct
    )
    {
        var rows = await db.Set<PriceEntry>()
            .AsNoTracking()
            .Where(e => e.ListId == list.Id && skus.Contains(e.Sku) && e.FromVersion <= list.Version)
            .Where(e => e.UntilVersion == null || e.UntilVersion > list.Version)
            .ToListAsync(ct);
        return rows.GroupBy(e => e.Sku, StringComparer.Ordinal)
            .ToDictionary(
                g => g.Key,
                g => new ListedPrice(list, g.Key, [.. g.OrderBy(e => e.MinQuantity).Select(e => PriceEntryBody.Of(e).ToTerms())]),
                StringComparer.Ordinal
            );
    }

    /// <summary>Entries of a list's version by SKU and quantity, after those of a page before; one more than the page holds when there are more.</summary>
    public Task<List<PriceEntry>> PageAsync(PriceList list, (string Sku, int MinQuantity)? after, int take, CancellationToken ct)
    {
        var rows = At(list.Id, list.ListVersion);
        if (after is { } last)
            rows = rows.Where(e => e.Sku.CompareTo(last.Sku) > 0 || (e.Sku == last.Sku && e.MinQuantity > last.MinQuantity));
        return rows.OrderBy(e => e.Sku).ThenBy(e => e.MinQuantity).Take(take).ToListAsync(ct);
    }

    private IQueryable<PriceEntry> At(Guid list, int version) =>
        Db.Set<PriceEntry>()
            .AsNoTracking()
            .Where(e => e.ListId == list && e.FromVersion <= version && (e.UntilVersion == null || e.UntilVersion > version));

    private Task<List<PriceEntry>> StandingAsync(Guid list, CancellationToken ct) =>
        Db.Set<PriceEntry>().AsNoTracking().Where(e => e.ListId == list && e.UntilVersion == null).ToListAsync(ct);

    /// <summary>Of two uploads to two lists the second counts what the first saved: it waits for the brand's row.</summary>
    private async Task<Problem?> RoomAsync(PriceList list, int wanted, bool dryRun, CancellationToken ct)
    {
        if (!dryRun)
            await directory.StampAsync(transactions, ct);
        var others = await Db.Set<PriceList>()
            .Where(l => l.State == PriceListState.Live && l.Id != list.Id)
            .SumAsync(l => l.Entries, ct);
        return others + wanted > MaxOfBrand
            ? Problem.Conflict(
                "too_many_price_entries",
                $"The price lists of a brand have at most {MaxOfBrand} entries together."
            )
            : null;
    }

    private async Task SaveAsync(PriceList list, EntryDiff diff, int count, CancellationToken ct)
    {
        list.Entries = count;
        PriceListService.NewVersion(Db, list, scope.Now);
        list.EntriesVersion = list.ListVersion;
        await Db.SaveChangesAsync(ct);
        List<PriceEntry> closed = [.. diff.Removed, .. diff.Changed.Select(c => c.Before)];
        closed.ForEach(e => e.UntilVersion = list.ListVersion);
        var come = diff.Added.Concat(diff.Changed.Select(c => c.After)).Select(e => Row(list, e)).ToList();
        // Those that end first: the index holds one that stands for each SKU and quantity.
        await transactions.Door.StoreAsync(new StoreBatch().Update(Close, closed).Insert(come), ct);
    }

    private static PriceEntry Row(PriceList list, PriceEntryBody entry)
    {
        var terms = entry.ToTerms();
        return new()
        {
            TenantId = list.TenantId,
            ListId = list.Id,
            Sku = entry.Sku,
            MinQuantity = entry.MinQuantity,
            FromVersion = list.ListVersion,
            Kind = terms.Kind,
            Amount = terms.Amount,
            LimitQuantity = entry.Limit?.Quantity,
            LimitPer = entry.Limit?.Per,
        };
    }

    private async Task<IReadOnlyList<PriceEntryNote>> NotesAsync(EntryRows rows, CancellationToken ct)
    {
        var skus = rows.Good.Select(r => r.Entry.Sku).Distinct(StringComparer.Ordinal).ToList();
        var known = await Db.Set<Product>()
            .Where(p => skus.Contains(p.Sku))
            .Select(p => new { p.Sku, p.ListPrice })
            .ToDictionaryAsync(p => p.Sku, p => p.ListPrice, StringComparer.Ordinal, ct);
        return [.. PriceEntryRules.Notes(rows.Good, known, scope.Tenant.Rounding).Take(PriceEntryRules.MostTold)];
    }
}
