using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>Coupons one by one: claimed, taken back.</summary>
internal sealed class CouponService(Transactions transactions, TenantScope scope, TierService tiers, ClaimLines lines)
{
    private MemberCloudDb Db => transactions.Db;

    /// <summary>One claim; the same key again gets the first answer, a refusal keeps nothing.</summary>
    public async Task<IResult> ClaimAsync(
        LoadedTemplate template,
        Guid memberId,
        IdempotencyTicket? ticket,
        ClaimSource source,
        CancellationToken ct,
        CouponWay way = CouponWay.Claim
    )
    {
        // What no row decides is answered from memory: at the second of a drop most of who ask too early or too late cost nothing.
        if (ticket is null && CouponRules.Open(template, way, scope.Now) is { } closed)
            return Refusals.Problem(closed, scope.Language).ToHttp();
        var ladder = await tiers.LadderAsync(ct);
        var ask = new ClaimAsk(scope.Tenant, template, ladder, memberId, scope.Now, scope.WallNow, ticket, way, source);
        await lines.RunAsync(ask, ct);
        return ask switch
        {
            { First: { } first, Ticket: { } asked } => asked.Replay(first),
            { Outcome.Coupon: { } coupon } => TypedResults.Created((string?)null, CouponShape.Of(coupon, ask.Now)),
            { Review: { } review } => Held(review).ToHttp(),
            { Outcome.Refusal: { } refusal } => Refusals.Problem(refusal, scope.Language).ToHttp(),
            _ => Problem.NotFound("member").ToHttp(),
        };
    }

    private Problem Held(ClaimReview review) =>
        Refusals.Problem(Refusal.HeldForReview, scope.Language) with
        {
            Extra = new Dictionary<string, object?> { ["review_id"] = Ids.Show(IdPrefix.Review, review.Id) },
        };

    /// <summary>Takes back a coupon that was not used: its member may get another one, its template give out one more. The same again changes nothing.</summary>
    public Task<Result<Coupon>> VoidAsync(Guid id, string reason, CancellationToken ct) =>
        transactions.DecideAsync<Coupon>(
            async () =>
            {
                var session = transactions.Door;
                if (await Db.Set<Coupon>().AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, ct) is not { } seen)
                    return Problem.NotFound("coupon");
                var work = await CouponWork.OpenAsync(session, scope.Tenant, [(seen.MemberId, seen.TemplateId)], [id], ct);
                var coupon = work.Find(id)!;
                if (coupon.State == CouponState.Void)
                    return coupon;
                var refusal = coupon.StateAt(scope.Now) switch
                {
                    CouponState.Redeemed => Refusal.AlreadyRedeemed,
                    CouponState.Expired => Refusal.Expired,
                    CouponState.Locked => Refusal.LockedByOtherOrder,
                    CouponState.Issued or CouponState.Void => (Refusal?)null,
                };
                if (refusal is { } why)
                    return Refusals.Problem(why, scope.Language);
                work.Void(coupon, reason, scope.Now);
                var store = new StoreBatch();
                work.Write(store);
                await session.StoreAsync(store, ct);
                return coupon;
            },
            ct
        );

    /// <summary>A member's coupons, newest first.</summary>
    public Task<List<Coupon>> WalletAsync(Guid memberId, CouponState? state, Guid? before, int take, CancellationToken ct)
    {
        var now = scope.Now;
        var rows = Db.Set<Coupon>().AsNoTracking().Where(c => c.MemberId == memberId);
        if (before is { } last)
            rows = rows.Where(c => c.Id.CompareTo(last) < 0);
        // As StateAt says it: what ended or was let go by the time, whether or not a job has written that.
        var lockedNow = rows.Where(c => c.State == CouponState.Locked && c.LockedUntil > now);
        var free = rows.Where(c => c.State == CouponState.Issued || (c.State == CouponState.Locked && c.LockedUntil <= now));
        var found = state switch
        {
            CouponState.Issued => free.Where(c => c.ValidUntil > now),
            CouponState.Locked => lockedNow,
            CouponState.Expired => rows.Where(c =>
                c.State == CouponState.Expired
                || (
                    c.ValidUntil <= now
                    && (c.State == CouponState.Issued || (c.State == CouponState.Locked && c.LockedUntil <= now))
                )
            ),
            CouponState.Redeemed or CouponState.Void => rows.Where(c => c.State == state),
            null => rows,
        };
        return found.OrderByDescending(c => c.Id).Take(take).ToListAsync(ct);
    }

    public Task<Coupon?> FindAsync(Guid id, CancellationToken ct) =>
        Db.Set<Coupon>().AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, ct);
}
