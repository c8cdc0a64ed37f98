using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MemberCloud.Data;

namespace MemberCloud.Benchmarks;

/// <summary>A drop: members ask once each for one template's stock, beside pgbench on one hot row in the same minutes.</summary>
public static partial class ClaimBenchmark
{
    private const int Connections = 64;
    private const int Stock = 10_000;
    private const int Asking = 20_000;
    private const int Rounds = 3;

    public static async Task RunAsync(Machine machine, int seconds)
    {
        await using var host = await ServingAsync(machine, DatabaseOptions.Postgres, machine.Postgres("membercloud"));
        var key = await Shop.NewTenantAsync(host, machine.OperatorKey);
        await Fill.MembersAsync(machine, "membercloud", Asking);
        await machine.PsqlAsync("postgres", "-c", "CREATE DATABASE ref");
        await machine.PsqlAsync("ref", "-f", Path.Combine(Places.Shared(), "bench", "limits", "setup.sql"));
        var (claims, rows) = (new List<double>(), new List<double>());
        // The first round warms up.
        for (var round = 0; round <= Rounds; round++)
        {
            var row = await machine.PgbenchAsync("ref", "claim-hot-row.sql", Connections, seconds);
            var claim = await DropAsync([host], key);
            Say("PostgreSQL", claim, row);
            if (round == 0)
                continue;
            claims.Add(claim);
            rows.Add(row);
        }
        var two = await OnTwoAsync(machine, host, key);
        var sqlite = await OnSqliteAsync(machine);
        Results.Append(
            "claims",
            [
                $"{Asking:N0} / {Stock:N0}",
                claims.Average().ToString("N0", CultureInfo.InvariantCulture),
                rows.Average().ToString("N0", CultureInfo.InvariantCulture),
                (claims.Average() / rows.Average()).ToString("0.0", CultureInfo.InvariantCulture),
                $"{host.PeakMegabytes} MB",
                two.ToString("N0", CultureInfo.InvariantCulture),
                sqlite.ToString("N0", CultureInfo.InvariantCulture),
            ]
        );
    }

    private static Task<Server> ServingAsync(Machine machine, string engine, string connection) =>
        machine.StartProductAsync(
            engine,
            connection,
            settings: new() { ["Limits__TenantAtOnce"] = $"{Connections}", ["Limits__CredentialPercent"] = "100" }
        );

    private static async Task<double> OnTwoAsync(Machine machine, Server host, string key)
    {
        await using var second = await ServingAsync(machine, DatabaseOptions.Postgres, machine.Postgres("membercloud"));
        await DropAsync([host, second], key);
        return Say("two hosts", await DropAsync([host, second], key), null);
    }

    private static async Task<double> OnSqliteAsync(Machine machine)
    {
        var file = $"Data Source={Path.Combine(machine.Folder, "claims.db")}";
        string key;
        await using (var first = await machine.StartProductAsync(DatabaseOptions.Sqlite, file))
            key = await Shop.NewTenantAsync(first, machine.OperatorKey);
        SqliteFill.Tagged(file, Asking);
        await using var host = await ServingAsync(machine, DatabaseOptions.Sqlite, file);
        await DropAsync([host], key);
        return Say("SQLite", await DropAsync([host], key), null);
    }

    private static double Say(string where, double claims, double? row)
    {
        var beside = row is { } hot ? FormattableString.Invariant($", hot row {hot:N0}, ratio {claims / hot:0.0}") : "";
        Console.WriteLine(FormattableString.Invariant($"{where}: claims {claims:N0} a second{beside}"));
        return claims;
    }

    /// <summary>Answers a second, given and refused. Exactly the stock is given out, or it throws.</summary>
    private static async Task<double> DropAsync(IReadOnlyList<Server> hosts, string key)
    {
        var host = hosts[0];
        var template = $$"""
            { "name": "drop", "kind": "amount_off", "amount_off": 500, "stock": {{Stock}}, "limits": { "per_member": 1 }, "validity": { "days_after_claim": 7 } }
            """;
        var made = await Load.SendAllAsync(
            host.Port,
            [Connection.Request("POST", "/v1/coupon-templates", key, null, template)],
            201
        );
        var id = TemplateId().Match(made[0]).Value;
        await Load.SendAllAsync(
            host.Port,
            [Connection.Request("POST", $"/v1/coupon-templates/{id}/activate", key, null, "{}")],
            200
        );
        var asked = Enumerable
            .Range(1, Asking)
            .Select(n => $$"""{"member_id":"{{Fill.Member(n)}}"}""")
            .Select(body => Connection.Request("POST", $"/v1/coupon-templates/{id}/claim", key, null, body))
            .ToList();
        var since = Stopwatch.GetTimestamp();
        var parts = await Task.WhenAll(
            hosts.Select(
                (to, i) =>
                    Load.SendAllAsync(
                        to.Port,
                        [.. asked.Where((_, n) => n % hosts.Count == i)],
                        Connections / hosts.Count,
                        201,
                        409
                    )
            )
        );
        var answers = parts.SelectMany(part => part).ToList();
        var took = Stopwatch.GetElapsedTime(since);
        var given = answers.Count(a => a.Contains("201 Created", StringComparison.Ordinal));
        var refused = answers.Count(a => a.Contains("\"used_up\"", StringComparison.Ordinal));
        if ((given, refused) != (Stock, Asking - Stock))
            throw new InvalidOperationException($"{given} were given out, {refused} refused.");
        return Asking / took.TotalSeconds;
    }

    [GeneratedRegex("tpl_[0-9a-z]{26}")]
    private static partial Regex TemplateId();
}
