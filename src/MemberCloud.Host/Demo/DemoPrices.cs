using MemberCloud.Data;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;

namespace MemberCloud.Host.Demo;

/// <summary>A price list of a demo brand.</summary>
/// <param name="Tiers">Names of the tiers it is for; null = everyone.</param>
/// <param name="IsActive">false: a draft.</param>
public sealed record DemoPriceList(
    string Name,
    IReadOnlyList<string>? Tiers,
    IReadOnlyList<PriceEntryBody> Entries,
    int Priority = 0,
    bool IsActive = true
);

/// <summary>What members of a demo brand pay: what points are worth, the catalogue, and price lists.</summary>
/// <param name="Points">Null: they are no money.</param>
/// <param name="Lists">Oldest first.</param>
public sealed record DemoPrices(PointsTerms? Points, IReadOnlyList<DemoPriceList> Lists)
{
    public static DemoPrices None { get; } = new(null, []);

    /// <summary>Makes them. Inside the builder's transaction.</summary>
    public async Task MakeAsync(IServiceProvider services, IReadOnlyList<ProductChange> products, CancellationToken ct)
    {
        if (Points is { } points)
            DemoBuilder.Must(
                await services
                    .GetRequiredService<TenantDirectory>()
                    .ChangeInsideAsync(services.GetRequiredService<Transactions>(), Takes(points), ct)
            );
        if (products.Count > 0)
            foreach (var saved in await services.GetRequiredService<ProductService>().PutAsync(products, ct))
                DemoBuilder.Must(saved);
        var ladder = await services.GetRequiredService<TierService>().LadderAsync(ct);
        foreach (var list in Lists)
        {
            var audience = list.Tiers is { } tiers
                ? new PriceAudience(
                    TierIds: [.. ladder.Where(t => tiers.Contains(t.Name)).Select(t => Ids.Show(IdPrefix.Tier, t.Id))]
                )
                : new(Everyone: true);
            var body = new PriceListBody(list.Name, audience, list.Priority, Active: list.IsActive);
            var made = DemoBuilder.Must(await services.GetRequiredService<PriceListService>().AddAsync(body, ct));
            var rows = new EntryRows([.. list.Entries.Select((entry, i) => (i, entry))], [], 0);
            DemoBuilder.Must(
                await services.GetRequiredService<PriceEntryService>().ReplaceAsync(made.Id, rows, false, _ => null, ct)
            );
        }
    }

    private static Func<Tenant, Problem?> Takes(PointsTerms points) =>
        tenant =>
        {
            new BrandChange(PointsMoney: new(points)).ApplyTo(tenant);
            return null;
        };
}
