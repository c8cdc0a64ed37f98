using MemberCloud.Coupons;
using MemberCloud.Pricing;

namespace MemberCloud.Rules.Tests.Pricing;

/// <summary>Some pieces of a line and what they cost together: of 3 that cost 10 the first costs 4, the others 3.</summary>
internal sealed class PlainRun(long count, long net)
{
    public long Count { get; } = count;
    public long Net { get; set; } = net;

    public IEnumerable<long> Prices()
    {
        for (var i = 0; i < Count; i++)
            yield return (Net / Count) + (i < Net % Count ? 1 : 0);
    }
}

internal sealed class PlainLine
{
    public PlainLine(QuoteLine asked)
    {
        Asked = asked;
        var cheaper = asked.Price?.Pieces ?? 0;
        if (cheaper > 0)
            Runs.Add(new(cheaper, cheaper * asked.Price!.UnitPrice));
        if (asked.Quantity > cheaper)
            Runs.Add(new(asked.Quantity - cheaper, (asked.Quantity - cheaper) * asked.ListPrice));
        Changed(List, new(AdjustmentSource.PriceList, asked.Price?.ListId, asked.Price?.Version, 0));
    }

    public QuoteLine Asked { get; }
    public List<PlainRun> Runs { get; } = [];
    public List<Adjustment> Adjustments { get; } = [];
    public long List => Asked.ListPrice * Asked.Quantity;

    public long Net
    {
        get
        {
            var net = 0L;
            foreach (var run in Runs)
                net += run.Net;
            return net;
        }
    }

    /// <summary>Writes down what the line lost, if it did.</summary>
    public void Changed(long before, Adjustment by)
    {
        if (Net != before)
            Adjustments.Add(by with { Amount = Net - before });
    }

    public void TakeOff(long amount)
    {
        var parts = PlainMoney.Split(amount, [.. Runs.Select(r => r.Net)]);
        for (var i = 0; i < parts.Count; i++)
            Runs[i].Net -= parts[i];
    }

    /// <summary>Pieces leave their run, whatever that run still has, and cost so much together from now on.</summary>
    public void Part(PlainRun run, List<long> prices, long left)
    {
        var at = Runs.IndexOf(run);
        Runs[at] = new(prices.Count, left);
        if (run.Count > prices.Count)
            Runs.Insert(at, new(run.Count - prices.Count, run.Net - prices.Sum()));
    }
}

internal sealed record PlainPiece(PlainLine Line, PlainRun Run, long Price);

/// <summary>Why a coupon does not apply.</summary>
internal sealed record PlainRefusal(Refusal Why, long? Missing = null);

/// <summary>A cart between two coupons. Whoever was refused something by it throws it away.</summary>
internal sealed class PlainCart(QuoteInput input)
{
    public List<PlainLine> Lines { get; } = [.. InOrder(input).Select(l => new PlainLine(l))];

    public long Shipping { get; private set; } = input.Shipping;
    public List<Adjustment> ShippingAdjustments { get; } = [];
    public List<AppliedCoupon> Applied { get; } = [];
    public long PointsUsable { get; private set; }
    public long PointsUsed { get; private set; }
    public long PointsDiscount { get; private set; }
    public long Goods => Lines.Sum(l => l.Net);
    public long Payable => Goods + Shipping;

    /// <summary>Shorter ids first: 2 comes before 10. Sorting lines that are in order already is what takes most of the time.</summary>
    private static IReadOnlyList<QuoteLine> InOrder(QuoteInput input)
    {
        static int Compare(QuoteLine a, QuoteLine b) =>
            a.Id.Length != b.Id.Length ? a.Id.Length - b.Id.Length : string.CompareOrdinal(a.Id, b.Id);
        return input.Lines.Zip(input.Lines.Skip(1)).All(pair => Compare(pair.First, pair.Second) < 0)
            ? input.Lines
            : [.. input.Lines.Order(Comparer<QuoteLine>.Create(Compare))];
    }

    /// <summary>Null when it applies.</summary>
    public PlainRefusal? Use(QuoteCoupon coupon)
    {
        var terms = coupon.Terms;
        var scoped = Lines.Where(l => PlainScope.Names(terms.Scope, l.Asked)).ToList();
        var from = terms.Kind == CouponKind.Gift ? [.. Lines.Where(l => terms.Gift!.Skus.Contains(l.Asked.Sku))] : scoped;
        if (!PlainScope.IsSoldAt(terms.Scope, input) || scoped.Count == 0 || from.Count == 0)
            return new(Refusal.OutOfScope);
        if (Lacks(terms, scoped) is { } missing)
            return new(Refusal.BelowThreshold, missing);

        var before = Lines.Select(l => l.Net).ToList();
        var (goods, shipping) = (Goods, Shipping);
        Apply(terms, from);
        var off = goods - Goods + shipping - Shipping;
        if (off == 0)
            return new(Refusal.OutOfScope);
        var by = new Adjustment(AdjustmentSource.Coupon, coupon.Id, coupon.TemplateVersion, 0);
        for (var i = 0; i < Lines.Count; i++)
            Lines[i].Changed(before[i], by);
        if (Shipping != shipping)
            ShippingAdjustments.Add(by with { Amount = Shipping - shipping });
        Applied.Add(new(coupon, off));
        return null;
    }

