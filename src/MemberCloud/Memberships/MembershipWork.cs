using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Memberships;

/// <summary>
/// Memberships in memory, locked: moved by decisions, then stored at once with their invoices, payments and what others see of them. When jobs look at one, and until when its perks
/// go on, is worked out from what it came to, in one place.
/// </summary>
public sealed partial class MembershipWork
{
    private static readonly Update<Membership> Change = new(
        Membership.Changing,
        new(nameof(Membership.Version), m => m.LoadedVersion)
    );
    private static readonly Update<Invoice> InvoiceChange = new([
        nameof(Invoice.State),
        nameof(Invoice.Worth),
        nameof(Invoice.CoversFrom),
        nameof(Invoice.CoversUntil),
        nameof(Invoice.ClosedAt),
        nameof(Invoice.RequestId),
        nameof(Invoice.RequestHash),
    ]);
    private static readonly Update<Payment> PaymentChange = new([nameof(Payment.InvoiceId), nameof(Payment.Refunded)]);
    private static readonly Update<PaymentAttempt> AttemptChange = new([
        nameof(PaymentAttempt.State),
        nameof(PaymentAttempt.Refunded),
        nameof(PaymentAttempt.Reference),
        nameof(PaymentAttempt.Code),
        nameof(PaymentAttempt.ActionSealed),
        nameof(PaymentAttempt.Looks),
        nameof(PaymentAttempt.DueAt),
        nameof(PaymentAttempt.LeaseUntil),
        nameof(PaymentAttempt.EndedAt),
    ]);
    private static readonly Update<PlanHolding> HoldingChange = new([
        nameof(PlanHolding.PlanId),
        nameof(PlanHolding.MembershipId),
        nameof(PlanHolding.TierId),
        nameof(PlanHolding.Perks),
        nameof(PlanHolding.Since),
        nameof(PlanHolding.Until),
        nameof(PlanHolding.TermStartsAt),
        nameof(PlanHolding.TermEndsAt),
        nameof(PlanHolding.TermsAhead),
    ]);

    private readonly TenantInfo tenant;
    private readonly Plans plans;
    private readonly DateTime now;
    private readonly DateTime wallNow;
    private readonly Dictionary<Guid, MembershipCase> cases;
    private readonly Rows<Membership> memberships = new();
    private readonly Rows<Invoice> invoices = new();
    private readonly Rows<Payment> payments = new();
    private readonly Rows<PaymentAttempt> attempts = new();
    private readonly Rows<PlanHolding> holdings = new();
    private readonly List<OutboxEvent> events = [];

    private MembershipWork(TenantScope scope, Plans plans, IReadOnlyList<MembershipCase> cases)
    {
        (tenant, this.plans, now, wallNow) = (scope.Tenant, plans, scope.Now, scope.WallNow);
        this.cases = cases.ToDictionary(c => c.Row.Id);
        foreach (var one in cases)
            one.Row.LoadedVersion = one.Row.Version;
    }

    /// <summary>Opens memberships inside a transaction.</summary>
    public static async Task<MembershipWork> OpenAsync(
        IDoorSession session,
        TenantScope scope,
        Plans plans,
        IEnumerable<Guid> ids,
        MembershipWanted wanted,
        CancellationToken ct
    ) => new(scope, plans, await MembershipLoads.OpenAsync(session, ids, wanted, scope.Now, ct));

    public IEnumerable<MembershipCase> All => cases.Values;

    public MembershipCase? Find(Guid id) => cases.GetValueOrDefault(id);

    /// <summary>How many were moved.</summary>
    public int Changed => memberships.Count;

    /// <summary>Attempts that begin once this is stored: to be taken to their gateways.</summary>
    public IReadOnlyList<Guid> Begun => [.. attempts.New.Select(a => a.Id)];

    /// <summary>A membership that is new.</summary>
    public MembershipCase Add(Membership row)
    {
        var one = new MembershipCase(row);
        cases.Add(row.Id, one);
        memberships.Add(row);
        return one;
    }

    /// <summary>Its own holding is known: there is none, or it is this.</summary>
    public static void Knows(MembershipCase one, PlanHolding? holding) => one.Holding = holding;

    /// <summary>What time alone has done by now: what was never paid, not renewed, out of grace, paused too long.</summary>
    public void Advance(MembershipCase one)
    {
        for (var i = 0; i < 8; i++)
        {
            var m = one.Row;
            if (MembershipRules.Timed(m, plans.AgreedBy(m), now, tenant.Local) is not { } move)
                return;
            if (!MembershipRules.IsLive(move.State))
                End(one, move.State, move.Reason, move.At);
            else if (move.State == MembershipState.Active)
                Resume(one, move.At);
            else
            {
                (m.State, m.Reason) = (move.State, move.Reason);
                m.DueSince ??= m.PaidUntil;
                Note(one, "membership.suspended", move.At);
            }
            Arrange(m);
        }
    }

    /// <summary>Its time goes on from then.</summary>
    public void Resume(MembershipCase one, DateTime at)
    {
        var pausedAt = one.Row.PausedAt!.Value;
        var shift = at - pausedAt;
        MembershipRules.Resume(one.Row, plans.AgreedBy(one.Row).Term, at, tenant.Local);
        one.BackAt = at;
        foreach (var invoice in one.Invoices.Where(i => i.CoversUntil > pausedAt))
        {
            invoice.CoversFrom += shift;
            invoice.CoversUntil += shift;
            invoices.Change(invoice);
        }
        Note(one, "membership.resumed", at);
    }

