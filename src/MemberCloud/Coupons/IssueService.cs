using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Staff;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;

namespace MemberCloud.Coupons;

/// <summary>What became of an issue: coupons at once, or a batch that goes on.</summary>
public readonly record struct Issued(IReadOnlyList<Coupon>? Coupons, CouponBatch? Batch);

/// <summary>Gives out coupons by staff and by the brand's systems: within the caller's limit, and above it once a second person agrees.</summary>
public sealed class IssueService(
    Transactions transactions,
    TenantScope scope,
    TierService tiers,
    Allowances allowances,
    IssueRequests requests
)
{
    /// <summary>One member gets them at once; several are a batch.</summary>
    public Task<Result<Issued>> IssueAsync(LoadedTemplate template, IssueRequest asked, CancellationToken ct) =>
        transactions.DecideAsync<Issued>(
            async () =>
            {
                transactions.Db.Trail.Reason = asked.Reason;
                var planned = await requests.PlanAsync(template, asked, ct);
                if (planned.Problem is { } problem)
                    return problem;
                var batch = planned.Value;
                if (!await allowances.TakeAsync(IssueRules.Weight(template.Body, batch.Total, batch.QuantityEach), ct))
                    return new Issued(null, await requests.AskAsync(batch, template, ct));
                if (batch is { Total: 1, Members: { } one })
                    return (await AtOnceAsync(template, new Guid(one, bigEndian: true), asked, ct)).Then(c => new Issued(
                        c,
                        null
                    ));
                return new Issued(null, await requests.BeginAsync(batch, template, ct));
            },
            ct
        );

    private async Task<Result<List<Coupon>>> AtOnceAsync(
        LoadedTemplate template,
        Guid member,
        IssueRequest asked,
        CancellationToken ct
    )
    {
        var session = transactions.Door;
        var contended = transactions.Attempt > 1 ? new[] { template.Id } : [];
        var ladder = await tiers.LadderAsync(ct);
        var grants = await CouponGrants.OpenAsync(session, scope.Tenant, ladder, [(member, template)], contended, ct);
        if (grants.Grant(template, member, CouponWay.Issue, scope.Now, asked.QuantityEach) is { } refusal)
            return Refusals.Problem(refusal, scope.Language);
        var (given, store) = (grants.Given, new StoreBatch());
        grants.Write(store);
        await session.StoreAsync(store, ct);
        foreach (var coupon in given)
            transactions.Db.Trail.Note("coupons", Ids.Show(IdPrefix.Coupon, coupon.Id), CouponShape.Of(coupon, scope.Now));
        return given.ToList();
    }

    /// <summary>What would happen, as far as members, limits and stock stand now; nothing is written or kept.</summary>
    public async Task<Result<DryRunShape>> TryAsync(
        LoadedTemplate template,
        IssueRequest asked,
        BatchMembers members,
        CancellationToken ct
    )
    {
        var planned = await requests.PlanAsync(template, asked, ct);
        if (planned.Problem is { } problem)
            return problem;
        var (batch, ladder) = (planned.Value, await tiers.LadderAsync(ct));
        var stock = await Buckets<CouponStock>.ReadAsync(transactions.Db, template.Id, ct);
        var (looked, coupons, refusedCount, refused) = (0L, 0L, 0L, new List<RefusedMember>());
        for (
            Guid? after = null;
            await members.PageAsync(batch, after, IssueRules.Page, ct) is { Count: > 0 } page;
            after = page[^1]
        )
        {
            var grants = await CouponGrants.ReadAsync(transactions.Db, scope.Tenant, ladder, template, page, stock, ct);
            foreach (var member in page)
            {
                if (grants.Grant(template, member, CouponWay.Issue, scope.Now, batch.QuantityEach) is not { } why)
                    continue;
                refusedCount++;
                if (refused.Count < IssueRules.Shown)
                    refused.Add(new(Ids.Show(IdPrefix.Member, member), why, Refusals.Message(why, scope.Language)));
            }
            (looked, coupons) = (looked + page.Count, coupons + grants.Given.Count);
        }
        var weight = IssueRules.Weight(template.Body, looked, batch.QuantityEach);
        return new DryRunShape(
            looked,
            coupons,
            IssueRules.FaceValue(template.Body) * coupons,
            refused,
            refusedCount,
            weight,
            weight > await allowances.LeftAsync(ct)
        );
    }
}

/// <summary>How much a batch weighs, and how it is cut. Pure.</summary>
public static class IssueRules
{
    /// <summary>Coupons of one transaction: a member of the batch waits for it at most so long.</summary>
    public const int AtOnce = 2000;

    /// <summary>Members that are written, or looked at, together.</summary>
    public const int Page = 1000;

    /// <summary>Refused members that a dry run shows.</summary>
    public const int Shown = 1000;

    /// <summary>For how long a batch can be undone.</summary>
    public static readonly TimeSpan UndoWindow = TimeSpan.FromDays(30);

    /// <summary>What a coupon without a face value weighs against a daily limit.</summary>
    private const long Unknown = 1000;

    /// <summary>What one coupon takes off at most, minor units; null where that depends on the cart.</summary>
    public static long? FaceValue(TemplateBody body) => body.AmountOff ?? body.MaxOff;

    public static long Weight(TemplateBody body, long members, int quantityEach) =>
        (long)Int128.Min(Money.Max, (Int128)(FaceValue(body) ?? Unknown) * members * quantityEach);
}
