using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>What buying comes to: a first term, a trial, a further term, a debt that is paid.</summary>
public sealed partial class MembershipService
{
    internal static readonly Problem PaymentPending = Problem.Conflict(
        "payment_pending",
        "The member has bought this already and it is not paid yet."
    );

    private async Task<Result<Bought>> StartAsync(
        IDoorSession session,
        MembershipWork work,
        MembershipCase? before,
        Sale sale,
        PaymentMethod? method,
        StoreBatch store,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        object[] key = [sale.MemberId, sale.Plan.Family];
        var trials = load.Add(Trials, [key]);
        var holdings = load.Add(Holdings, before is null ? [key] : []);
        await session.LoadAsync(load, ct);
        var hasTrial = sale.Body.TrialDays > 0 && trials.Count == 0;
        if (sale.Asked.Trial == true && !hasTrial)
            return sale.Body.TrialDays == 0
                ? Problem.Contradiction("no_trial", "This plan has no trial.")
                : Problem.Conflict("trial_used", "The member had the one trial of this family.");
        var m = New(sale, method, hasTrial && sale.Asked.Trial != false, await BilledBeforeAsync(sale, ct));
        var one = work.Add(m);
        one.Holding = before?.Holding ?? holdings.FirstOrDefault();
        if (m.State == MembershipState.Trialing)
        {
            store.Insert([
                new TrialUse
                {
                    TenantId = scope.Id,
                    MemberId = m.MemberId,
                    Family = m.Family,
                    At = scope.Now,
                },
            ]);
            work.Note(one, "membership.trial_started", scope.Now);
            return new Bought(m.Id, true);
        }
        work.Note(one, "membership.created", scope.Now);
        var invoice = work.BillTerm(one, InvoiceKind.First, sale.First(m.TermsBilled));
        return await TakeAsync(work, one, invoice, sale, method, ct) is { } problem ? problem : new Bought(m.Id, true);
    }

    /// <summary>Terms that the member was billed of the plan before, in memberships that are over: the first terms are cheap once.</summary>
    private async Task<int> BilledBeforeAsync(Sale sale, CancellationToken ct)
    {
        if (sale.Body.Intro is null)
            return 0;
        // Those of who was merged into the member are the member's.
        var people = Db.Set<Member>().Where(p => p.Id == sale.MemberId || p.MergedInto == sale.MemberId).Select(p => p.Id);
        var (plan, family) = (sale.Plan.Id, sale.Plan.Family);
        // Each counts on from the one before.
        return await Db.Set<Membership>()
                .Where(m => people.Contains(m.MemberId) && m.Family == family && m.PlanId == plan)
                .MaxAsync(m => (int?)m.TermsBilled, ct)
            ?? 0;
    }

    private Membership New(Sale sale, PaymentMethod? method, bool trial, int billed)
    {
        var (asked, now) = (sale.Asked, scope.Now);
        var until = trial ? scope.Tenant.Local.PlusDays(now, sale.Body.TrialDays) : now;
        return new()
        {
            TenantId = scope.Id,
            Id = Ids.New(),
            MemberId = sale.MemberId,
            Family = sale.Plan.Family,
            LiveFamily = sale.Plan.Family,
            PlanId = sale.Plan.Id,
            PlanVersion = sale.Plan.PlanVersion,
            State = trial ? MembershipState.Trialing : MembershipState.PendingPayment,
            AutoRenew = asked.AutoRenew,
            Gateway = asked.Payment.Gateway,
            MethodId = method?.Id,
            CreatedAt = now,
            RequestId = sale.Request?.Id,
            RequestHash = sale.Request?.Hash,
            ConsentText = asked.Consent.TextVersion,
            ConsentAt = asked.Consent.AcceptedAt!.Value,
            ConsentChannel = asked.Consent.Channel,
            ConsentCharge = asked.Consent.NextRenewal,
            Anchor = until,
            PaidUntil = until,
            RunsSince = now,
            TermsBilled = billed,
        };
    }

