using MemberCloud.Data;

namespace MemberCloud.Benchmarks;

/// <summary>Points spend over HTTP, with all that belongs to it, beside the bare limits in the same minutes.</summary>
public static class SpendBenchmark
{
    private const int Members = 10_000;
    private const int Rounds = 3;

    public static async Task RunAsync(Machine machine, TimeSpan time)
    {
        var (product, bare, host) = await PostgresAsync(machine, time / Rounds);
        var (embedded, raw) = await SqliteAsync(machine, time / Rounds);
        Results.Append(
            "spend",
            [
                product.Rate,
                bare.Rate,
                product.Over(bare),
                product.Milliseconds,
                embedded.Rate,
                raw.Rate,
                embedded.Over(raw),
                embedded.Milliseconds,
                host,
            ]
        );
    }

    private static async Task<(Measured Product, Measured Bare, string Host)> PostgresAsync(Machine machine, TimeSpan round)
    {
        await using var reference = await machine.StartReferenceAsync();
        await using var host = await machine.StartProductAsync(DatabaseOptions.Postgres, machine.Postgres("membercloud"));
        var shop = await Shop.OpenAsync(host, machine.OperatorKey, Members);
        var post = Connection.Request("POST", "/post", null, null, "");
        int NextPost(int connection, byte[] buffer)
        {
            post.CopyTo(buffer, 0);
            return post.Length;
        }
        await Load.WarmAsync(reference.Port, 200, NextPost);
        await Load.WarmAsync(shop.Port, 201, shop.NextSpend);
        // The reference's tables are analyzed too; in service autovacuum does it within a minute.
        await machine.PsqlAsync("membercloud", "-c", "VACUUM ANALYZE");
        var (product, bare) = (new List<Measured>(), new List<Measured>());
        for (var i = 0; i < Rounds; i++)
        {
            bare.Add((await Load.DriveAsync(reference.Port, 200, round, NextPost)).Say("bare Kestrel one commit"));
            var before = host.Cpu;
            product.Add((await Load.DriveAsync(shop.Port, 201, round, shop.NextSpend)).Say("points spend, PostgreSQL"));
            Console.WriteLine(
                FormattableString.Invariant(
                    $"{"", -26} host CPU {(host.Cpu - before).TotalMicroseconds / (product[^1].PerSecond * round.TotalSeconds):0} us a request"
                )
            );
        }
        var said = FormattableString.Invariant($"ready {host.Ready.TotalSeconds:0.0} s, peak {host.PeakMegabytes} MB");
        Console.WriteLine($"{"host", -26} {said}");
        return (Sum("ratio, PostgreSQL", product, bare), Measured.Mean(bare), said);
    }

    private static async Task<(Measured Product, Measured Raw)> SqliteAsync(Machine machine, TimeSpan round)
    {
        await using var host = await machine.StartProductAsync(
            DatabaseOptions.Sqlite,
            $"Data Source={Path.Combine(machine.Folder, "membercloud.db")}"
        );
        var shop = await Shop.OpenAsync(host, machine.OperatorKey, Members);
        await Load.WarmAsync(shop.Port, 201, shop.NextSpend);
        var (product, raw) = (new List<Measured>(), new List<Measured>());
        for (var i = 0; i < Rounds; i++)
        {
            raw.Add(SqliteReference.Drive(Path.Combine(machine.Folder, $"raw-{i}.db"), round).Say("raw SQLite posting"));
            product.Add((await Load.DriveAsync(shop.Port, 201, round, shop.NextSpend)).Say("points spend, SQLite"));
        }
        return (Sum("ratio, SQLite", product, raw), Measured.Mean(raw));
    }

    private static Measured Sum(string what, List<Measured> product, List<Measured> limit)
    {
        Console.WriteLine($"{what, -26} {Measured.Mean(product).Over(Measured.Mean(limit)), 9}");
        return Measured.Mean(product);
    }
}
