using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Points;

/// <summary>What a member has, and spending it. (Earning by hand is Earning's: it may lift a tier.)</summary>
public static class PointsEndpoints
{
    public static IServiceCollection AddPoints(this IServiceCollection services) =>
        services
            .AddScoped<PointsLedger>()
            .AddScoped<PointsHoldings>()
            .AddScoped<PointsReads>()
            .AddScoped<PointsHistory>()
            .AddScoped<PointsBooks>()
            .AddScoped<PointsProof>()
            .AddScoped<EntriesCsv>()
            .AddScoped<TransferService>()
            .AddScoped<Currencies>();

    public static void MapPoints(this IEndpointRouteBuilder app)
    {
        var points = app.MapBrand("/v1/members/{id}/points", "Points");
        points.MapGet("", GetPoints);
        points.MapGet("entries", ListEntries);
        points
            .MapPost("spend", SpendPoints)
            .Produces<PointsEntryShape>(StatusCodes.Status201Created)
            .RequireIdempotencyKey()
            .WithMetadata(new KeepsOwnAnswers());
        points
            .MapPost("settle", SettlePoints)
            .Produces<SettledShape>()
            .RequireIdempotencyKey()
            .WithMetadata(new KeepsOwnAnswers());

        app.MapHolds();
        app.MapTransfer();

        var currencies = app.MapBrand("/v1/currencies", "Configuration");
        currencies.MapGet("", ListCurrencies);
        currencies.MapPost("", AddCurrency);
    }

