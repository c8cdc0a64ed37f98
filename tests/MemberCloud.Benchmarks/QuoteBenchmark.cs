using System.Text.RegularExpressions;
using MemberCloud.Data;

namespace MemberCloud.Benchmarks;

/// <summary>Quotes, and checkouts that become orders, over HTTP on PostgreSQL, beside the bare limits in the same minutes.</summary>
public static partial class QuoteBenchmark
{
    private const int Members = 5_000;
    private const int Rounds = 3;
    private static long orders;

    public static async Task RunAsync(Machine machine, TimeSpan time)
    {
        await using var reference = await machine.StartReferenceAsync();
        await using var host = await machine.StartProductAsync(DatabaseOptions.Postgres, machine.Postgres("membercloud"));
        var shop = await CartShop.OpenAsync(host, machine.OperatorKey, Members);
        var (select, commit) = (Connection.Get("/price"), Connection.Request("POST", "/post", null, null, ""));
        await Load.WarmAsync(reference.Port, 200, Always(select));
        await Load.WarmAsync(reference.Port, 200, Always(commit));
        await Load.WarmAsync(shop.Port, 200, shop.NextQuote);
        await Load.DriveAsync(shop.Port, TimeSpan.FromSeconds(10), (c, _, _) => BuyAsync(shop, c));
        // Not before all tables have rows: an empty one that was analyzed is thought to stay so. In service autovacuum does it within a minute.
        await machine.PsqlAsync("membercloud", "-c", "VACUUM ANALYZE");
        var round = time / Rounds;
        var (quotes, selects) = (new List<Measured>(), new List<Measured>());
        for (var i = 0; i < Rounds; i++)
        {
            selects.Add((await Load.DriveAsync(reference.Port, 200, round, Always(select))).Say("bare Kestrel one select"));
            var before = host.Cpu;
            quotes.Add((await Load.DriveAsync(shop.Port, 200, round, shop.NextQuote)).Say("quote"));
            var cpu = (host.Cpu - before).TotalMicroseconds / (quotes[^1].PerSecond * round.TotalSeconds);
            Console.WriteLine(FormattableString.Invariant($"{"", -26} host CPU {cpu:0} us a request"));
        }
        var half = Measured.Mean(quotes).PerSecond / 2;
        var paced = await Load.DriveAsync(
            shop.Port,
            round,
            async (connection, number, buffer) =>
                await connection.SendAsync(buffer.AsMemory(0, shop.NextQuote(number, buffer))) == 200,
            half
        );
        var calm = paced.Say("quote at half that");
        var (pairs, commits) = (new List<Measured>(), new List<Measured>());
        // The first round warms up.
        for (var i = 0; i <= Rounds; i++)
        {
            commits.Add((await Load.DriveAsync(reference.Port, 200, round, Always(commit))).Say("bare Kestrel one commit"));
            pairs.Add((await Load.DriveAsync(shop.Port, round, (c, _, _) => BuyAsync(shop, c))).Say("checkout + commit"));
        }
        Results.Append("quote", Cells(quotes, selects, calm, [.. pairs.Skip(1)], [.. commits.Skip(1)], host.PeakMegabytes));
    }

    /// <summary>A random member's cart is set aside and becomes an order.</summary>
    private static async Task<bool> BuyAsync(CartShop shop, Connection connection)
    {
        var (number, member) = (Interlocked.Increment(ref orders), shop.Members[Random.Shared.Next(shop.Members.Count)]);
        var checkout = Connection.Request("POST", "/v1/checkouts", shop.Key, $"chk-{number}", CartShop.Cart(member));
        if (await connection.SendAsync(checkout) != 201)
            return false;
        var id = CheckoutId().Match(connection.Answer).Value;
        var body = $$"""{"order_no":"bench-{{number}}"}""";
        return await connection.SendAsync(
            Connection.Request("POST", $"/v1/checkouts/{id}/commit", shop.Key, $"com-{number}", body)
        )
            is 200
                or 201;
    }

    private static Func<int, byte[], int> Always(byte[] request) =>
        (_, buffer) =>
        {
            request.CopyTo(buffer, 0);
            return request.Length;
        };

    private static string[] Cells(
        List<Measured> quotes,
        List<Measured> selects,
        Measured calm,
        List<Measured> pairs,
        List<Measured> commits,
        long megabytes
    )
    {
        var (quote, select, pair, commit) = (
            Measured.Mean(quotes),
            Measured.Mean(selects),
            Measured.Mean(pairs),
            Measured.Mean(commits)
        );
        return
        [
            quote.Rate,
            select.Rate,
            quote.Over(select),
            quote.Milliseconds,
            calm.Milliseconds,
            pair.Rate,
            commit.Rate,
            pair.Over(commit),
            pair.Milliseconds,
            $"{quote.Refused + calm.Refused} / {pair.Refused}",
            $"{megabytes} MB",
        ];
    }

    [GeneratedRegex("chk_[0-9a-z]{26}")]
    private static partial Regex CheckoutId();
}
