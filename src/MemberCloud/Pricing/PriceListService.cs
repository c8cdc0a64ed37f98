using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Pricing;

/// <summary>Price lists as configuration: changed by making a new version, ended, never removed. Their entries: <see cref="PriceEntryService"/>.</summary>
public sealed class PriceListService(Transactions transactions, TenantScope scope, TenantDirectory directory, Segments segments)
{
    /// <summary>Lists that have not ended.</summary>
    public const int MaxLive = 200;

    private static readonly Lookup<PriceList> ById = new("id = {0}", [typeof(Guid)]) { Locks = true };

    private MemberCloudDb Db => transactions.Db;

    /// <summary>A list as it stands, or as it stood in a version; null = there is no such list or version.</summary>
    public async Task<PriceList?> FindAsync(Guid id, int? version, CancellationToken ct)
    {
        if (await Db.Set<PriceList>().AsNoTracking().FirstOrDefaultAsync(l => l.Id == id, ct) is not { } list)
            return null;
        if (version is null || version == list.ListVersion)
            return list;
        var stood = await Db.Set<PriceListVersion>()
            .AsNoTracking()
            .FirstOrDefaultAsync(v => v.ListId == id && v.Number == version, ct);
        if (stood is null)
            return null;
        (list.ListVersion, list.Body, list.Entries, list.ChangedAt) = (stood.Number, stood.Body, stood.Entries, stood.CreatedAt);
        return list;
    }

    /// <summary>Lists, newest first.</summary>
    public Task<List<PriceList>> ListAsync(PriceListState? state, Guid? before, int take, CancellationToken ct)
    {
        var rows = Db.Set<PriceList>().AsNoTracking().Where(l => state == null || l.State == state);
        if (before is { } last)
            rows = rows.Where(l => l.Id.CompareTo(last) < 0);
        return rows.OrderByDescending(l => l.Id).Take(take).ToListAsync(ct);
    }

    public Task<Result<PriceList>> AddAsync(PriceListBody body, CancellationToken ct) =>
        transactions.DecideAsync<PriceList>(
            async () =>
            {
                if (await CheckAsync(body, ct) is { } problem)
                    return problem;
                // First the brand's row: of two at once the second counts what the first added.
                await directory.StampAsync(transactions, ct);
                if (await Db.Set<PriceList>().CountAsync(l => l.State == PriceListState.Live, ct) >= MaxLive)
                    return Problem.Conflict(
                        "too_many_price_lists",
                        $"A brand has at most {MaxLive} price lists that have not ended."
                    );
                var list = new PriceList
                {
                    TenantId = scope.Id,
                    Id = Ids.New(),
                    State = PriceListState.Live,
                    Body = Json.Write(body),
                    CreatedAt = scope.Now,
                };
                Db.Add(list);
                NewVersion(Db, list, scope.Now);
                await Db.SaveChangesAsync(ct);
                return list;
            },
            ct
        );

    public Task<Result<PriceList>> ChangeAsync(
        Guid id,
        Func<PriceListBody, PriceListBody> change,
        Func<long, Problem?> stale,
        CancellationToken ct
    ) =>
        transactions.DecideAsync<PriceList>(
            async () =>
            {
                var opened = await OpenAsync(transactions, id, stale, ct);
                if (opened.Refused)
                    return opened;
                var list = opened.Value;
                var body = change(Json.Read<PriceListBody>(list.Body));
                if ((Validation.Check(body) ?? await CheckAsync(body, ct)) is { } problem)
                    return problem;
                // The same again is no new version.
                if (Json.Write(body) == list.Body)
                    return list;
                list.Body = Json.Write(body);
                NewVersion(Db, list, scope.Now);
                await directory.StampAsync(transactions, ct);
                await Db.SaveChangesAsync(ct);
                return list;
            },
            ct
        );

    /// <summary>Ends a list for good. The same again changes nothing.</summary>
    public Task<Result<PriceList>> EndAsync(Guid id, CancellationToken ct) =>
        transactions.DecideAsync<PriceList>(
            async () =>
            {
                if (await LockAsync(transactions, id, ct) is not { } list)
                    return NotFound;
                if (list.State == PriceListState.Ended)
                    return list;
                (list.State, list.EndedAt) = (PriceListState.Ended, scope.Now);
                await directory.StampAsync(transactions, ct);
                await Db.SaveChangesAsync(ct);
                return list;
            },
            ct
        );

    internal static Problem NotFound { get; } = Problem.NotFound("price list");

    /// <summary>A list to be changed, inside the caller's transaction. Locked in this order everywhere: the list, then the brand's row.</summary>
    internal static async Task<Result<PriceList>> OpenAsync(
        Transactions transactions,
        Guid id,
        Func<long, Problem?> stale,
        CancellationToken ct
    ) =>
        await LockAsync(transactions, id, ct) is not { } list ? NotFound
        : stale(list.Version) is { } old ? old
        : list.State == PriceListState.Ended ? Problem.Conflict("price_list_ended", "The price list has ended.")
        : list;

    /// <summary>Counts the version up and keeps it. What else it says of the list is set before.</summary>
    internal static void NewVersion(MemberCloudDb db, PriceList list, DateTime now)
    {
        list.ListVersion++;
        list.ChangedAt = now;
        db.Add(
            new PriceListVersion
            {
                TenantId = list.TenantId,
                ListId = list.Id,
                Number = list.ListVersion,
                Body = list.Body,
                Entries = list.Entries,
                CreatedAt = now,
            }
        );
    }

    private static async Task<PriceList?> LockAsync(Transactions transactions, Guid id, CancellationToken ct)
    {
        var load = new LoadBatch();
        load.Add(
            ById,
            [
                [id],
            ]
        );
        await transactions.Door.LoadAsync(load, ct);
        return await transactions.Db.Set<PriceList>().FirstOrDefaultAsync(l => l.Id == id, ct);
    }

    /// <summary>What an audience names must exist.</summary>
    private Task<Problem?> CheckAsync(PriceListBody body, CancellationToken ct) =>
        segments.CheckAsync(new SegmentFilter(TierIds: body.Audience.TierIds, PlanIds: body.Audience.PlanIds), ct);
}
