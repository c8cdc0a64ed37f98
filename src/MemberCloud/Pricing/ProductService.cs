using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Pricing;

/// <summary>The brand's catalogue, and the only writer of it.</summary>
public sealed class ProductService(Transactions transactions, TenantScope scope, TenantDirectory directory)
{
    /// <summary>Products of a brand. Of two uploads at the same time each may fill what is left.</summary>
    public const int MaxProducts = 200_000;

    public static readonly Lookup<Product> BySku = new("sku = {0}", [typeof(string)]) { Locks = true };

    private MemberCloudDb Db => transactions.Db;

    public Task<Product?> FindAsync(string sku, CancellationToken ct) =>
        Db.Set<Product>().AsNoTracking().FirstOrDefaultAsync(p => p.Sku == sku, ct);

    /// <summary>Products of these SKUs, by SKU; unknown ones are not there. By pk_products.</summary>
    public static Task<Dictionary<string, Product>> OfAsync(
        MemberCloudDb db,
        IReadOnlyCollection<string> skus,
        CancellationToken ct
    ) =>
        db.Set<Product>()
            .AsNoTracking()
            .Where(p => skus.Contains(p.Sku))
            .ToDictionaryAsync(p => p.Sku, StringComparer.Ordinal, ct);

    /// <summary>Products by SKU, of one category where it is said, after <paramref name="after"/>.</summary>
    public Task<List<Product>> ListAsync(string? category, string? after, int take, CancellationToken ct)
    {
        var rows = Db.Set<Product>().AsNoTracking();
        if (category is not null)
            rows = rows.Where(p => p.Category == category);
        if (after is not null)
            rows = rows.Where(p => p.Sku.CompareTo(after) > 0);
        return rows.OrderBy(p => p.Sku).Take(take).ToListAsync(ct);
    }

    /// <summary>Makes or changes products, each for itself: true = it is new. What is refused holds up none of the others.</summary>
    public Task<IReadOnlyList<Result<bool>>> PutAsync(IReadOnlyList<ProductChange> changes, CancellationToken ct) =>
        transactions.RunAsync<IReadOnlyList<Result<bool>>>(
            async () =>
            {
                var skus = changes.Select(c => c.Sku).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
                // In one order everywhere: uploads of the same products at once come one after the other.
                var load = new LoadBatch();
                load.Add(BySku, [.. skus.Select(s => new object[] { s })]);
                await transactions.Door.LoadAsync(load, ct);
                var stored = await Db.Set<Product>()
                    .Where(p => skus.Contains(p.Sku))
                    .ToDictionaryAsync(p => p.Sku, StringComparer.Ordinal, ct);
                var room = changes.Count > stored.Count ? MaxProducts - await Db.Set<Product>().CountAsync(ct) : 0;
                var seen = new HashSet<string>(StringComparer.Ordinal);
                var results = new List<Result<bool>>();
                foreach (var change in changes)
                {
                    var result = seen.Add(change.Sku)
                        ? Put(change, stored.GetValueOrDefault(change.Sku), room)
                        : Problem.Field("/sku", "duplicate", "The request names this SKU before.");
                    room -= !result.Refused && result.Value ? 1 : 0;
                    results.Add(result);
                }
                await SaveAsync(ct);
                return results;
            },
            ct
        );

    /// <summary>False when there is no such product. Price lists and past orders that name it stay as they are.</summary>
    public Task<bool> RemoveAsync(string sku, CancellationToken ct) =>
        transactions.RunAsync(
            async () =>
            {
                if (await Db.Set<Product>().FirstOrDefaultAsync(p => p.Sku == sku, ct) is not { } product)
                    return false;
                Db.Remove(product);
                await SaveAsync(ct);
                return true;
            },
            ct
        );

    /// <summary>From now on nobody prices by what is in memory of the catalogue (<see cref="Catalogue"/>).</summary>
    private async Task SaveAsync(CancellationToken ct)
    {
        if (await Db.SaveChangesAsync(ct) > 0)
            await directory.StampAsync(transactions, ct);
    }

    private Result<bool> Put(ProductChange change, Product? product, int room)
    {
        var body = change.ApplyTo(ProductBody.Of(product));
        if (Validation.Check(body) is { } problem)
            return problem;
        var isNew = product is null;
        if (isNew && room <= 0)
            return Problem.Conflict("too_many_products", $"A brand has at most {MaxProducts} products.");
        if (product is null)
            Db.Add(
                product = new()
                {
                    TenantId = scope.Id,
                    Sku = change.Sku,
                    Name = "",
                    Tags = "[]",
                    CreatedAt = scope.Now,
                }
            );
        (product.Name, product.Category, product.Brand) = (body.Name!, body.Category, body.Brand);
        (product.ListPrice, product.Cost) = (body.ListPrice, body.Cost);
        product.Tags = Json.Write(body.Tags ?? []);
        return isNew;
    }
}
