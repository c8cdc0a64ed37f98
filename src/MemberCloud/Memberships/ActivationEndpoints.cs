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

namespace MemberCloud.Memberships;

/// <summary>Codes to be made.</summary>
/// <param name="PlanId">The plan, <c>plan_...</c>, in its version of now.</param>
/// <param name="Count">How many, 1 to 10,000.</param>
/// <param name="Terms">How many terms each stands for, 1 to 36; 1 unless given.</param>
/// <param name="Reason">For the audit log; up to 200 characters, no personal data.</param>
public sealed record ActivationRequest(
    [property: Required, Text(60)] string PlanId,
    [property: Required, Range(1, ActivationBatches.Most)] int Count,
    [property: Range(1, 36)] int Terms = 1,
    [property: Text(200, Plain = true)] string? Reason = null
);

/// <summary>Takes a batch back.</summary>
/// <param name="Reason">Why, up to 200 characters, no personal data.</param>
public sealed record RefundActivationRequest([property: Required, Text(200, Plain = true)] string Reason);

/// <summary>A member's own code.</summary>
/// <param name="Code">As it was typed: capitals, spaces and hyphens do not count; O is read as 0, I and L as 1, U as V.</param>
public sealed record MyActivationRequest([property: Required, Text(60)] string Code);

/// <summary>A code, and who has it.</summary>
/// <param name="Code">As it was typed: capitals, spaces and hyphens do not count; O is read as 0, I and L as 1, U as V.</param>
/// <param name="MemberId"><c>mem_...</c></param>
/// <param name="IpHash">From where the member sent it, hashed by the brand: up to 64 hexadecimal digits. Wrong codes are counted by it.</param>
public sealed record RedeemActivationRequest(
    [property: Required, Text(60)] string Code,
    [property: Required, Text(60)] string MemberId,
    [property: StringLength(64), RegularExpression("[0-9A-Fa-f]+")] string? IpHash = null
);

/// <summary>Codes that were made together.</summary>
/// <param name="Id"><c>acb_...</c></param>
/// <param name="PlanVersion">What a membership that begins by one of them is agreed to.</param>
/// <param name="Terms">How many terms each stands for.</param>
/// <param name="Count">Codes of the batch.</param>
/// <param name="Redeemed">Codes that were redeemed.</param>
/// <param name="Voided">Codes that were made void before anybody redeemed them.</param>
/// <param name="RefundedAt">When it was taken back; null = it was not.</param>
public sealed record ActivationBatchShape(
    string Id,
    string PlanId,
    int PlanVersion,
    int Terms,
    int Count,
    int Redeemed,
    int Voided,
    DateTime CreatedAt,
    DateTime? RefundedAt
)
{
    public static ActivationBatchShape Of(ActivationState state) =>
        new(
            Ids.Show(IdPrefix.ActivationBatch, state.Batch.Id),
            Ids.Show(IdPrefix.Plan, state.Batch.PlanId),
            state.Batch.PlanVersion,
            state.Batch.Terms,
            state.Batch.Count,
            state.Redeemed,
            state.Voided,
            state.Batch.CreatedAt,
            state.Batch.RefundedAt
        );
}

/// <summary>Gift and activation codes.</summary>
internal static class ActivationEndpoints
{
    public static IServiceCollection AddActivation(this IServiceCollection services) =>
        services.AddScoped<ActivationBatches>().AddScoped<ActivationService>();

    public static void MapActivation(this IEndpointRouteBuilder app)
    {
        var codes = app.MapBrand("/v1/activation-codes", "Memberships");
        codes.MapPost("", MakeActivationCodes).RequireIdempotencyKey();
        codes.MapGet("", ListActivationBatches);
        codes.MapGet("{id}", GetActivationBatch);
        codes
            .MapGet("{id}/codes.csv", DownloadActivationCodes)
            .Produces<string>(StatusCodes.Status200OK, EntriesCsv.MediaType)
            .TakesLong();
        codes.MapPost("{id}/refund", RefundActivationBatch).RequireIdempotencyKey();
        // Wrong codes are counted in transactions of their own.
        codes
            .MapPost("redeem", RedeemActivationCode)
            .Produces<MembershipShape>(StatusCodes.Status201Created)
            .RequireIdempotencyKey()
            .WithMetadata(new AnswersAfterwards());
    }

