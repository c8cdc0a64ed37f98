using MemberCloud.Billing;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>Going over to another plan.</summary>
public sealed partial class MembershipCommands
{
    /// <summary>Another plan: at once where it costs more, at the end of what is paid where it does not.</summary>
    public async Task<Result<Moved>> ChangeAsync(Guid id, ChangePlanRequest asked, CancellationToken ct)
    {
        var moved = await BeginChangeAsync(id, asked, ct);
        if (moved.Refused || asked.DryRun || moved.Value.Cost is null)
            return moved;
        // What was begun has failed already: nothing has changed.
        var failed = await transactions
            .Db.Set<PaymentAttempt>()
            .Where(a => a.MembershipId == id && a.RefundOf == null)
            .OrderByDescending(a => a.Id)
            .Select(a => new
            {
                a.State,
                a.Code,
                a.InvoiceId,
            })
            .FirstOrDefaultAsync(ct);
        return
            failed is { State: AttemptState.Failed }
            && await transactions.Db.Set<Invoice>().AnyAsync(i => i.Id == failed.InvoiceId && i.Kind == InvoiceKind.Change, ct)
            ? Problem.Conflict("payment_failed", $"The charge was refused: {failed.Code}.")
            : moved;
    }

    private async Task<Result<Moved>> BeginChangeAsync(Guid id, ChangePlanRequest asked, CancellationToken ct)
    {
        var plans = await book.ReadAsync(ct);
        if (!Ids.TryRead(IdPrefix.Plan, asked.PlanId, out var to) || plans.Find(to) is not { } plan)
            return Problem.Contradiction("plan_unknown", $"The brand has no plan {asked.PlanId}.");
        var body = plans.Of(plan.Id, plan.PlanVersion);
        return await MoveAsync(
            id,
            null,
            async (work, one) =>
            {
                if (MayChange(one.Row, plan, body) is { } problem)
                    return problem;
                // Paid ahead for the plan as it is: not a price of the other one.
                if (one.Row.PaymentsWaiting > 0)
                    return PaidAhead;
                if (plan.Id == one.Row.PlanId)
                {
                    one.Row.NextPlanId = null;
                    work.Note(one, "membership.change_called_off", scope.Now);
                    return new Moved(id);
                }
                if (work.CostOfChange(one, body) is not { } cost)
                {
                    one.Row.NextPlanId = plan.Id;
                    work.Note(one, "membership.change_planned", scope.Now);
                    return new Moved(id);
                }
                var next = new NextTerm(plan.Id, plan.PlanVersion, body, cost.Pay);
                return !asked.DryRun && await TakeAsync(work, one, next, cost, asked, ct) is { } refused
                    ? refused
                    : new Moved(id, 0, cost);
            },
            ct,
            dryRun: asked.DryRun
        );
    }

    private static Problem PaidAhead { get; } =
        Problem.Conflict("payment_pending", "A term of this plan is paid ahead: it goes over once that is used.");

    private static Problem? MayChange(Membership m, Plan plan, PlanBody body) =>
        plan.Id == m.PlanId && m.NextPlanId is null ? Problem.Conflict("same_plan", "The member has this plan.")
        : plan.Family != m.Family ? Problem.Contradiction("family_differs", "A change is to another plan of the same family.")
        : plan.Id != m.PlanId && !body.Active ? Problem.Conflict("plan_not_sold", "This plan is not sold.")
        : m.AutoRenew && !MembershipRules.MayRenew(body) ? MembershipService.TermTooShort
        : m.OpenAttemptId is not null ? PaymentPending
        : m.State != MembershipState.Active ? NotActive
        : null;

    private async Task<Problem?> TakeAsync(
        MembershipWork work,
        MembershipCase one,
        NextTerm to,
        ChangeCost cost,
        ChangePlanRequest asked,
        CancellationToken ct
    )
    {
        var method = one.Row.Gateway == Payment.Offline ? null : await sales.MethodOfAsync(one.Row, ct);
        if (cost.Pay > 0 && method is null && asked.PaidReference is null)
            return Problem.Contradiction("method_missing", "Say with paid_reference which payment the change was paid by.") with
            {
                Extra = new Dictionary<string, object?> { ["due"] = cost.Pay },
            };
        var invoice = work.BillChange(one, to, cost);
        if (cost.Pay == 0)
            work.Pay(one, invoice, scope.Now);
        else if (method is not null)
            work.Charge(one, invoice, method);
        else
            return await sales.ReportedAsync(work, one, invoice, asked.PaidReference!, cost.Pay, scope.Now, ct);
        return null;
    }
}
