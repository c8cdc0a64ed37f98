using FsCheck;
using FsCheck.Fluent;
using MemberCloud.Coupons;
using MemberCloud.Orders;

namespace MemberCloud.Rules.Tests.Orders;

/// <summary>What a part of an order is worth, and what refunds take back.</summary>
public sealed class RefundRulesTests
{
    [Theory]
    [InlineData(9999, 3, 0, 0)]
    [InlineData(9999, 3, 1, 3333)]
    [InlineData(9999, 3, 3, 9999)]
    [InlineData(10_000, 3, 1, 3333)]
    [InlineData(10_000, 3, 2, 6666)]
    [InlineData(10_000, 3, 3, 10_000)] // the last piece takes the rest
    [InlineData(0, 5, 2, 0)]
    [InlineData(2, 5, 4, 0)]
    [InlineData(2, 5, 5, 2)]
    public void Money_of_pieces(long net, long quantity, long pieces, long expected) =>
        Assert.Equal(expected, RefundRules.MoneyOf(net, quantity, pieces));

    [Theory]
    [InlineData(10, 3, 0, 0)]
    [InlineData(10, 3, 1, 4)] // largest remainder, ties to the earlier piece
    [InlineData(10, 3, 2, 7)]
    [InlineData(10, 3, 3, 10)]
    [InlineData(2, 3, 1, 1)]
    [InlineData(2, 3, 2, 2)]
    [InlineData(2, 3, 3, 2)]
    public void Points_of_pieces(long points, long quantity, long pieces, long expected) =>
        Assert.Equal(expected, RefundRules.PointsOf(points, quantity, pieces));

    [Theory]
    [InlineData(70, new long[] { 3000, 4000 }, new long[] { 30, 40 })]
    [InlineData(100, new long[] { 1, 1, 1 }, new long[] { 34, 33, 33 })]
    [InlineData(5, new long[] { 0, 100 }, new long[] { 0, 5 })]
    [InlineData(5, new long[] { 0, 0 }, new long[] { 3, 2 })] // all free: by pieces
    [InlineData(0, new long[] { 10, 20 }, new long[] { 0, 0 })]
    public void Points_are_split_over_lines_by_their_net(long points, long[] nets, long[] expected) =>
        Assert.Equal(expected, RefundRules.Split(points, [.. nets.Select((n, i) => new OrderLineRequest($"{i}", "s", 1, n))]));

    [Theory] // earned 100 on a net of 99.99; refunded to date, taken back before -> now
    [InlineData(3333, 0, 33)]
    [InlineData(6666, 33, 33)]
    [InlineData(0, 0, 0)]
    [InlineData(3333, 40, 0)] // more was taken before: nothing comes back
    public void Clawback_is_cumulative(long refunded, long before, long expected)
    {
        var line = Line(0, 9999, 9999, refunded);
        Assert.Equal(expected, RefundRules.Clawback(Earning(100, 9999, reversed: before), [line]));
    }

    [Fact]
    public void The_refund_that_empties_the_order_takes_all_that_is_left() =>
        Assert.Equal(34, RefundRules.Clawback(Earning(100, 9999, reversed: 66), [Line(0, 9999, 3, 3)]));

    [Theory]
    [InlineData(null, 1, 0, 25)] // both lines: 50 of 200
    [InlineData("0", 1, 0, 50)] // the first alone: 50 of 100
    [InlineData("1", 1, 0, 0)]
    [InlineData("1", 0, 1, 50)]
    public void Only_eligible_lines_count(string? lines, long first, long second, long expected)
    {
        OrderLine[] order = [Line(0, 100, 2, first), Line(1, 100, 2, second)];
        Assert.Equal(expected, RefundRules.Clawback(Earning(100, lines is null ? 200 : 100, lines), order));
    }

    [Fact]
    public void Lines_worth_nothing_count_by_pieces() =>
        Assert.Equal(30, RefundRules.Clawback(Earning(120, 0), [Line(0, 0, 3, 1), Line(1, 0, 1, 0)]));

    [Fact]
    public void What_was_refunded_before_it_earned_does_not_count()
    {
        // Of 4 pieces one went back before; the other three earned 75 on 75.
        var earning = Earning(75, 75, netBefore: 25, piecesBefore: 1);
        Assert.Equal(0, RefundRules.Clawback(earning, [Line(0, 100, 4, 1)]));
        Assert.Equal(25, RefundRules.Clawback(earning, [Line(0, 100, 4, 2)]));
    }

