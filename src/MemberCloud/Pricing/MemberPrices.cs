using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Pricing;

/// <summary>What price lists look at in a member, as it is written: a tier's review that is due and not done yet is not counted, here as for coupons.</summary>
public sealed class PriceBuyers(MemberCloudDb db, TenantScope scope, TierService tiers, MemberService members)
{
    public async Task<PriceBuyer> OfAsync(Guid memberId, PriceBook book, CancellationToken ct)
    {
        var ladder = await tiers.LadderAsync(ct);
        var standing = await db.Set<TierStanding>().AsNoTracking().FirstOrDefaultAsync(s => s.MemberId == memberId, ct);
        var tier = standing is null ? TierService.EntryOf(ladder) : standing.TierId;
        var plans = book.AsksPlans
            ? await db.Set<PlanHolding>().AsNoTracking().Where(p => p.MemberId == memberId).ToListAsync(ct)
            : [];
        return PriceBuyer.Of(tier, plans, book.AsksTags ? await members.TagsAsync(memberId, ct) : [], scope.Now);
    }
}

/// <summary>A member's price of one piece, and what it would be for more of them.</summary>
/// <param name="Sku">As it was asked for.</param>
/// <param name="Name">Of the product; null when the catalogue has none of this SKU.</param>
/// <param name="ListPrice">Of one piece, minor units; null when the catalogue does not say: then there is no member price either.</param>
/// <param name="MemberPrice">What one piece costs this member now, minor units; the list price where no list applies.</param>
/// <param name="Saving">The list price less the member price, minor units.</param>
/// <param name="PriceListId">The price list that makes it, <c>plst_...</c>; null when no list applies.</param>
/// <param name="PriceListName">Its name.</param>
/// <param name="Limit">How many pieces one member may have at this price; null = no limit. What was bought before is not counted here.</param>
/// <param name="QuantityPrices">What a piece costs from more of them on, where that is another price.</param>
/// <param name="Currency">The brand's currency, ISO 4217.</param>
public sealed record MemberPriceShape(
    string Sku,
    string? Name,
    long? ListPrice,
    long? MemberPrice,
    long? Saving,
    string? PriceListId,
    string? PriceListName,
    PriceLimit? Limit,
    IReadOnlyList<QuantityPrice> QuantityPrices,
    string Currency
);

/// <summary>What a piece costs from a number of them on.</summary>
/// <param name="MinQuantity">Pieces of the SKU in the cart.</param>
/// <param name="Price">Of each, minor units.</param>
/// <param name="PriceListId">The price list that makes it, <c>plst_...</c></param>
public sealed record QuantityPrice(int MinQuantity, long Price, string PriceListId);

/// <summary>Member prices to be shown before there is a cart, by the same rules as a quote.</summary>
public sealed class MemberPrices(MemberCloudDb db, TenantScope scope, PriceBooks books, PriceBuyers buyers)
{
    /// <summary>SKUs asked for at once.</summary>
    public const int Most = 100;

    private static readonly System.ComponentModel.DataAnnotations.ValidationAttribute Sku = new TextAttribute(Product.SkuLength);

    /// <summary>One for each SKU, in the order asked; the same SKU twice is answered once.</summary>
    public async Task<Result<IReadOnlyList<MemberPriceShape>>> OfAsync(Guid memberId, string[] asked, CancellationToken ct)
    {
        if (asked.Length == 0)
            return Problem.Field("/sku", "required", "Name at least one SKU: ?sku=a&sku=b.");
        if (asked.Length > Most)
            return Problem.Field("/sku", "too_many", $"At most {Most} SKUs are asked for at once.");
        if (asked.FirstOrDefault(s => !Sku.IsValid(s)) is not null)
            return Problem.Field("/sku", "bad_format", $"A SKU has 1 to {Product.SkuLength} characters.");
        var skus = asked.Distinct(StringComparer.Ordinal).ToList();
        var book = await books.GetAsync(scope.Tenant, () => db, ct);
        var products = await ProductService.OfAsync(db, skus, ct);
        var buyer = await buyers.OfAsync(memberId, book, ct);
        return skus.ConvertAll(sku => Show(sku, products.GetValueOrDefault(sku), book.Of(sku), buyer));
    }

    private MemberPriceShape Show(string sku, Product? product, IReadOnlyList<ListedPrice> prices, PriceBuyer buyer)
    {
        if (product?.ListPrice is not { } list)
            return new(sku, product?.Name, null, null, null, null, null, null, [], scope.Tenant.Currency);
        var chosen = Choose(prices, buyer, list, 1);
        return new(
            sku,
            product.Name,
            list,
            chosen?.UnitPrice ?? list,
            list - (chosen?.UnitPrice ?? list),
            chosen is null ? null : Ids.Show(IdPrefix.PriceList, chosen.Price.List.Id),
            chosen?.Price.List.Name,
            chosen?.Terms.Limit,
            [.. Breaks(prices, buyer, list, chosen?.UnitPrice ?? list)],
            scope.Tenant.Currency
        );
    }

    private IEnumerable<QuantityPrice> Breaks(IReadOnlyList<ListedPrice> prices, PriceBuyer buyer, long list, long first)
    {
        var before = first;
        foreach (var quantity in prices.SelectMany(p => p.Breaks).Select(b => b.MinQuantity).Where(q => q > 1).Distinct().Order())
        {
            if (Choose(prices, buyer, list, quantity) is not { } chosen || chosen.UnitPrice == before)
                continue;
            before = chosen.UnitPrice;
            yield return new(quantity, chosen.UnitPrice, Ids.Show(IdPrefix.PriceList, chosen.Price.List.Id));
        }
    }

    private PricedLine? Choose(IReadOnlyList<ListedPrice> prices, PriceBuyer buyer, long list, long quantity) =>
        PriceRules.Choose(prices, buyer, list, quantity, quantity, _ => 0, scope.Now, scope.Tenant.Rounding);
}
