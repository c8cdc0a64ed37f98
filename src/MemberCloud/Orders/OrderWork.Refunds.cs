using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Orders;

/// <summary>What is stored under some orders.</summary>
public sealed record StoredParts(
    IReadOnlyCollection<OrderEarning> Earnings,
    ILookup<Guid, OrderLine> Lines,
    IReadOnlyCollection<OrderPoints> Points,
    StoredCoupons Coupons,
    PurchaseCounts Purchases
);

/// <summary>Paying with points, and giving back: what was earned is taken back by its share, what was spent goes back by its share.</summary>
public sealed partial class OrderWork
{
    private static readonly Update<OrderLine> LineChange = new([nameof(OrderLine.RefundedQuantity)]);
    private static readonly Update<OrderEarning> EarningChange = new([nameof(OrderEarning.Reversed)]);
    private static readonly Update<OrderPoints> PointsChange = new([nameof(OrderPoints.Restored)]);

    private readonly Dictionary<Guid, OrderPoints> points = stored.Points.ToDictionary(p => p.OrderId);
    private readonly List<OrderPoints> addedPoints = [];
    private readonly HashSet<OrderPoints> changedPoints = [];
    private readonly HashSet<OrderLine> changedLines = [];
    private readonly HashSet<OrderEarning> changedEarnings = [];
    private readonly List<OrderRefund> refunds = [];

    /// <summary>Gives back a part of the order, or all that is left of it.</summary>
    public Result<RefundAnswer> Refund(Order order, RefundRequest asked)
    {
        var lines = LinesOf(order);
        var planned = RefundRules.Plan(order, lines, asked);
        if (planned.Problem is { } problem)
            return problem;
        var plan = planned.Value;
        var owed = lines.Sum(PointsBack);
        foreach (var part in plan.Lines)
        {
            var counted = CountedOf(part.Line);
            part.Line.RefundedQuantity += part.Quantity;
            GiveBackLimit(order, part.Line, counted, CountedOf(part.Line));
            changedLines.Add(part.Line);
        }
        order.Refunded += plan.Net;
        order.ShippingRefunded += plan.Shipping;
        order.State = OrderRules.StateOf(order, lines);
        var restored = Restore(order, lines.Sum(PointsBack) - owed, "order refunded");
        var clawed = TakeBack(order, e => RefundRules.Clawback(e, lines), scope.Now, "order refunded");
        var reclaimed = Reclaim(order, lines, plan.Net + plan.Shipping);
        var back = new List<string>();
        if (order.State == OrderState.Refunded)
        {
            Revoke(order, "order refunded", scope.Now);
            back = LetCouponsGo(order, scope.Now);
        }
        var answer = AnswerOf(order, asked, plan, clawed, restored) with { CouponsReturned = back };
        answer = answer with
        {
            Refund = answer.Refund with { CouponsReclaimed = reclaimed, Amount = answer.Refund.Amount - reclaimed },
        };
        refunds.Add(
            new()
            {
                TenantId = scope.Id,
                OrderId = order.Id,
                RefundNo = asked.RefundNo,
                Content = RefundRules.ContentOf(asked),
                Answer = Json.Write(answer),
                RefundedAt = scope.Now,
            }
        );
        Touch(order, "order.refunded", scope.Now);
        return answer;
    }

    /// <summary>What the order earned vanishes, and its caps with it; what it was paid with goes back.</summary>
    public void Cancel(Order order, DateTime at)
    {
        if (order.State == OrderState.Cancelled)
            return;
        if (points.GetValueOrDefault(order.Id) is { } paid)
            Restore(order, paid.Amount - paid.Restored, "order cancelled");
        TakeBack(order, e => e.Amount - e.Reversed, at, "order cancelled");
        Revoke(order, "order cancelled", at);
        LetCouponsGo(order, at);
        foreach (var line in LinesOf(order))
            GiveBackLimit(order, line, CountedOf(line), 0);
        (order.State, order.CancelledAt) = (OrderState.Cancelled, at);
        Touch(order, "order.cancelled", at);
    }

    /// <summary>Captures the hold, or spends the amount, that the report names. 0 when it names none.</summary>
    private Result<long> Spend(Order order, OrderReport report)
    {
        if (report.Points is not { } asked)
            return 0;
        var spent = asked.HoldId is { } hold ? Capture(order, hold) : SpendNow(order, asked.Amount!.Value);
        if (spent.Problem is { } problem)
            return problem;
        var (currency, taken) = spent.Value;
        var row = new OrderPoints
        {
            TenantId = scope.Id,
            OrderId = order.Id,
            Currency = currency,
            Amount = taken.Amount,
            Worth = report.PointsAmount,
            Taken = taken.ToString(),
        };
        points.Add(order.Id, row);
        addedPoints.Add(row);
        return taken.Amount;
    }

