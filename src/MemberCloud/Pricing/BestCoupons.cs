namespace MemberCloud.Pricing;

/// <summary>
/// Which coupons together cost least: the lowest payable; of those the fewest coupons; of those the ones that end soonest; of those the lowest ids. Every
/// combination is looked at that could still win: at each coupon the search asks what the rest could take off at most, and turns back where that is too little. Pure.
/// </summary>
internal sealed class BestCoupons
{
    /// <summary>Up to so many coupons the answer is certain.</summary>
    public const int Exact = 12;

    /// <summary>Coupons that are looked at: of more, those that take off most alone.</summary>
    public const int Most = 60;

    /// <summary>Places the search goes to when there are more than <see cref="Exact"/>, and lines it looks at there in all: a larger cart is searched in fewer places.</summary>
    private const int MostPlaces = 20_000;
    private const int MostLines = 1_000_000;

    private readonly IReadOnlyList<FittedCoupon> coupons;
    private readonly QuoteInput input;
    private readonly List<CartWork> carts;
    private readonly long[] goodsLeft;
    private readonly long[] shippingLeft;
    private readonly ulong[] ranks;
    private readonly int[] groups;
    private readonly bool[] taken;
    private int left;
    private Choice best;

    /// <summary>A combination: what it costs, how many coupons, and which; the lower the better.</summary>
    private readonly record struct Choice(long Payable, int Count, ulong Ends, ulong Set) : IComparable<Choice>
    {
        public int CompareTo(Choice other) => (Payable, Count, Ends).CompareTo((other.Payable, other.Count, other.Ends));
    }

    private BestCoupons(IReadOnlyList<FittedCoupon> coupons, CartWork untouched, QuoteInput input)
    {
        (this.coupons, this.input) = (coupons, input);
        carts = [untouched];
        groups = GroupsOf(coupons);
        taken = new bool[coupons.Count];
        left = coupons.Count <= Exact ? int.MaxValue : Math.Min(MostPlaces, MostLines / Math.Max(1, untouched.Nets.Length));
        goodsLeft = Potential(isShipping: false);
        shippingLeft = Potential(isShipping: true);
        // The later a coupon ends, the dearer it is to use it.
        ranks = new ulong[coupons.Count];
        foreach (
            var (rank, i) in Enumerable
                .Range(0, coupons.Count)
                .OrderBy(i => coupons[i].Coupon.EndsAt)
                .ThenBy(i => coupons[i].Coupon.Id)
                .Index()
        )
            ranks[i] = 1UL << rank;
        best = new(Payable(untouched), 0, 0, 0);
    }

    /// <summary>The best of coupons that each apply alone, in the order they are applied; and whether no combination costs less.</summary>
    public static (IReadOnlyList<FittedCoupon> Coupons, bool IsOptimal) Of(
        IReadOnlyList<FittedCoupon> candidates,
        CartWork untouched,
        QuoteInput input
    )
    {
        // Of several that do the same and cannot go together only the one to be used first can win.
        var different = candidates
            .GroupBy(c => (c.Coupon.TemplateId, c.Coupon.TemplateVersion))
            .Select(same => same.OrderBy(c => c.Coupon.EndsAt).ThenBy(c => c.Coupon.Id).First().Coupon.Id)
            .ToHashSet();
        var kept = candidates
            .Where(c => different.Contains(c.Coupon.Id))
            .OrderByDescending(c => c.Alone)
            .Take(Most)
            .Select(c => c.Coupon.Id)
            .ToHashSet();
        var search = new BestCoupons([.. candidates.Where(c => kept.Contains(c.Coupon.Id))], untouched, input);
        search.Run();
        return ([.. search.coupons.Where((_, i) => (search.best.Set >> i & 1) != 0)], kept.Count <= Exact);
    }

    private void Run()
    {
        for (var i = 0; i < coupons.Count; i++)
        {
            if (coupons[i].Coupon.Terms.Exclusive || coupons.Count > Exact)
                Try(i);
        }
        if (coupons.Count > Exact)
            Gather();
        Visit(0, new(0, 0, 0, 0));
    }

    /// <summary>One coupon alone.</summary>
    private void Try(int coupon)
    {
        var cart = CartAt(1);
        cart.Take(carts[0]);
        if (cart.Apply(coupons[coupon], input.Rounding) > 0)
            Offer(cart, new(0, 1, ranks[coupon], 1UL << coupon));
    }

