using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MemberCloud.Data;
using MemberCloud.Shared;

namespace MemberCloud.Benchmarks;

/// <summary>A batch for many members and its undoing, undisturbed, beside SQL that writes the same rows in batches with nobody deciding anything.</summary>
public static partial class IssueBenchmark
{
    private const int Rounds = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Coupons a second.</summary>
    private sealed record Round(double Issued, double Undone);

    public static async Task RunAsync(Machine machine, int members)
    {
        var postgres = machine.Postgres("membercloud");
        string key;
        await using (var first = await machine.StartProductAsync(DatabaseOptions.Postgres, postgres))
            key = await Shop.NewTenantAsync(first, machine.OperatorKey);
        await Fill.TaggedAsync(machine, "membercloud", members);
        await machine.PsqlAsync("postgres", "-c", "CREATE DATABASE bare TEMPLATE membercloud");
        await machine.PsqlAsync("bare", "-c", IssueReference.Procedure);
        await SweepBenchmark.OnlyAsync(machine, "coupons.issue");
        var (rounds, bare, said) = (new List<Round>(), new List<double>(), "");
        await using (var host = await WorkingAsync(machine, DatabaseOptions.Postgres, postgres))
        {
            // The first round warms up.
            for (var round = 0; round <= Rounds; round++)
            {
                bare.Add(await BareAsync(machine, members));
                rounds.Add(Say("PostgreSQL", await RoundAsync(host, key, members), bare[^1]));
                await machine.PsqlAsync("membercloud", "-c", "VACUUM ANALYZE");
            }
            said = $"{host.PeakMegabytes} MB";
        }
        var sqlite = await SqliteAsync(machine, members);
        var (issued, undone, sql) = (
            rounds.Skip(1).Average(r => r.Issued),
            rounds.Skip(1).Average(r => r.Undone),
            bare.Skip(1).Average()
        );
        Results.Append(
            "issue",
            [
                $"{members:N0}",
                Number(issued),
                Number(sql),
                (issued / sql).ToString("0.00", CultureInfo.InvariantCulture),
                Number(undone),
                said,
                Number(sqlite.Issued),
                Number(sqlite.Undone),
            ]
        );
    }

    private static async Task<Round> SqliteAsync(Machine machine, int members)
    {
        var file = $"Data Source={Path.Combine(machine.Folder, "issue.db")}";
        string key;
        await using (var first = await machine.StartProductAsync(DatabaseOptions.Sqlite, file))
            key = await Shop.NewTenantAsync(first, machine.OperatorKey);
        SqliteFill.Tagged(file, members);
        SqliteFill.Only(file, "coupons.issue");
        await using var host = await WorkingAsync(machine, DatabaseOptions.Sqlite, file);
        Say("SQLite", await RoundAsync(host, key, members), null);
        return Say("SQLite", await RoundAsync(host, key, members), null);
    }

    private static Task<Server> WorkingAsync(Machine machine, string engine, string connection) =>
        machine.StartProductAsync(engine, connection, "all", new() { ["Jobs__TickSeconds"] = "1" });

    /// <summary>A new template for everybody with the tag, then all of it taken back.</summary>
    private static async Task<Round> RoundAsync(Server host, string key, int members)
    {
        const string Template =
            """{ "name": "bulk", "kind": "amount_off", "amount_off": 500, "limits": { "per_member": 1 }, "validity": { "days_after_claim": 7 } }""";
        var id = TemplateId().Match(await PostAsync(host, key, "/v1/coupon-templates", Template, 201)).Value;
        await PostAsync(host, key, $"/v1/coupon-templates/{id}/activate", "{}", 200);
        var begun = await PostAsync(
            host,
            key,
            $"/v1/coupon-templates/{id}/issue",
            """{ "tag": "tea", "reason": "bench" }""",
            202,
            $"{Ids.New()}"
        );
        var batch = BatchId().Match(begun).Value;
        var issued = await FollowAsync(host, key, batch, "issued", "done", members);
        await PostAsync(host, key, $"/v1/batches/{batch}/undo", """{ "reason": "bench" }""", 202, $"{Ids.New()}");
        return new(issued, await FollowAsync(host, key, batch, "undone", "undone", members));
    }

    /// <summary>Coupons a second from the first step seen to the end: without the wait for the next look at the due list.</summary>
    private static async Task<double> FollowAsync(Server host, string key, string batch, string what, string state, int members)
    {
        var (request, started) = (Connection.Request("GET", $"/v1/batches/{batch}", key, null, ""), Stopwatch.GetTimestamp());
        using var connection = await Connection.OpenAsync(host.Port);
        for (var (since, first) = (0L, 0L); Stopwatch.GetElapsedTime(started) < Patience; await Task.Delay(10))
        {
            if (await connection.SendAsync(request) != 200)
                throw new InvalidOperationException(connection.Answer);
            var number = long.Parse(
                Regex.Match(connection.Answer, $"\"{what}\":(\\d+)").Groups[1].Value,
                CultureInfo.InvariantCulture
            );
            if (number > 0 && since == 0)
                (since, first) = (Stopwatch.GetTimestamp(), number);
            if (!connection.Answer.Contains($"\"state\":\"{state}\"", StringComparison.Ordinal))
                continue;
            return number == members
                ? (members - first) / Stopwatch.GetElapsedTime(since).TotalSeconds
                : throw new InvalidOperationException($"{number} of {members}: {connection.Answer}");
        }
        throw new InvalidOperationException("The batch does not come to its end.");
    }

    private static async Task<double> BareAsync(Machine machine, int members)
    {
        var since = Stopwatch.GetTimestamp();
        await machine.PsqlAsync("bare", "-c", "CALL issue(gen_random_uuid(), gen_random_uuid())");
        return members / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static async Task<string> PostAsync(
        Server host,
        string key,
        string path,
        string body,
        int wanted,
        string? once = null
    ) => (await Load.SendAllAsync(host.Port, [Connection.Request("POST", path, key, once, body)], wanted))[0];

    private static Round Say(string engine, Round round, double? bare)
    {
        var beside = bare is { } sql ? FormattableString.Invariant($", SQL alone {sql:N0}, ratio {round.Issued / sql:0.00}") : "";
        Console.WriteLine(
            FormattableString.Invariant($"{engine}: issued {round.Issued:N0} a second{beside}; undone {round.Undone:N0}")
        );
        return round;
    }

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    [GeneratedRegex("tpl_[0-9a-z]{26}")]
    private static partial Regex TemplateId();

    [GeneratedRegex("bat_[0-9a-z]{26}")]
    private static partial Regex BatchId();
}