    [Fact]
    public void An_earning_whose_lines_had_gone_back_before_is_left_alone() =>
        Assert.Equal(0, RefundRules.Clawback(Earning(10, 0, "0", piecesBefore: 1), [Line(0, 50, 1, 1), Line(1, 50, 1, 0)]));

    [Theory]
    [InlineData(OrderState.Placed, "order_not_paid")]
    [InlineData(OrderState.Cancelled, "order_cancelled")]
    public void Refunds_are_allowed_from_payment_on(OrderState state, string code) =>
        Assert.Equal(code, RefundRules.Plan(NewOrder(state), [Line(0, 100, 1, 0)], new("r", Full: true)).Problem!.Code);

    [Theory]
    [InlineData("0", 3, 0, "refund_above_sold")]
    [InlineData("9", 1, 0, "line_unknown")]
    [InlineData("0", 1, 501, "refund_above_sold")]
    [InlineData("1", 1, 0, "refund_above_sold")] // all of it went back already
    public void No_more_goes_back_than_was_sold(string id, long quantity, long shipping, string code)
    {
        var asked = new RefundRequest("r", [new(id, quantity)], Shipping: shipping);
        var planned = RefundRules.Plan(NewOrder(OrderState.Paid, 500), [Line(0, 100, 2, 0), Line(1, 50, 1, 1)], asked);
        Assert.Equal(code, planned.Problem!.Code);
    }

    [Theory] // shipping of 500, 200 of it back already
    [InlineData(null, 300)]
    [InlineData(100L, 100)]
    [InlineData(0L, 0)]
    public void A_full_refund_gives_back_what_is_left_of_the_shipping_unless_told(long? shipping, long expected)
    {
        var order = NewOrder(OrderState.PartlyRefunded, 500);
        order.ShippingRefunded = 200;
        var plan = RefundRules
            .Plan(order, [Line(0, 100, 2, 1), Line(1, 50, 1, 1)], new("r", Full: true, Shipping: shipping))
            .Value;
        Assert.Equal((expected, 50, 1), (plan.Shipping, plan.Net, plan.Lines.Count));
    }

    [Theory]
    [InlineData(true, 500, "order_refunded")] // shipping is all back
    [InlineData(false, 500, "order_refunded")]
    public void An_order_that_is_all_back_is_not_refunded_again(bool full, long shippingBack, string code)
    {
        var order = NewOrder(OrderState.Refunded, 500);
        order.ShippingRefunded = shippingBack;
        var asked = full ? new RefundRequest("r", Full: true) : new("r", [new("0", 1)]);
        Assert.Equal(code, RefundRules.Plan(order, [Line(0, 100, 1, 1)], asked).Problem!.Code);
    }

    [Fact]
    public void Shipping_alone_may_go_back_after_the_lines()
    {
        foreach (var asked in new RefundRequest[] { new("r", Shipping: 500), new("r", Full: true) })
            Assert.Equal(500, RefundRules.Plan(NewOrder(OrderState.Refunded, 500), [Line(0, 100, 1, 1)], asked).Value.Shipping);
    }

    /// <summary>A random order and a random way to give it back whole.</summary>
    public sealed record Way(long[] Nets, long[] Quantities, long Earned, long Points, int[] Picks);

    private static readonly Gen<Way> Ways =
        from count in Gen.Choose(1, 5)
        from nets in Gen.Choose(0, 20_000).ArrayOf(count)
        from quantities in Gen.Choose(1, 6).ArrayOf(count)
        from earned in Gen.Choose(1, 5_000)
        from points in Gen.Choose(0, 5_000)
        from picks in Gen.Choose(0, 1_000).ArrayOf(40)
        select new Way([.. nets.Select(n => n % 7 == 0 ? 0L : n)], [.. quantities.Select(q => (long)q)], earned, points, picks);

    [Fact]
    public void Any_way_of_giving_an_order_back_gives_back_exactly_all_of_it() => Cases.ForAll(Ways, GiveBack, 20_000, _ => []);

