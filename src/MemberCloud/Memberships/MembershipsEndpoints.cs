using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Memberships;

/// <summary>Paid memberships: sold, renewed, changed, ended.</summary>
public static class MembershipsEndpoints
{
    public static IServiceCollection AddMemberships(this IServiceCollection services) =>
        services
            .AddScoped<MembershipService>()
            .AddScoped<MembershipCommands>()
            .AddScoped<MembershipReads>()
            .AddScoped<MembershipSweep>()
            .AddScoped<MembershipHoldings>()
            .AddScoped<PaymentCollector>()
            .AddScoped<NoticeService>()
            .AddActivation();

    public static void MapMemberships(this IEndpointRouteBuilder app)
    {
        var memberships = app.MapBrand("/v1/memberships", "Memberships");
        // These ask a gateway on their way: what they began is stored first, and found again by the same request.
        memberships
            .MapPost("", BuyMembership)
            .Produces<MembershipShape>(StatusCodes.Status201Created)
            .RequireIdempotencyKey()
            .WithMetadata(new AnswersAfterwards());
        memberships.MapPost("{id}/change", ChangeMembershipPlan).RequireIdempotencyKey().WithMetadata(new AnswersAfterwards());
        memberships.MapPost("{id}/cancel", CancelMembership).RequireIdempotencyKey().WithMetadata(new AnswersAfterwards());
        memberships.MapPost("{id}/refund", RefundMembership).RequireIdempotencyKey().WithMetadata(new AnswersAfterwards());
        memberships.MapGet("{id}", GetMembership);
        memberships.MapPatch("{id}", ChangeMembership);
        memberships.MapPost("{id}/pause", PauseMembership).RequireIdempotencyKey();
        memberships.MapPost("{id}/resume", ResumeMembership).RequireIdempotencyKey();
        memberships.MapPost("{id}/revoke", RevokeMembership).RequireIdempotencyKey();
        memberships.MapPost("{id}/payments", ReportPayment).RequireIdempotencyKey();
        app.MapBrand("/v1/members/{id}/memberships", "Memberships").MapGet("", ListMemberships);
        app.MapActivation();
        app.MapNotices();
    }

    /// <summary>Sells a member a plan, or a further term of the one they have.</summary>
    /// <remarks>
    /// 201 with a new membership: trialing, active once it is paid, or pending_payment for 24 hours. Of a plan the member has it is 200: a further term follows the one paid last, a trial ends and
    /// is charged, what is past due is paid. A charge that was refused leaves pending_payment with the reason payment_failed; one whose end is not known is looked up, never assumed.
    /// Errors: in_future, not_applicable (400), not_found (404) for the member, plan_not_sold, use_change, payment_pending, membership_paused, trial_used, payment_known, erased_member (409),
    /// plan_unknown, gateway_unknown, sandbox_only, method_unknown, method_missing, no_trial, term_too_short, idempotency_key_reused (422).
    /// </remarks>
    private static async Task<IResult> BuyMembership(
        BuyRequest body,
        MembershipService memberships,
        MembershipReads reads,
        HttpContext http,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Member, body.MemberId, out var member)
            ? await BoughtAsync(
                await memberships.BuyAsync(member, body.ToPurchase(), BillRequest.Of(http.Ticket()), ct),
                reads,
                ct
            )
            : Problem.NotFound("member").ToHttp();

    internal static async Task<IResult> BoughtAsync(Result<Bought> bought, MembershipReads reads, CancellationToken ct)
    {
        if (bought.Problem is { } problem)
            return problem.ToHttp();
        var shape = await reads.FindAsync(bought.Value.Id, ct);
        return bought.Value.IsNew ? TypedResults.Created((string?)null, shape) : TypedResults.Ok(shape);
    }

