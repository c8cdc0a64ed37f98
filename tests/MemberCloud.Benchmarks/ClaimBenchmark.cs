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
        await using var host = await machine.StartProductAsync(
            DatabaseOptions.Postgres,
            machine.Postgres("membercloud"),
            settings: new() { ["Limits__TenantAtOnce"] = $"{Connections}", ["Limits__CredentialPercent"] = "100" }
        );
        var key = await Shop.NewTenantAsync(host, machine.OperatorKey);
        await Fill.MembersAsync(machine, "membercloud", Asking);
        await machine.PsqlAsync("postgres", "-c", "CREATE DATABASE ref");
        await machine.PsqlAsync("ref", "-f", Path.Combine(Places.Shared(), "bench", "limits", "setup.sql"));
        var (claims, rows) = (new List<double>(), new List<double>());
        // The first round warms up.
        for (var round = 0; round <= Rounds; round++)
        {
            var row = await machine.PgbenchAsync("ref", "claim-hot-row.sql", Connections, seconds);
            var claim = await DropAsync(host, key);
            Console.WriteLine(
                FormattableString.Invariant($"claims {claim:N0} a second, hot row {row:N0}, ratio {claim / row:0.0}")
            );
            if (round == 0)
                continue;
            claims.Add(claim);
            rows.Add(row);
        }
        Results.Append(
            "claims",
            [
                $"{Asking:N0} / {Stock:N0}",
                claims.Average().ToString("N0", CultureInfo.InvariantCulture),
                rows.Average().ToString("N0", CultureInfo.InvariantCulture),
                (claims.Average() / rows.Average()).ToString("0.0", CultureInfo.InvariantCulture),
                $"{host.PeakMegabytes} MB",
            ]
        );
    }

    /// <summary>Answers a second, given and refused. Exactly the stock is given out, or it throws.</summary>
    private static async Task<double> DropAsync(Server host, string key)
    {
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
        var answers = await Load.SendAllAsync(host.Port, asked, Connections, 201, 409);
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
