using MemberCloud.Coupons;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Pricing;

/// <summary>Carts that a seed makes again: few lines often, prices of nothing and of odd cents, thresholds near what the cart has.</summary>
internal sealed class RandomCarts(int seed)
{
    private static readonly string[] Skus = ["s1", "s2", "s3", "s4", "s5", "s6"];
    private static readonly string[] Categories = ["food", "toys", "home"];
    private static readonly string[] Brands = ["acme", "bolt"];
    private static readonly string[] Channels = ["app", "web", "store"];
    private static readonly string[] Stores = ["north", "south"];
    private static readonly DateTime Now = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Random random = new(seed);

    /// <summary>A cart with any number of coupons up to so many.</summary>
    public QuoteInput UpTo(int coupons) => Fill(Cart(), random.Next(coupons + 1));

    /// <summary>A cart with so many coupons of which each would apply alone.</summary>
    public QuoteInput Candidates(int count)
    {
        var cart = Cart();
        var found = new List<QuoteCoupon>();
        while (found.Count < count)
        {
            var more = Fill(cart, count).Coupons.Where(c => PlainQuote.AppliesAlone(cart, c)).Take(count - found.Count).ToList();
            // Nothing can be taken off a cart that costs nothing.
            if (more.Count == 0)
                (cart, found) = (Cart(), []);
            found.AddRange(more);
        }
        return cart with { Coupons = found };
    }

    /// <summary>The same cart, asked for in another order.</summary>
    public QuoteInput Shuffled(QuoteInput cart)
    {
        QuoteLine[] lines = [.. cart.Lines];
        QuoteCoupon[] coupons = [.. cart.Coupons];
        random.Shuffle(lines);
        random.Shuffle(coupons);
        return cart with { Lines = lines, Coupons = coupons };
    }

    private QuoteInput Cart()
    {
        var count = random.Next(10) switch
        {
            < 6 => Between(1, 4),
            < 9 => Between(5, 12),
            _ => Between(13, 50),
        };
        var ids = Enumerable.Range(1, count).Select(i => In(2) ? $"{i}" : $"l{i}").ToArray();
        random.Shuffle(ids);
        QuoteLine[] lines = [.. ids.Select(Line)];
        return new(
            lines,
            In(3) ? 0 : Between(1, 3_000),
            In(3) ? null : One(Channels),
            In(2) ? null : One(Stores),
            [],
            In(2),
            In(3) ? null : Points(lines),
            Wish(),
            In(2) ? Rounding.HalfEven : Rounding.HalfAwayFromZero
        );
    }

    private QuoteLine Line(string id)
    {
        var quantity = In(2) ? 1 : Between(1, 12);
        var price = Price();
        var lower = One<long>(price, 0, price / 2, price * 9 / 10, Between(0, (int)Math.Min(price, 1_000)));
        var member = new MemberPrice(
            NewId(),
            Between(1, 9),
            "m",
            Math.Min(lower, price),
            In(2) ? quantity : Between(0, quantity)
        );
        var category = In(4) ? null : One(Categories);
        return new(id, One(Skus), quantity, price, category, In(3) ? null : One(Brands), In(3) ? member : null);
    }

    private long Price() =>
        random.Next(20) switch
        {
            0 => 0,
            < 5 => Between(1, 9),
            < 11 => Between(10, 999),
            < 18 => Between(1_000, 99_999),
            18 => Between(100_000, 10_000_000),
            _ => Between(1, 1_000_000) * 99_991L,
        };

    private PointsMoney Points(QuoteLine[] lines)
    {
        var goods = lines.Sum(l => l.ListPrice * l.Quantity);
        return new(
            One(1, 3, 7, 100),
            One(1, 1, 2, 3, 100),
            One(0, 1, 1_000, 3_333, 5_000, 10_000, 10_000),
            One(1, 1, 7, 10, 100),
            One(0, 0, 1, goods / 2, goods * 9 / 10, goods + 1),
            One(0, Between(1, 500), Between(1, 50_000), goods, 1_000_000_000)
        );
    }

    private long? Wish() =>
        random.Next(4) switch
        {
            0 => 0,
            1 => Between(1, 20_000),
            _ => null,
        };

