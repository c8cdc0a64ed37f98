using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>Holds coupons against what counts them: members' counts a page of members at a time, templates' counters and stock a page of templates at a time.</summary>
public sealed class CouponProof(Transactions transactions, TenantScope scope)
{
    /// <summary>Longer than counting a hundred million coupons takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private MemberCloudDb Db => transactions.Db;

    /// <summary>One snapshot of the coupons of some members, read one after the other; their counts are in memory. What is wrong, a sentence each.</summary>
    /// <param name="after">Members above this id.</param>
    /// <param name="last">Up to this one.</param>
    /// <param name="ct">Gives up.</param>
    public Task<List<string>> OfMembersAsync(Guid after, Guid last, CancellationToken ct) =>
        transactions.ReadTogetherAsync(
            async () =>
            {
                var members = Db.Set<Member>().Where(m => m.Id.CompareTo(after) > 0 && m.Id.CompareTo(last) <= 0);
                var counts = await Db.Set<CouponCount>()
                    .AsNoTracking()
                    .Where(c => c.MemberId.CompareTo(after) > 0 && c.MemberId.CompareTo(last) <= 0)
                    .ToListAsync(ct);
                var tally = new CouponTally(await members.Select(m => m.Id).ToHashSetAsync(ct), counts, scope.Tenant.Local);
                // ix_coupons_member
                var coupons = Db.Set<Coupon>()
                    .AsNoTracking()
                    .Where(c => c.MemberId.CompareTo(after) > 0 && c.MemberId.CompareTo(last) <= 0);
                await foreach (var coupon in coupons.AsAsyncEnumerable().WithCancellation(ct))
                    tally.Add(coupon);
                return tally.Faults.ToList();
            },
            ct
        );

    /// <summary>One snapshot of some templates; the database counts their coupons by state.</summary>
    /// <param name="after">Templates above this id.</param>
    /// <param name="take">So many.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Where to go on, null when there are no more; how many there were; what is wrong, a sentence each.</returns>
    public Task<(Guid? Last, int Looked, List<string> Faults)> OfTemplatesAsync(Guid after, int take, CancellationToken ct)
    {
        Db.Database.SetCommandTimeout(Patience);
        return transactions.ReadTogetherAsync(
            async () =>
            {
                var templates = await Db.Set<CouponTemplate>()
                    .AsNoTracking()
                    .Where(t => t.Id.CompareTo(after) > 0)
                    .OrderBy(t => t.Id)
                    .Take(take)
                    .ToListAsync(ct);
                var more = templates.Count == take;
                var last = more ? templates[^1].Id : Guid.AllBitsSet;
                var stock = await Db.Set<CouponStock>()
                    .AsNoTracking()
                    .Where(s => s.TemplateId.CompareTo(after) > 0 && s.TemplateId.CompareTo(last) <= 0)
                    .ToListAsync(ct);
                // By the range, not by the templates: coupons of a template that is gone are found.
                var found = await Db.Set<Coupon>()
                    .Where(c => c.TemplateId.CompareTo(after) > 0 && c.TemplateId.CompareTo(last) <= 0)
                    .GroupBy(c => new { c.TemplateId, c.State })
                    .Select(g => new StateCount(g.Key.TemplateId, g.Key.State, g.LongCount()))
                    .ToListAsync(ct);
                return (more ? last : (Guid?)null, templates.Count, CouponChecks.Templates(templates, stock, found).ToList());
            },
            ct
        );
    }
}
