using System.Diagnostics;
using MemberCloud.Coupons;
using MemberCloud.Pricing;
using MemberCloud.Shared;

namespace MemberCloud.Benchmarks;

/// <summary>The best combination of coupons, without database or network: whole quotes of random carts by <see cref="PricingRules.Compute"/>, one after the other.</summary>
public static class CombinationBenchmark
{
    private static readonly string[] Categories = ["food", "toys", "home", "garden"];
    private static readonly DateTime Now = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    public static void Run(int carts)
    {
        // Until the compiler is done with it.
        Measure(carts / 2, 50, 12);
        var (small, large) = (Measure(carts, 50, 12), Measure(carts / 20, 1_000, 60));
        Results.Append("combination", [$"{carts:N0}", small, $"{carts / 20:N0}", large]);
    }

    private static string Measure(int carts, int lines, int coupons)
    {
        var times = new List<double>(carts);
        for (var seed = 1; seed <= carts; seed++)
        {
            var cart = Cart(new Random(seed), lines, coupons);
            var started = Stopwatch.GetTimestamp();
            var quote = PricingRules.Compute(cart);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (quote.IsOptimal != coupons <= 12)
                throw new InvalidOperationException($"Cart {seed} has other candidates than it should have.");
        }
        times.Sort();
        double At(double part) => times[(int)Math.Min(times.Count - 1, times.Count * part)];
        var said = FormattableString.Invariant($"{At(0.5):0.0} / {At(0.99):0.0} / {times[^1]:0.0}");
        Console.WriteLine($"{lines, 5} lines, {coupons} coupons: p50 / p99 / most {said} ms");
        return said;
    }

    /// <summary>Every coupon would apply alone; most go together, some are of one group, and one in twelve stands alone.</summary>
    private static QuoteInput Cart(Random random, int lines, int coupons)
    {
        QuoteLine[] cart = [.. Enumerable.Range(1, lines).Select(i => Line(random, i))];
        return new(
            cart,
            8_00,
            "app",
            null,
            [.. Enumerable.Range(1, coupons).Select(i => Coupon(random, i, cart))],
            AreNamed: false,
            new(100, 1_00, 5_000, 100, 0, random.Next(100_000)),
            null,
            Rounding.HalfAwayFromZero
        );
    }

    private static QuoteLine Line(Random random, int number)
    {
        var (quantity, price) = (random.Next(1, 6), random.Next(5_00, 300_00));
        var member = random.Next(2) == 0 ? null : new MemberPrice(Id(1), 1, "m", price * 9 / 10, random.Next(1, quantity + 1));
        // A line of each category at least: no coupon is without a line.
        return new($"{number}", $"s{number % 40}", quantity, price, Categories[number % Categories.Length], null, member);
    }

    private static QuoteCoupon Coupon(Random random, int number, QuoteLine[] cart)
    {
        var category = random.Next(2) == 0 ? null : Categories[random.Next(Categories.Length)];
        var mine = cart.Where(l => category is null || l.Category == category).ToList();
        var worth = mine.Sum(l => l.ListPrice * l.Quantity);
        var terms = new TemplateBody("t", (CouponKind)(number % 6), new(DaysAfterClaim: 1))
        {
            Scope = category is null ? null : new(new ScopePart(Categories: [category])),
            StackGroup = random.Next(6) == 0 ? "order" : null,
            Exclusive = random.Next(12) == 0,
            Priority = random.Next(-1, 2),
            Threshold = random.Next(2) == 0 ? null : new(Amount: worth / random.Next(2, 5)),
        };
        terms = terms.Kind switch
        {
            CouponKind.AmountOff => terms with { AmountOff = random.Next(1_00, 50_00) },
            CouponKind.PercentOff => terms with { PercentOffBp = random.Next(100, 3_000), MaxOff = 500_00 },
            CouponKind.FixedPrice => terms with { FixedPrice = 1_00, MaxPieces = random.Next(1, 20) },
            CouponKind.Gift => terms with { Gift = new([mine[0].Sku], 1) },
            CouponKind.NthItem => terms with { NthItem = new(random.Next(2, 4), 5_000, random.Next(1, 6)) },
            _ => terms,
        };
        return new(Id(number), Id(number), 1, Now.AddDays(random.Next(1, 4)), terms);
    }

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);
}