    /// <summary>Coupons of fewer templates, so that some are of one; of some templates there are two versions.</summary>
    private QuoteInput Fill(QuoteInput cart, int count)
    {
        var templates = new List<(Guid Id, int Version, TemplateBody Terms)>();
        for (var i = 0; i <= count * 3 / 4; i++)
            templates.Add(i > 0 && In(4) ? (templates[^1].Id, i + 1, Terms(cart)) : (NewId(), 1, Terms(cart)));
        return cart with { Coupons = [.. Enumerable.Range(0, count).Select(_ => Coupon(One([.. templates])))] };
    }

    private QuoteCoupon Coupon((Guid Id, int Version, TemplateBody Terms) template) =>
        new(NewId(), template.Id, template.Version, Now.AddDays(Between(1, 3)), template.Terms);

    private TemplateBody Terms(QuoteInput cart)
    {
        var kind = One(Enum.GetValues<CouponKind>());
        var scope = Scope(cart);
        var inScope = cart.Lines.Where(l => PlainScope.Names(scope, l)).ToList();
        var worth = inScope.Sum(Worth);
        var terms = new TemplateBody("t", kind, new(DaysAfterClaim: 1))
        {
            Level = In(2) ? null : One(Enum.GetValues<CouponLevel>()),
            Scope = scope,
            StackGroup = One(null, null, null, "order", "a", "b"),
            Exclusive = In(8),
            Priority = One(0, 0, 0, 1, -1, 7),
            Threshold = random.Next(4) switch
            {
                0 => new(Amount: Math.Max(1, Near(worth))),
                1 => new(Quantity: Math.Max(1, Between(-2, 1) + inScope.Sum(l => l.Quantity))),
                _ => null,
            },
        };
        return kind switch
        {
            CouponKind.AmountOff => terms with { AmountOff = Math.Max(1, In(2) ? Near(worth) / 3 : Between(1, 2_000)) },
            CouponKind.PercentOff => terms with { PercentOffBp = BasisPoints(), MaxOff = In(2) ? null : Math.Max(1, worth / 7) },
            CouponKind.FixedPrice => terms with { FixedPrice = FixedPrice(inScope), MaxPieces = In(2) ? null : Between(1, 6) },
            CouponKind.Gift => terms with { Gift = new(Some(Skus), Between(1, 4)) },
            CouponKind.NthItem => terms with { NthItem = new(Between(2, 4), BasisPoints(), Between(1, 5)) },
            _ => terms,
        };
    }

    private CouponScope? Scope(QuoteInput cart)
    {
        if (In(2))
            return null;
        var include = In(3) ? null : Part(cart);
        return new(include, In(3) ? Part(cart) : null);
    }

    /// <summary>What a line of the cart is, and perhaps something else.</summary>
    private ScopePart Part(QuoteInput cart)
    {
        var line = One([.. cart.Lines]);
        return random.Next(6) switch
        {
            0 or 1 => new(Skus: [line.Sku, One(Skus)]),
            2 => new(Categories: [line.Category ?? "food", One(Categories)]),
            3 => new(Brands: [line.Brand ?? "acme"], Categories: In(2) ? [] : Some(Categories)),
            4 => new(Channels: [cart.Channel ?? "app", One(Channels)], Skus: In(2) ? Some(Skus) : null),
            _ => new(Stores: Some(Stores), Brands: In(2) ? Some(Brands) : null),
        };
    }

    private static long Worth(QuoteLine l) =>
        (l.ListPrice * l.Quantity) - (((l.ListPrice - l.Price?.UnitPrice) * l.Price?.Pieces) ?? 0);

    private long Near(long worth) => (worth * One(30, 50, 80, 95, 100, 100, 104) / 100) + Between(-1, 1);

    private int BasisPoints() => One(1_000, 5_000, 10_000, 1, Between(1, 10_000));

    private long FixedPrice(List<QuoteLine> lines) => lines.Count == 0 ? 1 : One([.. lines]).ListPrice * Between(0, 9) / 10;

    private string[] Some(string[] names) => [.. random.GetItems(names, Between(1, 3)).Distinct()];

    private Guid NewId()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new(bytes);
    }

    private bool In(int times) => random.Next(times) == 0;

    private int Between(int least, int most) => random.Next(least, most + 1);

    private T One<T>(params T[] of) => of[random.Next(of.Length)];
}
