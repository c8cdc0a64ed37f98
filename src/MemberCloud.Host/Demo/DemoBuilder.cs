using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Jobs;
using MemberCloud.Members;
using MemberCloud.Orders;
using MemberCloud.Profile;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Host.Demo;

/// <summary>
/// Builds a demo brand through the services the API calls. Every step is done once, whoever does it: a step is noted in the transaction of its effect, an order
/// has its number, a clock goes forward only. So a build that died is finished by the next one, and two at once build one brand.
/// </summary>
public sealed class DemoBuilder(IServiceScopeFactory scopes, TenantDirectory directory, TenantService tenants, ClockMover mover)
{
    public static readonly TimeSpan TokenLife = TimeSpan.FromHours(24);

    private const string Job = "demo";

    /// <summary>Builds what is missing. False when nothing was; null when the slug is another brand's.</summary>
    public async Task<bool?> BuildAsync(DemoBrand brand, CancellationToken ct)
    {
        if (await OpenAsync(brand, ct) is not { } tenant)
            return null;
        if (await InsideAsync(tenant, services => IsDoneAsync(services, "built", ct)))
            return false;
        await OnceAsync(tenant, "configuration", services => ConfigureAsync(services, brand, ct), ct);
        await OnceAsync(tenant, "access", services => DemoAccess.OpenAsync(services, brand, ct), ct);
        var data = DemoData.Of(brand);
        DateTime? before = null;
        foreach (var stop in brand.Stops())
        {
            tenant = await mover.MoveToAsync(await FindAsync(tenant, ct), stop, ct);
            await TellAsync(tenant, brand, data.Orders.Where(o => o.IsNews(before, stop, tenant.Local)), ct);
            if (before is null)
            {
                await OnceAsync(tenant, "members", services => NameAsync(services, data.Members, ct), ct);
                await OnceAsync(tenant, "prices", services => brand.Prices.MakeAsync(services, data.Products, ct), ct);
                await OnceAsync(await FindAsync(tenant, ct), "coupons", services => brand.Coupons.MakeAsync(services, ct), ct);
                await OnceAsync(await FindAsync(tenant, ct), "batches", services => brand.Coupons.IssueAsync(services, ct), ct);
            }
            before = stop;
        }
        return await OnceAsync(tenant, "built", _ => Task.CompletedTask, ct);
    }

    /// <summary>A token of the brand's showcase member; null where that member is gone.</summary>
    public async Task<string?> MemberTokenAsync(DemoBrand brand, CancellationToken ct) =>
        await directory.FindBySlugAsync(brand.Slug, ct) is { } tenant
            ? await InsideAsync(
                tenant,
                async services =>
                {
                    var transactions = services.GetRequiredService<Transactions>();
                    var members = transactions.Db.Set<Member>();
                    return await members.FirstOrDefaultAsync(m => m.ExternalId == brand.Showcase, ct) is { } member
                        ? (await tenants.IssueAsync(transactions, CredentialKind.Member, member.Id, "", TokenLife, ct)).Secret
                        : null;
                }
            )
            : null;

    /// <summary>The brand, made where it is missing. A brand of that slug that is not the demo's is left alone.</summary>
    private async Task<TenantInfo?> OpenAsync(DemoBrand brand, CancellationToken ct)
    {
        if (await directory.FindBySlugAsync(brand.Slug, ct) is null)
        {
            var made = await tenants.CreateAsync(brand.ToTenant(), ct);
            if (made.Problem is { Code: not "slug_taken" } problem)
                throw new InvalidOperationException(problem.Detail);
        }
        var tenant = await directory.FindBySlugAsync(brand.Slug, ct);
        var isOurs =
            tenant is { Mode: TenantMode.Sandbox, Status: TenantStatus.Active, TestClock: not null }
            && (tenant.Name == brand.Name || await InsideAsync(tenant, services => IsDoneAsync(services, "built", ct)));
        return isOurs ? tenant : null;
    }

    private static async Task ConfigureAsync(IServiceProvider services, DemoBrand brand, CancellationToken ct)
    {
        foreach (var attribute in brand.Attributes)
            Must(await services.GetRequiredService<MemberService>().DefineAsync(attribute, ct));
        foreach (var tier in brand.Tiers)
            Must(await services.GetRequiredService<TierService>().AddAsync(tier, ct));
        foreach (var rule in brand.Rules)
            Must(await services.GetRequiredService<RuleBook>().AddAsync(rule, ct));
    }

    private async Task TellAsync(TenantInfo tenant, DemoBrand brand, IEnumerable<DemoOrder> orders, CancellationToken ct)
    {
        OrderReport[] news = [.. orders.Select(o => o.AsOf(tenant.TestClock!.Value, tenant.Local))];
        var reports = await InsideAsync(tenant, s => brand.Coupons.AddUsedAsync(s, news, ct));
        var told = await InsideAsync(tenant, s => s.GetRequiredService<OrderService>().ReportAsync(reports, ct));
        // Another builder that is ahead has told more of an order than is known here: its word stands.
        if (told.FirstOrDefault(o => o.Problem is { Code: not "order_differs" }) is { Problem: { } problem })
            throw new InvalidOperationException(problem.Detail);
    }

    private static async Task NameAsync(IServiceProvider services, IReadOnlyList<DemoMember> members, CancellationToken ct)
    {
        var profile = services.GetRequiredService<ProfileService>();
        foreach (var member in members)
            Must(await profile.UpsertAsync(member.ExternalId, member.Fields, ct));
    }

    /// <summary>The demo's own data is taken as it is.</summary>
    public static T Must<T>(Result<T> result) =>
        result.Problem is { } problem ? throw new InvalidOperationException($"{problem.Code}: {problem.Detail}") : result.Value;

    private async Task<TenantInfo> FindAsync(TenantInfo tenant, CancellationToken ct) =>
        await directory.FindAsync(tenant.Id, ct) ?? throw new InvalidOperationException("The brand is gone.");

    private async Task<T> InsideAsync<T>(TenantInfo tenant, Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenant);
        return await work(scope.ServiceProvider);
    }

    private static Task<bool> IsDoneAsync(IServiceProvider services, string step, CancellationToken ct) =>
        services.GetRequiredService<MemberCloudDb>().Set<JobEffect>().AnyAsync(e => e.Job == Job && e.Period == step, ct);

    /// <summary>Does a step and notes it in one transaction: of two builders one does it. False when it was done already.</summary>
    private Task<bool> OnceAsync(TenantInfo tenant, string step, Func<IServiceProvider, Task> act, CancellationToken ct) =>
        InsideAsync(
            tenant,
            services =>
            {
                var transactions = services.GetRequiredService<Transactions>();
                return transactions.RunAsync(
                    async () =>
                    {
                        if (await IsDoneAsync(services, step, ct))
                            return false;
                        transactions.Db.Add(
                            new JobEffect
                            {
                                TenantId = tenant.Id,
                                Job = Job,
                                SubjectId = tenant.Id,
                                Period = step,
                            }
                        );
                        await transactions.Db.SaveChangesAsync(ct);
                        await act(services);
                        return true;
                    },
                    ct
                );
            }
        );
}
