using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>What was bought: the membership as it stands, and whether it is new.</summary>
/// <param name="Charging">The invoice of a further term whose charge is begun: what the sale says of later renewals counts once it is paid.</param>
public sealed record Bought(Guid Id, bool IsNew, Guid? Charging = null);

/// <summary>
/// Sells memberships. What is decided is stored first, with the request it answers; then the gateway is asked, outside of any transaction; then what it said is applied.
/// </summary>
public sealed partial class MembershipService(
    Transactions transactions,
    TenantScope scope,
    PlanBook book,
    PaymentMethods methods,
    PaymentCollector collector
)
{
    private static readonly Lookup<TrialUse> Trials = new("member_id = {0} AND family = {1}", [typeof(Guid), typeof(string)]);
    internal static readonly Lookup<PlanHolding> Holdings = new(
        "member_id = {0} AND family = {1}",
        [typeof(Guid), typeof(string)]
    );

    /// <summary>How often, ten times a second, another process is waited for.</summary>
    private const int MostLooks = 100;

    // Nothing of it is kept: ask again with the same key.
    private static readonly Problem InProgress = Problem.Conflict(
        "request_in_progress",
        "The same request is being answered: ask again in a moment."
    ) with
    {
        RetryAfter = 5,
    };

    internal static Problem TermTooShort { get; } =
        Problem.Contradiction(
            "term_too_short",
            $"A term under {MembershipRules.ShortestRenewing} days does not renew by itself: nobody could be told of it in time."
        );

    private MemberCloudDb Db => transactions.Db;

    /// <summary>Sells a plan, or a further term of it.</summary>
    public async Task<Result<Bought>> BuyAsync(Guid memberId, MyBuyRequest asked, BillRequest? request, CancellationToken ct)
    {
        var plans = await book.ReadAsync(ct);
        if ((Check(plans, asked) ?? await methods.CheckAsync(asked.Payment.Gateway, ct)) is { } wrong)
            return wrong;
        var begun = (IReadOnlyList<Guid>)[];
        var bought = await transactions.DecideAsync<Bought>(
            async () =>
            {
                begun = [];
                var session = transactions.Door;
                var held = await MemberService.HoldAsync(session, memberId, ct);
                if (held.Problem is { } problem)
                    return problem;
                var plan = plans.Find(IdOf(asked.PlanId))!;
                var sale = new Sale(held.Value.Id, plan, plans.Of(plan.Id, plan.PlanVersion), asked, request);
                var method = await methods.NamedAsync(held.Value.Id, asked.Payment.Gateway, asked.Payment.PaymentMethod, ct);
                if (method.Problem is { } unknown)
                    return unknown;
                var (work, one) = await MembershipWork.OpenLiveAsync(session, scope, plans, sale.MemberId, plan.Family, ct);
                // Now that the membership is seen: what another of the same requests has stored is seen too.
                if (await AgainAsync(request, ct) is { } again)
                    return again;
                var store = new StoreBatch();
                var sold = one is { Row.LiveFamily: not null }
                    ? await GoOnAsync(work, one, sale, method.Value, ct)
                    : await StartAsync(session, work, one, sale, method.Value, store, ct);
                if (sold.Refused)
                    return sold;
                await work.StoreAsync(session, ct, store);
                begun = work.Begun;
                return sold;
            },
            ct
        );
        if (bought.Refused)
            return bought;
        await CollectAsync(bought.Value.Id, begun, ct);
        if (bought.Value.Charging is { } invoice)
            await RenewAsSoldAsync(bought.Value.Id, invoice, asked, ct);
        return bought;
    }

    /// <summary>Takes what was begun to its gateway. What the same request began before, and did not see the end of, is gone on with; another process that is at it is waited for.</summary>
    private async Task CollectAsync(Guid membership, IReadOnlyList<Guid> begun, CancellationToken ct)
    {
        await collector.RunAsync(begun, ct);
        var unseen = Db.Set<PaymentAttempt>()
            .Where(a => a.MembershipId == membership && a.RefundOf == null && a.State == AttemptState.Open && a.Looks == 0)
            .Select(a => a.Id);
        for (var look = 0; begun.Count == 0 && await unseen.ToListAsync(ct) is { Count: > 0 } open; look++)
        {
            if (look >= MostLooks)
                throw new ProblemException(InProgress);
            await collector.RunAsync(open, ct);
            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }
    }

    /// <summary>A sale under way.</summary>
    private sealed record Sale(Guid MemberId, Plan Plan, PlanBody Body, MyBuyRequest Asked, BillRequest? Request)
    {
        public NextTerm First(int billed) => new(Plan.Id, Plan.PlanVersion, Body, MembershipTerms.PriceOf(Body, billed));
    }

    private Problem? Check(Plans plans, MyBuyRequest asked)
    {
        if (scope.InFuture(asked.Consent.AcceptedAt, "/consent/accepted_at") is { } future)
            return future;
        if (plans.Find(IdOf(asked.PlanId)) is not { } plan)
            return Problem.Contradiction("plan_unknown", $"The brand has no plan {asked.PlanId}.");
        var body = plans.Of(plan.Id, plan.PlanVersion);
        if (!body.Active)
            return Problem.Conflict("plan_not_sold", "This plan is not sold.");
        if (asked.AutoRenew && !MembershipRules.MayRenew(body))
            return TermTooShort;
        return null;
    }

    private static Guid IdOf(string plan) => Ids.TryRead(IdPrefix.Plan, plan, out var id) ? id : Guid.Empty;

    /// <summary>The same request was answered, or begun, before: what came of it.</summary>
    private async Task<Result<Bought>?> AgainAsync(BillRequest? request, CancellationToken ct)
    {
        if (request is null)
            return null;
        var made = await Db.Set<Membership>()
            .AsNoTracking()
            .Where(m => m.RequestId == request.Id)
            .Select(m => new { m.Id, m.RequestHash })
            .FirstOrDefaultAsync(ct);
        var billed = await Db.Set<Invoice>()
            .AsNoTracking()
            .Where(i => i.RequestId == request.Id)
            .Select(i => new { Id = i.MembershipId, i.RequestHash })
            .FirstOrDefaultAsync(ct);
        return (made ?? billed) is not { } known ? null
            : known.RequestHash!.AsSpan().SequenceEqual(request.Hash) ? new Bought(known.Id, made is not null)
            : Problem.Contradiction("idempotency_key_reused", "This Idempotency-Key was used for another request.");
    }
}
