using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Orders;

/// <summary>An order, and whether this report made it.</summary>
public sealed record Reported(Order Order, bool IsNew);

/// <summary>The only writer of orders. One event of an order is one transaction: its row, the ledger, tiers and outbox.</summary>
public sealed partial class OrderService(
    Transactions transactions,
    EarningService earning,
    MemberService members,
    TemplateBook templates,
    TenantScope scope
)
{
    /// <summary>Orders that share a transaction when many are reported at once.</summary>
    public const int Chunk = 250;

    // Orders are locked first, then members are held, then accounts are locked: two refunds of one order stand in line.
    private static readonly Lookup<Order> ByNumber = new("order_no = {0}", [typeof(string)]) { Locks = true };
    private static readonly Lookup<Order> Reported = new("order_no = {0}", [typeof(string)]);
    private static readonly Lookup<OrderRefund> Refunds = new(
        "order_id = {0} AND refund_no = {1}",
        [typeof(Guid), typeof(string)]
    );

    /// <summary>Reports orders, each standing alone, in the order given. Their writes share transactions.</summary>
    public async Task<IReadOnlyList<Result<Reported>>> ReportAsync(IReadOnlyList<OrderReport> reports, CancellationToken ct)
    {
        var results = new List<Result<Reported>>(reports.Count);
        foreach (var chunk in reports.Chunk(Chunk))
            results.AddRange(await transactions.RunAsync(() => ReportChunkAsync(chunk, ct), ct));
        return results;
    }

    /// <summary>Pays, completes, cancels or settles one order: <paramref name="decide"/> says whether, <paramref name="act"/> does.</summary>
    public Task<Result<Order>> ChangeAsync(
        string orderNo,
        Func<Order, Problem?> decide,
        Action<OrderWork, Order> act,
        DateTime? at,
        CancellationToken ct
    ) =>
        scope.InFuture(at, "/at") is { } future
            ? Task.FromResult<Result<Order>>(future)
            : transactions.DecideAsync(
                () =>
                    ActAsync<Order>(
                        orderNo,
                        at,
                        order => Task.FromResult(decide(order) is { } problem ? (Result<Order>)problem : (Result<Order>?)null),
                        (work, order) =>
                        {
                            act(work, order);
                            return order;
                        },
                        ct
                    ),
                ct
            );

    /// <summary>Gives back a part of an order. The same refund number again gets the first answer; then it is not new.</summary>
    public Task<Result<(RefundAnswer Answer, bool IsNew)>> RefundAsync(
        string orderNo,
        RefundRequest asked,
        CancellationToken ct
    ) =>
        transactions.DecideAsync(
            () =>
                ActAsync<(RefundAnswer, bool)>(
                    orderNo,
                    null,
                    order => AgainAsync(order, asked, ct),
                    (work, order) => work.Refund(order, asked).Then(answer => (answer, true)),
                    ct
                ),
            ct
        );

    private async Task<Result<(RefundAnswer, bool)>?> AgainAsync(Order order, RefundRequest asked, CancellationToken ct)
    {
        var load = new LoadBatch();
        var first = load.Add(
            Refunds,
            [
                [order.Id, asked.RefundNo],
            ]
        );
        await transactions.Door.LoadAsync(load, ct);
        return first is [var found]
            ? RefundRules.Again(found, asked).Then(answer => (answer, false))
            : (Result<(RefundAnswer, bool)>?)null;
    }

    /// <summary>One order and its member's accounts, locked: <paramref name="first"/> may answer at once, else <paramref name="act"/> does.</summary>
    private async Task<Result<T>> ActAsync<T>(
        string orderNo,
        DateTime? at,
        Func<Order, Task<Result<T>?>> first,
        Func<OrderWork, Order, Result<T>> act,
        CancellationToken ct
    )
    {
        if ((await FindAsync([orderNo], ct)).Values.FirstOrDefault() is not { } order)
            return Problem.NotFound("order");
        var held = await MemberService.HoldAsync(transactions.Door, order.MemberId, ct);
        if (held.Problem is { } erased)
            return erased;
        var owners = new Dictionary<Guid, Guid> { [order.MemberId] = held.Value.Id };
        if (await first(order) is { } answered)
            return answered;
        var instants = new[] { at ?? scope.Now, order.PaidAt, order.CompletedAt }.OfType<DateTime>().Distinct();
        List<EarnerAt> earners = [.. instants.Select(t => new EarnerAt(held.Value.Id, t))];
        var work = await OpenAsync([order], earners, EarningRules.OfOrders, [], [], owners, ct);
        var result = act(work, order);
        if (!result.Refused)
            await StoreAsync(work, ct);
        return result;
    }

    private async Task<IReadOnlyList<Result<Reported>>> ReportChunkAsync(OrderReport[] reports, CancellationToken ct)
    {
        var known = await FindAsync(reports.Select(r => r.OrderNo), ct);
        var fit = reports.Where(r => Refuse(r) is null).ToList();
        var (find, made, owners) = await MembersAsync(fit, known, ct);
        var earners = fit.Select(r => (Report: r, Member: find(r)))
            .Where(r => r.Member is { ErasedAt: null })
            .SelectMany(r => Instants(r.Report).Select(at => new EarnerAt(r.Member!.Id, at)));
        var advancing = reports
            .Where(r => known.TryGetValue(r.OrderNo, out var o) && (r.PaidAt != o.PaidAt || r.CompletedAt != o.CompletedAt))
            .Select(r => known[r.OrderNo])
            .Distinct()
            .ToList();
        var work = await OpenAsync(
            advancing,
            [.. earners.Concat(made.Select(m => new EarnerAt(m.Id, m.JoinedAt))).Distinct()],
            [.. Triggers(reports), EarningRules.MemberJoined],
            made,
            [.. fit.Where(r => Takes(r) && !known.ContainsKey(r.OrderNo))],
            owners,
            ct
        );
        await StillNewAsync(fit.Where(r => Takes(r) && !known.ContainsKey(r.OrderNo)), ct);
        work.Join(made);
        var results = reports.Select(report => Report(work, known, report, find)).ToList();
        await StoreAsync(work, ct);
        return results;
    }

    private Result<Reported> Report(
        OrderWork work,
        Dictionary<string, Order> known,
        OrderReport report,
        Func<OrderReport, Member?> find
    )
    {
        if (Refuse(report) is { } problem)
            return problem;
        if (find(report) is not { } member)
            return known.ContainsKey(report.OrderNo)
                ? OrderRules.ReportAgain(known[report.OrderNo], report, Guid.Empty)!
                : Problem.NotFound("member");
        if (member.ErasedAt is not null)
            return MemberRules.Erased;
        if (!known.TryGetValue(report.OrderNo, out var order))
        {
            var made = work.Add(report, member.Id);
            if (made.Refused)
                return made.Problem!;
            known.Add(report.OrderNo, made.Value);
            return new Reported(made.Value, true);
        }
        // The order's content names the member it was reported for, who may have been merged since.
        if (OrderRules.ReportAgain(order, report, work.OwnerOf(order) == member.Id ? order.MemberId : member.Id) is { } differs)
            return differs;
        work.Advance(order, report.PaidAt, report.CompletedAt);
        return new Reported(order, false);
    }

    /// <summary>Something of the member's goes with it, which an order that came in twice at once must not take twice.</summary>
    private static bool Takes(OrderReport report) => report.Points is not null || report.Coupons is { Count: > 0 };

    private Problem? Refuse(OrderReport report)
    {
        if (report.Currency != scope.Tenant.Currency)
            return Problem.Contradiction("currency_mismatch", $"The brand's currency is {scope.Tenant.Currency}.");
        return scope.InFuture(report.OccurredAt, "/occurred_at")
            ?? scope.InFuture(report.PaidAt, "/paid_at")
            ?? scope.InFuture(report.CompletedAt, "/completed_at");
    }

    private static IEnumerable<DateTime> Instants(OrderReport report) =>
        new[] { report.PaidAt, report.CompletedAt, report.Points is null ? null : report.OccurredAt }
            .OfType<DateTime>()
            .Distinct();

    private async Task<Dictionary<string, Order>> FindAsync(IEnumerable<string> numbers, CancellationToken ct)
    {
        var load = new LoadBatch();
        var sorted = numbers.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var found = load.Add(ByNumber, [.. sorted.Select(n => new object[] { n })]);
        await transactions.Door.LoadAsync(load, ct);
        return found.ToDictionary(o => o.OrderNo, StringComparer.Ordinal);
    }

    /// <summary>The same order may have come in, and taken its points and coupons, before they were ours: then we begin again, and find it known.</summary>
    private async Task StillNewAsync(IEnumerable<OrderReport> reports, CancellationToken ct)
    {
        var load = new LoadBatch();
        var found = load.Add(Reported, [.. reports.Select(r => new object[] { r.OrderNo })]);
        await transactions.Door.LoadAsync(load, ct);
        if (found.Count > 0)
            throw new ConflictException("orders");
    }

    /// <summary>The members of the reports. Only a new order makes a member, or moves one's joining back.</summary>
    private async Task<(Func<OrderReport, Member?> Find, IReadOnlyList<Member> Made, Dictionary<Guid, Guid> Owners)> MembersAsync(
        IReadOnlyList<OrderReport> reports,
        Dictionary<string, Order> known,
        CancellationToken ct
    )
    {
        var store = new StoreBatch();
        var door = transactions.Door;
        var fresh = reports.Where(r => !known.ContainsKey(r.OrderNo)).DistinctBy(r => r.OrderNo, StringComparer.Ordinal).ToList();
        var (byExternal, made) = await members.EnsureAsync(
            door,
            store,
            Earliest(fresh.Where(r => r.ExternalId is not null), r => r.ExternalId!),
            ct
        );
        var byId = await MemberService.LoadAsync(
            door,
            store,
            Earliest(fresh.Where(r => IdOf(r) is not null), r => IdOf(r)!.Value),
            ct
        );
        var others = known
            .Values.Select(o => o.MemberId)
            .Where(id => !byId.ContainsKey(id))
            .Distinct()
            .ToDictionary(id => id, _ => DateTime.MaxValue);
        foreach (var (id, member) in await MemberService.LoadAsync(door, store, others, ct))
            byId[id] = member;
        var again = reports.Where(r => known.ContainsKey(r.OrderNo)).Select(r => r.ExternalId).OfType<string>();
        foreach (var (id, member) in await MemberService.FindAsync(door, again.Where(id => !byExternal.ContainsKey(id)), ct))
            byExternal[id] = member;
        await door.StoreAsync(store, ct);
        return (
            r =>
                // An order that is known already is its member's, whatever the brand called the member then.
                known.TryGetValue(r.OrderNo, out var o) && byId.GetValueOrDefault(o.MemberId) is { ErasedAt: not null } erased
                    ? erased
                : r.ExternalId is { } external ? byExternal.GetValueOrDefault(external)
                : IdOf(r) is { } id ? byId.GetValueOrDefault(id)
                : null,
            made,
            byId.ToDictionary(m => m.Key, m => m.Value.Id)
        );
    }

    private static Guid? IdOf(OrderReport report) => Ids.TryRead(IdPrefix.Member, report.MemberId, out var id) ? id : null;

    private static Dictionary<TKey, DateTime> Earliest<TKey>(IEnumerable<OrderReport> reports, Func<OrderReport, TKey> key)
        where TKey : notnull => reports.GroupBy(key).ToDictionary(g => g.Key, g => g.Min(r => r.OccurredAt));

    private async Task StoreAsync(OrderWork work, CancellationToken ct)
    {
        var store = new StoreBatch();
        work.Write(store);
        await transactions.Door.StoreAsync(store, ct);
    }
}
