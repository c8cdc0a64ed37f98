using System.Globalization;
using MemberCloud.Data;

namespace MemberCloud.Benchmarks;

/// <summary>A spend in a large ledger beside one in a small ledger: two databases of one cluster take turns under the same load.</summary>
public static class GrowthBenchmark
{
    private const int Lines = 10;
    private const int Small = 1000;
    private const int Asked = 100_000;
    private const int Rounds = 3;

    public static async Task RunAsync(Machine machine, int members, TimeSpan time)
    {
        await using var few = await machine.StartProductAsync(DatabaseOptions.Postgres, machine.Postgres("small"));
        await using var many = await machine.StartProductAsync(DatabaseOptions.Postgres, machine.Postgres("large"));
        var small = await ShopAsync(machine, few, "small", Small);
        var large = await ShopAsync(machine, many, "large", members);
        var (inSmall, inLarge) = (new List<Measured>(), new List<Measured>());
        await Load.WarmAsync(small.Port, 201, small.NextSpend);
        await Load.WarmAsync(large.Port, 201, large.NextSpend);
        for (var round = 0; round < Rounds; round++)
        {
            var one = await Load.DriveAsync(small.Port, 201, time / Rounds, small.NextSpend);
            var other = await Load.DriveAsync(large.Port, 201, time / Rounds, large.NextSpend);
            Console.WriteLine($"{Small * Lines, -12:N0} lines {one}");
            Console.WriteLine($"{members * (long)Lines, -12:N0} lines {other}");
            inSmall.Add(one);
            inLarge.Add(other);
        }
        var (before, after) = (Measured.Mean(inSmall), Measured.Mean(inLarge));
        Results.Append(
            "growth",
            [
                $"{Small * Lines:N0} / {Small:N0}",
                FormattableString.Invariant($"{before.PerSecond:N0}, {before.P50:0.0} / {before.P99:0.0}"),
                $"{members * (long)Lines:N0} / {members:N0}",
                FormattableString.Invariant($"{after.PerSecond:N0}, {after.P50:0.0} / {after.P99:0.0}"),
                (before.PerSecond / after.PerSecond).ToString("0.00", CultureInfo.InvariantCulture),
                (after.P50 / before.P50).ToString("0.00", CultureInfo.InvariantCulture),
            ]
        );
    }

    private static async Task<Shop> ShopAsync(Machine machine, Server host, string database, int members)
    {
        var key = await Shop.NewTenantAsync(host, machine.OperatorKey);
        Console.WriteLine($"filling {database}: {members:N0} members, {members * (long)Lines:N0} lines");
        await Fill.SpendersAsync(machine, database, members, Lines);
        var ids = Enumerable
            .Range(0, Math.Min(members, Asked))
            .Select(i => Fill.Member(1 + (int)(i * (long)members / Asked % members)));
        return Shop.Of(host, members <= Asked ? Enumerable.Range(1, members).Select(Fill.Member) : ids, key);
    }
}