    /// <summary>A good beginning where not all can be looked at: one coupon after the other, the one that takes off most first, is kept where it helps.</summary>
    private void Gather()
    {
        foreach (var i in Enumerable.Range(0, coupons.Count).OrderByDescending(i => coupons[i].Alone))
        {
            var set = best.Set | 1UL << i;
            var mine = Enumerable.Range(0, coupons.Count).Where(c => (set >> c & 1) != 0).ToList();
            if (mine.Exists(c => c != i && !GoTogether(c, i)))
                continue;
            var cart = CartAt(1);
            cart.Take(carts[0]);
            if (mine.TrueForAll(c => cart.Apply(coupons[c], input.Rounding) > 0))
                Offer(cart, new(0, mine.Count, mine.Aggregate(0UL, (sum, c) => sum | ranks[c]), set));
        }
    }

    private void Visit(int next, Choice sofar)
    {
        var cart = CartAt(sofar.Count);
        if (next == coupons.Count)
        {
            Offer(cart, sofar);
            return;
        }
        if (!MayWin(cart, next, sofar.Count) || left-- <= 0)
            return;
        var coupon = coupons[next];
        if (!coupon.Coupon.Terms.Exclusive && !taken[groups[next]])
        {
            taken[groups[next]] = true;
            var with = CartAt(sofar.Count + 1);
            with.Take(cart);
            if (with.Apply(coupon, input.Rounding) > 0)
                Visit(next + 1, new(0, sofar.Count + 1, sofar.Ends | ranks[next], sofar.Set | 1UL << next));
            taken[groups[next]] = false;
        }
        Visit(next + 1, sofar);
    }

    private void Offer(CartWork cart, Choice choice)
    {
        choice = choice with { Payable = Payable(cart) };
        if (choice.CompareTo(best) < 0)
            best = choice;
    }

    /// <summary>Whether what the coupons from a place on could take off at most is enough to win, or to win a tie.</summary>
    private bool MayWin(CartWork cart, int next, int count)
    {
        var goods = Math.Max(0, cart.Goods - goodsLeft[next]);
        // Points go by steps: cheaper goods may be paid with a step less.
        var least =
            goods
            - PointsRules.Worth(input.Points, PointsRules.Used(input.Points, input.Wish, goods))
            - (input.Points is { } points ? PointsRules.Worth(points, points.Step) + 1 : 0)
            // A perk may take all of it off.
            + (input.FreeShipping.Count > 0 ? 0 : Math.Max(0, cart.Shipping - shippingLeft[next]));
        return least < best.Payable || (least == best.Payable && count <= best.Count);
    }

    private long Payable(CartWork cart) =>
        cart.Goods - PointsRules.Worth(input.Points, PointsRules.Used(input.Points, input.Wish, cart.Goods)) + ShippingOf(cart);

    private long ShippingOf(CartWork cart) => input.FreeShippingOf(cart.Goods) is null ? cart.Shipping : 0;

    /// <summary>What the coupons from each place on could take off at most: of each group the one that takes off most alone.</summary>
    private long[] Potential(bool isShipping)
    {
        var (most, potential) = (new long[coupons.Count], new long[coupons.Count + 1]);
        for (var i = coupons.Count - 1; i >= 0; i--)
        {
            var coupon = coupons[i];
            potential[i] = potential[i + 1];
            if (coupon.Coupon.Terms.Exclusive || coupon.IsForShipping != isShipping)
                continue;
            var more = coupon.Alone - most[groups[i]];
            if (more <= 0)
                continue;
            most[groups[i]] += more;
            potential[i] += more;
        }
        return potential;
    }

    /// <summary>The groups of coupons as numbers below their count.</summary>
    private static int[] GroupsOf(IReadOnlyList<FittedCoupon> coupons)
    {
        var numbers = new Dictionary<object, int>();
        return [.. coupons.Select(c => numbers.TryAdd(c.Group, numbers.Count) ? numbers.Count - 1 : numbers[c.Group])];
    }

    private bool GoTogether(int one, int other) =>
        groups[one] != groups[other] && !coupons[one].Coupon.Terms.Exclusive && !coupons[other].Coupon.Terms.Exclusive;

    private CartWork CartAt(int depth)
    {
        while (carts.Count <= depth)
            carts.Add(carts[0].Copy());
        return carts[depth];
    }
}
