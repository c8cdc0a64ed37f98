using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>
/// Takes attempts that are stored to their gateways, outside of any transaction, and applies what came of them, each in one. May run twice and be killed anywhere: the gateway's key is
/// the attempt's id, the gateway's reference is stored before money moves, and what was begun and not heard of is looked up.
/// </summary>
public sealed class PaymentCollector(Transactions transactions, TenantScope scope, PlanBook book, Gateways gateways)
{
    /// <summary>Who is at a gateway with an attempt is alone with it for so long.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private IQueryable<PaymentAttempt> Attempts => transactions.Db.Set<PaymentAttempt>();

    /// <summary>Takes those of some attempts that nobody else is at, one after the other. How many came to an end.</summary>
    public async Task<int> RunAsync(IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var ended = 0;
        foreach (var id in ids)
        {
            if (await TakeAsync(id, ct) is { } attempt && await ApplyAsync(id, await AskAsync(attempt, ct), ct))
                ended++;
        }
        return ended;
    }

    /// <summary>What a gateway said by itself of an attempt, however late, how often and in what order.</summary>
    public Task<bool> HearAsync(Guid id, GatewayAnswer answer, CancellationToken ct) => ApplyAsync(id, answer, ct);

    /// <summary>Something happened to an attempt: its gateway is asked now what.</summary>
    public async Task LookAsync(Guid id, CancellationToken ct)
    {
        await transactions.RunAsync(
            () =>
                Attempts
                    .Where(a => a.Id == id && a.DueAt != null)
                    .ExecuteUpdateAsync(set => set.SetProperty(a => a.DueAt, scope.Now), ct),
            ct
        );
        await RunAsync([id], ct);
    }

    /// <summary>The WHERE is the lock: of two who want an attempt one changes the row.</summary>
    private async Task<PaymentAttempt?> TakeAsync(Guid id, CancellationToken ct)
    {
        var wall = scope.WallNow;
        var until = Shared.Instants.Cut(wall + Lease);
        var taken = await transactions.RunAsync(
            () =>
                Attempts
                    .Where(a => a.Id == id && a.DueAt != null && (a.LeaseUntil == null || a.LeaseUntil < wall))
                    .ExecuteUpdateAsync(set => set.SetProperty(a => a.LeaseUntil, until), ct),
            ct
        );
        return taken == 1 ? await Attempts.AsNoTracking().FirstAsync(a => a.Id == id, ct) : null;
    }

    private async Task<GatewayAnswer> AskAsync(PaymentAttempt attempt, CancellationToken ct)
    {
        var gateway = gateways.Find(attempt.Gateway)!;
        if (attempt.RefundOf is not null)
            return await gateway.RefundAsync(new(attempt.Id, attempt.Method, attempt.Amount, scope.Tenant.Currency), ct);
        var charge = new GatewayCharge(
            attempt.Id,
            attempt.MemberId,
            attempt.InvoiceId,
            attempt.Amount,
            scope.Tenant.Currency,
            attempt.Customer,
            attempt.Method,
            attempt.Reference,
            attempt.WallStartedAt
        );
        if (!await IsOwedAsync(attempt, ct))
            return await CallOffAsync(gateway, charge, ct);
        if (attempt.Reference is not null)
        {
            var known = await gateway.LookUpAsync(charge, ct);
            // It was never confirmed, or nobody knows: with its key it is taken once, whatever happened to the first call.
            var unconfirmed =
                known.Outcome == GatewayOutcome.Prepared || (known.Outcome == GatewayOutcome.Absent && attempt.Looks == 0);
            if (unconfirmed)
                return await gateway.ConfirmAsync(charge, ct);
            // The member had time enough: it is called off, so that another attempt may begin.
            return known.Outcome == GatewayOutcome.NeedsAction && attempt.StartedAt + MembershipWork.ActFor <= scope.Now
                ? await gateway.CancelAsync(charge, ct)
                : known;
        }
        var made = await gateway.PrepareAsync(charge, ct);
        if (made is not { Outcome: GatewayOutcome.Prepared, Reference: { } reference })
            return made;
        await transactions.RunAsync(
            () =>
                Attempts
                    .Where(a => a.Id == attempt.Id)
                    .ExecuteUpdateAsync(set => set.SetProperty(a => a.Reference, reference), ct),
            ct
        );
        return await gateway.ConfirmAsync(charge with { Reference = reference }, ct);
    }

    /// <summary>Whether anybody still wants the money taken: nobody does of a membership that is over, or of a renewal that was called off.</summary>
    private async Task<bool> IsOwedAsync(PaymentAttempt attempt, CancellationToken ct)
    {
        var invoice = await transactions.Db.Set<Invoice>().AsNoTracking().FirstAsync(i => i.Id == attempt.InvoiceId, ct);
        var membership = await transactions.Db.Set<Membership>().AsNoTracking().FirstAsync(m => m.Id == attempt.MembershipId, ct);
        return invoice.State == InvoiceState.Open
            && membership.LiveFamily is not null
            && (invoice.Kind != InvoiceKind.Renewal || MembershipRules.Renews(membership));
    }

    /// <summary>Money moves after the reference is stored: without one nothing was taken, and nothing will be.</summary>
    private static async Task<GatewayAnswer> CallOffAsync(IPaymentGateway gateway, GatewayCharge charge, CancellationToken ct)
    {
        if (charge.Reference is null)
            return new(GatewayOutcome.Absent);
        var known = await gateway.LookUpAsync(charge, ct);
        return known.Outcome is GatewayOutcome.Prepared or GatewayOutcome.NeedsAction
            ? await gateway.CancelAsync(charge, ct)
            : known;
    }

    private async Task<bool> ApplyAsync(Guid id, GatewayAnswer answer, CancellationToken ct)
    {
        var plans = await book.ReadAsync(ct);
        var membership = await Attempts.Where(a => a.Id == id).Select(a => a.MembershipId).FirstAsync(ct);
        var (ended, begun) = await transactions.RunAsync(
            async () =>
            {
                var session = transactions.Door;
                var work = await MembershipWork.OpenAsync(session, scope, plans, [membership], MembershipWanted.Paid, ct);
                // Its membership is locked now: nobody else applies anything to it.
                var attempt = await Attempts.AsNoTracking().FirstAsync(a => a.Id == id, ct);
                var invoice = await transactions.Db.Set<Invoice>().AsNoTracking().FirstAsync(i => i.Id == attempt.InvoiceId, ct);
                var one = work.Find(membership)!;
                work.Apply(
                    one,
                    one.Attempts.Find(a => a.Id == id) ?? attempt,
                    one.Invoices.Find(i => i.Id == invoice.Id) ?? invoice,
                    answer,
                    scope.Tenant.Keys
                );
                await work.StoreAsync(session, ct);
                return (attempt.DueAt is null, work.Begun);
            },
            ct
        );
        // Money that came too late goes back at once.
        if (begun.Count > 0)
            await RunAsync(begun, ct);
        return ended;
    }
}
