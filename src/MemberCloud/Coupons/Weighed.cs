using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Staff;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>
/// What was weighed against somebody's daily limit and is not given out yet: batches under way and codes nobody redeemed. Their template is not made worth more
/// meanwhile, or a limit would be no limit.
/// </summary>
internal static class Weighed
{
    public static Problem Promised { get; } =
        Problem.Conflict(
            "template_promised",
            "Batches or codes of this template are open, weighed as it is: it is not made worth more. Make a new template."
        );

    /// <summary>Whether a coupon of the one may take off more than a coupon of the other.</summary>
    public static bool MayTakeMore(TemplateBody before, TemplateBody after) =>
        after.AmountOff > before.AmountOff
        || after.PercentOffBp > before.PercentOffBp
        || (before.MaxOff is { } cap && !(after.MaxOff <= cap))
        || after.FixedPrice < before.FixedPrice
        || (after.MaxPieces ?? 1) > (before.MaxPieces ?? 1)
        || (after.Gift is not null && Json.Write(after.Gift) != Json.Write(before.Gift))
        || (after.NthItem is not null && after.NthItem != before.NthItem);

    /// <summary>Inside the transaction that has changed the template's row: who weighs it now waits for that row.</summary>
    public static async Task<bool> AnyAsync(MemberCloudDb db, Guid template, DateTime now, CancellationToken ct)
    {
        var batches = db.Set<CouponBatch>().AsNoTracking().Where(b => b.TemplateId == template);
        var asked = db.Set<Approval>().AsNoTracking().Where(a => a.State == ApprovalState.Pending && a.ExpiresAt > now);
        return await batches.AnyAsync(b => b.State == BatchState.Queued || b.State == BatchState.Running, ct)
            || await batches.AnyAsync(b => b.State == BatchState.AwaitingApproval && asked.Any(a => a.Id == b.ApprovalId), ct)
            || await db.Set<CouponCode>()
                .AnyAsync(c => c.TemplateId == template && c.RedeemedAt == null && c.VoidedAt == null, ct);
    }

    /// <summary>The template is as it was weighed, and stays so until the transaction ends; else the caller's work is done again.</summary>
    public static async Task HoldAsync(MemberCloudDb db, LoadedTemplate template, CancellationToken ct)
    {
        var held = await db.Set<CouponTemplate>()
            .Where(t => t.Id == template.Id && t.TemplateVersion == template.Version)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.TemplateVersion, t => t.TemplateVersion), ct);
        if (held == 0)
            throw new ConflictException("coupon_templates");
    }
}