    /// <summary>Makes gift or activation codes for a plan: to sell, to print, to give away.</summary>
    /// <remarks>
    /// Codes have 16 characters of 0-9 and A-Z without I, L, O and U, the last a check character; they are not kept in clear. Nothing is charged for a term of a code, and no money comes back for it.
    /// Errors: plan_not_sold (409), plan_unknown (422).
    /// </remarks>
    private static async Task<Results<Created<ActivationBatchShape>, ProblemHttpResult>> MakeActivationCodes(
        ActivationRequest body,
        ActivationBatches batches,
        CancellationToken ct
    ) => (await batches.MakeAsync(body, ct)).ToCreated(ActivationBatchShape.Of);

    /// <summary>Lists batches of activation codes, newest first.</summary>
    private static async Task<Results<Ok<Page<ActivationBatchShape>>, ProblemHttpResult>> ListActivationBatches(
        [AsParameters] PageRequest page,
        ActivationBatches batches,
        CancellationToken ct
    )
    {
        const string list = "activation-codes";
        var after = page.After(list);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        Guid? before = Ids.TryRead(IdPrefix.ActivationBatch, after.Value, out var last) ? last : null;
        var rows = await batches.ListAsync(before, page.Size + 1, ct);
        return TypedResults.Ok(
            Page.From(rows, page, list, b => Ids.Show(IdPrefix.ActivationBatch, b.Batch.Id), ActivationBatchShape.Of)
        );
    }

    /// <summary>Reads a batch of activation codes, and how many of them were redeemed.</summary>
    private static async Task<Results<Ok<ActivationBatchShape>, ProblemHttpResult>> GetActivationBatch(
        string id,
        ActivationBatches batches,
        CancellationToken ct
    ) =>
        await batches.FindAsync(id, ct) is { } found
            ? TypedResults.Ok(ActivationBatchShape.Of(found))
            : Problem.NotFound("batch of codes").ToHttp();

    /// <summary>Sends all codes of a batch as CSV, in the order they were made.</summary>
    /// <remarks>RFC 4180, UTF-8, with the columns code and state (unused, redeemed or void). Bring the codes into a spreadsheet as text.</remarks>
    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> DownloadActivationCodes(
        string id,
        ActivationBatches batches,
        CancellationToken ct
    ) =>
        await batches.FindAsync(id, ct) is { } found
            ? TypedResults.Stream(to => batches.WriteAsync(to, found.Batch, ct), EntriesCsv.MediaType, $"{id}-codes.csv")
            : Problem.NotFound("batch of codes").ToHttp();

    /// <summary>Takes a batch back: codes that nobody redeemed are void from now on. Memberships that began by others stay.</summary>
    /// <remarks>Errors: not_found (404), already_refunded (409).</remarks>
    private static async Task<Results<Ok<ActivationBatchShape>, ProblemHttpResult>> RefundActivationBatch(
        string id,
        RefundActivationRequest body,
        ActivationBatches batches,
        CancellationToken ct
    ) => (await batches.RefundAsync(id, body.Reason, ct)).ToOk(ActivationBatchShape.Of);

    /// <summary>Begins or extends a member's membership by a code.</summary>
    /// <remarks>
    /// 201 with a new membership, which ends with its terms unless the member buys more; 200 where the code's terms follow those of the one the member has (after a trial, in place of what is past
    /// due).
    /// After ten wrong codes in an hour of one member or from one ip_hash every code is refused until the hour is over. Errors: code_invalid, code_typo (the check character does not fit),
    /// already_redeemed, void, use_change, payment_pending, membership_paused, erased_member (409), too_many_tries (429), not_found (404).
    /// </remarks>
    private static async Task<IResult> RedeemActivationCode(
        RedeemActivationRequest body,
        MemberService members,
        ActivationService codes,
        MembershipReads reads,
        HttpContext http,
        CancellationToken ct
    ) =>
        await members.FindAsync(body.MemberId, ct) is { } member
            ? await MembershipsEndpoints.BoughtAsync(
                await codes.RedeemAsync(member.Id, body.Code, body.IpHash, BillRequest.Of(http.Ticket()), ct),
                reads,
                ct
            )
            : Problem.NotFound("member").ToHttp();
}
