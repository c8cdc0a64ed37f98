using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>Notices of renewals, and the proof that they arrived.</summary>
public sealed class NoticeService(Transactions transactions, TenantScope scope, PlanBook book, MemberKeys keys)
{
    private IQueryable<RenewalNotice> Notices => transactions.Db.Set<RenewalNotice>();

    /// <summary>Notices made since an instant, oldest first.</summary>
    public async Task<IReadOnlyList<RenewalNotice>> SinceAsync(DateTime? since, Guid? after, int take, CancellationToken ct)
    {
        var rows = Notices.AsNoTracking();
        if (since is { } from)
            rows = rows.Where(n => n.CreatedAt >= from);
        if (after is { } last)
            rows = rows.Where(n => n.Id.CompareTo(last) > 0);
        return await rows.OrderBy(n => n.Id).Take(take).ToListAsync(ct);
    }

    /// <summary>A member's notices, newest first. Whoever reads them has been told.</summary>
    public async Task<IReadOnlyList<RenewalNotice>> ReadAsync(Guid member, CancellationToken ct)
    {
        const int shown = 50;
        var unread = await Notices.Where(n => n.MemberId == member && n.ProvedAt == null).Select(n => n.Id).ToListAsync(ct);
        foreach (var id in unread)
            await ProveAsync(id, NoticeProof.Read, scope.Now, "me", null, ct);
        return await Notices
            .AsNoTracking()
            .Where(n => n.MemberId == member)
            .OrderByDescending(n => n.Id)
            .Take(shown)
            .ToListAsync(ct);
    }

    /// <summary>A notice arrived. The first proof counts; another one changes nothing.</summary>
    public async Task<Result<RenewalNotice>> ProveAsync(
        Guid id,
        NoticeProof proof,
        DateTime at,
        string channel,
        string? evidence,
        CancellationToken ct
    )
    {
        var plans = await book.ReadAsync(ct);
        return await transactions.DecideAsync<RenewalNotice>(
            async () =>
            {
                if (await Notices.AsNoTracking().FirstOrDefaultAsync(n => n.Id == id, ct) is not { } seen)
                    return Problem.NotFound("notice");
                var session = transactions.Door;
                var work = await MembershipWork.OpenAsync(session, scope, plans, [seen.MembershipId], MembershipWanted.Due, ct);
                // Its membership is locked: of two proofs one is first.
                var notice = await Notices.FirstAsync(n => n.Id == id, ct);
                if (notice.ProvedAt is not null)
                    return notice;
                (notice.ProvedAt, notice.Proof, notice.Channel) = (at > notice.CreatedAt ? at : notice.CreatedAt, proof, channel);
                if (evidence is not null)
                    notice.EvidenceSealed = await keys.SealAsync(scope.Tenant.Keys, notice.MemberId, evidence, ct);
                await transactions.Db.SaveChangesAsync(ct);
                work.Prove(work.Find(notice.MembershipId)!, notice);
                await work.StoreAsync(session, ct);
                return notice;
            },
            ct
        );
    }
}
