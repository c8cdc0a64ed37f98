using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;

namespace MemberCloud.Coupons;

/// <summary>A coupon for points, in one transaction: both or neither. Locked in this order: the member, the points account, then as <see cref="CouponGrants"/> says.</summary>
internal sealed class ExchangeService(Transactions transactions, TenantScope scope, TierService tiers, PointsLedger ledger)
{
    /// <summary>Of the entry that the points leave by; its id is the coupon's.</summary>
    public const string Reference = "coupon";

    private static readonly Problem NotExchangeable = Problem.Conflict(
        "not_exchangeable",
        "This coupon is not given for points: its template has no points_price."
    );

    public Task<Result<Coupon>> ExchangeAsync(LoadedTemplate template, Guid memberId, CancellationToken ct) =>
        transactions.DecideAsync<Coupon>(
            async () =>
            {
                if (template.Body.PointsPrice is not { } price)
                    return NotExchangeable;
                var session = transactions.Door;
                var held = await MemberService.HoldAsync(session, memberId, ct);
                if (held.Problem is { } problem)
                    return problem;
                var member = held.Value.Id;
                var key = new AccountKey(member, Currencies.Points);
                var journal = (await ledger.OpenAsync(session, [key], LotsWanted.Spendable, ct))[key];
                var contended = transactions.Attempt > 1 ? new[] { template.Id } : [];
                var ladder = await tiers.LadderAsync(ct);
                var grants = await CouponGrants.OpenAsync(session, scope.Tenant, ladder, [(member, template)], contended, ct);
                journal.PostDue();
                var (coupon, refusal) = grants.Grant(template, member, CouponWay.Exchange, scope.Now);
                if (coupon is null)
                    return Refusals.Problem(refusal!.Value, scope.Language);
                if (journal.Spend(price, new(Reference, Ids.Show(IdPrefix.Coupon, coupon.Id)), null) is null)
                    return NotEnough(journal, price);
                var store = new StoreBatch();
                PointsLedger.Write(store, [journal]);
                grants.Write(store);
                await session.StoreAsync(store, ct);
                return coupon;
            },
            ct
        );

    private Problem NotEnough(PointsJournal journal, long price) =>
        Refusals.Problem(Refusal.PointsInsufficient, scope.Language) with
        {
            Extra = new Dictionary<string, object?>
            {
                ["price"] = price,
                ["available"] = journal.Account.Available,
                ["debt"] = journal.Account.Debt,
            },
        };
}
