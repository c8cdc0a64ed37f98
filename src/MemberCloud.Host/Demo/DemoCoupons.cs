using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Orders;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Host.Demo;

/// <summary>A coupon template of a demo brand.</summary>
/// <param name="Body">What its coupons are.</param>
/// <param name="IsActive">false: a draft.</param>
/// <param name="Tiers">Names of the tiers it is for; null = no tier is asked for.</param>
public sealed record DemoTemplate(TemplateBody Body, bool IsActive = true, IReadOnlyList<string>? Tiers = null);

/// <summary>A batch, to all with a tag or to named customers, on the day the data begins to come in week by week.</summary>
public sealed record DemoIssue(string Template, string Reason, string? Tag = null, IReadOnlyList<string>? Customers = null);

/// <summary>A pool of codes, which a host that runs jobs makes within a minute.</summary>
public sealed record DemoCodes(string Template, string Reason, long Count);

/// <summary>What an order's coupon took off, in cents; it is in the order's net already.</summary>
public sealed record DemoUse(string Template, long Amount);

/// <summary>The coupons of a demo brand: templates, who gets them, and which orders used one.</summary>
/// <param name="Templates">Oldest first.</param>
/// <param name="Issues">One batch each.</param>
/// <param name="Codes">Pools of codes.</param>
/// <param name="Used">By order number; its customer is among those who got one.</param>
public sealed record DemoCoupons(
    IReadOnlyList<DemoTemplate> Templates,
    IReadOnlyList<DemoIssue> Issues,
    IReadOnlyList<DemoCodes> Codes,
    IReadOnlyDictionary<string, DemoUse> Used
)
{
    public static DemoCoupons None { get; } = new([], [], [], new Dictionary<string, DemoUse>());

    /// <summary>Makes the templates. Inside the builder's transaction.</summary>
    public async Task MakeAsync(IServiceProvider services, CancellationToken ct)
    {
        var ladder = await services.GetRequiredService<TierService>().LadderAsync(ct);
        var book = services.GetRequiredService<TemplateBook>();
        foreach (var (body, isActive, tiers) in Templates)
        {
            var audience = tiers is null
                ? body.Audience
                : new(TierIds: [.. ladder.Where(t => tiers.Contains(t.Name)).Select(t => Ids.Show(IdPrefix.Tier, t.Id))]);
            var made = DemoBuilder.Must(await book.AddAsync(body with { Audience = audience }, ct));
            if (isActive)
                DemoBuilder.Must(await book.MoveAsync(made.Template.Id, TemplateState.Active, ct));
        }
    }

    /// <summary>Begins the batches, which the next move of the clock carries out. Inside the builder's transaction.</summary>
    public async Task IssueAsync(IServiceProvider services, CancellationToken ct)
    {
        var scope = services.GetRequiredService<TenantScope>();
        var keys = await services.GetRequiredService<TenantDirectory>().CredentialsAsync(scope.Id, ct);
        scope.Enter(scope.Tenant, Caller.Of(keys.First(k => k.Name == DemoAccess.KeyName)));
        var templates = await ByNameAsync(services, ct);
        var issuing = services.GetRequiredService<IssueService>();
        foreach (var (template, reason, tag, customers) in Issues)
            DemoBuilder.Must(await issuing.IssueAsync(templates[template], new(reason, ExternalIds: customers, Tag: tag), ct));
        var pools = services.GetRequiredService<CodePools>();
        foreach (var (template, reason, count) in Codes)
            DemoBuilder.Must(await pools.BeginAsync(templates[template], new(count, reason), ct));
    }

    /// <summary>The reports, each with the coupon it used, which is the same one whoever reports it and however often.</summary>
    public async Task<OrderReport[]> AddUsedAsync(
        IServiceProvider services,
        IReadOnlyList<OrderReport> reports,
        CancellationToken ct
    )
    {
        var with = reports.ToArray();
        if (!Array.Exists(with, r => Used.ContainsKey(r.OrderNo)))
            return with;
        var templates = await ByNameAsync(services, ct);
        var db = services.GetRequiredService<MemberCloudDb>();
        for (var i = 0; i < with.Length; i++)
        {
            var (report, customer) = (with[i], with[i].ExternalId);
            if (!Used.TryGetValue(report.OrderNo, out var use))
                continue;
            var template = templates[use.Template].Id;
            var coupon = await db.Set<Coupon>()
                .Where(c => c.TemplateId == template)
                .Where(c => db.Set<Member>().Any(m => m.Id == c.MemberId && m.ExternalId == customer))
                .OrderBy(c => c.Id)
                .Select(c => c.Id)
                .FirstAsync(ct);
            with[i] = report with { Coupons = [new(Ids.Show(IdPrefix.Coupon, coupon), use.Amount)] };
        }
        return with;
    }

    private static async Task<Dictionary<string, LoadedTemplate>> ByNameAsync(IServiceProvider services, CancellationToken ct) =>
        (await services.GetRequiredService<TemplateBook>().LiveAsync(ct)).ById.Values.ToDictionary(t => t.Body.Name);
}
