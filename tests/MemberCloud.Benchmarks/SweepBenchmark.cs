using System.Diagnostics;
using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Jobs;
using Npgsql;

namespace MemberCloud.Benchmarks;

/// <summary>Settling and expiring many lots by the real jobs, beside SQL that writes the same rows in batches of the same size, with nobody deciding anything.</summary>
public static class SweepBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private sealed record Swept(TimeSpan Sql, TimeSpan Job, long Early, long Late)
    {
        public string[] Cells =>
            [
                FormattableString.Invariant($"{Job.TotalSeconds:0.0}"),
                FormattableString.Invariant($"{Sql.TotalSeconds:0.0}"),
                (Job / Sql).ToString("0.00", CultureInfo.InvariantCulture),
                $"{Early} / {Late}",
            ];
    }

    public static async Task RunAsync(Machine machine, int lots)
    {
        await using (var host = await machine.StartProductAsync(DatabaseOptions.Postgres, machine.Postgres("membercloud")))
            await Shop.NewTenantAsync(host, machine.OperatorKey);
        Console.WriteLine($"filling: {lots:N0} lots");
        await Fill.WaitingAsync(machine, "membercloud", lots);
        await machine.PsqlAsync("postgres", "-c", "CREATE DATABASE bare TEMPLATE membercloud");
        foreach (var procedure in SweepReference.Procedures)
            await machine.PsqlAsync("bare", "-c", procedure);
        var settled = await SweepAsync(machine, "settle", "pending");
        await Fill.EndAsync(machine, "bare");
        await Fill.EndAsync(machine, "membercloud");
        var expired = await SweepAsync(machine, "expire", "available");
        Results.Append("sweep", [$"{lots:N0}", .. settled.Cells, .. expired.Cells]);
    }

    private static async Task<Swept> SweepAsync(Machine machine, string what, string from)
    {
        await OnlyAsync(machine, $"points.{what}");
        await Fill.RestAsync(machine, "bare", "membercloud");
        var since = Stopwatch.GetTimestamp();
        await machine.PsqlAsync("bare", "-c", $"CALL {what}()");
        var sql = Stopwatch.GetElapsedTime(since);
        await Fill.RestAsync(machine, "bare", "membercloud");
        var swept = await WorkAsync(machine, from) with { Sql = sql };
        Console.WriteLine(
            $"{what}: job {swept.Job.TotalSeconds:0.0} s, SQL {sql.TotalSeconds:0.0} s, memory {swept.Early} / {swept.Late} MB"
        );
        return swept;
    }

    /// <summary>A worker from its start on, until no lot is left in the state.</summary>
    private static async Task<Swept> WorkAsync(Machine machine, string from)
    {
        await using var worker = await machine.StartProductAsync(
            DatabaseOptions.Postgres,
            machine.Postgres("membercloud"),
            "worker",
            new() { ["Jobs__TickSeconds"] = "1" }
        );
        await using var database = NpgsqlDataSource.Create(machine.Postgres("membercloud"));
        var (since, memory) = (Stopwatch.GetTimestamp(), new List<long>());
        // By the index that finds what is due, from its end: the looking must not cost what the sweep does.
        await using var left = database.CreateCommand(
            $"""
            SELECT count(*) > 0 FROM (SELECT 1 FROM points_lots WHERE tenant_id = (SELECT id FROM tenants WHERE slug = 'bench')
              AND state = '{from}' AND state <> 'closed' ORDER BY due_at DESC LIMIT 1) l
            """
        );
        left.CommandTimeout = 300;
        while (await left.ExecuteScalarAsync() is true)
        {
            if (Stopwatch.GetElapsedTime(since) > Patience)
                throw new InvalidOperationException("The job does not come to its end.");
            await Task.Delay(500);
            memory.Add(worker.Megabytes);
        }
        var took = Stopwatch.GetElapsedTime(since);
        var part = Math.Max(1, memory.Count / 4);
        return new(default, took, memory.Take(part * 2).DefaultIfEmpty().Max(), memory.TakeLast(part).DefaultIfEmpty().Max());
    }

    /// <summary>One job is due, all others are not.</summary>
    internal static Task OnlyAsync(Machine machine, string job) =>
        machine.PsqlAsync(
            "membercloud",
            [
                .. new JobTable().Names.SelectMany(name =>
                    new[]
                    {
                        "-c",
                        $"""
                            INSERT INTO job_due (tenant_id, job, next_due, served_at, failures)
                            SELECT id, '{name}', {(name == job ? "now()" : "'2100-01-01'")}, now(), 0 FROM tenants
                            ON CONFLICT (tenant_id, job) DO UPDATE SET next_due = excluded.next_due, lease_until = null
                            """,
                    }
                ),
            ]
        );
}