    /// <summary>Reads what a member has of one currency, lot by lot, now or as of any past instant.</summary>
    /// <remarks>Errors: in_future, bad_format (400), currency_unknown (422).</remarks>
    /// <param name="currency">points, growth, or one of the brand's own.</param>
    internal static async Task<Results<Ok<PointsShape>, ProblemHttpResult>> GetPoints(
        string id,
        [AsParameters] AsOfRequest asked,
        MemberService members,
        Currencies currencies,
        PointsReads reads,
        PointsHistory history,
        CancellationToken ct,
        string currency = Currencies.Points
    )
    {
        if (await members.FindAsync(id, ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        if (!await currencies.ExistsAsync(currency, ct))
            return UnknownCurrency(currency).ToHttp();
        var past = history.Past(asked);
        if (past.Problem is { } problem)
            return problem.ToHttp();
        var key = new AccountKey(member.Id, currency);
        var journal = past.Value is { } at ? await history.ReadAsync(key, at, ct) : await reads.ReadAsync(key, ct);
        return TypedResults.Ok(PointsShape.Of(journal));
    }

    /// <summary>Lists the lines of a member's ledger, newest first: all of them, or those recorded by a past instant.</summary>
    /// <remarks>Errors: in_future, bad_format (400), currency_unknown (422).</remarks>
    /// <param name="currency">points, growth, or one of the brand's own.</param>
    internal static async Task<Results<Ok<Page<PointsEntryShape>>, ProblemHttpResult>> ListEntries(
        string id,
        [AsParameters] PageRequest page,
        [AsParameters] AsOfRequest asked,
        MemberService members,
        Currencies currencies,
        PointsHistory history,
        MemberCloudDb db,
        CancellationToken ct,
        string currency = Currencies.Points
    )
    {
        if (await members.FindAsync(id, ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        if (!await currencies.ExistsAsync(currency, ct))
            return UnknownCurrency(currency).ToHttp();
        var list = $"entries:{id}:{currency}";
        var after = page.After(list);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        var past = history.Past(asked);
        if (past.Problem is { } ahead)
            return ahead.ToHttp();
        var before = after.Value is { } cursor && long.TryParse(cursor, out var seq) ? seq : long.MaxValue;
        if (past.Value is { } at)
            before = Math.Min(before, await history.LastAsync(new(member.Id, currency), at, ct) + 1);
        var rows = await db.Set<PointsEntry>()
            .AsNoTracking()
            .Where(e => e.MemberId == member.Id && e.Currency == currency && e.Seq < before)
            .OrderByDescending(e => e.Seq)
            .Take(page.Size + 1)
            .ToListAsync(ct);
        return TypedResults.Ok(
            Page.From(
                rows,
                page,
                list,
                e => e.Seq.ToString(System.Globalization.CultureInfo.InvariantCulture),
                PointsEntryShape.Of
            )
        );
    }

    /// <summary>Spends points, soonest end first, all or nothing.</summary>
    /// <remarks>Errors: points_insufficient, erased_member (409), currency_unknown, currency_not_spendable (422).</remarks>
    private static async Task<IResult> SpendPoints(
        string id,
        SpendRequest body,
        Currencies currencies,
        PointsLedger ledger,
        HttpContext http,
        CancellationToken ct
    )
    {
        var currency = body.Currency ?? Currencies.Points;
        if (await NotSpendableAsync(currencies, currency, ct) is { } problem)
            return problem.ToHttp();
        if (!Ids.TryRead(IdPrefix.Member, id, out var memberId))
            return Problem.NotFound("member").ToHttp();
        return await ledger.PostAsync<PointsEntry>(
            new(memberId, currency),
            LotsWanted.Spendable,
            http.Ticket()!,
            journal =>
            {
                journal.PostDue();
                return journal.Spend(body.Amount, body.Reference.ToReference(), body.Reason) is { } entry
                    ? entry
                    : NotEnough(journal, body.Amount);
            },
            StatusCodes.Status201Created,
            entry => Json.Write(PointsEntryShape.Of(entry)),
            ct
        );
    }

    /// <summary>Settles now what was earned with a reference and is still pending.</summary>
    /// <remarks>Nothing pending = no entries. Errors: currency_unknown (422).</remarks>
    private static async Task<IResult> SettlePoints(
        string id,
        SettleRequest body,
        Currencies currencies,
        PointsLedger ledger,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    )
    {
        var currency = body.Currency ?? Currencies.Points;
        if (!await currencies.ExistsAsync(currency, ct))
            return UnknownCurrency(currency).ToHttp();
        if (!Ids.TryRead(IdPrefix.Member, id, out var memberId))
            return Problem.NotFound("member").ToHttp();
        return await ledger.PostAsync<IReadOnlyList<PointsEntry>>(
            new(memberId, currency),
            LotsWanted.Open,
            http.Ticket()!,
            journal =>
            {
                journal.PostDue();
                return new List<PointsEntry>(journal.SettleNow(body.Reference.ToReference(), scope.Now));
            },
            StatusCodes.Status200OK,
            entries => Json.Write(new SettledShape([.. entries.Select(PointsEntryShape.Of)])),
            ct
        );
    }

    /// <summary>Lists the brand's kinds of points.</summary>
    private static async Task<Ok<Page<CurrencyShape>>> ListCurrencies(Currencies currencies, CancellationToken ct)
    {
        CurrencyShape[] everyones = [new(Currencies.Points, "Points", true), new(Currencies.Growth, "Growth", false)];
        return TypedResults.Ok(new Page<CurrencyShape>([.. everyones, .. (await currencies.OwnAsync(ct)).Select(ShapeOf)], null));
    }

    /// <summary>Adds a kind of points.</summary>
    /// <remarks>Errors: currency_exists (409), too_many_currencies (409) beyond 20.</remarks>
    private static async Task<Results<Created<CurrencyShape>, ProblemHttpResult>> AddCurrency(
        NewCurrency body,
        Currencies currencies,
        CancellationToken ct
    ) => (await currencies.AddAsync(body, ct)).ToCreated(ShapeOf);

    private static CurrencyShape ShapeOf(PointsCurrency c) => new(c.Code, c.Name, true);

    internal static Problem NotEnough(PointsJournal journal, long asked) =>
        Problem.Conflict("points_insufficient", $"The member can spend fewer than {asked}.") with
        {
            Extra = new Dictionary<string, object?>
            {
                ["available"] = journal.Account.Available,
                ["debt"] = journal.Account.Debt,
            },
        };

    internal static async Task<Problem?> NotSpendableAsync(Currencies currencies, string currency, CancellationToken ct) =>
        currency == Currencies.Growth
            ? Problem.Contradiction("currency_not_spendable", "Growth decides the tier; it is never spent.")
        : await currencies.ExistsAsync(currency, ct) ? null
        : UnknownCurrency(currency);

    public static Problem UnknownCurrency(string code) =>
        Problem.Contradiction("currency_unknown", $"The brand has no points of the kind {code}.");
}
