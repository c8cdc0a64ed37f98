using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>The claim centre: what a member may take, and why not what they may not.</summary>
public sealed class OfferService(MemberCloudDb db, TenantScope scope, TemplateBook book, TierService tiers, MemberService members)
{
    /// <summary>Offers shown at once.</summary>
    private const int Most = 200;

    /// <summary>What is open to members now or opens later, higher priority first.</summary>
    public async Task<IReadOnlyList<OfferShape>> ListAsync(Member member, CancellationToken ct)
    {
        var now = scope.Now;
        var offered = (await book.LiveAsync(ct))
            .ById.Values.Where(t => t is { State: TemplateState.Active, Body.Claimable: true } && !(t.Body.Validity.Until <= now))
            .OrderByDescending(t => t.Body.Priority)
            .ThenBy(t => t.Id)
            .Take(Most)
            .ToList();
        var ids = offered.Select(t => t.Id).ToList();
        var counts = await db.Set<CouponCount>()
            .AsNoTracking()
            .Where(c => c.MemberId == member.Id && ids.Contains(c.TemplateId))
            .ToDictionaryAsync(c => c.TemplateId, ct);
        var left = await db.Set<CouponStock>()
            .AsNoTracking()
            .Where(s => ids.Contains(s.TemplateId))
            .GroupBy(s => s.TemplateId)
            .Select(g => new { g.Key, Left = g.Sum(s => s.Share - s.Used) })
            .ToDictionaryAsync(s => s.Key, s => Math.Max(0, s.Left), ct);
        var holder = await HolderAsync(member, ct);
        return
        [
            .. offered.Select(t =>
            {
                var count = counts.GetValueOrDefault(t.Id) ?? new() { TemplateId = t.Id };
                var refusal =
                    CouponRules.MayHave(t, CouponWay.Claim, holder, count, now, scope.Tenant.Local)
                    ?? (left.GetValueOrDefault(t.Id) == 0 ? Refusal.UsedUp : null);
                return ShapeOf(t, t.Body.Stock is null ? null : left.GetValueOrDefault(t.Id), refusal);
            }),
        ];
    }

    private async Task<CouponHolder> HolderAsync(Member member, CancellationToken ct)
    {
        var ladder = await tiers.LadderAsync(ct);
        var standing = await db.Set<TierStanding>().AsNoTracking().FirstOrDefaultAsync(s => s.MemberId == member.Id, ct);
        var tier = standing is null ? TierService.EntryOf(ladder) : standing.TierId;
        var plans = await db.Set<PlanHolding>().AsNoTracking().Where(p => p.MemberId == member.Id).ToListAsync(ct);
        return new(
            member.Id,
            member.JoinedAt,
            member.ErasedAt is not null,
            tier,
            [.. await members.TagsAsync(member.Id, ct)],
            plans
        );
    }

    private OfferShape ShapeOf(LoadedTemplate t, long? left, Refusal? refusal)
    {
        var text =
            scope.Language == Languages.Chinese ? t.Body.Texts?.Zh ?? t.Body.Texts?.En : t.Body.Texts?.En ?? t.Body.Texts?.Zh;
        return new(
            Ids.Show(IdPrefix.Template, t.Id),
            string.IsNullOrEmpty(text?.Title) ? t.Body.Name : text.Title,
            text?.Rules ?? "",
            t.Body.Kind!.Value,
            t.Body.AmountOff,
            t.Body.PercentOffBp,
            t.Body.MaxOff,
            t.Body.Threshold,
            t.Body.Validity,
            t.Body.OpensAt,
            t.Body.PointsPrice,
            left,
            refusal,
            refusal is { } why ? Refusals.Message(why, scope.Language) : null
        );
    }
}
