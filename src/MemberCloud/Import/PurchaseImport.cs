using System.Globalization;
using MemberCloud.Jobs;
using MemberCloud.Orders;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Import;

/// <summary>How far an import is.</summary>
public readonly record struct ImportProgress(int Done, int Total, DateTime Clock);

/// <summary>What an import did.</summary>
public sealed record ImportResult(int Rows, int Made, int Known, IReadOnlyList<BadRow> Bad);

/// <summary>
/// Brings purchases into a sandbox as a brand would have reported them on the day: each row one order, paid and completed at its moment, the clock moved from moment to
/// moment so that points settle, expire and tiers are reviewed on the way. A row's order number is its row number: an import that died is simply run again.
/// </summary>
public sealed class PurchaseImport(IServiceScopeFactory scopes, ClockMover mover)
{
    private const string Sku = "purchase";

    public async Task<ImportResult> RunAsync(
        TenantInfo tenant,
        PurchaseFileOptions options,
        string? zone,
        DateTime? until,
        Action<ImportProgress> report,
        CancellationToken ct
    )
    {
        if (tenant.Mode != TenantMode.Sandbox || tenant.TestClock is null)
            throw new InvalidOperationException("Import goes into a sandbox with a test clock.");
        var (purchases, bad) = PurchaseFile.Read(options, tenant.Currency, zone is null ? tenant.Local : LocalTime.Of(zone));
        var (done, made, problems) = (0, 0, bad.ToList());
        foreach (var moment in purchases.GroupBy(p => p.At))
        {
            tenant = await mover.MoveToAsync(tenant, moment.Key, ct);
            foreach (var chunk in moment.Chunk(OrderService.Chunk))
            {
                made += await ReportAsync(tenant, chunk, problems, ct);
                report(new(done += chunk.Length, purchases.Count, moment.Key));
            }
        }
        if (until is { } end)
            await mover.MoveToAsync(tenant, end, ct);
        return new(purchases.Count + bad.Count, made, purchases.Count - made - (problems.Count - bad.Count), problems);
    }

    private async Task<int> ReportAsync(
        TenantInfo tenant,
        IReadOnlyList<Purchase> purchases,
        List<BadRow> problems,
        CancellationToken ct
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenant);
        var orders = scope.ServiceProvider.GetRequiredService<OrderService>();
        var results = await orders.ReportAsync([.. purchases.Select(p => ReportOf(p, tenant.Currency))], ct);
        problems.AddRange(
            results.Zip(purchases).Where(r => r.First.Refused).Select(r => new BadRow(r.Second.Row, r.First.Problem!.Code))
        );
        return results.Count(r => !r.Refused && r.Value.IsNew);
    }

    private static OrderReport ReportOf(Purchase p, string currency) =>
        new(
            p.Row.ToString(CultureInfo.InvariantCulture),
            p.At,
            currency,
            [new("1", Sku, 1, p.Amount)],
            ExternalId: p.Customer,
            PaidAt: p.At,
            CompletedAt: p.At
        );
}