    /// <summary>It is over: nobody owes anything for it any more, and what was paid ahead is the member's again.</summary>
    public void End(MembershipCase one, MembershipState state, MembershipReason? reason, DateTime at)
    {
        var m = one.Row;
        foreach (var invoice in one.Invoices.Where(i => i.State == InvoiceState.Open && i.Series == Invoice.Sales))
            Void(one, invoice, at);
        foreach (var payment in one.Waiting)
        {
            payment.Refunded = payment.Amount;
            payments.Change(payment);
            // The brand took it, and the brand gives it back.
            Close(Credit(one, payment.Amount));
        }
        one.Waiting.Clear();
        (m.State, m.Reason, m.LiveFamily, m.EndedAt, m.PaymentsWaiting) = (state, reason, null, at, 0);
        Note(one, $"membership.{Words<MembershipState>.Of(state)}", at);
    }

    /// <summary>Something of it changed: it is written, and others are told.</summary>
    public void Note(MembershipCase one, string type, DateTime at)
    {
        Touch(one);
        events.Add(OutboxEvent.Of(tenant.Id, type, one.Row.MemberId, MembershipEvent.Of(one.Row), at));
    }

    /// <summary>Something of it changed that others need not hear of.</summary>
    public void Touch(MembershipCase one) => memberships.Change(one.Row);

    private void Arrange(Membership m)
    {
        if (MembershipRules.IsLive(m.State))
            MembershipRules.Arrange(m, plans.AgreedBy(m), plans.NextOf(m), tenant.Local);
        else
            (m.NoticeAt, m.RenewAt, m.ExpireAt) = (null, null, null);
    }

    /// <summary>Stores what changed inside the open transaction; new invoices last, with the next numbers.</summary>
    /// <param name="session">Of the transaction.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="also">What is stored along with it.</param>
    public async Task StoreAsync(IDoorSession session, CancellationToken ct, StoreBatch? also = null)
    {
        var store = also ?? new StoreBatch();
        Write(store);
        await session.StoreAsync(store, ct);
        await InvoiceNumbers.StoreAsync(session, tenant.Id, [.. invoices.New], ct);
    }

    private void Write(StoreBatch store)
    {
        foreach (var m in memberships.All)
        {
            Arrange(m);
            Show(cases[m.Id]);
            if (!memberships.IsNew(m))
                m.Version = m.LoadedVersion + 1;
        }
        memberships.Write(store, Change, m => m.Id);
        invoices.WriteChanged(store, InvoiceChange, i => i.Id);
        payments.Write(store, PaymentChange, p => p.Id);
        attempts.Write(store, AttemptChange, a => a.Id);
        holdings.Write(store, HoldingChange, h => h.MemberId);
        store.Insert<RenewalNotice>(notices);
        store.Insert<OutboxEvent>(events);
    }

    /// <summary>What others see of it.</summary>
    private void Show(MembershipCase one)
    {
        var m = one.Row;
        var plan = plans.AgreedBy(m);
        var until = MembershipRules.PerksUntil(m, plan, tenant.Local);
        // Another membership of the family may be in force by now: then this one has nothing to say.
        if (one.Holding is { } other && other.MembershipId != m.Id && until is null)
            return;
        if (one.Holding is null)
        {
            if (until is null)
                return;
            one.Holding = new()
            {
                TenantId = tenant.Id,
                MemberId = m.MemberId,
                Family = m.Family,
            };
            holdings.Add(one.Holding);
        }
        var (holding, period) = (one.Holding, MembershipTerms.PeriodAt(m, plan.Term, now, tenant.Local));
        // It goes on: perks that were carried over go by when it began.
        if (holding.MembershipId != m.Id || !holding.IsInForce(now))
            holding.Since = one.BackAt ?? (m.RunsSince < now ? m.RunsSince : now);
        if (until is not null)
            (holding.PlanId, holding.MembershipId, holding.Perks, holding.TierId) = (
                m.PlanId,
                m.Id,
                string.Join(',', plan.Perks ?? []),
                Ids.TryRead(IdPrefix.Tier, plan.TierId, out var tier) ? tier : null
            );
        holding.Until = until ?? holding.Since;
        (holding.TermStartsAt, holding.TermEndsAt) = (period.From, period.Until);
        var ahead = ChangeRules.PeriodsLeft(m, plan.Term, now, tenant.Local).Skip(1);
        holding.TermsAhead = until is null ? null : PlanHolding.Ahead(ahead.Select(p => p.Until));
        holdings.Change(holding);
    }
}

/// <summary>What the membership events say.</summary>
public sealed record MembershipEvent(
    string MembershipId,
    string MemberId,
    string PlanId,
    MembershipState State,
    MembershipReason? Reason,
    DateTime PaidUntil
)
{
    public static MembershipEvent Of(Membership m) =>
        new(
            Ids.Show(IdPrefix.Membership, m.Id),
            Ids.Show(IdPrefix.Member, m.MemberId),
            Ids.Show(IdPrefix.Plan, m.PlanId),
            m.State,
            m.Reason,
            m.PaidUntil
        );
}

/// <summary>Rows that were made or changed, each written once.</summary>
internal sealed class Rows<T>
    where T : class, ITenantOwned
{
    private readonly HashSet<T> made = [];
    private readonly HashSet<T> changed = [];

    public int Count => All.Count();

    public IEnumerable<T> New => made;

    public IEnumerable<T> All => made.Concat(changed);

    public bool IsNew(T row) => made.Contains(row);

    public void Add(T row) => made.Add(row);

    public void Change(T row)
    {
        if (!made.Contains(row))
            changed.Add(row);
    }

    public void Write(StoreBatch store, Update<T> change, Func<T, Guid> key)
    {
        WriteChanged(store, change, key);
        store.Insert<T>([.. made]);
    }

    public void WriteChanged(StoreBatch store, Update<T> change, Func<T, Guid> key) =>
        store.Update<T>(change, [.. changed.OrderBy(key)]);
}
