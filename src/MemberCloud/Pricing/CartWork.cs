using MemberCloud.Coupons;
using MemberCloud.Shared;

namespace MemberCloud.Pricing;

/// <summary>
/// A cart while coupons are applied to it: runs of equal pieces, line by line in the order of the lines, and the shipping. Copied, not shared, by whoever tries
/// something. All amounts are minor units.
/// </summary>
internal sealed class CartWork
{
    private readonly long[] nets;
    private int[] lines;
    private long[] counts;
    private long[] values;
    private int runs;
    private long[] weights = [];
    private long[] parts = [];
    private long[]? offs;

    private CartWork(int lineCount, int room)
    {
        nets = new long[lineCount];
        (lines, counts, values) = (new int[room], new long[room], new long[room]);
    }

    /// <summary>What the shipping still costs.</summary>
    public long Shipping { get; private set; }

    /// <summary>What the goods cost now.</summary>
    public long Goods { get; private set; }

    /// <summary>What each line costs now.</summary>
    public ReadOnlySpan<long> Nets => nets;

    /// <summary>Lines at the member's prices.</summary>
    public static CartWork Of(IReadOnlyList<QuoteLine> lines, long shipping)
    {
        var cart = new CartWork(lines.Count, (lines.Count * 2) + 8) { Shipping = shipping };
        for (var i = 0; i < lines.Count; i++)
        {
            var atMembers = lines[i].Price is { } price ? Math.Min(price.Pieces, lines[i].Quantity) : 0;
            if (atMembers > 0)
                cart.Add(i, atMembers, atMembers * lines[i].Price!.UnitPrice);
            if (lines[i].Quantity > atMembers)
                cart.Add(i, lines[i].Quantity - atMembers, (lines[i].Quantity - atMembers) * lines[i].ListPrice);
        }
        return cart;
    }

    public CartWork Copy()
    {
        var copy = new CartWork(nets.Length, lines.Length);
        copy.Take(this);
        return copy;
    }

    /// <summary>Becomes what another cart is.</summary>
    public void Take(CartWork other)
    {
        if (lines.Length < other.lines.Length)
            (lines, counts, values) = (new int[other.lines.Length], new long[other.lines.Length], new long[other.lines.Length]);
        other.nets.CopyTo(nets, 0);
        Array.Copy(other.lines, lines, other.runs);
        Array.Copy(other.counts, counts, other.runs);
        Array.Copy(other.values, values, other.runs);
        (runs, Shipping, Goods) = (other.runs, other.Shipping, other.Goods);
    }

    /// <summary>Takes off what a coupon does now; 0 when it does not apply to what is left.</summary>
    public long Apply(FittedCoupon coupon, Rounding rounding)
    {
        if (Refuses(coupon) is not null)
            return 0;
        var terms = coupon.Coupon.Terms;
        return terms.Kind switch
        {
            CouponKind.AmountOff => TakeOff(coupon.Fit.Lines, Math.Min(terms.AmountOff!.Value, WorthOf(coupon.Fit.Lines))),
            CouponKind.PercentOff => TakeOff(coupon.Fit.Lines, PercentOff(terms, WorthOf(coupon.Fit.Lines), rounding)),
            CouponKind.FreeShipping => ShipFree(),
            CouponKind.FixedPrice or CouponKind.Gift or CouponKind.NthItem => TakeOff(
                PieceRules.Chosen(terms, PiecesOf(coupon.Fit.Lines), rounding)
            ),
        };
    }

    /// <summary>Why a coupon does not apply to what is left; null = its scope and threshold are met.</summary>
    public (Refusal Refusal, long? Missing)? Refuses(FittedCoupon coupon) =>
        coupon.Fit.Refuses(coupon.Coupon.Terms, i => nets[i]);

    /// <summary>Takes an amount off all lines, by what each costs.</summary>
    public void TakeOffAll(long amount) => TakeOff([.. Enumerable.Range(0, nets.Length)], amount);

    private static long PercentOff(TemplateBody terms, long worth, Rounding rounding) =>
        Math.Min(terms.MaxOff ?? long.MaxValue, Money.Percent(worth, terms.PercentOffBp!.Value, rounding));