    private static long? Lacks(TemplateBody terms, List<PlainLine> scoped)
    {
        var pieces = scoped.Sum(l => l.Asked.Quantity);
        var needed = Math.Max(terms.Threshold?.Quantity ?? 0, terms.NthItem?.N ?? 0);
        if (pieces < needed)
            return needed - pieces;
        var worth = scoped.Sum(l => l.Net);
        return terms.Threshold?.Amount is { } least && worth < least ? least - worth : null;
    }

    private void Apply(TemplateBody terms, List<PlainLine> from)
    {
        var worth = from.Sum(l => l.Net);
        switch (terms.Kind)
        {
            case CouponKind.AmountOff:
                TakeOff(Math.Min(terms.AmountOff!.Value, worth), from);
                break;
            case CouponKind.PercentOff:
                var part = PlainMoney.Percent(worth, terms.PercentOffBp!.Value, input.Rounding);
                TakeOff(Math.Min(terms.MaxOff ?? part, part), from);
                break;
            case CouponKind.FixedPrice:
                Reprice([.. DearestFirst(from).Take(terms.MaxPieces ?? 1)], price => Math.Min(price, terms.FixedPrice!.Value));
                break;
            case CouponKind.Gift:
                Reprice([.. DearestFirst(from).Take(terms.Gift!.Quantity)], _ => 0);
                break;
            case CouponKind.NthItem:
                TakeOffEveryNth(terms.NthItem!, from);
                break;
            case CouponKind.FreeShipping:
                Shipping = 0;
                break;
        }
    }

    private static void TakeOff(long amount, List<PlainLine> from)
    {
        var parts = PlainMoney.Split(amount, [.. from.Select(l => l.Net)]);
        for (var i = 0; i < parts.Count; i++)
            from[i].TakeOff(parts[i]);
    }

    /// <summary>Of equal ones the earlier line's, the earlier run's: sorting keeps the order of what is equal.</summary>
    private static List<PlainPiece> DearestFirst(List<PlainLine> from) =>
        [
            .. from.SelectMany(l => l.Runs.SelectMany(r => r.Prices().Select(p => new PlainPiece(l, r, p))))
                .OrderByDescending(p => p.Price),
        ];

    private static void Reprice(List<PlainPiece> pieces, Func<long, long> priced)
    {
        foreach (var run in pieces.GroupBy(p => (p.Line, p.Run)))
            run.Key.Line.Part(run.Key.Run, [.. run.Select(p => p.Price)], run.Sum(p => priced(p.Price)));
    }

    private void TakeOffEveryNth(CouponNthItem nth, List<PlainLine> from)
    {
        var pieces = DearestFirst(from).Where((_, i) => (i + 1) % nth.N == 0).Take(nth.MaxRepeats).ToList();
        var off = PlainMoney.Percent(pieces.Sum(p => p.Price), nth.PercentOffBp, input.Rounding);
        var byLine = Lines.Select(l => pieces.Where(p => p.Line == l).ToList()).ToList();
        var ofLines = PlainMoney.Split(off, [.. byLine.Select(ps => ps.Sum(p => p.Price))]);
        for (var i = 0; i < Lines.Count; i++)
        {
            var byRun = Lines[i].Runs.Select(r => (Run: r, Prices: Prices(byLine[i], r))).Where(r => r.Prices.Count > 0).ToList();
            var ofRuns = PlainMoney.Split(ofLines[i], [.. byRun.Select(r => r.Prices.Sum())]);
            for (var j = 0; j < byRun.Count; j++)
                Lines[i].Part(byRun[j].Run, byRun[j].Prices, byRun[j].Prices.Sum() - ofRuns[j]);
        }

        static List<long> Prices(List<PlainPiece> pieces, PlainRun run) =>
            [.. pieces.Where(p => p.Run == run).Select(p => p.Price)];
    }

    /// <summary>Once all coupons are used.</summary>
    public void PayWithPoints()
    {
        if (input.Points is not { } terms)
            return;
        var money = Math.Min((long)((Int128)Goods * terms.CapBp / 10_000), Goods - terms.MinPayable);
        var worth = (long)((Int128)Math.Max(money, 0) * terms.Points / terms.Amount);
        PointsUsable = WithoutIdle(terms, Math.Min(terms.Available, worth) / terms.Step * terms.Step);
        PointsUsed = WithoutIdle(terms, Math.Min(input.Wish ?? PointsUsable, PointsUsable) / terms.Step * terms.Step);
        PointsDiscount = Worth(terms, PointsUsed);
        var before = Lines.Select(l => l.Net).ToList();
        TakeOff(PointsDiscount, Lines);
        for (var i = 0; i < Lines.Count; i++)
            Lines[i].Changed(before[i], new(AdjustmentSource.Points, null, null, 0));
    }

    /// <summary>Step by step fewer, as long as they are worth the same.</summary>
    private static long WithoutIdle(PointsMoney terms, long points)
    {
        while (points >= terms.Step && Worth(terms, points - terms.Step) == Worth(terms, points))
            points -= terms.Step;
        return points;
    }

    private static long Worth(PointsMoney terms, long points) => (long)((Int128)points * terms.Amount / terms.Points);
}
