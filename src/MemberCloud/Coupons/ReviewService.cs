using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>Held claims, decided by people: once, whoever of two decides first. Locked in this order: as <see cref="CouponGrants"/> says, then the review.</summary>
internal sealed class ReviewService(Transactions transactions, TenantScope scope, TemplateBook book, TierService tiers)
{
    private IQueryable<ClaimReview> Rows => transactions.Db.Set<ClaimReview>().AsNoTracking();

    public Task<List<ClaimReview>> ListAsync(ReviewState? state, Guid? before, int take, CancellationToken ct)
    {
        var rows = state is { } wanted ? Rows.Where(r => r.State == wanted) : Rows;
        if (before is { } last)
            rows = rows.Where(r => r.Id.CompareTo(last) < 0);
        return rows.OrderByDescending(r => r.Id).Take(take).ToListAsync(ct);
    }

    public Task<ClaimReview?> FindAsync(Guid id, CancellationToken ct) => Rows.FirstOrDefaultAsync(r => r.Id == id, ct);

    /// <summary>
    /// Gives the coupon, or does not. What the template refuses now leaves the claim held; the same decision again changes nothing, another one is refused.
    /// </summary>
    public Task<Result<ClaimReview>> DecideAsync(Guid id, ReviewState decision, string? note, CancellationToken ct) =>
        transactions.DecideAsync<ClaimReview>(
            async () =>
            {
                if (await FindAsync(id, ct) is not { } seen || await book.FindAsync(seen.TemplateId, ct) is not { } template)
                    return Problem.NotFound("review");
                var session = transactions.Door;
                var contended = transactions.Attempt > 1 ? new[] { template.Id } : [];
                var ladder = await tiers.LadderAsync(ct);
                var asked = new[] { (seen.MemberId, template) };
                var grants = await CouponGrants.OpenAsync(session, scope.Tenant, ladder, asked, contended, ct);
                var load = new LoadBatch();
                var found = load.Add(
                    ClaimReview.ById,
                    [
                        [id],
                    ]
                );
                await session.LoadAsync(load, ct);
                var review = found.Single();
                if (review.State != ReviewState.Held)
                    return review.State == decision ? review : Decided;
                if (decision == ReviewState.Approved)
                {
                    var (coupon, refusal) = grants.Grant(template, seen.MemberId, review.Way, scope.Now);
                    if (coupon is null)
                        return Refusals.Problem(refusal!.Value, scope.Language);
                    review.CouponId = coupon.Id;
                }
                Close(review, decision, note);
                var store = new StoreBatch().Update<ClaimReview>(ClaimReview.Decision, [review]);
                grants.Write(store);
                store.Insert([ReviewEvent.Of(review, scope.Now)]);
                await session.StoreAsync(store, ct);
                return review;
            },
            ct
        );

    private static readonly Problem Decided = Problem.Conflict("review_decided", "The claim was decided otherwise.");

    private void Close(ClaimReview review, ReviewState decision, string? note)
    {
        var prefix = scope.Caller.Kind == CallerKind.Staff ? IdPrefix.Staff : IdPrefix.Key;
        (review.State, review.DecidedAt, review.Note) = (decision, scope.Now, note);
        (review.DecidedBy, review.Version) = (Ids.Show(prefix, scope.Caller.Id), review.Version + 1);
    }
}
