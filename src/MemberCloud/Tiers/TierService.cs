using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Tiers;

/// <summary>The brand's tiers, and the only writer of where members stand on them.</summary>
public sealed class TierService(
    Transactions transactions,
    TenantScope scope,
    TenantCache cache,
    TenantDirectory directory,
    ITierPerks perks
)
{
    public const int MaxTiers = 20;

    /// <summary>Where a member stands, by what is written.</summary>
    public static readonly Lookup<TierStanding> Standings = new("member_id = {0}", [typeof(Guid)]);
    private static readonly Lookup<TierWelcome> Welcomes = new("member_id = {0}", [typeof(Guid)]);
    private static readonly Lookup<PointsLot> GrowthSince = new(
        $"member_id = {{0}} AND currency = '{Currencies.Growth}' AND earned_at > {{1}}",
        [typeof(Guid), typeof(DateTime)]
    );

    private MemberCloudDb Db => transactions.Db;

    /// <summary>Nobody's standing is looked at, and none changes.</summary>
    public TierWork None => new(scope, [], [], [], []);

    /// <summary>Tiers by rank.</summary>
    public Task<IReadOnlyList<Tier>> LadderAsync(CancellationToken ct) =>
        cache.GetAsync<IReadOnlyList<Tier>>(
            scope.Tenant,
            async () => await Db.Set<Tier>().AsNoTracking().OrderBy(t => t.Rank).ToListAsync(ct)
        );

    /// <summary>Standings and growth of members, in memory. The caller holds their growth accounts, which is the lock of a standing.</summary>
    /// <param name="session">The caller's transaction.</param>
    /// <param name="members">Whose.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="mayReverse">Growth may be taken back: what a running term was earned with is looked at too, a term further back.</param>
    public async Task<TierWork> OpenAsync(
        IDoorSession session,
        IReadOnlyCollection<Guid> members,
        CancellationToken ct,
        bool mayReverse = false
    )
    {
        var ladder = await LadderAsync(ct);
        if (ladder.Count == 0)
            return None;
        var load = new LoadBatch();
        List<object[]> ids = [.. members.Distinct().Select(m => new object[] { m })];
        var standings = load.Add(Standings, ids);
        var welcomes = load.Add(Welcomes, ids);
        await session.LoadAsync(load, ct);

        var ends = standings.Where(s => s.ValidUntil < scope.Now).ToDictionary(s => s.MemberId, s => s.ValidUntil!.Value);
        var terms = mayReverse && scope.Tenant.Settings.TierRevokeOnRefund ? 2 : 1;
        DateTime Since(Guid member) => WindowStart(ladder, ends.GetValueOrDefault(member, scope.Now), terms);
        load = new LoadBatch();
        var lots = load.Add(GrowthSince, [.. members.Distinct().Select(m => new object[] { m, Since(m) })]);
        await session.LoadAsync(load, ct);
        return new(scope, ladder, standings, lots, welcomes);
    }

    /// <summary>One member's standing as it reads now, reviews due counted as done. Nothing is written.</summary>
    public async Task<(TierStanding? Standing, Tier? Tier, IReadOnlyList<Growth> Growth)> ReadAsync(
        Guid memberId,
        CancellationToken ct
    )
    {
        var ladder = await LadderAsync(ct);
        var standing = await Db.Set<TierStanding>().AsNoTracking().FirstOrDefaultAsync(s => s.MemberId == memberId, ct);
        var from = WindowStart(ladder, standing?.ValidUntil < scope.Now ? standing.ValidUntil.Value : scope.Now);
        var lots = await Db.Set<PointsLot>()
            .AsNoTracking()
            .Where(l => l.MemberId == memberId && l.Currency == Currencies.Growth && l.EarnedAt > from)
            .ToListAsync(ct);
        var work = new TierWork(scope, ladder, standing is null ? [] : [standing], lots, []);
        work.Advance(memberId);
        return (work.StandingOf(memberId), work.TierOf(memberId), work.GrowthOf(memberId));
    }

    /// <summary>Where members stand, by what is written: a review that is due and not done yet is not.</summary>
    public static async Task<Dictionary<Guid, Guid?>> TiersOfAsync(
        IDoorSession session,
        IReadOnlyList<Tier> ladder,
        IReadOnlyCollection<Guid> members,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var found = load.Add(Standings, [.. members.Select(m => new object[] { m })]);
        await session.LoadAsync(load, ct);
        var standings = found.ToDictionary(s => s.MemberId, s => s.TierId);
        return members.ToDictionary(m => m, m => standings.TryGetValue(m, out var tier) ? tier : EntryOf(ladder));
    }

    /// <summary>Where a member stands of whom nothing is written; null = on no tier.</summary>
    public static Guid? EntryOf(IReadOnlyList<Tier> ladder) => ladder.Count > 0 && ladder[0].Rank == 0 ? ladder[0].Id : null;

    /// <summary>Takes a member off the ladder: no review is due any more. The caller holds the growth account, where there is one.</summary>
    public Task ForgetAsync(Guid memberId, CancellationToken ct) =>
        Db.Set<TierStanding>().Where(s => s.MemberId == memberId).ExecuteDeleteAsync(ct);

    /// <summary>Of two members who are one the better standing stays, then what both growths together reach. Inside the caller's transaction, which holds their growth.</summary>
    public async Task JoinAsync(Guid from, Guid into, CancellationToken ct)
    {
        var work = await OpenAsync(transactions.Door, [from, into], ct);
        work.Adopt(into, from);
        work.Advance(into);
        await StoreAsync(work, ct);
        await ForgetAsync(from, ct);
    }

    /// <summary>Two members again, each with what its own growth reaches.</summary>
    public async Task PartAsync(Guid from, Guid into, CancellationToken ct)
    {
        var work = await OpenAsync(transactions.Door, [into, from], ct);
        work.Advance(into);
        work.Advance(from);
        await StoreAsync(work, ct);
    }

    private Task StoreAsync(TierWork work, CancellationToken ct)
    {
        var store = new StoreBatch();
        work.Write(store);
        return transactions.Door.StoreAsync(store, ct);
    }

    private DateTime WindowStart(IReadOnlyList<Tier> ladder, DateTime at, int terms = 1) =>
        scope.Tenant.Local.PlusMonths(at, -terms * ladder.Select(t => t.ValidMonths).DefaultIfEmpty(0).Max());

    public Task<Result<Tier>> AddAsync(TierRequest asked, CancellationToken ct) =>
        transactions.DecideAsync<Tier>(
            async () =>
            {
                if (await perks.CheckAsync(asked.Perks, ct) is { } unknown)
                    return unknown;
                if (await Db.Set<Tier>().AnyAsync(t => t.Rank == asked.Rank, ct))
                    return Problem.Conflict("rank_taken", $"There is a tier of rank {asked.Rank} already.");
                if (await Db.Set<Tier>().CountAsync(ct) >= MaxTiers)
                    return Problem.Conflict("too_many_tiers", $"A brand has at most {MaxTiers} tiers.");
                var tier = new Tier
                {
                    TenantId = scope.Id,
                    Id = Ids.New(),
                    Name = asked.Name,
                    Rank = asked.Rank!.Value,
                    GrowthThreshold = asked.GrowthThreshold!.Value,
                    ValidMonths = asked.ValidMonths ?? 12,
                    PointsMultiplierBp = asked.PointsMultiplierBp ?? 10_000,
                    Perks = TierPerks.Write(asked.Perks ?? []),
                };
                Db.Add(tier);
                return await SaveAsync(tier, ct);
            },
            ct
        );

    public Task<Result<Tier>> ChangeAsync(Guid id, TierChangeRequest asked, Func<long, Problem?> stale, CancellationToken ct) =>
        transactions.DecideAsync<Tier>(
            async () =>
            {
                if (await Db.Set<Tier>().FirstOrDefaultAsync(t => t.Id == id, ct) is not { } tier)
                    return Problem.NotFound("tier");
                if ((stale(tier.Version) ?? await perks.CheckAsync(asked.Perks, ct)) is { } problem)
                    return problem;
                tier.Name = asked.Name ?? tier.Name;
                tier.GrowthThreshold = asked.GrowthThreshold ?? tier.GrowthThreshold;
                tier.ValidMonths = asked.ValidMonths ?? tier.ValidMonths;
                tier.PointsMultiplierBp = asked.PointsMultiplierBp ?? tier.PointsMultiplierBp;
                tier.Perks = asked.Perks is { } named ? TierPerks.Write(named) : tier.Perks;
                return await SaveAsync(tier, ct);
            },
            ct
        );

    public Task<Result<Tier>> RemoveAsync(Guid id, CancellationToken ct) =>
        transactions.DecideAsync<Tier>(
            async () =>
            {
                if (await Db.Set<Tier>().FirstOrDefaultAsync(t => t.Id == id, ct) is not { } tier)
                    return Problem.NotFound("tier");
                if (await Db.Set<TierStanding>().AnyAsync(s => s.TierId == id, ct))
                    return Problem.Conflict("tier_in_use", "Members stand on this tier.");
                Db.Remove(tier);
                return await SaveAsync(tier, ct);
            },
            ct
        );

    /// <summary>A ladder that falls where it should rise would let a review and an upgrade contradict each other.</summary>
    private async Task<Result<Tier>> SaveAsync(Tier tier, CancellationToken ct)
    {
        // First the brand's row: of two changes at once the second looks at the ladder when the first has stored it.
        await directory.StampAsync(transactions, ct);
        await Db.SaveChangesAsync(ct);
        var ladder = await Db.Set<Tier>().AsNoTracking().OrderBy(t => t.Rank).ToListAsync(ct);
        if (ladder.Zip(ladder.Skip(1)).Any(pair => pair.First.GrowthThreshold >= pair.Second.GrowthThreshold))
            return Problem.Contradiction("thresholds_not_rising", "A higher rank needs a higher growth threshold.");
        return tier;
    }
}