    private static void GiveBack(Way way)
    {
        var requests = way.Nets.Select((n, i) => new OrderLineRequest($"{i}", "s", way.Quantities[i], n)).ToList();
        var split = RefundRules.Split(way.Points, requests);
        Assert.Equal(way.Points, split.Sum());
        List<OrderLine> lines = [.. way.Nets.Select((n, i) => Line(i, n, way.Quantities[i], 0, split[i]))];
        var order = NewOrder(OrderState.Paid);
        var (earning, money, restored) = (Earning(way.Earned, way.Nets.Sum()), 0L, 0L);
        for (var step = 0; lines.Exists(l => l.RefundedQuantity < l.Quantity); step++)
        {
            var open = lines.Where(l => l.RefundedQuantity < l.Quantity).ToList();
            var pick = way.Picks[step % way.Picks.Length];
            var line = open[pick % open.Count];
            var pieces = 1 + (pick / 7 % (line.Quantity - line.RefundedQuantity));
            var before = lines.Sum(Back);
            var plan = RefundRules.Plan(order, lines, new($"r{step}", [new(line.LineId, pieces)])).Value;
            line.RefundedQuantity += pieces;
            var clawed = RefundRules.Clawback(earning, lines);
            Assert.True(plan.Net >= 0 && clawed >= 0 && lines.Sum(Back) >= before, "Nothing goes the other way.");
            (money, restored) = (money + plan.Net, restored + lines.Sum(Back) - before);
            earning.Reversed += clawed;
        }
        Assert.Equal((way.Nets.Sum(), way.Points, way.Earned), (money, restored, earning.Reversed));
    }

    // Four teas worth 240.00 when the coupon took 30.00 off them from 180.00 on, of which points paid a part later; a cup it does not look at.
    [Theory]
    [InlineData("24000,", 0, 1, 0)]
    [InlineData("24000,", 1, 1, 0)] // 180.00 is kept
    [InlineData("24000,", 2, 0, 1500)] // 120.00 is: what it took off the two that are kept
    [InlineData(null, 0, 1, 3000)] // a reported order: nobody said what points took off
    public void A_coupon_is_reclaimed_by_what_was_counted_when_it_was_applied(string? worth, long teas, long cups, long expected)
    {
        var terms = new TemplateBody("t", CouponKind.AmountOff, new(DaysAfterClaim: 1), AmountOff: 3000) with
        {
            Threshold = new(Amount: 18_000),
            Scope = new(Include: new(Skus: ["tea"])),
            PartialRefund = PartialRefund.Reclaim,
        };
        OrderLine[] lines = [LineOf("tea", 0, 12_000, 4, teas), LineOf("cup", 1, 8000, 1, cups)];

        Assert.Equal(expected, RefundRules.Reclaimed(terms, "3000,0", lines, worth));
        Assert.Equal(0, RefundRules.Reclaimed(terms with { PartialRefund = PartialRefund.Keep }, "3000,0", lines, worth));
    }

    private static OrderLine LineOf(string sku, int no, long net, long quantity, long refunded) =>
        new()
        {
            LineNo = no,
            LineId = $"{no}",
            Sku = sku,
            Net = net,
            Quantity = quantity,
            RefundedQuantity = refunded,
        };

    private static long Back(OrderLine line) => RefundRules.PointsOf(line.Points, line.Quantity, line.RefundedQuantity);

    private static Order NewOrder(OrderState state, long shipping = 0) =>
        new()
        {
            OrderNo = "A",
            Currency = "CNY",
            Content = [],
            State = state,
            Shipping = shipping,
        };

    private static OrderLine Line(int no, long net, long quantity, long refunded, long points = 0) =>
        new()
        {
            LineNo = no,
            LineId = $"{no}",
            Sku = "s",
            Net = net,
            Quantity = quantity,
            RefundedQuantity = refunded,
            Points = points,
        };

    private static OrderEarning Earning(
        long amount,
        long net,
        string? lines = null,
        long reversed = 0,
        long netBefore = 0,
        long piecesBefore = 0
    ) =>
        new()
        {
            Currency = "points",
            Amount = amount,
            Net = net,
            Lines = lines,
            Reversed = reversed,
            NetBefore = netBefore,
            PiecesBefore = piecesBefore,
        };
}