    /// <summary>Buying again: a further term; the end of a trial; what is owed.</summary>
    private async Task<Result<Bought>> GoOnAsync(
        MembershipWork work,
        MembershipCase one,
        Sale sale,
        PaymentMethod? method,
        CancellationToken ct
    )
    {
        var m = one.Row;
        if (m.PlanId != sale.Plan.Id)
            return Problem.Conflict("use_change", "The member has another plan of this family: change that one.");
        if (m.State == MembershipState.PendingPayment || m.OpenAttemptId is not null)
            return PaymentPending;
        if (m.State == MembershipState.Paused)
            return Problem.Conflict("membership_paused", "The membership is paused: resume it first.");
        var owes = m.State is MembershipState.PastDue or MembershipState.Suspended;
        var kind =
            m.State == MembershipState.Trialing ? InvoiceKind.First
            : owes ? InvoiceKind.Renewal
            : InvoiceKind.Extension;
        var invoice = (owes ? one.OpenTerm : null) ?? work.BillTerm(one, kind, sale.First(m.TermsBilled));
        if (sale.Request is { } request)
            (invoice.RequestId, invoice.RequestHash) = (request.Id, request.Hash);
        if (await TakeAsync(work, one, invoice, sale, method, ct) is { } problem)
            return problem;
        // A charge that is refused leaves what the member has as it is: then what is owed alone is charged as said.
        var counts = owes || invoice.State == InvoiceState.Paid;
        if (counts)
            RenewAsSold(work, one, sale.Asked, method);
        return new Bought(m.Id, false, counts ? null : invoice.Id);
    }

    private static void RenewAsSold(MembershipWork work, MembershipCase one, MyBuyRequest asked, PaymentMethod? method)
    {
        var m = one.Row;
        var switched = m.Gateway != asked.Payment.Gateway;
        (m.AutoRenew, m.CancelAtEnd, m.Gateway) = (asked.AutoRenew, false, asked.Payment.Gateway);
        m.MethodId = method?.Id ?? (switched ? null : m.MethodId);
        work.Touch(one);
    }

    private async Task RenewAsSoldAsync(Guid id, Guid invoice, MyBuyRequest asked, CancellationToken ct)
    {
        var plans = await book.ReadAsync(ct);
        await transactions.RunAsync(
            async () =>
            {
                var session = transactions.Door;
                var work = await MembershipWork.OpenAsync(session, scope, plans, [id], MembershipWanted.Paid, ct);
                if (work.Find(id) is not { Row.LiveFamily: not null } one)
                    return;
                if (one.Invoices.Find(i => i.Id == invoice) is not { State: InvoiceState.Paid })
                    return;
                var method = await methods.NamedAsync(one.Row.MemberId, asked.Payment.Gateway, asked.Payment.PaymentMethod, ct);
                RenewAsSold(work, one, asked, method.Refused ? null : method.Value);
                await work.StoreAsync(session, ct);
            },
            ct
        );
    }

    /// <summary>Takes the money of an invoice as the sale says: nothing, a report, or a charge that is begun.</summary>
    private async Task<Problem?> TakeAsync(
        MembershipWork work,
        MembershipCase one,
        Invoice invoice,
        Sale sale,
        PaymentMethod? method,
        CancellationToken ct
    )
    {
        if (invoice.Total == 0)
            work.Pay(one, invoice, scope.Now);
        else if (sale.Asked.Payment.Gateway != Payment.Offline)
        {
            method ??= await MethodOfAsync(one.Row, ct);
            if (method is null)
                return Problem.Contradiction("method_missing", "Name the payment method that is to be charged.");
            work.Charge(one, invoice, method);
        }
        else if (sale.Asked.Payment.PaidReference is { } reference)
            return await ReportedAsync(work, one, invoice, reference, invoice.Total, scope.Now, ct);
        else if (one.Row.State is MembershipState.Active or MembershipState.Trialing)
            return Problem.Contradiction("method_missing", "Say with paid_reference which payment the further term was paid by.");
        return null;
    }

    internal Task<Result<PaymentMethod?>> NamedAsync(Membership m, string method, CancellationToken ct) =>
        methods.NamedAsync(m.MemberId, m.Gateway, method, ct);

    internal async Task<PaymentMethod?> MethodOfAsync(Membership m, CancellationToken ct) =>
        m.MethodId is { } id ? await methods.FindAsync(id, ct) : null;

    /// <summary>A payment that the brand took: of an invoice that is open, or (null) of the next term.</summary>
    internal async Task<Problem?> ReportedAsync(
        MembershipWork work,
        MembershipCase one,
        Invoice? invoice,
        string reference,
        long amount,
        DateTime paidAt,
        CancellationToken ct
    )
    {
        if (await Db.Set<Payment>().AnyAsync(p => p.Gateway == Payment.Offline && p.Reference == reference, ct))
            return Problem.Conflict("payment_known", "This payment was reported before.");
        var payment = new Payment
        {
            TenantId = scope.Id,
            Id = Ids.New(),
            MembershipId = one.Row.Id,
            MemberId = one.Row.MemberId,
            Gateway = Payment.Offline,
            Reference = reference,
            Amount = amount,
            PaidAt = paidAt,
        };
        if (invoice is null)
            work.Await(one, payment);
        else
            work.Consume(one, payment, invoice, scope.Now);
        return null;
    }
}
