using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Orders;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Profile;

/// <summary>Makes one member of two, and two of one again.</summary>
public sealed class MergeService(
    Transactions transactions,
    MemberMerges merges,
    PointsLedger ledger,
    MemberHoldings holdings,
    TenantScope scope
)
{
    /// <summary>Lots that move in one transaction.</summary>
    private const int MaxLots = 10_000;

    private MemberCloudDb Db => transactions.Db;

    public Task<Result<MergeShape>> MergeAsync(Guid into, Guid from, CancellationToken ct) =>
        transactions.DecideAsync<MergeShape>(
            async () =>
            {
                if (into == from)
                    return Problem.Contradiction("merge_with_self", "A member is merged with another one.");
                var (kept, gone) = await merges.LockAsync(into, from, ct);
                if (kept is null || gone is null)
                    return Problem.NotFound("member");
                if (kept.ErasedAt is not null || gone.ErasedAt is not null)
                    return MemberRules.Erased;
                if (kept.MergedInto is not null || gone.MergedInto is not null)
                    return Problem.Conflict("member_merged", "One of them was merged into another member already.");
                if (await holdings.BusyAsync([into, from], ct) is { } busy)
                    return busy;
                var moved = await MoveAsync(from, into, null, ct);
                if (moved.Problem is { } problem)
                    return problem;
                await MoveCapsAsync(from, into, +1, ct);
                if (await holdings.JoinAsync(from, into, ct) is { } tooMany)
                    return tooMany;
                var merge = await merges.MergeAsync(from, into, Json.Write(moved.Value), ct);
                await TellAsync("member.merged", from, into, ct);
                return MergeShape.Of(merge, moved.Value, scope.Tenant.Local);
            },
            ct
        );

    public Task<Result<UnmergeShape>> UnmergeAsync(Guid id, Guid? from, CancellationToken ct) =>
        transactions.DecideAsync<UnmergeShape>(
            async () =>
            {
                if (await merges.FindAsync(id, from, ct) is not { } merge)
                    return Problem.Conflict("not_merged", "There is no such merge to undo.");
                if (scope.Tenant.Local.PlusDays(merge.MergedAt, MemberMerges.UnmergeDays) <= scope.Now)
                    return Problem.Conflict("unmerge_too_late", $"A merge is undone within {MemberMerges.UnmergeDays} days.");
                var (kept, gone) = await merges.LockAsync(merge.IntoId, merge.FromId, ct);
                if (kept!.ErasedAt is not null)
                    return MemberRules.Erased;
                if (kept.MergedInto is not null)
                    return Problem.Conflict("member_merged", "The other member was merged further since: undo that first.");
                if (gone!.MergedInto is null)
                    return Problem.Conflict("not_merged", "There is no such merge to undo.");
                // Its coupons may be about to go back.
                if (await holdings.BusyAsync([kept.Id], ct) is { } busy)
                    return busy;
                var brought = Json.Read<List<MovedPoints>>(merge.Brought);
                var moved = await MoveAsync(merge.IntoId, merge.FromId, brought, ct);
                if (moved.Problem is { } problem)
                    return problem;
                await MoveCapsAsync(merge.FromId, merge.IntoId, -1, ct);
                await merges.UnmergeAsync(merge, ct);
                await holdings.PartAsync(merge.FromId, merge.IntoId, ct);
                await TellAsync("member.unmerged", merge.FromId, merge.IntoId, ct);
                return UnmergeShape.Of(merge, brought, moved.Value);
            },
            ct
        );

    /// <summary>
    /// Every lot the giver has in its own right goes over as it stands, closed ones too. On the way back only those that came from the taker, whose rows
    /// still say so, and those that its orders earned meanwhile.
    /// </summary>
    private async Task<Result<IReadOnlyList<MovedPoints>>> MoveAsync(
        Guid from,
        Guid to,
        List<MovedPoints>? back,
        CancellationToken ct
    )
    {
        var owner = back is null ? from : to;
        var earned = Db.Set<OrderEarning>().Where(e => e.MemberId == owner).Select(e => new { Id = e.LotId, e.Currency });
        var lots = await Db.Set<PointsLot>()
            .Where(l => l.MemberId == owner)
            .Select(l => new { l.Id, l.Currency })
            .Union(earned)
            .Take(MaxLots + 1)
            .ToListAsync(ct);
        if (lots.Count > MaxLots)
            return Problem.Conflict("too_many_lots", $"A member with more than {MaxLots} lots of points is not merged.");
        var currencies = await Db.Set<PointsAccount>().Where(a => a.MemberId == from).Select(a => a.Currency).ToListAsync(ct);
        var journals = await ledger.OpenAsync(
            transactions.Door,
            [.. currencies.SelectMany(c => new[] { new AccountKey(from, c), new AccountKey(to, c) })],
            LotsWanted.Open,
            ct,
            [.. lots.SelectMany(l => new[] { (from, l.Id), (to, l.Id) })]
        );
        foreach (var journal in journals.Values)
            journal.PostDue();
        if (journals.Values.Any(j => j.OpenHolds > 0))
            return Problem.Conflict("open_hold", "One of them has points on hold: capture or release them first.");
        var moved = new List<MovedPoints>();
        foreach (var currency in currencies.Order(StringComparer.Ordinal))
        {
            var ids = lots.Where(l => l.Currency == currency).Select(l => l.Id).ToHashSet();
            // Back goes no more debt than was brought.
            var debt = back is null ? long.MaxValue : back.Where(b => b.Currency == currency).Sum(b => b.Debt);
            var given = journals[new(from, currency)].GiveLots(ids, debt, Of(to));
            journals[new(to, currency)].TakeLots(given, Of(from));
            moved.Add(MovedPoints.Of(currency, given));
        }
        var store = new StoreBatch();
        PointsLedger.Write(store, [.. journals.Values]);
        await transactions.Door.StoreAsync(store, ct);
        return moved;
    }

    /// <summary>
    /// What the one got of a rule counts for both while they are one: two members are no way around a cap. Its own rows stay as they are, and come off again.
    /// </summary>
    private async Task MoveCapsAsync(Guid from, Guid into, int sign, CancellationToken ct)
    {
        var caps = await Db.Set<EarningCap>().Where(c => c.MemberId == from || c.MemberId == into).ToListAsync(ct);
        var own = caps.Where(c => c.MemberId == into).ToDictionary(c => (c.RuleId, c.Period));
        foreach (var cap in caps.Where(c => c.MemberId == from))
        {
            if (!own.TryGetValue((cap.RuleId, cap.Period), out var there))
                Db.Add(
                    there = new EarningCap
                    {
                        TenantId = scope.Id,
                        MemberId = into,
                        RuleId = cap.RuleId,
                        Period = cap.Period,
                    }
                );
            there.Used = Math.Max(0, there.Used + (sign * cap.Used));
        }
        await Db.SaveChangesAsync(ct);
    }

    private async Task TellAsync(string type, Guid from, Guid into, CancellationToken ct)
    {
        var said = new MergedEvent(Ids.Show(IdPrefix.Member, from), Ids.Show(IdPrefix.Member, into));
        Db.Add(OutboxEvent.Of(scope.Id, type, into, said, scope.Now));
        await Db.SaveChangesAsync(ct);
    }

    private static Reference Of(Guid member) => new("merge", Ids.Show(IdPrefix.Member, member));
}

/// <summary>What <c>member.merged</c> and <c>member.unmerged</c> say.</summary>
public sealed record MergedEvent(string FromMemberId, string IntoMemberId);
