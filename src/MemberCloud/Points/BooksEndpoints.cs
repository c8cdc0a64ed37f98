using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Points;

/// <summary>What accountants ask for: the brand's books, and a member's ledger as a file.</summary>
public static class BooksEndpoints
{
    public static void MapBooks(this IEndpointRouteBuilder app)
    {
        app.MapBrand("/v1/points/books", "Points").MapGet("", GetBooks).TakesLong();
        app.MapBrand("/v1/members/{id}/points", "Points")
            .MapGet("entries.csv", DownloadEntries)
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .TakesLong();
    }

    /// <summary>Reads the brand's books, one line for each kind of points.</summary>
    /// <remarks>
    /// Always: issued + adjusted = pending + available + held - debt + redeemed + expired. All lines are of one moment. What fell due counts once it is posted, which the jobs do
    /// within minutes.
    /// </remarks>
    private static async Task<Ok<Page<BooksShape>>> GetBooks(PointsBooks books, CancellationToken ct) =>
        TypedResults.Ok(new Page<BooksShape>(await books.ReadAsync(ct), null));

    /// <summary>Sends a member's whole ledger of one currency as CSV, oldest line first.</summary>
    /// <remarks>
    /// RFC 4180, UTF-8, times in RFC 3339 UTC, with the columns number, id, kind, delta_available, delta_pending, delta_held, delta_debt, available_after, pending_after,
    /// held_after, debt_after, reference_type, reference_id, reason, rule_id, rule_version, occurred_at, recorded_at. Texts that a spreadsheet would take for a formula begin with an
    /// apostrophe. Sent while it is read: an answer that breaks off is not whole. Errors: in_future, bad_format (400), currency_unknown (422).
    /// </remarks>
    /// <param name="currency">points, growth, or one of the brand's own.</param>
    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> DownloadEntries(
        string id,
        [AsParameters] AsOfRequest asked,
        MemberService members,
        Currencies currencies,
        PointsHistory history,
        EntriesCsv csv,
        CancellationToken ct,
        string currency = Currencies.Points
    )
    {
        if (await members.FindAsync(id, ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        if (!await currencies.ExistsAsync(currency, ct))
            return PointsEndpoints.UnknownCurrency(currency).ToHttp();
        var past = history.Past(asked);
        if (past.Problem is { } problem)
            return problem.ToHttp();
        var key = new AccountKey(member.Id, currency);
        var last = await history.LastAsync(key, past.Value, ct);
        return TypedResults.Stream(
            to => csv.WriteAsync(to, key, last, ct),
            EntriesCsv.MediaType,
            $"{Ids.Show(IdPrefix.Member, member.Id)}-{currency}.csv"
        );
    }
}
