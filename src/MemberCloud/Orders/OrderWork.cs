using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Orders;

/// <summary>Some orders and their members' accounts in memory, locked: reported, paid, completed, cancelled, settled, then all written at once.</summary>
public sealed partial class OrderWork(
    TenantScope scope,
    EarningWork earning,
    StoredParts stored,
    IReadOnlyDictionary<Guid, Guid> owners,
    ILookup<Guid, string>? tags,
    Dictionary<Guid, Guid> firstOrders
)
{
    private static readonly Update<Order> OrderChange = new(
        [
            nameof(Order.State),
            nameof(Order.PaidAt),
            nameof(Order.CompletedAt),
            nameof(Order.CancelledAt),
            nameof(Order.Refunded),
            nameof(Order.ShippingRefunded),
            nameof(Order.Version),
        ],
        new(nameof(Order.Version), order => order.Version - 1)
    );

    private readonly List<Order> added = [];
    private readonly List<OrderLine> addedLines = [];
    private readonly List<OrderEarning> addedEarnings = [];
    private readonly HashSet<Order> changed = [];
    private readonly List<OutboxEvent> events = [];
    private readonly Dictionary<Guid, List<OrderEarning>> earnings = stored
        .Earnings.GroupBy(e => e.OrderId)
        .ToDictionary(g => g.Key, g => g.ToList());

    public void Join(IEnumerable<Member> made) => EarningService.EarnForJoining(earning, made);

    /// <summary>A new order, paid with points where it says so: when that is refused, nothing has happened.</summary>
    /// <param name="report">The order.</param>
    /// <param name="memberId">Whose.</param>
    /// <param name="frozen">What its checkout decided; null = the brand reports it.</param>
    public Result<Order> Add(OrderReport report, Guid memberId, FrozenCart? frozen = null)
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
            Content = frozen is null ? OrderRules.ContentOf(report, memberId) : OrderRules.ContentOf(frozen),
            CheckoutId = frozen?.CheckoutId,
            PlansSaved = frozen?.PlansSave ?? 0,
            CreatedAt = scope.Now,
        };
        if (CouponsRefused(report, memberId, frozen) is { } unusable)
            return unusable;
        var spent = Spend(order, report);
        if (spent.Problem is { } problem)
            return problem;
        var points = frozen?.Split(spent.Value) ?? RefundRules.Split(spent.Value, report.Lines);
        Redeem(order, report, frozen);
        added.Add(order);
        addedLines.AddRange(report.Lines.Select((line, no) => LineOf(order, line, no, points[no], frozen)));
        firstOrders.TryAdd(memberId, order.Id);
        Advance(order, report.PaidAt, report.CompletedAt);
        return order;
    }

    public void Pay(Order order, DateTime at) => Advance(order, at, null);

    public void Complete(Order order, DateTime at) => Advance(order, order.PaidAt, at);

    /// <summary>Settles what the order earned now, whatever its date was.</summary>
    public void Settle(Order order, DateTime at)
    {
        foreach (var currency in (earnings.GetValueOrDefault(order.Id) ?? []).Select(e => e.Currency).Distinct())
            earning.Journal(OwnerOf(order), currency).SettleNow(Source(order), at);
    }

    public void Write(StoreBatch store)
    {
        earning.Write(store);
        store.Insert(added);
        store.Insert(addedLines);
        store.Update<Order>(OrderChange, [.. changed.Except(added)]);
        store.Insert(addedEarnings);
        WriteRefunds(store);
        WriteCoupons(store);
        stored.Purchases.Write(store);
        store.Insert(events);
    }

    /// <summary>Adds what a report, or a repeated one, brings.</summary>
    public void Advance(Order order, DateTime? paidAt, DateTime? completedAt)
    {
        // Nothing new: then the order's lines may not be at hand.
        if ((paidAt is null || order.PaidAt is not null) && (completedAt is null || order.CompletedAt is not null))
            return;
        var before = (order.State, order.PaidAt, order.CompletedAt);
        var lines = LinesOf(order);
        var first = firstOrders.GetValueOrDefault(OwnerOf(order)) == order.Id;
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
        order.State = OrderRules.StateOf(order, lines);
        // An order that was refunded in part stays so when it is completed.
        if ((order.State, order.PaidAt, order.CompletedAt) != before)
            Touch(order, order.CompletedAt is null ? "order.paid" : "order.completed", order.CompletedAt ?? order.PaidAt!.Value);
    }

    /// <summary>Whose accounts an order is about: its member's, or those of the one it was merged into since.</summary>
    public Guid OwnerOf(Order order) => owners.GetValueOrDefault(order.MemberId, order.MemberId);

    private IReadOnlyList<OrderLine> LinesOf(Order order) =>
        [.. stored.Lines[order.Id], .. addedLines.Where(l => l.OrderId == order.Id)];

    /// <summary>What is left of the order earns: pieces that were given back do not.</summary>
    private void Earn(Order order, string trigger, DateTime at, IReadOnlyList<OrderLine> lines, bool first)
    {
        OrderLine[] left = [.. lines.Where(l => l.RefundedQuantity < l.Quantity)];
        var fact = new Fact(
            trigger,
            OwnerOf(order),
            at,
            [.. left.Select(l => new FactLine(l.Sku, l.Category, l.Net - RefundRules.RefundedNet([l])))],
            order.Channel,
            order.Store,
            [.. tags?[OwnerOf(order)] ?? []],
            first
        );
        var made = earning.Earn(fact, Source(order));
        addedRewards.AddRange(made.Coupons.Select(c => RewardOf(order, c, at)));
        foreach (var earned in made.Lots)
        {
            var row = EarningOf(order, earned, [.. earned.Earned.Lines.Select(i => left[i])], lines.Count);
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
            var journal = earning.Journal(OwnerOf(order), earned.Currency);
            journal.Schedule(earned.LotId, scope.Tenant.Local.PlusDays(completedAt, days));
        }
        foreach (var currency in (earnings.GetValueOrDefault(order.Id) ?? []).Select(e => e.Currency).Distinct())
            earning.Journal(OwnerOf(order), currency).PostDue();
    }

    private void Touch(Order order, string type, DateTime at)
    {
        Change(order);
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

    private void Change(Order order)
    {
        if (changed.Add(order))
            order.Version++;
    }

    private OrderEarning EarningOf(Order order, EarnedLot earned, IReadOnlyList<OrderLine> lines, int lineCount) =>
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
            NetBefore = RefundRules.RefundedNet(lines),
            PiecesBefore = lines.Sum(l => l.RefundedQuantity),
            Lines =
                lines.Count == lineCount
                    ? null
                    : string.Join(',', lines.Select(l => l.LineNo.ToString(CultureInfo.InvariantCulture))),
        };

    private OrderLine LineOf(Order order, OrderLineRequest line, int no, long points, FrozenCart? frozen) =>
        new()
        {
            PriceListId = frozen?.Lines[no].PriceListId,
            PriceListVersion = frozen?.Lines[no].PriceListVersion,
            Limited = frozen?.Lines[no].Limited ?? 0,
            LimitedAt = frozen?.Lines[no].Limited > 0 ? frozen.At : null,
            TenantId = scope.Id,
            OrderId = order.Id,
            LineNo = no,
            LineId = line.Id,
            Sku = line.Sku,
            Category = line.Category,
            Quantity = line.Quantity,
            Net = line.Net,
            Points = points,
        };

    private static Reference Source(Order order) => new("order", order.OrderNo);
}

/// <summary>What the order events say.</summary>
public sealed record OrderEvent(string OrderNo, string MemberId, OrderState State, long Total, string Currency);
