using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>Memberships as they are shown.</summary>
public sealed class MembershipReads(MemberCloudDb db, TenantScope scope, PlanBook book)
{
    public async Task<MembershipShape?> FindAsync(Guid id, CancellationToken ct) =>
        (await ShowAsync(db.Set<Membership>().Where(m => m.Id == id), ct)).FirstOrDefault();

    /// <summary>A member's memberships, newest first.</summary>
    public Task<IReadOnlyList<MembershipShape>> OfAsync(Guid member, Guid? before, int take, CancellationToken ct)
    {
        var rows = db.Set<Membership>().Where(m => m.MemberId == member);
        if (before is { } last)
            rows = rows.Where(m => m.Id.CompareTo(last) < 0);
        return ShowAsync(rows.OrderByDescending(m => m.Id).Take(take), ct);
    }

    private async Task<IReadOnlyList<MembershipShape>> ShowAsync(IQueryable<Membership> which, CancellationToken ct)
    {
        var plans = await book.ReadAsync(ct);
        var rows = await which.AsNoTracking().ToListAsync(ct);
        var ids = rows.ConvertAll(m => m.Id);
        var due = (
            await db.Set<Invoice>()
                .Where(i => ids.Contains(i.MembershipId) && i.State == InvoiceState.Open && i.Series == Invoice.Sales)
                .Select(i => new { i.MembershipId, i.Total })
                .ToListAsync(ct)
        ).ToLookup(i => i.MembershipId, i => i.Total);
        var actions = (
            await db.Set<PaymentAttempt>()
                .AsNoTracking()
                .Where(a => ids.Contains(a.MembershipId) && a.State == AttemptState.NeedsAction)
                .ToListAsync(ct)
        ).ToDictionary(a => a.MembershipId, ActionOf);
        return
        [
            .. rows.Select(m =>
                MembershipShape.Of(
                    m,
                    plans,
                    scope.Tenant,
                    scope.Now,
                    due.Contains(m.Id) ? due[m.Id].Sum() : null,
                    actions.GetValueOrDefault(m.Id)
                )
            ),
        ];
    }

    private PaymentAction? ActionOf(PaymentAttempt attempt) =>
        attempt.ActionSealed is { } action ? Json.Read<PaymentAction>(scope.Tenant.Keys.OpenText(action, attempt.Id)) : null;
}
