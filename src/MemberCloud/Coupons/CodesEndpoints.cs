using System.ComponentModel.DataAnnotations;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Coupons;

/// <summary>A pool of codes to be made.</summary>
/// <param name="Count">How many, 1 to 1,000,000.</param>
/// <param name="Reason">For the audit log; up to 200 characters, no personal data.</param>
public sealed record CodesRequest(
    [property: Required, Range(1, CodePools.Most)] long Count,
    [property: Text(CouponBatch.ReasonLength, Plain = true)] string? Reason = null
);

/// <summary>A code, and who has it.</summary>
/// <param name="Code">As it was typed: capitals, spaces and hyphens do not count; O is read as 0, I and L as 1, U as V.</param>
/// <param name="MemberId"><c>mem_...</c></param>
/// <param name="IpHash">From where the member sent it, hashed by the brand: up to 64 hexadecimal digits. Wrong codes, and claims where the brand guards them, are counted by it.</param>
/// <param name="DeviceHash">By which device, hashed by the brand: up to 64 hexadecimal digits. Claims are counted by it where the brand guards them.</param>
public sealed record RedeemRequest(
    [property: Required, Text(60)] string Code,
    [property: Required, Text(60)] string MemberId,
    [property: StringLength(64), RegularExpression("[0-9A-Fa-f]+")] string? IpHash = null,
    [property: StringLength(64), RegularExpression("[0-9A-Fa-f]+")] string? DeviceHash = null
);

/// <summary>For whom.</summary>
/// <param name="MemberId"><c>mem_...</c></param>
public sealed record ExchangeRequest([property: Required, Text(60)] string MemberId);

/// <summary>Codes, and coupons for points.</summary>
internal static class CodesEndpoints
{
    private const string Codes = "Coupon codes";

    public static IServiceCollection AddCodes(this IServiceCollection services) =>
        services
            .AddScoped<CodePools>()
            .AddScoped<CodesCsv>()
            .AddScoped<CodeService>()
            .AddScoped<UniqueCodes>()
            .AddScoped<ExchangeService>();

    public static void MapCodes(this IEndpointRouteBuilder app)
    {
        app.MapBrand("/v1/coupon-templates/{id}/exchange", "Coupons").MapPost("", ExchangeCoupon).RequireIdempotencyKey();
        app.MapBrand("/v1/coupon-templates/{id}/codes", Codes).MapPost("", MakeCodes).RequireIdempotencyKey();
        app.MapBrand("/v1/batches/{id}", Codes)
            .MapGet("codes.csv", DownloadCodes)
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .TakesLong();
        app.MapBrand("/v1/coupon-codes/redeem", Codes)
            .MapPost("", RedeemCode)
            .Produces<CouponShape>(StatusCodes.Status201Created)
            .RequireIdempotencyKey()
            .WithMetadata(new KeepsOwnAnswers());
    }

    /// <summary>Begins to make a pool of codes, each for one coupon of the template.</summary>
    /// <remarks>
    /// Codes have 16 characters of 0-9 and A-Z without I, L, O and U, the last a check character; they are made in the background and not kept in clear. They redeem
    /// under the template's state, audience, limits and stock as these are then: a pool sets no stock aside. It counts against the caller's daily limit as if all
    /// codes were issued: above it the answer is 202 with an approval_id, and the codes are made once another person agrees. Errors: template_ended,
    /// too_many_batches (409) while ten pools are being made, not_found (404).
    /// </remarks>
    private static async Task<Results<Accepted<BatchBegun>, ProblemHttpResult>> MakeCodes(
        string id,
        CodesRequest body,
        TemplateBook book,
        CodePools pools,
        CancellationToken ct
    )
    {
        if (await book.FindAsync(id, ct) is not { } template)
            return TemplatesEndpoints.NotFound.ToHttp();
        var begun = await pools.BeginAsync(template, body, ct);
        if (begun.Problem is { } problem)
            return problem.ToHttp();
        var batch = BatchBegun.Of(begun.Value);
        return TypedResults.Accepted($"/v1/batches/{batch.BatchId}", batch);
    }

    /// <summary>Sends all codes of a pool as CSV, in the order they were made.</summary>
    /// <remarks>
    /// RFC 4180, UTF-8, with the columns code and state (unused, redeemed or void). Bring the codes into a spreadsheet as text: one of digits alone would lose its
    /// last ones as a number. Sent while it is read: an answer that breaks off is not whole. Errors: batch_not_done (409) while they are being made, not_found (404).
    /// </remarks>
    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> DownloadCodes(
        string id,
        CodePools pools,
        CodesCsv csv,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Batch, id, out var batchId) || await pools.FindAsync(batchId, ct) is not { } batch)
            return Problem.NotFound("batch of codes").ToHttp();
        if (batch.State is BatchState.AwaitingApproval or BatchState.Queued or BatchState.Running)
            return Problem.Conflict("batch_not_done", $"{batch.Looked} of {batch.Total} codes are made.").ToHttp();
        return TypedResults.Stream(
            to => csv.WriteAsync(to, batch, ct),
            EntriesCsv.MediaType,
            $"{Ids.Show(IdPrefix.Batch, batch.Id)}-codes.csv"
        );
    }

    /// <summary>Gives a member the coupon of a code.</summary>
    /// <remarks>
    /// A template's own code gives one each time its limits allow it, a code of a pool gives one, once. After ten wrong codes in an hour of one member or from one
    /// ip_hash every code is refused until the hour is over. A refusal keeps nothing of its Idempotency-Key: ask again with the same. Errors: code_invalid, code_typo
    /// (the check character does not fit), already_redeemed, void, not_active, paused, ended, not_started, audience, member_limit, day_limit, week_limit, month_limit,
    /// used_up, held_for_review, erased_member (409), too_many_tries (429), not_found (404).
    /// </remarks>
    private static async Task<IResult> RedeemCode(
        RedeemRequest body,
        MemberService members,
        CodeService codes,
        HttpContext http,
        CancellationToken ct
    ) =>
        await members.FindAsync(body.MemberId, ct) is { } member
            ? await codes.RedeemAsync(member.Id, body.Code, ClaimSource.Of(body.DeviceHash, body.IpHash), http.Ticket()!, ct)
            : Problem.NotFound("member").ToHttp();

    /// <summary>Gives a member one coupon of a template for its points_price.</summary>
    /// <remarks>
    /// Points and coupon change hands together, or neither does. The points leave by an entry with the reference coupon and the coupon's id. Taking the coupon back
    /// later gives back no points: adjust them. Errors: not_exchangeable, points_insufficient, not_active, paused, ended, not_started, audience, member_limit,
    /// day_limit, week_limit, month_limit, used_up, erased_member (409), not_found (404).
    /// </remarks>
    private static async Task<Results<Created<CouponShape>, ProblemHttpResult>> ExchangeCoupon(
        string id,
        ExchangeRequest body,
        TemplateBook book,
        ExchangeService exchanges,
        TenantScope scope,
        CancellationToken ct
    )
    {
        if (await book.FindAsync(id, ct) is not { } template)
            return TemplatesEndpoints.NotFound.ToHttp();
        if (!Ids.TryRead(IdPrefix.Member, body.MemberId, out var member))
            return Problem.NotFound("member").ToHttp();
        return (await exchanges.ExchangeAsync(template, member, ct)).ToCreated(c => CouponShape.Of(c, scope.Now));
    }
}
