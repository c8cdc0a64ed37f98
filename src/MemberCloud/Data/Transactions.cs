using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MemberCloud.Data;

/// <summary>
/// One unit of work. What happens inside is stored whole or not at all; what loses a race (serialization, deadlock, a unique key, a version) is done again
/// from its start, a bounded number of times. Nested use joins the open transaction.
/// </summary>
public sealed class Transactions(MemberCloudDb db, IDoor door, SqliteGate? gate = null)
{
    public const int Attempts = 6;

    private bool wipes;

    public MemberCloudDb Db => db;

    /// <summary>Which try this is, 1 for the first: who lost a race may lock more the next time.</summary>
    public int Attempt { get; private set; }

    /// <summary>The door inside the open transaction.</summary>
    public IDoorSession Door =>
        door.Join(
            db.Tenant.Id,
            (DbTransaction)
                (
                    (Microsoft.EntityFrameworkCore.Infrastructure.IInfrastructure<DbTransaction>)db.Database.CurrentTransaction!
                ).Instance
        );

    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        if (db.Database.CurrentTransaction is not null)
            return await work();
        wipes = false;
        var result = await RetryAsync(
            attempt =>
            {
                Attempt = attempt;
                return gate is null ? OnceAsync(work, ct) : gate.RunAsync(writer => BehindGateAsync(writer, work, ct), ct);
            },
            ct
        );
        if (wipes && gate is not null)
            await gate.WipeTracesAsync(ct);
        return result;
    }

    /// <summary>
    /// Said inside an erasure: after its commit nothing may stay in what the engine keeps beside the rows, as far as that is ours to clear away. (SQLite's log is. PostgreSQL
    /// clears old versions of rows by vacuum, its log and backups by the operator's retention; there the destroyed key is what counts.)
    /// </summary>
    /// <param name="again">It was said before: only what is still owed is done.</param>
    public void WipeTracesAfterwards(bool again = false) => wipes = !again || gate is { OwesWipe: true };

    public Task RunAsync(Func<Task> work, CancellationToken ct) =>
        RunAsync(
            async () =>
            {
                await work();
                return true;
            },
            ct
        );

    /// <summary>Like <see cref="RunAsync{T}(Func{Task{T}}, CancellationToken)"/>; a refusal undoes what was written on the way to it.</summary>
    public async Task<Shared.Result<T>> DecideAsync<T>(Func<Task<Shared.Result<T>>> work, CancellationToken ct)
    {
        if (db.Database.CurrentTransaction is not null)
            return await work();
        try
        {
            return await RunAsync(
                async () =>
                    await work() is var result && result.Problem is { } problem
                        ? throw new Shared.ProblemException(problem)
                        : result,
                ct
            );
        }
        catch (Shared.ProblemException refused)
        {
            db.ChangeTracker.Clear();
            return refused.Problem;
        }
    }

    /// <summary>Several reads of one moment: a snapshot, on a reader's connection.</summary>
    public async Task<T> ReadTogetherAsync<T>(Func<Task<T>> read, CancellationToken ct)
    {
        if (db.Database.CurrentTransaction is not null)
            return await read();
        if (gate is null)
        {
            await using var snapshot = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
            await NameTenantAsync(ct);
            return await read();
        }
        // SQLite's readers see one moment from their first read on (WAL); a deferred transaction takes no writer's lock.
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            await using var deferred = ((SqliteConnection)db.Database.GetDbConnection()).BeginTransaction(deferred: true);
            await using var joined = await db.Database.UseTransactionAsync(deferred, ct);
            return await read();
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    private Task NameTenantAsync(CancellationToken ct) =>
        gate is null && db.Tenant.IsSet
            ? db.Database.ExecuteSqlAsync($"SELECT set_config('membercloud.tenant', {db.Tenant.Id.ToString()}, true)", ct)
            : Task.CompletedTask;

    private async Task<T> BehindGateAsync<T>(SqliteConnection writer, Func<Task<T>> work, CancellationToken ct)
    {
        var own = db.Database.GetConnectionString();
        db.Database.SetDbConnection(writer, contextOwnsConnection: false);
        try
        {
            return await OnceAsync(work, ct);
        }
        finally
        {
            db.Database.SetDbConnection(null, contextOwnsConnection: true);
            db.Database.SetConnectionString(own);
        }
    }

    private async Task<T> OnceAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await NameTenantAsync(ct);
        var result = await work();
        await transaction.CommitAsync(ct);
        return result;
    }

    /// <summary>Tries again what lost a race, with a growing, random pause.</summary>
    internal static async Task<T> RetryAsync<T>(Func<int, Task<T>> work, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work(attempt);
            }
            catch (Exception error) when (attempt < Attempts && LostRace(error))
            {
                await Task.Delay(Random.Shared.Next(1, 4 << attempt), ct);
            }
        }
    }

    /// <summary>True for what another try may mend.</summary>
    public static bool LostRace(Exception error) =>
        error switch
        {
            ConflictException or DbUpdateConcurrencyException => true,
            PostgresException
            {
                SqlState: PostgresErrorCodes.SerializationFailure
                    or PostgresErrorCodes.DeadlockDetected
                    or PostgresErrorCodes.UniqueViolation
            } => true,
            SqliteException { SqliteErrorCode: 5 or 6 } => true,
            SqliteException { SqliteExtendedErrorCode: 1555 or 2067 } => true,
            DbUpdateException { InnerException: { } inner } => LostRace(inner),
            _ => false,
        };
}
