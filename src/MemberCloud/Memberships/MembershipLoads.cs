using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Members;

namespace MemberCloud.Memberships;

/// <summary>How much of a membership is opened.</summary>
public enum MembershipWanted
{
    /// <summary>What time and a renewal move.</summary>
    Due,

    /// <summary>What was paid for time that is not over, and how: to credit it or give it back.</summary>
    Paid,
}

/// <summary>Memberships out of the database, locked in the order of their ids; then what belongs to them.</summary>
internal static class MembershipLoads
{
    private static readonly Lookup<Membership> ById = new("id = {0}", [typeof(Guid)]) { Locks = true };
    private static readonly Lookup<Invoice> OpenInvoices = new("membership_id = {0} AND state = 'open'", [typeof(Guid)]);
    private static readonly Lookup<Invoice> CoveringInvoices = new(
        "membership_id = {0} AND (state = 'open' OR covers_until > {1})",
        [typeof(Guid), typeof(DateTime)]
    );
    private static readonly Lookup<Payment> WaitingPayments = new("membership_id = {0} AND invoice_id IS NULL", [typeof(Guid)]);
    private static readonly Lookup<Payment> Payments = new("membership_id = {0}", [typeof(Guid)]);
    private static readonly Lookup<PaymentAttempt> LiveAttempts = new(
        "membership_id = {0} AND state <> 'failed'",
        [typeof(Guid)]
    );
    private static readonly Lookup<PlanHolding> Holdings = new(
        "member_id = {0} AND family = {1}",
        [typeof(Guid), typeof(string)]
    );

    public static async Task<IReadOnlyList<MembershipCase>> OpenAsync(
        IDoorSession session,
        IEnumerable<Guid> ids,
        MembershipWanted wanted,
        DateTime now,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var rows = load.Add(ById, [.. ids.Distinct().Order().Select(id => new object[] { id })]);
        await session.LoadAsync(load, ct);
        var cases = rows.ConvertAll(r => new MembershipCase(r));

        load = new LoadBatch();
        List<object[]> keys = [.. rows.Select(r => new object[] { r.Id })];
        var invoices =
            wanted == MembershipWanted.Due
                ? load.Add(OpenInvoices, [.. rows.Where(r => r.PausedAt is null).Select(r => new object[] { r.Id })])
                : load.Add(CoveringInvoices, [.. rows.Where(r => r.PausedAt is null).Select(r => new object[] { r.Id, now })]);
        // A pause stops the time that they pay for.
        var paused = load.Add(
            CoveringInvoices,
            [.. rows.Where(r => r.PausedAt is not null).Select(r => new object[] { r.Id, r.PausedAt!.Value })]
        );
        var payments =
            wanted == MembershipWanted.Due
                ? load.Add(WaitingPayments, [.. rows.Where(r => r.PaymentsWaiting > 0).Select(r => new object[] { r.Id })])
                : load.Add(Payments, keys);
        var attempts = load.Add(LiveAttempts, wanted == MembershipWanted.Paid ? keys : []);
        var holdings = load.Add(Holdings, [.. rows.Select(r => new object[] { r.MemberId, r.Family })]);
        await session.LoadAsync(load, ct);

        var byId = cases.ToDictionary(c => c.Row.Id);
        invoices.AddRange(paused);
        invoices.ForEach(i => byId[i.MembershipId].Invoices.Add(i));
        foreach (var payment in payments.OrderBy(p => p.PaidAt).ThenBy(p => p.Id))
        {
            var one = byId[payment.MembershipId];
            (payment.InvoiceId is null && MembershipRules.IsLive(one.Row.State) ? one.Waiting : one.Reported).Add(payment);
        }
        attempts.ForEach(a => byId[a.MembershipId].Attempts.Add(a));
        var held = holdings.ToDictionary(h => (h.MemberId, h.Family));
        foreach (var one in cases)
            one.Holding = held.GetValueOrDefault((one.Row.MemberId, one.Row.Family));
        return cases;
    }
}
