using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>A template, and what became of its coupons.</summary>
public sealed record TemplateWithCounts(CouponTemplate Template, CouponCounts Counts);

/// <summary>What audiences name: tiers, and plans, which lie above coupons and bring their own check.</summary>
public sealed class AudienceChecks(TierService tiers, Segments segments)
{
    public Task<IReadOnlyList<Tier>> LadderAsync(CancellationToken ct) => tiers.LadderAsync(ct);

    public async Task<Problem?> CheckAsync(CouponAudience? audience, CancellationToken ct) =>
        audience is null
            ? null
            : await segments.CheckAsync(new SegmentFilter(TierIds: audience.TierIds, PlanIds: audience.PlanIds), ct);
}

/// <summary>The templates of a brand that have not ended, by id.</summary>
public sealed record LiveTemplates(IReadOnlyDictionary<Guid, LoadedTemplate> ById, IReadOnlyDictionary<string, Guid> ByCode)
{
    /// <summary>The one whose code for everyone this is.</summary>
    public LoadedTemplate? OfCode(string normalised) => ByCode.TryGetValue(normalised, out var id) ? ById[id] : null;
}

/// <summary>Coupon templates as configuration: read from memory, changed by making a new version. The only writer of them and of their stock's size.</summary>
public sealed class TemplateBook(
    Transactions transactions,
    TenantScope scope,
    TenantCache cache,
    TenantDirectory directory,
    AudienceChecks audiences
)
{
    /// <summary>Templates that have not ended.</summary>
    public const int MaxLive = 500;

    /// <summary>The share of a template without a limit.</summary>
    public const long Boundless = Money.Max;

    private MemberCloudDb Db => transactions.Db;

    public Task<LiveTemplates> LiveAsync(CancellationToken ct) =>
        cache.GetAsync(
            scope.Tenant,
            async () =>
            {
                var rows = await Db.Set<CouponTemplate>()
                    .AsNoTracking()
                    .Where(t => t.State != TemplateState.Ended)
                    .OrderBy(t => t.Id)
                    .ToListAsync(ct);
                return new LiveTemplates(
                    rows.ToDictionary(t => t.Id, Loaded),
                    rows.Where(t => t.Code != null).ToDictionary(t => t.Code!, t => t.Id)
                );
            }
        );

    /// <summary>The brand's tiers by rank, which audiences go by.</summary>
    public Task<IReadOnlyList<Tier>> LadderAsync(CancellationToken ct) => audiences.LadderAsync(ct);

    /// <summary>A template to give out from, ended ones too; null = there is none.</summary>
    public async Task<LoadedTemplate?> FindAsync(string shown, CancellationToken ct) =>
        Ids.TryRead(IdPrefix.Template, shown, out var id) ? await FindAsync(id, ct) : null;

    public async Task<LoadedTemplate?> FindAsync(Guid id, CancellationToken ct)
    {
        if ((await LiveAsync(ct)).ById.TryGetValue(id, out var live))
            return live;
        return await Db.Set<CouponTemplate>().AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, ct) is { } ended
            ? Loaded(ended)
            : null;
    }

    /// <summary>The terms of coupons: each template's versions asked for.</summary>
    public async Task<IReadOnlyDictionary<(Guid Template, int Version), TemplateBody>> TermsAsync(
        IReadOnlyCollection<(Guid Template, int Version)> asked,
        CancellationToken ct
    )
    {
        var live = (await LiveAsync(ct)).ById;
        var terms = asked
            .Where(a => live.TryGetValue(a.Template, out var t) && t.Version == a.Version)
            .Distinct()
            .ToDictionary(a => a, a => live[a.Template].Body);
        var missing = asked.Where(a => !terms.ContainsKey(a)).Distinct().ToList();
        if (missing.Count == 0)
            return terms;
        var ids = missing.Select(m => m.Template).Distinct().ToList();
        var versions = await Db.Set<CouponTemplateVersion>()
            .AsNoTracking()
            .Where(v => ids.Contains(v.TemplateId))
            .ToListAsync(ct);
        foreach (var version in versions.Where(v => missing.Contains((v.TemplateId, v.TemplateVersion))))
            terms[(version.TemplateId, version.TemplateVersion)] = Json.Read<TemplateBody>(version.Body);
        return terms;
    }

    public Task<TemplateWithCounts?> ReadAsync(Guid id, CancellationToken ct) =>
        transactions.ReadTogetherAsync(
            async () =>
                await Db.Set<CouponTemplate>().AsNoTracking().FirstOrDefaultAsync(t => t.Id == id, ct) is { } found
                    ? (await WithCountsAsync([found], ct))[0]
                    : null,
            ct
        );

    /// <summary>Templates, newest first; one more than the page holds when there are more.</summary>
    public Task<List<TemplateWithCounts>> ListAsync(TemplateState? state, Guid? before, int take, CancellationToken ct) =>
        transactions.ReadTogetherAsync(
            async () =>
            {
                var rows = Db.Set<CouponTemplate>().AsNoTracking().Where(t => state == null || t.State == state);
                if (before is { } last)
                    rows = rows.Where(t => t.Id.CompareTo(last) < 0);
                return await WithCountsAsync(await rows.OrderByDescending(t => t.Id).Take(take).ToListAsync(ct), ct);
            },
            ct
        );

    public Task<Result<TemplateWithCounts>> AddAsync(TemplateBody body, CancellationToken ct) =>
        transactions.DecideAsync<TemplateWithCounts>(
            async () =>
            {
                if (await CheckAsync(body, ct) is { } problem)
                    return problem;
                // First the brand's row: of two at once the second counts what the first added.
                await directory.StampAsync(transactions, ct);
                if (await Db.Set<CouponTemplate>().CountAsync(t => t.State != TemplateState.Ended, ct) >= MaxLive)
                    return Problem.Conflict(
                        "too_many_templates",
                        $"A brand has at most {MaxLive} templates that have not ended."
                    );
                var template = new CouponTemplate
                {
                    TenantId = scope.Id,
                    Id = Ids.New(),
                    TemplateVersion = 0,
                    State = TemplateState.Draft,
                    Body = "",
                    CreatedAt = scope.Now,
                };
                Db.Add(template);
                return await NewVersionAsync(template, null, body, ct);
            },
            ct
        );

    public Task<Result<TemplateWithCounts>> ChangeAsync(
        Guid id,
        Func<TemplateBody, TemplateBody> change,
        Func<long, Problem?> stale,
        CancellationToken ct
    ) =>
        ActAsync(
            id,
            stale,
            async template =>
            {
                if (template.State == TemplateState.Ended)
                    return Ended;
                var before = Json.Read<TemplateBody>(template.Body);
                var body = change(before);
                if ((Validation.Check(body) ?? await CheckAsync(body, ct)) is { } problem)
                    return problem;
                var changed = await NewVersionAsync(template, before, body, ct);
                // After the row is this change's: who weighs the template now waits, and sees the new version.
                return Weighed.MayTakeMore(before, body) && await Weighed.AnyAsync(Db, id, scope.Now, ct)
                    ? Weighed.Promised
                    : changed;
            },
            ct
        );

    /// <summary>Activates, pauses or ends a template. The same again changes nothing.</summary>
    public Task<Result<TemplateWithCounts>> MoveAsync(Guid id, TemplateState to, CancellationToken ct) =>
        ActAsync(
            id,
            _ => null,
            async template =>
            {
                if (template.State != to)
                {
                    if (template.State == TemplateState.Ended)
                        return Ended;
                    if (to == TemplateState.Paused && template.State == TemplateState.Draft)
                        return Problem.Conflict("template_draft", "A draft gives out nothing: there is nothing to pause.");
                    template.State = to;
                    if (to == TemplateState.Ended)
                        template.Code = null; // another may have it
                    await directory.StampAsync(transactions, ct);
                    await Db.SaveChangesAsync(ct);
                }
                return (await WithCountsAsync([template], ct))[0];
            },
            ct
        );

    internal static Problem Ended { get; } = Problem.Conflict("template_ended", "The template has ended.");

    private Task<Result<TemplateWithCounts>> ActAsync(
        Guid id,
        Func<long, Problem?> stale,
        Func<CouponTemplate, Task<Result<TemplateWithCounts>>> act,
        CancellationToken ct
    ) =>
        transactions.DecideAsync<TemplateWithCounts>(
            async () =>
                await Db.Set<CouponTemplate>().FirstOrDefaultAsync(t => t.Id == id, ct) is not { } template
                    ? Problem.NotFound("coupon template")
                    : stale(template.Version) ?? await act(template),
            ct
        );

    private async Task<Result<TemplateWithCounts>> NewVersionAsync(
        CouponTemplate template,
        TemplateBody? before,
        TemplateBody body,
        CancellationToken ct
    )
    {
        var code = body.Code is { } said ? CodeRules.Normalise(said) : null;
        if (code is not null && await Db.Set<CouponTemplate>().AnyAsync(t => t.Code == code && t.Id != template.Id, ct))
            return Problem.Conflict("code_taken", "Another template that has not ended has this code.");
        template.Code = code;
        template.TemplateVersion++;
        template.Body = Json.Write(body);
        Db.Add(
            new CouponTemplateVersion
            {
                TenantId = scope.Id,
                TemplateId = template.Id,
                TemplateVersion = template.TemplateVersion,
                Body = template.Body,
                CreatedAt = scope.Now,
            }
        );
        await directory.StampAsync(transactions, ct);
        await Db.SaveChangesAsync(ct);
        if (before is null || before.Stock != body.Stock)
            await Buckets<CouponStock>.SetAsync(transactions.Door, scope.Id, template.Id, body.Stock ?? Boundless, ct);
        return (await WithCountsAsync([template], ct))[0];
    }

    /// <summary>What a template names must exist.</summary>
    private async Task<Problem?> CheckAsync(TemplateBody body, CancellationToken ct)
    {
        if (TemplateChecks.AboveThreshold(body, scope.Tenant.Settings.CouponsStayBelowThreshold) is { } above)
            return above;
        return await audiences.CheckAsync(body.Audience, ct);
    }

    private async Task<List<TemplateWithCounts>> WithCountsAsync(IReadOnlyList<CouponTemplate> templates, CancellationToken ct)
    {
        var ids = templates.Select(t => t.Id).ToList();
        var sums = await Db.Set<CouponStock>()
            .AsNoTracking()
            .Where(s => ids.Contains(s.TemplateId))
            .GroupBy(s => s.TemplateId)
            .Select(g => new
            {
                g.Key,
                Used = g.Sum(s => s.Used),
                Redeemed = g.Sum(s => s.Redeemed),
                Expired = g.Sum(s => s.Expired),
                Voided = g.Sum(s => s.Voided),
            })
            .ToDictionaryAsync(s => s.Key, ct);
        return
        [
            .. templates.Select(t =>
            {
                var s = sums.GetValueOrDefault(t.Id);
                var used = s?.Used ?? 0;
                var stock = Json.Read<TemplateBody>(t.Body).Stock;
                return new TemplateWithCounts(
                    t,
                    new(
                        used,
                        s?.Redeemed ?? 0,
                        s?.Expired ?? 0,
                        s?.Voided ?? 0,
                        stock is { } all ? Math.Max(0, all - used) : null
                    )
                );
            }),
        ];
    }

    private static LoadedTemplate Loaded(CouponTemplate t) =>
        new(t.Id, t.TemplateVersion, t.State, Json.Read<TemplateBody>(t.Body));
}