    private long WorthOf(IReadOnlyList<int> which)
    {
        var sum = 0L;
        foreach (var line in which)
            sum += nets[line];
        return sum;
    }

    /// <summary>Takes the shipping off: how much.</summary>
    public long ShipFree()
    {
        var off = Shipping;
        Shipping = 0;
        return off;
    }

    /// <summary>Over lines by what they cost, then over each line's runs by what those cost.</summary>
    private long TakeOff(IReadOnlyList<int> which, long amount)
    {
        if (amount == 0)
            return 0;
        var off = offs ??= new long[nets.Length];
        Array.Clear(off);
        var (worth, split) = Room(which.Count);
        for (var i = 0; i < which.Count; i++)
            worth[i] = nets[which[i]];
        Allocation.Split(amount, worth, split);
        for (var i = 0; i < which.Count; i++)
            off[which[i]] = split[i];
        for (var run = 0; run < runs; )
        {
            var (line, end) = (lines[run], run + 1);
            while (end < runs && lines[end] == line)
                end++;
            TakeOffRuns(run, end, off[line]);
            run = end;
        }
        return amount;
    }

    private void TakeOffRuns(int from, int to, long amount)
    {
        if (amount == 0)
            return;
        var (worth, split) = Room(to - from);
        values.AsSpan(from, to - from).CopyTo(worth);
        Allocation.Split(amount, worth, split);
        for (var run = from; run < to; run++)
            Change(run, -split[run - from]);
    }

    /// <summary>What was taken off some pieces; these become runs of their own.</summary>
    private long TakeOff(IReadOnlyList<ChosenPieces> chosen)
    {
        var sum = 0L;
        // From the last run to the first: what is put in moves only what was done.
        foreach (var pieces in chosen.OrderByDescending(c => c.Run))
        {
            sum += pieces.Off;
            if (pieces.Count == counts[pieces.Run])
            {
                Change(pieces.Run, -pieces.Off);
                continue;
            }
            Insert(pieces.Run + 1, lines[pieces.Run], pieces.Count, pieces.Worth - pieces.Off);
            counts[pieces.Run] -= pieces.Count;
            values[pieces.Run] -= pieces.Worth;
            nets[lines[pieces.Run]] -= pieces.Off;
            Goods -= pieces.Off;
        }
        return sum;
    }

    /// <summary>Equal pieces of some lines: of a run whose price does not come out even some cost one more.</summary>
    private List<EqualPieces> PiecesOf(IReadOnlyList<int> which)
    {
        var found = new List<EqualPieces>();
        // Both are in the order of the lines.
        for (var (run, next) = (0, 0); run < runs; run++)
        {
            while (next < which.Count && which[next] < lines[run])
                next++;
            if (next == which.Count)
                break;
            if (which[next] != lines[run])
                continue;
            var (price, dearer) = Math.DivRem(values[run], counts[run]);
            if (dearer > 0)
                found.Add(new(run, lines[run], price + 1, dearer));
            found.Add(new(run, lines[run], price, counts[run] - dearer));
        }
        return found;
    }

    private void Change(int run, long by)
    {
        values[run] += by;
        nets[lines[run]] += by;
        Goods += by;
    }

    private void Add(int line, long count, long value)
    {
        (lines[runs], counts[runs], values[runs]) = (line, count, value);
        runs++;
        nets[line] += value;
        Goods += value;
    }

    private void Insert(int at, int line, long count, long value)
    {
        if (runs == lines.Length)
        {
            Array.Resize(ref lines, runs * 2);
            Array.Resize(ref counts, runs * 2);
            Array.Resize(ref values, runs * 2);
        }
        Array.Copy(lines, at, lines, at + 1, runs - at);
        Array.Copy(counts, at, counts, at + 1, runs - at);
        Array.Copy(values, at, values, at + 1, runs - at);
        (lines[at], counts[at], values[at]) = (line, count, value);
        runs++;
    }

    private (ArraySegment<long> Worth, ArraySegment<long> Split) Room(int size)
    {
        if (weights.Length < size)
            (weights, parts) = (new long[size], new long[size]);
        return (new(weights, 0, size), new(parts, 0, size));
    }
}
