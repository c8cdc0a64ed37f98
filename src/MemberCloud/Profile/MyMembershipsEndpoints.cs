using MemberCloud.Billing;
using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Memberships;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Profile;

/// <summary>A member's paid memberships, by the member's own token.</summary>
internal static class MyMembershipsEndpoints
{
    public static void MapMyMemberships(this IEndpointRouteBuilder app)
    {
        var me = app.MapBrand("/v1/me", "Me");
        me.MapGet("plans", ListMyPlans);
        me.MapGet("memberships", ListMyMemberships);
        me.MapPost("memberships", BuyMyMembership)
            .Produces<MembershipShape>(StatusCodes.Status201Created)
            .RequireIdempotencyKey()
            .WithMetadata(new AnswersAfterwards());
        me.MapPost("memberships/{id}/cancel", CancelMyMembership).RequireIdempotencyKey();
        me.MapPost("activation-codes/redeem", RedeemMyActivationCode)
            .Produces<MembershipShape>(StatusCodes.Status201Created)
            .RequireIdempotencyKey()
            .WithMetadata(new AnswersAfterwards());
        me.MapGet("savings", GetMySavings);
        me.MapGet("invoices", ListMyInvoices);
        me.MapGet("invoices/{invoiceId}/receipt", GetMyReceipt).Produces<string>(StatusCodes.Status200OK, ReceiptPage.MediaType);
        me.MapGet("notices", ListMyNotices);
    }

    /// <summary>Lists the plans that are on offer.</summary>
    private static async Task<Ok<Page<PlanShape>>> ListMyPlans(PlanService plans, TenantScope scope, CancellationToken ct) =>
        TypedResults.Ok(
            new Page<PlanShape>(
                [.. (await plans.AllAsync(ct)).Select(p => PlanShape.Of(p, scope.Tenant.Currency)).Where(p => p.Active)],
                null
            )
        );

    /// <summary>Lists the member's own memberships, newest first, each with what comes next and when.</summary>
    private static Task<Results<Ok<Page<MembershipShape>>, ProblemHttpResult>> ListMyMemberships(
        [AsParameters] PageRequest page,
        MemberService members,
        MembershipReads reads,
        TenantScope scope,
        CancellationToken ct
    ) => MembershipsEndpoints.ListMemberships(MeEndpoints.Me(scope), page, members, reads, ct);

    /// <summary>Buys a plan, or a further term of the one the member has.</summary>
    /// <remarks>
    /// As the brand's own call; what was paid offline only the brand can report.
    /// Errors: in_future, not_applicable (400), plan_not_sold, use_change, payment_pending, membership_paused, trial_used, erased_member (409),
    /// plan_unknown, gateway_unknown, sandbox_only, method_unknown, method_missing, no_trial, term_too_short, idempotency_key_reused (422).
    /// </remarks>
    private static async Task<IResult> BuyMyMembership(
        MyBuyRequest body,
        MembershipService memberships,
        MembershipReads reads,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    ) =>
        body.Payment.PaidReference is not null
            ? Problem.Field("/payment/paid_reference", "not_applicable", "Only the brand reports payments.").ToHttp()
            : await MembershipsEndpoints.BoughtAsync(
                await memberships.BuyAsync(scope.Caller.SubjectId!.Value, body, BillRequest.Of(http.Ticket()), ct),
                reads,
                ct
            );

    /// <summary>Ends a membership at the end of its period. One call, no questions.</summary>
    /// <remarks>Errors: not_found (404), already_cancelled, membership_ended (409).</remarks>
    private static async Task<Results<Ok<MembershipShape>, ProblemHttpResult>> CancelMyMembership(
        string id,
        MemberService members,
        MembershipCommands commands,
        MembershipReads reads,
        TenantScope scope,
        CancellationToken ct
    ) =>
        await members.FindAsync(MeEndpoints.Me(scope), ct) is { } member
            ? await MembershipsEndpoints.MoveAsync(
                id,
                membership => commands.CancelAtEndAsync(membership, member.Id, ct),
                (_, shape) => shape,
                reads,
                ct
            )
            : Problem.NotFound("membership").ToHttp();

    /// <summary>Begins or extends a membership by a gift or activation code.</summary>
    /// <remarks>
    /// 201 with a new membership, which ends with its terms unless the member buys more; 200 where the code's terms follow those of the one the member has. After ten wrong codes in an hour every code
    /// is refused until the hour is over. Errors: code_invalid, code_typo (the check character does not fit), already_redeemed, void, use_change, payment_pending, membership_paused, erased_member
    /// (409), too_many_tries (429).
    /// </remarks>
    private static async Task<IResult> RedeemMyActivationCode(
        MyActivationRequest body,
        ActivationService codes,
        MembershipReads reads,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    ) =>
        await MembershipsEndpoints.BoughtAsync(
            await codes.RedeemAsync(
                scope.Caller.SubjectId!.Value,
                body.Code,
                ClaimSource.Of(http.Connection.RemoteIpAddress).Address,
                BillRequest.Of(http.Ticket()),
                ct
            ),
            reads,
            ct
        );

    /// <summary>Reads what paid plans have saved the member so far.</summary>
    /// <remarks>Checkouts compare each order with what it would have cost without the plans; orders that the brand only reported say nothing of it.</remarks>
    private static async Task<Results<Ok<SavingsShape>, ProblemHttpResult>> GetMySavings(
        MemberService members,
        SavingsService savings,
        TenantScope scope,
        CancellationToken ct
    ) =>
        await members.FindAsync(MeEndpoints.Me(scope), ct) is { } member
            ? TypedResults.Ok(await savings.OfAsync(member.Id, ct))
            : Problem.NotFound("member").ToHttp();

    /// <summary>Shows one of the member's own invoices or credit notes as a page to read and print, in Chinese or English by Accept-Language.</summary>
    /// <param name="invoiceId"><c>inv_...</c></param>
    private static Task<Results<ContentHttpResult, ProblemHttpResult>> GetMyReceipt(
        string invoiceId,
        MemberService members,
        MemberCloudDb db,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    ) => BillingEndpoints.GetReceipt(MeEndpoints.Me(scope), invoiceId, members, db, scope, http, ct);

    /// <summary>Lists the member's own invoices and credit notes, newest first.</summary>
    private static Task<Results<Ok<Page<InvoiceShape>>, ProblemHttpResult>> ListMyInvoices(
        [AsParameters] PageRequest page,
        MemberService members,
        MemberCloudDb db,
        TenantScope scope,
        CancellationToken ct
    ) => BillingEndpoints.ListInvoices(MeEndpoints.Me(scope), page, members, db, scope, ct);

    /// <summary>Lists what the member is told of renewals, newest first, at most 50. Reading it is the proof that it arrived.</summary>
    private static async Task<Results<Ok<Page<NoticeShape>>, ProblemHttpResult>> ListMyNotices(
        MemberService members,
        NoticeService notices,
        PlanBook book,
        TenantScope scope,
        CancellationToken ct
    )
    {
        if (await members.FindAsync(MeEndpoints.Me(scope), ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        var plans = await book.ReadAsync(ct);
        var rows = await notices.ReadAsync(member.Id, ct);
        return TypedResults.Ok(
            new Page<NoticeShape>([.. rows.Select(n => NoticeShape.Of(n, plans, scope.Tenant.Currency))], null)
        );
    }
}
