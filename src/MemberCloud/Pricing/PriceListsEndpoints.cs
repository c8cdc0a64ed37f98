using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Pricing;

/// <summary>Price lists and their entries.</summary>
public static class PriceListsEndpoints
{
    internal static void MapPriceLists(this IEndpointRouteBuilder app)
    {
        var lists = app.MapBrand("/v1/price-lists", "Prices");
        lists.MapPost("", AddPriceList);
        lists.MapGet("", ListPriceLists);
        lists.MapGet("{id}", GetPriceList);
        lists.MapPatch("{id}", ChangePriceList);
        lists.MapDelete("{id}", EndPriceList);
        lists.MapPut("{id}/entries", ReplacePriceEntries);
        lists.MapGet("{id}/entries", ListPriceEntries);
    }

    /// <summary>Adds a price list: member-only prices for an audience.</summary>
    /// <remarks>
    /// It says nothing until it has entries. Errors: audience_empty, not_applicable, out_of_order, out_of_range, markup_not_allowed, link_not_allowed (400), tier_unknown,
    /// plan_unknown (422), too_many_price_lists (409) beyond 200 that have not ended.
    /// </remarks>
    private static async Task<Results<Created<PriceListShape>, ProblemHttpResult>> AddPriceList(
        PriceListBody body,
        PriceListService lists,
        TenantScope scope,
        CancellationToken ct
    ) => (await lists.AddAsync(body, ct)).ToCreated(l => PriceListShape.Of(l, scope.Tenant.Currency));

    /// <summary>Lists the price lists, newest first.</summary>
    /// <remarks>Errors: unknown_value (400).</remarks>
    /// <param name="state">Only those: live or ended.</param>
    private static async Task<Results<Ok<Page<PriceListShape>>, ProblemHttpResult>> ListPriceLists(
        [AsParameters] PageRequest page,
        PriceListService lists,
        TenantScope scope,
        CancellationToken ct,
        string? state = null
    )
    {
        var (wanted, after) = (QueryWords.Read<PriceListState>(state, "/state"), page.After($"price-lists:{state}"));
        if ((wanted.Problem ?? after.Problem) is { } problem)
            return problem.ToHttp();
        var before = Guid.TryParse(after.Value, out var last) ? last : (Guid?)null;
        var found = await lists.ListAsync(wanted.Value, before, page.Size + 1, ct);
        return TypedResults.Ok(
            Page.From(found, page, $"price-lists:{state}", l => l.Id.ToString(), l => PriceListShape.Of(l, scope.Tenant.Currency))
        );
    }

    /// <summary>Reads a price list, as it stands or as it stood in one of its versions.</summary>
    /// <param name="version">Which; the last unless given.</param>
    private static async Task<Results<Ok<PriceListShape>, ProblemHttpResult>> GetPriceList(
        string id,
        PriceListService lists,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct,
        int? version = null
    )
    {
        if (await FindAsync(id, version, lists, ct) is not { } list)
            return PriceListService.NotFound.ToHttp();
        if (version is null)
            ETags.Show(http, list.Version);
        return TypedResults.Ok(PriceListShape.Of(list, scope.Tenant.Currency));
    }

    /// <summary>Changes a price list: a new version, unless nothing is different.</summary>
    /// <remarks>
    /// Quotes keep the version they were made with. If-Match is honoured (412 stale). Errors: audience_empty, not_applicable, out_of_order, out_of_range,
    /// markup_not_allowed, link_not_allowed (400), tier_unknown, plan_unknown (422), price_list_ended (409).
    /// </remarks>
    private static async Task<Results<Ok<PriceListShape>, ProblemHttpResult>> ChangePriceList(
        string id,
        PriceListChange body,
        PriceListService lists,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.PriceList, id, out var listId)
            ? (await lists.ChangeAsync(listId, body.ApplyTo, version => ETags.Stale(http, version), ct)).ToOk(l =>
                PriceListShape.Of(l, scope.Tenant.Currency)
            )
            : PriceListService.NotFound.ToHttp();

    /// <summary>Ends a price list for good: it counts no more, and stays readable.</summary>
    /// <remarks>To stop it for a while set active to false. The same again changes nothing.</remarks>
    private static async Task<Results<NoContent, ProblemHttpResult>> EndPriceList(
        string id,
        PriceListService lists,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.PriceList, id, out var listId))
            return PriceListService.NotFound.ToHttp();
        var ended = await lists.EndAsync(listId, ct);
        return ended.Problem is { } problem ? problem.ToHttp() : TypedResults.NoContent();
    }

    /// <summary>Replaces all entries of a price list, up to 10,000, or says what would come of it.</summary>
    /// <remarks>
    /// All or nothing: when a row is wrong the request is refused, errors names each wrong field by row (the first 1,000, with rows and bad_rows beside it) and nothing is saved.
    /// With dry_run the same is told as a report, and nothing is saved. What is the same as before is no new version. If-Match is honoured (412 stale). Errors: one_of, duplicate,
    /// required, out_of_range, too_long (400), price_list_ended (409), too_many_price_entries (409) beyond 100,000 in all lists together.
    /// </remarks>
    private static async Task<Results<Ok<PriceEntriesReport>, ProblemHttpResult>> ReplacePriceEntries(
        string id,
        PriceEntriesRequest body,
        PriceEntryService entries,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.PriceList, id, out var listId))
            return PriceListService.NotFound.ToHttp();
        var rows = PriceEntryRules.Read(body.Entries);
        if (rows.Bad > 0 && !body.DryRun)
            return Refused(rows).ToHttp();
        return (await entries.ReplaceAsync(listId, rows, body.DryRun, version => ETags.Stale(http, version), ct)).ToOk(report =>
            report
        );
    }

    private static Problem Refused(EntryRows rows) =>
        new(rows.Errors[0].Code, rows.Errors[0].Message, StatusCodes.Status400BadRequest)
        {
            Errors = rows.Errors,
            Extra = new Dictionary<string, object?> { ["rows"] = rows.Good.Count + rows.Bad, ["bad_rows"] = rows.Bad },
        };

    /// <summary>Lists the entries of a price list by SKU and min_quantity, as they stand or as they stood in one of its versions.</summary>
    /// <param name="version">Which; the last unless given.</param>
    private static async Task<Results<Ok<Page<PriceEntryBody>>, ProblemHttpResult>> ListPriceEntries(
        string id,
        [AsParameters] PageRequest page,
        PriceListService lists,
        PriceEntryService entries,
        CancellationToken ct,
        int? version = null
    )
    {
        if (await FindAsync(id, version, lists, ct) is not { } list)
            return PriceListService.NotFound.ToHttp();
        var name = $"{id}:{version}";
        var after = page.After(name);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        var found = await entries.PageAsync(list, Key(after.Value), page.Size + 1, ct);
        return TypedResults.Ok(
            Page.From(
                found,
                page,
                name,
                e => string.Create(CultureInfo.InvariantCulture, $"{e.MinQuantity}:{e.Sku}"),
                PriceEntryBody.Of
            )
        );
    }

    private static (string Sku, int MinQuantity)? Key(string? cursor) =>
        cursor?.Split(':', 2) is [var quantity, var sku] && int.TryParse(quantity, CultureInfo.InvariantCulture, out var min)
            ? (sku, min)
            : null;

    private static async Task<PriceList?> FindAsync(string id, int? version, PriceListService lists, CancellationToken ct) =>
        Ids.TryRead(IdPrefix.PriceList, id, out var listId) ? await lists.FindAsync(listId, version, ct) : null;
}
