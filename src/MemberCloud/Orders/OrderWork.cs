using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Orders;

/// <summary>Some orders and their members' accounts in memory, locked: reported, paid, completed, cancelled, settled, then all written at once.</summary>
public sealed class OrderWork(
    TenantScope scope,
    EarningWork earning,
    IEnumerable<OrderEarning> storedEarnings,
    ILookup<Guid, OrderLine> storedLines,
    ILookup<Guid, string>? tags,
    Dictionary<Guid, Guid> firstOrders
)
{
    private static readonly Update<Order> Change = new(
        [nameof(Order.State), nameof(Order.PaidAt), nameof(Order.CompletedAt), nameof(Order.CancelledAt), nameof(Order.Version)],
        new(nameof(Order.Version), order => order.Version - 1)
    );

    private readonly List<Order> added = [];
    private readonly List<OrderLine> addedLines = [];
    private readonly List<OrderEarning> addedEarnings = [];
    private readonly HashSet<Order> changed = [];
    private readonly List<OutboxEvent> events = [];
    private readonly Dictionary<Guid, List<OrderEarning>> earnings = storedEarnings
        .GroupBy(e => e.OrderId)
        .ToDictionary(g => g.Key, g => g.ToList());

    public void Join(IEnumerable<Member> made) => EarningService.EarnForJoining(earning, made);

    public Order Add(OrderReport report, Guid memberId)
    {
        var order = new Order
        {
            TenantId = scope.Id,
            Id = Ids.New(),
            OrderNo = report.OrderNo,
            MemberId = memberId,
            OccurredAt = report.OccurredAt,
            Currency = report.Currency,
            Total = report.Lines.Sum(l => l.Net),
            Shipping = report.Shipping,
            Channel = report.Channel,
            Store = report.Store,
            Content = OrderRules.ContentOf(report, memberId),
            CreatedAt = scope.Now,
        };
        added.Add(order);
        addedLines.AddRange(report.Lines.Select((line, no) => LineOf(order, line, no)));
        firstOrders.TryAdd(memberId, order.Id);
        Advance(order, report.PaidAt, report.CompletedAt);
        return order;
    }

    public void Pay(Order order, DateTime at) => Advance(order, at, null);

    public void Complete(Order order, DateTime at) => Advance(order, order.PaidAt, at);

    /// <summary>What the order earned vanishes, and its caps with it.</summary>
    public void Cancel(Order order, DateTime at)
    {
        if (order.State == OrderState.Cancelled)
            return;
        foreach (var earned in earnings.GetValueOrDefault(order.Id) ?? [])
        {
            var earnedAt = earning.Journal(order.MemberId, earned.Currency).Lot(earned.LotId)!.EarnedAt;
            earning.Reverse(order.MemberId, earned.Currency, earned.LotId, Source(order), at, "order cancelled");
            earning.GiveCapsBack(order.MemberId, earned.RuleId, earnedAt, earned.Amount);
        }
        (order.State, order.CancelledAt) = (OrderState.Cancelled, at);
        Touch(order, "order.cancelled", at);
    }

    /// <summary>Settles what the order earned now, whatever its date was.</summary>
    public void Settle(Order order, DateTime at)
    {
        foreach (var currency in (earnings.GetValueOrDefault(order.Id) ?? []).Select(e => e.Currency).Distinct())
            earning.Journal(order.MemberId, currency).SettleNow(Source(order), at);
    }

    public void Write(StoreBatch store)
    {
        earning.Write(store);
        store.Insert(added);
        store.Insert(addedLines);
        store.Update<Order>(Change, [.. changed.Except(added)]);
        store.Insert(addedEarnings);
        store.Insert(events);
    }

    /// <summary>Adds what a report, or a repeated one, brings.</summary>
    public void Advance(Order order, DateTime? paidAt, DateTime? completedAt)
    {
        var before = order.State;
        OrderLine[] lines = [.. storedLines[order.Id], .. addedLines.Where(l => l.OrderId == order.Id)];
        var first = firstOrders.GetValueOrDefault(order.MemberId) == order.Id;
        if (order.PaidAt is null && paidAt is { } paid)
        {
            order.PaidAt = paid;
            Earn(order, EarningRules.OrderPaid, paid, lines, first);
        }
        if (order.CompletedAt is null && completedAt is { } completed)
        {
            order.CompletedAt = completed;
            Schedule(order, completed);
            Earn(order, EarningRules.OrderCompleted, completed, lines, first);
        }
        order.State = OrderRules.StateOf(order.PaidAt, order.CompletedAt);
        if (order.State != before)
            Touch(order, $"order.{Words<OrderState>.Of(order.State)}", order.CompletedAt ?? order.PaidAt!.Value);
    }

    private void Earn(Order order, string trigger, DateTime at, IReadOnlyList<OrderLine> lines, bool first)
    {
        var fact = new Fact(
            trigger,
            order.MemberId,
            at,
            [.. lines.Select(l => new FactLine(l.Sku, l.Category, l.Net))],
            order.Channel,
            order.Store,
            null,
            [.. tags?[order.MemberId] ?? []],
            10_000,
            first
        );
        foreach (var earned in earning.Earn(fact, Source(order)))
        {
            var row = EarningOf(order, earned, lines.Count);
            addedEarnings.Add(row);
            if (!earnings.TryGetValue(order.Id, out var list))
                earnings.Add(order.Id, list = []);
            list.Add(row);
        }
    }

    /// <summary>What was earned on payment learns from the completion when it settles.</summary>
    private void Schedule(Order order, DateTime completedAt)
    {
        foreach (var earned in earnings.GetValueOrDefault(order.Id) ?? [])
        {
            if (earned.SettleDays is not { } days)
                continue;
            var journal = earning.Journal(order.MemberId, earned.Currency);
            journal.Schedule(earned.LotId, scope.Tenant.Local.PlusDays(completedAt, days));
        }
        foreach (var currency in (earnings.GetValueOrDefault(order.Id) ?? []).Select(e => e.Currency).Distinct())
            earning.Journal(order.MemberId, currency).PostDue();
    }

    private void Touch(Order order, string type, DateTime at)
    {
        if (changed.Add(order))
            order.Version++;
        events.Add(
            OutboxEvent.Of(
                scope.Id,
                type,
                order.MemberId,
                new OrderEvent(
                    order.OrderNo,
                    Ids.Show(IdPrefix.Member, order.MemberId),
                    order.State,
                    order.Total,
                    order.Currency
                ),
                at
            )
        );
    }

    private OrderEarning EarningOf(Order order, EarnedLot earned, int lineCount) =>
        new()
        {
            TenantId = scope.Id,
            OrderId = order.Id,
            LotId = earned.Lot.Id,
            MemberId = order.MemberId,
            Currency = earned.Currency,
            Amount = earned.Amount,
            RuleId = earned.Rule.Id,
            RuleVersion = earned.Rule.Version,
            SettleDays = EarningRules.SettleDays(earned.Rule.Body),
            Net = earned.Earned.Net,
            Lines =
                earned.Earned.Lines.Count == lineCount
                    ? null
                    : string.Join(',', earned.Earned.Lines.Select(l => l.ToString(CultureInfo.InvariantCulture))),
        };

    private OrderLine LineOf(Order order, OrderLineRequest line, int no) =>
        new()
        {
            TenantId = scope.Id,
            OrderId = order.Id,
            LineNo = no,
            LineId = line.Id,
            Sku = line.Sku,
            Category = line.Category,
            Quantity = line.Quantity,
            Net = line.Net,
        };

    private static Reference Source(Order order) => new("order", order.OrderNo);
}

/// <summary>What the order events say.</summary>
public sealed record OrderEvent(string OrderNo, string MemberId, OrderState State, long Total, string Currency);