    /// <summary>Reads a membership as of now.</summary>
    private static async Task<Results<Ok<MembershipShape>, ProblemHttpResult>> GetMembership(
        string id,
        MembershipReads reads,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Membership, id, out var membership) && await reads.FindAsync(membership, ct) is { } shape
            ? TypedResults.Ok(shape)
            : Problem.NotFound("membership").ToHttp();

    /// <summary>Lists a member's memberships, newest first.</summary>
    internal static async Task<Results<Ok<Page<MembershipShape>>, ProblemHttpResult>> ListMemberships(
        string id,
        [AsParameters] PageRequest page,
        MemberService members,
        MembershipReads reads,
        CancellationToken ct
    )
    {
        if (await members.FindAsync(id, ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        var list = $"memberships:{id}";
        var after = page.After(list);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        Guid? before = Ids.TryRead(IdPrefix.Membership, after.Value, out var last) ? last : null;
        var rows = await reads.OfAsync(member.Id, before, page.Size + 1, ct);
        return TypedResults.Ok(Page.From(rows, page, list, m => m.Id, m => m));
    }

    /// <summary>Sets whether a membership goes on by itself, and what is charged.</summary>
    /// <remarks>auto_renew true also takes back a cancellation at the period's end. Errors: not_found (404), membership_ended (409), method_unknown (422).</remarks>
    private static Task<Results<Ok<MembershipShape>, ProblemHttpResult>> ChangeMembership(
        string id,
        MembershipChangeRequest body,
        MembershipCommands commands,
        MembershipReads reads,
        CancellationToken ct
    ) => ShowAsync(id, membership => commands.SetAsync(membership, null, body, ct), reads, ct);

    /// <summary>Ends a membership: at the end of its period, or now with a refund by the plan's policy.</summary>
    /// <remarks>
    /// full_if_unused gives everything back within 7 days while no perk was used; less_perks_used the fee less the value of the perks that were used; prorata the days that are left, today included;
    /// none nothing. Terms bought ahead are given back whole, by every policy but none. Errors: not_found (404), already_cancelled, membership_ended, payment_pending (409).
    /// </remarks>
    private static async Task<Results<Ok<MembershipMovedShape>, ProblemHttpResult>> CancelMembership(
        string id,
        CancelMembershipRequest body,
        MembershipCommands commands,
        MembershipReads reads,
        CancellationToken ct
    ) =>
        await MoveAsync(
            id,
            membership =>
                body.At == CancelAt.Now
                    ? commands.CancelNowAsync(membership, ct)
                    : commands.CancelAtEndAsync(membership, null, ct),
            (moved, shape) => new MembershipMovedShape(shape, moved.Refunded),
            reads,
            ct
        );

    /// <summary>Gives money back that was paid for a membership, with a credit note.</summary>
    /// <remarks>
    /// Through the gateway that took it; what the brand took itself the brand gives back. Errors: not_found (404), membership_merged (409),
    /// refund_above_paid (422, with refundable).
    /// </remarks>
    private static async Task<Results<Ok<MembershipMovedShape>, ProblemHttpResult>> RefundMembership(
        string id,
        RefundMembershipRequest body,
        MembershipCommands commands,
        MembershipReads reads,
        HttpContext http,
        CancellationToken ct
    ) =>
        await MoveAsync(
            id,
            membership => commands.RefundAsync(membership, body, BillRequest.Of(http.Ticket()), ct),
            (moved, shape) => new MembershipMovedShape(shape, moved.Refunded),
            reads,
            ct
        );

    /// <summary>Takes a membership back; nothing is given for it.</summary>
    /// <remarks>Errors: not_found (404), membership_ended (409).</remarks>
    private static Task<Results<Ok<MembershipShape>, ProblemHttpResult>> RevokeMembership(
        string id,
        RevokeMembershipRequest body,
        MembershipCommands commands,
        MembershipReads reads,
        CancellationToken ct
    ) => ShowAsync(id, membership => commands.RevokeAsync(membership, MembershipReason.Staff, ct), reads, ct);

    /// <summary>Stops a membership's time, and its perks, for up to 90 days; twice a year.</summary>
    /// <remarks>Nothing is charged meanwhile. Errors: not_found (404), already_paused, not_active, too_many_pauses, membership_ended (409).</remarks>
    private static Task<Results<Ok<MembershipShape>, ProblemHttpResult>> PauseMembership(
        string id,
        MembershipCommands commands,
        MembershipReads reads,
        CancellationToken ct
    ) => ShowAsync(id, membership => commands.PauseAsync(membership, ct), reads, ct);

    /// <summary>Lets a paused membership go on: it lasts as long as was left.</summary>
    /// <remarks>Errors: not_found (404), not_paused, membership_ended (409).</remarks>
    private static Task<Results<Ok<MembershipShape>, ProblemHttpResult>> ResumeMembership(
        string id,
        MembershipCommands commands,
        MembershipReads reads,
        CancellationToken ct
    ) => ShowAsync(id, membership => commands.ResumeAsync(membership, ct), reads, ct);

    /// <summary>Reports a payment that the brand took: it pays what is owed, or waits for the end of the period.</summary>
    /// <remarks>
    /// Errors: in_future (400), not_found (404), payment_known, payment_pending, already_cancelled, membership_ended (409), amount_differs (422, with due).
    /// </remarks>
    private static Task<Results<Ok<MembershipShape>, ProblemHttpResult>> ReportPayment(
        string id,
        ReportPaymentRequest body,
        MembershipCommands commands,
        MembershipReads reads,
        CancellationToken ct
    ) => ShowAsync(id, membership => commands.ReportAsync(membership, body, ct), reads, ct);

    /// <summary>Goes over to another plan of the family: at once where it costs more, at the end of what is paid where it does not.</summary>
    /// <remarks>
    /// At once: the new plan's price for the days that are left, less what was paid for them; today counts as left, the period's end stays, a surplus is not paid out. dry_run says what it comes to.
    /// Errors: not_found (404), same_plan, plan_not_sold, not_active, payment_pending, payment_failed, payment_known, membership_ended (409), plan_unknown, family_differs, method_missing,
    /// term_too_short (422). With the plan that the member has, a change that waits for the end of the period is called off.
    /// </remarks>
    private static async Task<Results<Ok<PlanChangeShape>, ProblemHttpResult>> ChangeMembershipPlan(
        string id,
        ChangePlanRequest body,
        MembershipCommands commands,
        MembershipReads reads,
        TenantScope scope,
        CancellationToken ct
    ) =>
        await MoveAsync(
            id,
            membership => commands.ChangeAsync(membership, body, ct),
            (moved, shape) =>
                new PlanChangeShape(
                    moved.Cost is null ? shape.PaidUntil!.Value : scope.Now,
                    moved.Cost?.Credit,
                    moved.Cost?.Charge,
                    moved.Cost?.Pay,
                    scope.Tenant.Currency,
                    body.DryRun,
                    shape
                ),
            reads,
            ct
        );

    private static async Task<Results<Ok<MembershipShape>, ProblemHttpResult>> ShowAsync(
        string id,
        Func<Guid, Task<Result<Moved>>> move,
        MembershipReads reads,
        CancellationToken ct
    ) => await MoveAsync(id, move, (_, shape) => shape, reads, ct);

    internal static async Task<Results<Ok<T>, ProblemHttpResult>> MoveAsync<T>(
        string id,
        Func<Guid, Task<Result<Moved>>> move,
        Func<Moved, MembershipShape, T> show,
        MembershipReads reads,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Membership, id, out var membership))
            return Problem.NotFound("membership").ToHttp();
        var moved = await move(membership);
        return moved.Problem is { } problem
            ? problem.ToHttp()
            : TypedResults.Ok(show(moved.Value, (await reads.FindAsync(membership, ct))!));
    }
}
