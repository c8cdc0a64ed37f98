using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Orders;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Profile;

/// <summary>Members across the capabilities: joining and completing a profile may earn; the summary reads from each.</summary>
public sealed class ProfileService(
    Transactions transactions,
    MemberService members,
    EarningService earning,
    ProfileReads reads,
    TenantDirectory directory
)
{
    public Task<Result<Upserted>> UpsertAsync(string externalId, MemberChange change, CancellationToken ct) =>
        DecideAsync(() => members.UpsertAsync(externalId, change, ct), ct);

    public Task<Result<Upserted>> ChangeAsync(Guid id, MemberChange change, CancellationToken ct) =>
        DecideAsync(() => members.ChangeAsync(id, change, ct), ct);

    public Task<(TierSummary? Tier, PointsSummary Points, int Usable)> SummaryAsync(Guid memberId, CancellationToken ct) =>
        reads.SummaryAsync(memberId, ct);

    public Task<Result<TenantInfo>> ChangeBrandAsync(BrandChange change, Func<long, Problem?> stale, CancellationToken ct) =>
        transactions.DecideAsync<TenantInfo>(
            async () =>
            {
                if (change.StaffDailyLimit is not null && !MaySetLimit(reads.Caller))
                    return new Problem("owner_only", "Only an owner, or a key with the scope unattended, sets this limit.", 403);
                if (change.TimeZone is not null && await transactions.Db.Set<Order>().AnyAsync(ct))
                    return Problem.Conflict("has_orders", "The time zone can change only before the first order.");
                return await directory.ChangeInsideAsync(
                    transactions,
                    tenant => stale(tenant.ConfigVersion) ?? Apply(tenant, change),
                    ct
                );
            },
            ct
        );

    /// <summary>Who is held by the limit does not move it.</summary>
    private static bool MaySetLimit(Caller caller) =>
        caller.Role == StaffRole.Owner || caller is { Kind: CallerKind.Key } && caller.Scopes.Contains(Scopes.Unattended);

    private static Problem? Apply(Tenant tenant, BrandChange change)
    {
        change.ApplyTo(tenant);
        return null;
    }

    private Task<Result<Upserted>> DecideAsync(Func<Task<Result<Upserted>>> change, CancellationToken ct) =>
        transactions.DecideAsync<Upserted>(
            async () =>
            {
                var result = await change();
                if (!result.Refused)
                    await earning.EarnAsync(
                        [.. Facts(result.Value, result.Value.Completed && await OnceAsync(result.Value.Member.Id, ct))],
                        ct
                    );
                return result;
            },
            ct
        );

    /// <summary>A profile is completed once, however often it is emptied and filled again.</summary>
    private async Task<bool> OnceAsync(Guid memberId, CancellationToken ct)
    {
        var db = transactions.Db;
        if (await db.Set<JobEffect>().AnyAsync(e => e.Job == EarningRules.ProfileCompleted && e.SubjectId == memberId, ct))
            return false;
        db.Add(
            new JobEffect
            {
                TenantId = db.Tenant.Id,
                Job = EarningRules.ProfileCompleted,
                SubjectId = memberId,
                Period = "ever",
            }
        );
        await db.SaveChangesAsync(ct);
        return true;
    }

    private IEnumerable<(string, Guid, string?, DateTime, Reference)> Facts(Upserted done, bool completed)
    {
        var source = new Reference("member", Ids.Show(IdPrefix.Member, done.Member.Id));
        if (done.IsNew)
            yield return (EarningRules.MemberJoined, done.Member.Id, done.Member.Channel, done.Member.JoinedAt, source);
        if (completed)
            yield return (EarningRules.ProfileCompleted, done.Member.Id, done.Member.Channel, reads.Now, source);
    }
}

/// <summary>The summary's reads.</summary>
public sealed class ProfileReads(TierService tiers, PointsReads points, CouponHoldings coupons, TenantScope scope)
{
    public DateTime Now => scope.Now;

    public Caller Caller => scope.Caller;

    public async Task<(TierSummary? Tier, PointsSummary Points, int Usable)> SummaryAsync(Guid memberId, CancellationToken ct)
    {
        var ladder = await tiers.LadderAsync(ct);
        var (standing, tier, growth) = await tiers.ReadAsync(memberId, ct);
        var account = (await points.ReadAsync(new(memberId, Currencies.Points), ct)).Account;
        var has = new PointsSummary(account.Available, account.Pending, account.Held);
        var usable = await coupons.UsableAsync(memberId, ct);
        if (tier is null)
            return (null, has, usable);
        var next = TierRules.Next(ladder, tier, growth, scope.Now, scope.Tenant.Local);
        var qualifying = next?.Growth ?? TierRules.Qualifying(growth, scope.Now, tier.ValidMonths, scope.Tenant.Local);
        return (
            new(tier.Name, tier.Rank, qualifying, next is { } up ? new(up.Tier.Name, up.Missing) : null, standing?.ValidUntil),
            has,
            usable
        );
    }
}
