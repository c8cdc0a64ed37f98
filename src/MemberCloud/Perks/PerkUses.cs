using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Perks;

/// <summary>A reservation and the partner's codes it handed out.</summary>
public sealed record PerkUse(PerkReservation Reservation, IReadOnlyList<string> Codes);

/// <summary>
/// The only writer of perks' uses: set aside, then used or given back. Locked in this order everywhere: the member (held), grants of the perk, the pool of codes.
/// </summary>
public sealed class PerkUses(Transactions transactions, TenantScope scope, Entitlements entitlements, PartnerCodes codes)
{
    private MemberCloudDb Db => transactions.Db;

    private static Problem NoReservation { get; } = Problem.NotFound("reservation");

    /// <summary>Sets some of a perk aside for a time.</summary>
    public Task<Result<PerkUse>> ReserveAsync(Guid memberId, Guid perkId, ReservePerk asked, CancellationToken ct) =>
        TakeAsync(
            memberId,
            perkId,
            (work, held) =>
                work.Reserve(held, asked.Quantity, asked.Reference?.ToReference(), scope.Now.AddSeconds(asked.TtlSeconds)),
            commits: false,
            ct
        );

    /// <summary>Uses some of a perk at once.</summary>
    public Task<Result<PerkUse>> ConsumeAsync(Guid memberId, Guid perkId, ConsumePerk asked, CancellationToken ct) =>
        TakeAsync(
            memberId,
            perkId,
            (work, held) => work.Reserve(held, asked.Quantity, asked.Reference?.ToReference(), scope.Now),
            commits: true,
            ct
        );

    /// <summary>What was set aside is used, though the perk is no longer held: it was kept for this.</summary>
    public Task<Result<PerkUse>> CommitAsync(Guid id, CancellationToken ct) =>
        EndAsync(id, (work, reservation) => CommitAsync(work, reservation, ct), ct);

    /// <summary>What was set aside goes back.</summary>
    public Task<Result<PerkUse>> ReleaseAsync(Guid id, CancellationToken ct) =>
        EndAsync(
            id,
            (work, reservation) =>
            {
                work.Release(reservation);
                return StoreAsync(work, new(), reservation, ct);
            },
            ct
        );

    /// <summary>A reservation as it stands; null = there is none.</summary>
    public async Task<PerkUse?> FindAsync(Guid id, CancellationToken ct) =>
        await Db.Set<PerkReservation>().AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, ct) is { } found
            ? new(found, await CodesAsync(found, ct))
            : null;

    private Task<Result<PerkUse>> TakeAsync(
        Guid memberId,
        Guid perkId,
        Func<PerkWork, HeldPerk, PerkReservation?> reserve,
        bool commits,
        CancellationToken ct
    ) =>
        transactions.DecideAsync<PerkUse>(
            async () =>
            {
                var found = await MemberService.HoldAsync(transactions.Door, memberId, ct);
                if (found.Problem is { } problem)
                    return problem;
                var member = found.Value;
                var held = await entitlements.FindAsync(member, perkId, ct);
                if (PerkUseRules.Refuse(held) is { } refused)
                    return refused;
                var work = await OpenAsync(member.Id, perkId, ct);
                if (work.OpenCount >= PerkWork.MaxOpen)
                    return PerkUseRules.TooMany;
                if (reserve(work, held!) is not { } reservation)
                    return PerkUseRules.UsedUp;
                return commits ? await CommitAsync(work, reservation, ct) : await StoreAsync(work, new(), reservation, ct);
            },
            ct
        );

    private Task<Result<PerkUse>> EndAsync(
        Guid id,
        Func<PerkWork, PerkReservation, Task<Result<PerkUse>>> end,
        CancellationToken ct
    ) =>
        transactions.DecideAsync<PerkUse>(
            async () =>
            {
                var of = await Db.Set<PerkReservation>()
                    .Where(r => r.Id == id)
                    .Select(r => new { r.MemberId, r.PerkId })
                    .FirstOrDefaultAsync(ct);
                if (of is null)
                    return NoReservation;
                var member = await MemberService.HoldAsync(transactions.Door, of.MemberId, ct);
                if (member.Problem is { } problem)
                    return problem;
                var work = await OpenAsync(member.Value.Id, of.PerkId, ct);
                if (work.Find(id) is { } mine && PerkUseRules.OfCheckout(mine) is { } theirs)
                    return theirs;
                return work.Find(id) is { } open
                    ? await end(work, open)
                    : PerkUseRules.Resolved((await FindAsync(id, ct))!, scope.Now);
            },
            ct
        );

    private async Task<Result<PerkUse>> CommitAsync(PerkWork work, PerkReservation reservation, CancellationToken ct)
    {
        var (store, kind) = (new StoreBatch(), await entitlements.KindAsync(reservation.PerkId, ct));
        var first =
            kind == PerkKind.PartnerCode ? await codes.TakeAsync(reservation.PerkId, reservation.Quantity, store, ct) : null;
        if (kind == PerkKind.PartnerCode && first is null)
            return PerkUseRules.PoolEmpty;
        work.Commit(reservation, first);
        return await StoreAsync(work, store, reservation, ct);
    }

    private async Task<Result<PerkUse>> StoreAsync(
        PerkWork work,
        StoreBatch store,
        PerkReservation reservation,
        CancellationToken ct
    )
    {
        work.Write(store);
        await transactions.Door.StoreAsync(store, ct);
        return new PerkUse(reservation, await CodesAsync(reservation, ct));
    }

    private Task<IReadOnlyList<string>> CodesAsync(PerkReservation use, CancellationToken ct) =>
        PartnerCodes.OfAsync(Db, scope.Tenant, use, ct);

    private Task<PerkWork> OpenAsync(Guid member, Guid perk, CancellationToken ct) =>
        PerkWork.OpenAsync(transactions.Door, scope.Tenant, (member, perk), scope.Now, ct);
}
