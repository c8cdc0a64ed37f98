using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Orders;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Http;

namespace MemberCloud.Checkouts;

/// <summary>
/// What becomes of a checkout: an order, or nothing. Its row is locked first: of a commit, a cancellation and the job that meet, one is first and the others see what it did.
/// </summary>
internal sealed class CheckoutEnds(
    Transactions transactions,
    TenantScope scope,
    CheckoutService checkouts,
    OrderService orders,
    PointsLedger ledger
)
{
    /// <summary>The answer, or why not; then what was asked, for a fresh quote.</summary>
    private readonly record struct Outcome(IResult? Answer, Problem? Problem = null, string? Asked = null);

    /// <summary>Makes the order. Again with the same number: that order.</summary>
    public Task<IResult> CommitAsync(
        string shown,
        CommitRequest asked,
        OrderReads reads,
        IdempotencyTicket ticket,
        CancellationToken ct
    ) =>
        scope.InFuture(asked.PaidAt, "/paid_at") is { } future
            ? Task.FromResult<IResult>(future.ToHttp())
            : EndAsync(
                shown,
                ticket,
                (session, checkout) =>
                    CheckoutRules.Commit(checkout, asked, scope.Now) is { } problem
                        ? Task.FromResult(new Outcome(null, problem, checkout.Asked))
                    : checkout.State == CheckoutState.Committed ? AgainAsync(session, asked, reads, ticket, ct)
                    : CommitAsync(session, checkout, asked, ticket, ct),
                ct,
                // What is paid earns: standings and budgets change under their accounts' locks.
                locked: asked.PaidAt is not null
            );

    /// <summary>Gives back what it holds. Again: nothing more happens.</summary>
    public Task<IResult> CancelAsync(string shown, IdempotencyTicket ticket, CancellationToken ct) =>
        EndAsync(
            shown,
            ticket,
            (session, checkout) =>
                CheckoutRules.Cancel(checkout, scope.Now) is { } problem
                    ? Task.FromResult(new Outcome(null, problem))
                    : CancelAsync(session, checkout, ticket, ct),
            ct
        );

    private async Task<IResult> EndAsync(
        string shown,
        IdempotencyTicket ticket,
        Func<IDoorSession, Checkout, Task<Outcome>> end,
        CancellationToken ct,
        bool locked = true
    )
    {
        var isId = Ids.TryRead(IdPrefix.Checkout, shown, out var id);
        // What is read beside the transaction is in memory before it is opened.
        await orders.WarmAsync(ct);
        var outcome = await transactions.AtDoorAsync(
            isId ? id : Guid.Empty,
            async session =>
            {
                var load = new LoadBatch();
                var answers = CheckoutService.Asked(load, ticket);
                var found = CheckoutWork.Ask(load, isId ? [id] : []);
                await session.LoadAsync(load, ct);
                if (answers.Count > 0)
                    return new Outcome(ticket.Replay(answers[0]));
                if (found is not [var checkout])
                    return new Outcome(null, Problem.NotFound("checkout"));
                var ended = await end(session, checkout);
                if (ended.Problem is null)
                    return ended;
                // Seen without locks, the checkout, what it set aside and the order may be of different moments: nobody is refused for that.
                if (!locked && transactions.Attempt == 1)
                    throw new ConflictException("checkouts");
                // Said to be over, it is over: a commit that is still on its way finds that.
                if (ended.Problem == CheckoutRules.IsExpired && checkout.State == CheckoutState.Open)
                    await session.StoreAsync(
                        await FreeAsync(session, checkout, CheckoutState.Expired, checkout.ExpiresAt, ct),
                        ct
                    );
                return ended;
            },
            ct,
            locked
        );
        if (outcome.Answer is { } answer)
            return answer;
        var problem = outcome.Problem!;
        if (outcome.Asked is { } asked && problem.Status == StatusCodes.Status409Conflict)
            problem = await checkouts.WithQuoteAsync(problem, Json.Read<CheckoutRequest>(asked), ct);
        return await checkouts.RefuseAsync(problem, ticket, ct);
    }

    private async Task<Outcome> CommitAsync(
        IDoorSession session,
        Checkout checkout,
        CommitRequest asked,
        IdempotencyTicket ticket,
        CancellationToken ct
    )
    {
        // Paid a moment ago: then it was ordered then, at the latest.
        var at = asked.PaidAt < scope.Now ? asked.PaidAt.Value : scope.Now;
        var frozen = CheckoutWork.CartOf(checkout);
        var report = frozen.ToReport(asked.OrderNo, at, asked.PaidAt, scope.Tenant.Currency);
        var made = await orders.CommitAsync(frozen, report, checkout.MemberId, ct);
        // Its hold ran out, or its member is somebody else's by now: neither happens to a checkout that is open, so its time ran out on the way.
        if (made.Problem is { Code: "hold_expired" } || (!made.Refused && made.Value.Order.MemberId != checkout.MemberId))
            return new(null, CheckoutRules.IsExpired, checkout.Asked);
        if (made.Problem is { } problem)
            return new(null, problem, checkout.Asked);
        var (order, work) = made.Value;
        var store = MemberService.Require(new(), order.MemberId);
        work.Write(store);
        return await CheckoutWork.CommitAsync(session, scope, checkout, frozen, order, store, ct)
            ? await KeepAsync(session, store, Json.Write(work.Show(order)), ticket, ct)
            : new(null, CheckoutRules.IsExpired, checkout.Asked);
    }

    /// <summary>It is that order already: the order as it stands.</summary>
    private async Task<Outcome> AgainAsync(
        IDoorSession session,
        CommitRequest asked,
        OrderReads reads,
        IdempotencyTicket ticket,
        CancellationToken ct
    )
    {
        // Read beside the transaction: one that is not committed yet is there the next time.
        var order = await reads.FindAsync(asked.OrderNo, ct) ?? throw new ConflictException("orders");
        return asked.PaidAt is { } paid && paid != order.PaidAt
            ? new(null, Problem.Contradiction("order_differs", "The order was paid at another time, or is not paid."))
            : await KeepAsync(session, new(), Json.Write(order), ticket, ct);
    }

    private async Task<Outcome> CancelAsync(
        IDoorSession session,
        Checkout checkout,
        IdempotencyTicket ticket,
        CancellationToken ct
    )
    {
        var store =
            checkout.State == CheckoutState.Open
                ? await FreeAsync(session, checkout, CheckoutState.Cancelled, scope.Now, ct)
                : new();
        return await KeepAsync(session, store, Json.Write(CheckoutShape.Of(checkout, scope.Now)), ticket, ct);
    }

    /// <summary>What it set aside is free again.</summary>
    private async Task<StoreBatch> FreeAsync(
        IDoorSession session,
        Checkout checkout,
        CheckoutState state,
        DateTime at,
        CancellationToken ct
    )
    {
        var work = await CheckoutWork.OpenAsync(session, ledger, scope, [checkout], ct);
        work.End(checkout, state, at);
        var store = new StoreBatch();
        work.Write(store);
        return store;
    }

    private async Task<Outcome> KeepAsync(
        IDoorSession session,
        StoreBatch store,
        string body,
        IdempotencyTicket ticket,
        CancellationToken ct
    )
    {
        await session.StoreAsync(store.Insert([ticket.Answer(scope.Id, StatusCodes.Status200OK, body)]), ct);
        return new(IdempotencyTicket.Show(StatusCodes.Status200OK, body));
    }
}
