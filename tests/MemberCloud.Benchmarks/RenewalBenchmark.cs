using System.Diagnostics;
using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Memberships;
using Npgsql;

namespace MemberCloud.Benchmarks;

/// <summary>
/// A tenth of a brand's memberships is due at once, told and paid ahead: renewed by the job of a worker, beside SQL batches that only move two small tables. In each round another tenth.
/// </summary>
public static class RenewalBenchmark
{
    private const int Rounds = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <param name="Megabytes">The worker's memory while it was at it.</param>
    /// <param name="Cpu">Microseconds a renewal: of the worker, of PostgreSQL meanwhile, and of PostgreSQL for the SQL batches.</param>
    private sealed record Round(
        TimeSpan Job,
        TimeSpan Sql,
        IReadOnlyList<long> Megabytes,
        (double Host, double Database, double Sql) Cpu
    );

    public static async Task RunAsync(Machine machine, int memberships)
    {
        var due = memberships / Fill.Tenth;
        await PrepareAsync(machine, memberships);
        var rounds = new List<Round>();
        await using var database = NpgsqlDataSource.Create(machine.Postgres("membercloud"));
        await using (var worker = await WorkerAsync(machine))
        {
            // The first round warms up.
            for (var round = 0; round <= Rounds; round++)
            {
                var sql = await BareAsync(machine, memberships);
                await SweepBenchmark.OnlyAsync(machine, "none");
                await Fill.DueAsync(machine, "membercloud", memberships, round);
                await SweepBenchmark.OnlyAsync(machine, RenewMembershipsJob.Name);
                var before = (worker.Cpu, machine.PostgresCpu);
                var (job, memory) = await WorkAsync(database, worker, memberships + (due * (round + 1)) + 1);
                double Each(TimeSpan cpu) => cpu.TotalMicroseconds / due;
                var cpu = (Each(worker.Cpu - before.Cpu), Each(machine.PostgresCpu - before.PostgresCpu), Each(sql.Cpu));
                rounds.Add(new(job, sql.Took, memory, cpu));
                Console.WriteLine(
                    FormattableString.Invariant(
                        $"round {round}: job {job.TotalSeconds:0.0} s, SQL {sql.Took.TotalSeconds:0.0} s, ratio {job / sql.Took:0.00}, CPU {cpu}"
                    )
                );
                await MustBeExactAsync(database, memberships, due * (round + 1));
            }
        }
        Append(memberships, due, [.. rounds.Skip(1)]);
    }

    private static void Append(int memberships, int due, IReadOnlyList<Round> rounds)
    {
        var (job, sql) = (rounds.Average(r => r.Job.TotalSeconds), rounds.Average(r => r.Sql.TotalSeconds));
        var memory = rounds.SelectMany(r => r.Megabytes).ToList();
        Results.Append(
            "renewals",
            [
                $"{due:N0} / {memberships:N0}",
                FormattableString.Invariant($"{job:0.0}"),
                FormattableString.Invariant($"{sql:0.0}"),
                (job / sql).ToString("0.00", CultureInfo.InvariantCulture),
                (due / job).ToString("N0", CultureInfo.InvariantCulture),
                FormattableString.Invariant($"{rounds.Average(r => r.Cpu.Host):0} + {rounds.Average(r => r.Cpu.Database):0}"),
                FormattableString.Invariant($"{rounds.Average(r => r.Cpu.Sql):0}"),
                string.Join(" / ", memory.Chunk((memory.Count / 3) + 1).Select(part => part.Max())),
            ]
        );
    }

    private static async Task PrepareAsync(Machine machine, int memberships)
    {
        await using (var host = await machine.StartProductAsync(DatabaseOptions.Postgres, machine.Postgres("membercloud")))
        {
            var key = await Shop.NewTenantAsync(host, machine.OperatorKey);
            var plan =
                $$"""{ "name": "PLUS", "family": "plus", "price": {{Fill.Price}}, "term": { "count": 1, "unit": "month" } }""";
            await Load.SendAllAsync(host.Port, [Connection.Request("POST", "/v1/plans", key, null, plan)], 201);
        }
        Console.WriteLine($"filling: {memberships:N0} memberships");
        await Fill.MembershipsAsync(machine, "membercloud", memberships);
        await machine.PsqlAsync("postgres", "-c", "CREATE DATABASE bare");
        await machine.PsqlAsync("bare", "-c", RenewalReference.Procedure);
        await SweepBenchmark.OnlyAsync(machine, "none");
    }

