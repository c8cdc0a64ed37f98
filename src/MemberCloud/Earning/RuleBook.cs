using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Earning;

/// <summary>A rule, and what it issued so far out of its budget.</summary>
public sealed record RuleState(EarningRule Rule, long Used);

/// <summary>Earning rules as configuration: changed by making a new version.</summary>
public sealed class RuleBook(Transactions transactions, TenantScope scope, TenantDirectory directory, RuleChecks checks)
{
    public const int MaxRules = 200;

    private MemberCloudDb Db => transactions.Db;

    /// <summary>Rules as they stand, each with what its budget has issued: all of them, oldest first, or the one asked for.</summary>
    public Task<List<RuleState>> ReadAsync(Guid? id, CancellationToken ct) =>
        transactions.ReadTogetherAsync(
            async () =>
            {
                var found = await Db.Set<EarningRule>()
                    .AsNoTracking()
                    .Where(r => id == null || r.Id == id)
                    .OrderBy(r => r.Id)
                    .ToListAsync(ct);
                var used = await EarningBudget.UsedAsync(Db, [.. found.Select(r => r.Id)], ct);
                return found.Select(r => new RuleState(r, used.GetValueOrDefault(r.Id))).ToList();
            },
            ct
        );

    public Task<Result<RuleState>> AddAsync(RuleBody body, CancellationToken ct) =>
        transactions.DecideAsync<RuleState>(
            async () =>
            {
                if (await checks.CheckAsync(body, ct) is { } problem)
                    return problem;
                if (await Db.Set<EarningRule>().CountAsync(ct) >= MaxRules)
                    return Problem.Conflict("too_many_rules", $"A brand has at most {MaxRules} earning rules.");
                var rule = new EarningRule
                {
                    TenantId = scope.Id,
                    Id = Ids.New(),
                    RuleVersion = 0,
                    Body = "",
                    CreatedAt = scope.Now,
                };
                Db.Add(rule);
                return await NewVersionAsync(rule, null, body, ct);
            },
            ct
        );

    public Task<Result<RuleState>> ChangeAsync(
        Guid id,
        Func<RuleBody, RuleBody> change,
        Func<long, Problem?> stale,
        CancellationToken ct
    ) =>
        transactions.DecideAsync<RuleState>(
            async () =>
            {
                if (await Db.Set<EarningRule>().FirstOrDefaultAsync(r => r.Id == id, ct) is not { } rule)
                    return Problem.NotFound("earning rule");
                if (stale(rule.Version) is { } old)
                    return old;
                var before = Json.Read<RuleBody>(rule.Body);
                var body = change(before);
                return (Validation.Check(body) ?? await checks.CheckAsync(body, ct)) is { } problem
                    ? problem
                    : await NewVersionAsync(rule, before.Budget, body, ct);
            },
            ct
        );

    private async Task<Result<RuleState>> NewVersionAsync(EarningRule rule, long? budget, RuleBody body, CancellationToken ct)
    {
        rule.RuleVersion++;
        rule.Body = Json.Write(body);
        rule.Active = body.Active;
        Db.Add(
            new EarningRuleVersion
            {
                TenantId = scope.Id,
                RuleId = rule.Id,
                RuleVersion = rule.RuleVersion,
                Body = rule.Body,
                CreatedAt = scope.Now,
            }
        );
        await Db.SaveChangesAsync(ct);
        await directory.StampAsync(transactions, ct);
        if (body.Budget is { } limit && limit != budget)
            await Buckets<EarningBudget>.SetAsync(transactions.Door, scope.Id, rule.Id, limit, ct);
        return new RuleState(rule, (await EarningBudget.UsedAsync(Db, [rule.Id], ct)).GetValueOrDefault(rule.Id));
    }
}

/// <summary>What a rule names must exist.</summary>
public sealed class RuleChecks(Currencies currencies, TemplateBook templates, Segments segments)
{
    public async Task<Problem?> CheckAsync(RuleBody body, CancellationToken ct)
    {
        if (body.Formula.Coupon is { } coupon)
        {
            if (await templates.FindAsync(coupon.TemplateId, ct) is not { } template)
                return Problem.Contradiction("template_unknown", $"The brand has no coupon template {coupon.TemplateId}.");
            if (body.Active && template.State == TemplateState.Ended)
                return TemplateBook.Ended;
        }
        else if (!await currencies.ExistsAsync(body.Currency, ct))
        {
            return PointsEndpoints.UnknownCurrency(body.Currency);
        }
        if (EarningRules.IsBoundless(body))
            return Problem.Contradiction(
                "rule_without_limit",
                "Points per an amount that is only reported need a cap or a budget: nobody has to pay for it."
            );
        return await segments.CheckAsync(new(TierIds: body.Conditions?.TierIds, PlanIds: body.Conditions?.PlanIds), ct);
    }
}
