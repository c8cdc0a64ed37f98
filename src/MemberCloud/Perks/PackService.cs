using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;

namespace MemberCloud.Perks;

/// <summary>What the event perk.coupon_refused says: which coupon of a pack could not be given, and why.</summary>
public sealed record PackRefused(string PerkId, string TemplateId, Refusal Reason);

/// <summary>
/// Gives a member the coupons of a pack for the period under way. The grant of the period is the proof that it was done: there is one, and none of it is left.
/// Locked in this order: the member, the perk's grants, then as <see cref="CouponGrants"/> says.
/// </summary>
public sealed class PackService(
    Transactions transactions,
    TenantScope scope,
    Entitlements entitlements,
    TemplateBook templates,
    TierService tiers
)
{
    /// <summary>1 when the pack was given, 0 when the member had it or is not entitled to it any more.</summary>
    public Task<int> IssueAsync(Guid memberId, Guid perkId, CancellationToken ct) =>
        transactions.RunAsync(
            async () =>
            {
                var found = await MemberService.HoldAsync(transactions.Door, memberId, ct);
                if (found.Refused || await entitlements.FindAsync(found.Value, perkId, ct) is not { Sources.Count: > 0 } held)
                    return 0;
                var member = found.Value.Id;
                var work = await PerkWork.OpenAsync(transactions.Door, scope.Tenant, (member, perkId), scope.Now, ct);
                var packs = (int)work.Usable(held).Sum(PerkGrantRules.Left);
                if (packs == 0)
                    return 0;
                work.Commit(work.Reserve(held, packs, null, scope.Now)!, null);
                var store = new StoreBatch();
                work.Write(store);
                await GiveAsync(member, held, packs, store, ct);
                await transactions.Door.StoreAsync(store, ct);
                return 1;
            },
            ct
        );

    /// <summary>As many of each template as the member may have; of the others it is told why not.</summary>
    internal async Task GiveAsync(Guid member, HeldPerk held, int packs, StoreBatch store, CancellationToken ct)
    {
        var asked = new List<(LoadedTemplate Template, int Quantity)>();
        foreach (var coupons in held.Body.Config!.Coupons!)
            asked.Add(((await templates.FindAsync(coupons.TemplateId, ct))!, coupons.Quantity * packs));
        var grants = await CouponGrants.OpenAsync(
            transactions.Door,
            scope.Tenant,
            await tiers.LadderAsync(ct),
            [.. asked.Select(a => (member, a.Template))],
            transactions.Attempt > 1 ? [.. asked.Select(a => a.Template.Id)] : [],
            ct
        );
        // Of which membership they are: with its fee they are taken back.
        var from = held.Sources.Select(s => s.MembershipId).FirstOrDefault(m => m is not null);
        var refused = asked
            .Select(a => (a.Template, Reason: grants.Grant(a.Template, member, CouponWay.Perk, scope.Now, a.Quantity, from)))
            .Where(a => a.Reason is not null)
            .Select(a => Refused(member, held.Id, a.Template.Id, a.Reason!.Value));
        store.Insert([.. refused]);
        grants.Write(store);
    }

    private OutboxEvent Refused(Guid member, Guid perk, Guid template, Refusal reason) =>
        OutboxEvent.Of(
            scope.Id,
            "perk.coupon_refused",
            member,
            new PackRefused(Ids.Show(IdPrefix.Perk, perk), Ids.Show(IdPrefix.Template, template), reason),
            scope.Now
        );
}