    private static Task<Server> WorkerAsync(Machine machine) =>
        machine.StartProductAsync(
            DatabaseOptions.Postgres,
            machine.Postgres("membercloud"),
            "worker",
            new() { ["Jobs__TickSeconds"] = "1" }
        );

    private static async Task<(TimeSpan Took, TimeSpan Cpu)> BareAsync(Machine machine, int memberships)
    {
        await machine.PsqlAsync("bare", [.. RenewalReference.Setup(memberships).SelectMany(s => new[] { "-c", s })]);
        var (since, cpu) = (Stopwatch.GetTimestamp(), machine.PostgresCpu);
        await machine.PsqlAsync("bare", "-c", "CALL sweep(1000)");
        return (Stopwatch.GetElapsedTime(since), machine.PostgresCpu - cpu);
    }

    /// <summary>From the worker's taking the brand until so many numbers of invoices are taken: without the wait for the next look at the due list.</summary>
    private static async Task<(TimeSpan Took, IReadOnlyList<long> Megabytes)> WorkAsync(
        NpgsqlDataSource database,
        Server worker,
        int next
    )
    {
        var (begun, since, memory) = (Stopwatch.GetTimestamp(), 0L, new List<long>());
        await using var taken = database.CreateCommand(
            $"SELECT count(lease_until) FROM job_due WHERE job = '{RenewMembershipsJob.Name}'"
        );
        await using var numbers = database.CreateCommand("SELECT next FROM invoice_series WHERE series = 'INV'");
        while (await numbers.ExecuteScalarAsync() is long number && number < next)
        {
            if (Stopwatch.GetElapsedTime(begun) > Patience)
                throw new InvalidOperationException("The job does not come to its end.");
            if (since == 0 && await taken.ExecuteScalarAsync() is > 0L)
                since = Stopwatch.GetTimestamp();
            if (since > 0)
                memory.Add(worker.Megabytes);
            await Task.Delay(since == 0 ? 2 : 20);
        }
        return (Stopwatch.GetElapsedTime(since), memory);
    }

    /// <summary>So many were renewed, each once: by one payment and one invoice of its own, whose numbers have no gap, and others were told once.</summary>
    private static async Task MustBeExactAsync(NpgsqlDataSource database, int memberships, int renewed)
    {
        await using var exact = database.CreateCommand(
            $"""
            SELECT concat_ws(', ',
              (SELECT count(*) FILTER (WHERE terms = 2 AND bills = 2 AND terms_billed = 2 AND payments_waiting = 0 AND renew_at = paid_until AND paid_until > now())
                || ' renewed, ' || count(*) FILTER (WHERE terms = 1 AND bills = 1) || ' not, of ' || count(*) FROM memberships),
              (SELECT count(DISTINCT invoice_id) || ' paid of ' || count(*) FROM payments),
              (SELECT count(*) FILTER (WHERE kind = 'renewal' AND state = 'paid' AND seq = 2) || ' invoices, numbers ' || min(number) || ' to ' || max(number) || ' of ' ||
                count(DISTINCT number) FROM invoices),
              (SELECT count(DISTINCT subject_id) || ' told in ' || count(*) FROM outbox WHERE type = 'membership.renewed'),
              (SELECT count(*) || ' shown' FROM plan_holdings h JOIN memberships m ON m.tenant_id = h.tenant_id AND m.id = h.membership_id
                WHERE h.until = m.paid_until + interval '7 days'))
            """
        );
        exact.CommandTimeout = 300;
        var (found, all) = ((string?)await exact.ExecuteScalarAsync(), memberships + renewed);
        var wanted =
            $"{renewed} renewed, {memberships - renewed} not, of {memberships}, {renewed} paid of {renewed}, {renewed} invoices, "
            + $"numbers 1 to {all} of {all}, {renewed} told in {renewed}, {memberships} shown";
        if (found != wanted)
            throw new InvalidOperationException($"{found}\n{wanted} expected");
    }
}
