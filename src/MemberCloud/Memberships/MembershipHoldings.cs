using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>A member's memberships as a whole: ended with the member, joined with another's who is the same person.</summary>
public sealed class MembershipHoldings(Transactions transactions, TenantScope scope, PlanBook book)
{
    private MemberCloudDb Db => transactions.Db;

    /// <summary>Nothing of the member's is renewed or charged any more; what a gateway takes for a charge under way goes back. Inside the caller's transaction, which holds the member.</summary>
    public async Task EndAsync(Guid member, CancellationToken ct)
    {
        await EachAsync([member], (work, one) => work.End(one, MembershipState.Revoked, MembershipReason.Erased, scope.Now), ct);
        await Db.Set<PaymentMethod>().Where(m => m.MemberId == member).ExecuteDeleteAsync(ct);
    }

    /// <summary>
    /// What the one has is the other's. Of a family that both have a membership of, the time that the one paid is added to the other's, and the one's ends. Inside the caller's transaction, which
    /// holds both.
    /// </summary>
    public async Task JoinAsync(Guid from, Guid into, CancellationToken ct)
    {
        var held = await HeldAsync(into, ct);
        var kept = new Dictionary<string, MembershipCase>(StringComparer.Ordinal);
        await EachAsync(
            [into, from],
            (work, one) =>
            {
                var m = one.Row;
                if (m.MemberId == into)
                    kept.Add(m.Family, one);
                else if (kept.TryGetValue(m.Family, out var other))
                {
                    work.Prolong(other, one);
                    work.End(one, MembershipState.Revoked, MembershipReason.Merged, scope.Now);
                }
                else
                    work.Give(one, into, held.GetValueOrDefault(m.Family));
            },
            ct,
            first: into
        );
        // What was billed for a membership goes with it.
        var given = Db.Set<Membership>().Where(m => m.MemberId == into).Select(m => m.Id);
        await Db.Set<Invoice>()
            .Where(i => i.MemberId == from && given.Contains(i.MembershipId))
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.MemberId, into), ct);
        await MoveTrialsAsync(from, into, ct);
        await Db.Set<PaymentMethod>()
            .Where(m =>
                m.MemberId == from
                && !Db.Set<PaymentMethod>().Any(o => o.MemberId == into && o.Gateway == m.Gateway && o.Reference == m.Reference)
            )
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.MemberId, into).SetProperty(m => m.BroughtFrom, from), ct);
    }

    /// <summary>
    /// Two members again: what the one brought and still runs is its own, and so are its ways to pay. Time that was added to the other's stays there. Inside the caller's transaction,
    /// which holds both.
    /// </summary>
    public async Task PartAsync(Guid from, Guid into, CancellationToken ct)
    {
        var held = await HeldAsync(from, ct);
        var given = await Db.Set<Membership>()
            .Where(m => m.MemberId == into && m.BroughtFrom == from && m.LiveFamily != null)
            .Select(m => m.Id)
            .ToListAsync(ct);
        await EachAsync(
            [into],
            (work, one) =>
            {
                if (given.Contains(one.Row.Id))
                    work.Give(one, from, held.GetValueOrDefault(one.Row.Family));
            },
            ct
        );
        await Db.Set<Invoice>()
            .Where(i => i.MemberId == into && given.Contains(i.MembershipId))
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.MemberId, from), ct);
        await Db.Set<PaymentMethod>()
            .Where(m => m.MemberId == into && m.BroughtFrom == from)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.MemberId, from).SetProperty(m => m.BroughtFrom, (Guid?)null), ct);
    }

    private Task<Dictionary<string, PlanHolding>> HeldAsync(Guid member, CancellationToken ct) =>
        Db.Set<PlanHolding>().AsNoTracking().Where(h => h.MemberId == member).ToDictionaryAsync(h => h.Family, ct);

    private async Task MoveTrialsAsync(Guid from, Guid into, CancellationToken ct)
    {
        var had = await Db.Set<TrialUse>().AsNoTracking().Where(t => t.MemberId == from || t.MemberId == into).ToListAsync(ct);
        var own = had.Where(t => t.MemberId == into).Select(t => t.Family).ToHashSet(StringComparer.Ordinal);
        Db.AddRange(
            had.Where(t => t.MemberId == from && !own.Contains(t.Family))
                .Select(t => new TrialUse
                {
                    TenantId = scope.Id,
                    MemberId = into,
                    Family = t.Family,
                    At = t.At,
                })
        );
        await Db.SaveChangesAsync(ct);
    }

    private async Task EachAsync(
        IReadOnlyCollection<Guid> members,
        Action<MembershipWork, MembershipCase> act,
        CancellationToken ct,
        Guid? first = null
    )
    {
        var plans = await book.ReadAsync(ct);
        var session = transactions.Door;
        var ids = await Db.Set<Membership>()
            .Where(m => members.Contains(m.MemberId) && m.LiveFamily != null)
            .Select(m => m.Id)
            .ToListAsync(ct);
        var work = await MembershipWork.OpenAsync(session, scope, plans, ids, MembershipWanted.Paid, ct);
        foreach (var one in work.All.OrderBy(o => o.Row.MemberId == first ? 0 : 1).ToList())
        {
            work.Advance(one);
            if (one.Row.LiveFamily is not null)
                act(work, one);
        }
        await work.StoreAsync(session, ct);
    }
}
