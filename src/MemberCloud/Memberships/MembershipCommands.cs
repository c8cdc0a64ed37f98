using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Perks;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>What changed, and what it came to.</summary>
/// <param name="Refunded">Minor units that go back.</param>
/// <param name="Cost">Of a change of plan at once.</param>
public sealed record Moved(Guid Id, long Refunded = 0, ChangeCost? Cost = null);

/// <summary>What members and staff do with a membership that there is.</summary>
public sealed partial class MembershipCommands(
    Transactions transactions,
    TenantScope scope,
    PlanBook book,
    MembershipService sales,
    PaymentCollector collector
)
{
    /// <summary>Ends it at the end of what is paid. Where nothing is, at once.</summary>
    public Task<Result<Moved>> CancelAtEndAsync(Guid id, Guid? member, CancellationToken ct) =>
        MoveAsync(
            id,
            member,
            (work, one) =>
            {
                var m = one.Row;
                if (m.CancelAtEnd)
                    return Problem.Conflict("already_cancelled", "It ends at the end of its period already.");
                // Past its end, with a charge under way: that one is called off, or goes back.
                var isPaid = m.State == MembershipState.Paused || m.PaidUntil > scope.Now;
                if (isPaid && (m.State is MembershipState.Trialing or MembershipState.Active or MembershipState.Paused))
                {
                    m.CancelAtEnd = true;
                    work.Note(one, "membership.cancelled", scope.Now);
                }
                else
                    work.End(
                        one,
                        m.State == MembershipState.PendingPayment ? MembershipState.ExpiredUnpaid : MembershipState.Expired,
                        MembershipReason.Cancelled,
                        scope.Now
                    );
                return new Moved(id);
            },
            ct
        );

    /// <summary>Ends it now, and gives back what its plan's policy says.</summary>
    public Task<Result<Moved>> CancelNowAsync(Guid id, CancellationToken ct) =>
        MoveAsync(
            id,
            null,
            async (work, one) =>
            {
                if (one.Row.OpenAttemptId is not null)
                    return PaymentPending;
                var period = work.PeriodOf(one);
                var used = await PerksUsed.OfAsync(transactions.Db, id, period.From, scope.Now, ct);
                var back = work.RefundOf(one, used);
                work.Refund(one, back);
                // Reported ahead and not used: the brand gives it back.
                var ahead = one.Waiting.Sum(p => p.Amount);
                if (back > 0)
                    await PackCoupons.TakeBackAsync(transactions, scope, id, period.From, ct);
                work.End(one, MembershipState.Expired, MembershipReason.Cancelled, scope.Now);
                return new Moved(id, back + ahead);
            },
            ct
        );

    /// <summary>Gives money back. All of what is left takes the membership back too.</summary>
    public Task<Result<Moved>> RefundAsync(Guid id, RefundMembershipRequest asked, BillRequest? request, CancellationToken ct) =>
        MoveAsync(
            id,
            null,
            async (work, one) =>
            {
                // The same request was stored before, and its answer was not.
                if (request is not null && await transactions.Db.Set<Invoice>().AnyAsync(i => i.RequestId == request.Id, ct))
                    return new Moved(id, asked.Amount ?? 0);
                if (one.Row.Reason == MembershipReason.Merged)
                    return Problem.Conflict("membership_merged", "What was paid for it is time of another membership now.");
                var most = MembershipWork.Refundable(one);
                var amount = asked.Amount ?? most;
                if (amount > most || most == 0)
                    return Problem.Contradiction("refund_above_paid", "More than was paid and not given back.") with
                    {
                        Extra = new Dictionary<string, object?> { ["refundable"] = most },
                    };
                work.Refund(one, amount, request);
                if ((asked.Revoke ?? amount == most) && MembershipRules.IsLive(one.Row.State))
                {
                    var since = work.PeriodOf(one).From;
                    work.End(one, MembershipState.Revoked, MembershipReason.Refunded, scope.Now);
                    await PackCoupons.TakeBackAsync(transactions, scope, id, since, ct);
                }
                return new Moved(id, amount);
            },
            ct,
            alsoEnded: true
        );

    /// <summary>Money went back in the gateway's own pages: it is not given back, or credited, again. Where nothing is left, the membership ends.</summary>
    /// <param name="id">The membership.</param>
    /// <param name="attempt">The charge.</param>
    /// <param name="amount">How much of it went back so far, minor units.</param>
    /// <param name="reason">Why: refunded, or taken back by the bank.</param>
    /// <param name="ct">Gives up.</param>
    public Task<Result<Moved>> HearOfRefundAsync(
        Guid id,
        Guid attempt,
        long amount,
        MembershipReason reason,
        CancellationToken ct
    ) =>
        MoveAsync(
            id,
            null,
            (work, one) =>
            {
                var isWhole = work.HearOfRefund(one, attempt, amount);
                var isOver = reason == MembershipReason.Chargeback || (isWhole && MembershipWork.Refundable(one) == 0);
                if (isOver && MembershipRules.IsLive(one.Row.State))
                    work.End(one, MembershipState.Revoked, reason, scope.Now);
                return new Moved(id);
            },
            ct,
            alsoEnded: true
        );

    /// <summary>Takes it back without giving anything for it.</summary>
    public Task<Result<Moved>> RevokeAsync(Guid id, MembershipReason reason, CancellationToken ct) =>
        MoveAsync(
            id,
            null,
            (work, one) =>
            {
                work.End(one, MembershipState.Revoked, reason, scope.Now);
                return new Moved(id);
            },
            ct
        );

    public Task<Result<Moved>> PauseAsync(Guid id, CancellationToken ct) =>
        MoveAsync(
            id,
            null,
            (work, one) =>
            {
                var (m, year) = (one.Row, scope.Tenant.Local.DateOf(scope.Now).Year);
                if (m.State == MembershipState.Paused)
                    return Problem.Conflict("already_paused", "It is paused.");
                if (m.State != MembershipState.Active || m.OpenAttemptId is not null)
                    return NotActive;
                if (m.PausesYear == year && m.Pauses >= MembershipRules.PausesAYear)
                    return Problem.Conflict("too_many_pauses", $"At most {MembershipRules.PausesAYear} pauses a year.");
                (m.Pauses, m.PausesYear) = (m.PausesYear == year ? m.Pauses + 1 : 1, year);
                (m.State, m.PausedAt) = (MembershipState.Paused, scope.Now);
                work.Note(one, "membership.paused", scope.Now);
                return new Moved(id);
            },
            ct
        );

    public Task<Result<Moved>> ResumeAsync(Guid id, CancellationToken ct) =>
        MoveAsync(
            id,
            null,
            (work, one) =>
            {
                if (one.Row.State != MembershipState.Paused)
                    return Problem.Conflict("not_paused", "It is not paused.");
                work.Resume(one, scope.Now);
                return new Moved(id);
            },
            ct
        );

    /// <summary>Whether it goes on by itself, and what is charged then. A cancellation at the end is taken back by it.</summary>
    public Task<Result<Moved>> SetAsync(Guid id, Guid? member, MembershipChangeRequest asked, CancellationToken ct) =>
        MoveAsync(
            id,
            member,
            async (work, one) =>
            {
                var m = one.Row;
                if (asked.AutoRenew == true && !MembershipRules.MayRenew(book.Plans.AgreedBy(m)))
                    return MembershipService.TermTooShort;
                if (asked.PaymentMethod is { } named)
                {
                    var method = await sales.NamedAsync(m, named, ct);
                    if (method.Problem is { } problem)
                        return problem;
                    m.MethodId = method.Value!.Id;
                }
                if (asked.AutoRenew is { } on)
                    (m.AutoRenew, m.CancelAtEnd) = (on, !on && m.CancelAtEnd);
                work.Touch(one);
                return new Moved(id);
            },
            ct
        );

    /// <summary>A payment that the brand took: it pays what is owed, or waits for the end of the period.</summary>
    public Task<Result<Moved>> ReportAsync(Guid id, ReportPaymentRequest asked, CancellationToken ct) =>
        scope.InFuture(asked.PaidAt, "/paid_at") is { } future
            ? Task.FromResult<Result<Moved>>(future)
            : MoveAsync(
                id,
                null,
                async (work, one) =>
                {
                    var m = one.Row;
                    if (m.OpenAttemptId is not null)
                        return PaymentPending;
                    if (m.CancelAtEnd)
                        return Problem.Conflict("already_cancelled", "It ends at the end of its period: nothing more is paid.");
                    var open = one.OpenTerm;
                    var due =
                        open?.Total ?? MembershipTerms.PriceOf(book.Plans.NextOf(m).Plan, m.TermsBilled + m.PaymentsWaiting);
                    if (asked.Amount != due)
                        return Problem.Contradiction("amount_differs", $"What is due is {due}.") with
                        {
                            Extra = new Dictionary<string, object?> { ["due"] = due },
                        };
                    return
                        await sales.ReportedAsync(work, one, open, asked.PaidReference, due, asked.PaidAt!.Value, ct)
                            is { } problem
                        ? problem
                        : new Moved(id);
                },
                ct
            );

    private Task<Result<Moved>> MoveAsync(
        Guid id,
        Guid? member,
        Func<MembershipWork, MembershipCase, Result<Moved>> move,
        CancellationToken ct,
        bool alsoEnded = false
    ) => MoveAsync(id, member, (work, one) => Task.FromResult(move(work, one)), ct, alsoEnded);

    /// <summary>Locked, brought up to date, moved, stored; then what was begun is taken to its gateway.</summary>
    private async Task<Result<Moved>> MoveAsync(
        Guid id,
        Guid? member,
        Func<MembershipWork, MembershipCase, Task<Result<Moved>>> move,
        CancellationToken ct,
        bool alsoEnded = false,
        bool dryRun = false
    )
    {
        var plans = await book.ReadAsync(ct);
        IReadOnlyList<Guid> begun = [];
        var moved = await transactions.DecideAsync<Moved>(
            async () =>
            {
                var session = transactions.Door;
                var work = await MembershipWork.OpenAsync(session, scope, plans, [id], MembershipWanted.Paid, ct);
                if (work.Find(id) is not { } one || (member is not null && one.Row.MemberId != member))
                    return Problem.NotFound("membership");
                work.Advance(one);
                if (!alsoEnded && !MembershipRules.IsLive(one.Row.State))
                    return Problem.Conflict("membership_ended", "The membership is at an end.");
                var result = await move(work, one);
                if (result.Refused || dryRun)
                    return result;
                await work.StoreAsync(session, ct);
                begun = work.Begun;
                return result;
            },
            ct
        );
        if (!moved.Refused)
            await collector.RunAsync(begun, ct);
        return moved;
    }

    private static Problem PaymentPending { get; } =
        Problem.Conflict("payment_pending", "A payment of it is under way: wait for its end.");

    private static Problem NotActive { get; } = Problem.Conflict("not_active", "Only an active membership can do that.");
}