    private Result<(string, LotParts)> Capture(Order order, string shown)
    {
        if (
            !Ids.TryRead(IdPrefix.Hold, shown, out var id)
            || earning.JournalsOf(OwnerOf(order)).FirstOrDefault(j => j.FindHold(id) is not null) is not { } journal
        )
            return Problem.NotFound("hold");
        var hold = journal.FindHold(id)!;
        if (HoldRules.Refuse(hold, order.CheckoutId) is { } refused)
            return refused;
        journal.Capture(hold, hold.Amount, Source(order));
        return (hold.Currency, LotParts.Parse(hold.Taken));
    }

    private Result<(string, LotParts)> SpendNow(Order order, long amount)
    {
        var journal = earning.Journal(OwnerOf(order), Currencies.Points);
        return journal.Spend(amount, Source(order), null) is { } entry
            ? (Currencies.Points, journal.TakenBy(entry))
            : PointsEndpoints.NotEnough(journal, amount);
    }

    /// <summary>What the pieces of a line that were given back were paid with in points.</summary>
    private static long PointsBack(OrderLine line) => RefundRules.PointsOf(line.Points, line.Quantity, line.RefundedQuantity);

    private (string Currency, long Amount) Restore(Order order, long amount, string reason)
    {
        if (amount == 0 || points.GetValueOrDefault(order.Id) is not { } paid)
            return (Currencies.Points, 0);
        var taken = LotParts.Parse(paid.Taken);
        var settings = scope.Tenant.Settings;
        int? grace = settings.PointsRestore == RestorePolicy.Grace ? settings.PointsRestoreGraceDays : null;
        earning
            .Journal(OwnerOf(order), paid.Currency)
            .Restore(taken.LastFirst(paid.Amount - paid.Restored - amount, amount), Source(order), scope.Now, reason, grace);
        paid.Restored += amount;
        changedPoints.Add(paid);
        return (paid.Currency, amount);
    }

    /// <summary>Takes back of each earning what <paramref name="share"/> says, and what it took of caps and budget with it. By currency: what was really taken.</summary>
    private Dictionary<string, long> TakeBack(Order order, Func<OrderEarning, long> share, DateTime at, string reason)
    {
        var taken = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var earned in earnings.GetValueOrDefault(order.Id) ?? [])
        {
            var amount = share(earned);
            if (amount == 0)
                continue;
            earned.Reversed += amount;
            changedEarnings.Add(earned);
            var earnedAt = earning.Journal(OwnerOf(order), earned.Currency).Lot(earned.LotId)!.EarnedAt;
            var part = earning.Reverse(OwnerOf(order), earned.Currency, earned.LotId, amount, Source(order), at, reason);
            taken[earned.Currency] = taken.GetValueOrDefault(earned.Currency) + part;
            earning.GiveBack(OwnerOf(order), earned.RuleId, earnedAt, amount);
        }
        earning.Reversed(OwnerOf(order));
        return taken;
    }

    private RefundAnswer AnswerOf(
        Order order,
        RefundRequest asked,
        RefundPlan plan,
        Dictionary<string, long> clawed,
        (string Currency, long Amount) restored
    )
    {
        long Restored(string currency) => currency == restored.Currency ? restored.Amount : 0;
        var kinds = clawed
            .Keys.Append(restored.Currency)
            .Where(c => c != Currencies.Growth)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(c => new RefundedCurrency(c, clawed.GetValueOrDefault(c), Restored(c)));
        return new(
            new(
                asked.RefundNo,
                order.OrderNo,
                order.State,
                [.. plan.Lines.Select(l => new RefundLineShape(l.Line.LineId, l.Quantity, l.Net))],
                plan.Shipping,
                0,
                plan.Net + plan.Shipping,
                order.Currency,
                scope.Now
            ),
            new(clawed.GetValueOrDefault(Currencies.Points), Restored(Currencies.Points)),
            [.. kinds],
            clawed.GetValueOrDefault(Currencies.Growth),
            []
        );
    }

    private void WriteRefunds(StoreBatch store)
    {
        store.Insert(addedPoints);
        store.Update<OrderLine>(LineChange, [.. changedLines]);
        store.Update<OrderEarning>(EarningChange, [.. changedEarnings.Except(addedEarnings)]);
        store.Update<OrderPoints>(PointsChange, [.. changedPoints.Except(addedPoints)]);
        store.Insert(refunds);
    }
}
