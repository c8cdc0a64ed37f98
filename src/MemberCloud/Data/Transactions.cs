using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MemberCloud.Data;

/// <summary>
/// One unit of work. What happens inside is stored whole or not at all; what loses a race (serialization, deadlock, a unique key, a version) is done again
/// from its start, a bounded number of times. Nested use joins the open transaction.
/// </summary>
public sealed class Transactions(Lazy<MemberCloudDb> context, IDoor door, SqliteGate? gate = null)
{
    public const int Attempts = 6;

    private readonly List<Action> afterwards = [];
    private bool wipes;
    private IDoorSession? atDoor;

    /// <summary>Made when it is first asked for: what goes through the door alone needs none.</summary>
    public MemberCloudDb Db => context.Value;

    /// <summary>Which try this is, 1 for the first: who lost a race may lock more the next time.</summary>
    public int Attempt { get; private set; }

    /// <summary>The door inside the open transaction.</summary>
    public IDoorSession Door =>
        atDoor
        ?? door.Join(
            Db.Tenant.Id,
            (DbTransaction)
                (
                    (Microsoft.EntityFrameworkCore.Infrastructure.IInfrastructure<DbTransaction>)Db.Database.CurrentTransaction!
                ).Instance
        );

    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        if (Db.Database.CurrentTransaction is not null)
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

    /// <summary>Done when what is written in the open transaction is there for others to read; at once where none is open.</summary>
    public void Afterwards(Action act)
    {
        if (Db.Database.CurrentTransaction is null)
            act();
        else
            afterwards.Add(act);
    }

    /// <summary>
    /// Like <see cref="RunAsync{T}(Func{Task{T}}, CancellationToken)"/> for work that goes through the door alone: fewer round trips, and on SQLite it shares a commit with
    /// others. What the context reads meanwhile it reads beside the transaction: configuration only.
    /// </summary>
    /// <param name="line">See <see cref="IDoor.RunAsync"/>.</param>
    /// <param name="work">All its writes are inserts or guarded, where it is not locked.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="locked">With the rows locked from the first try on.</param>
    public Task<T> AtDoorAsync<T>(IComparable line, Func<IDoorSession, Task<T>> work, CancellationToken ct, bool locked = true)
    {
        var attempt = 0;
        return door.RunAsync(
            Db.Tenant.Id,
            line,
            async session =>
            {
                (atDoor, Attempt) = (session, ++attempt);
                try
                {
                    return await work(session);
                }
                finally
                {
                    atDoor = null;
                }
            },
            ct,
            locked
        );
    }

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
        if (Db.Database.CurrentTransaction is not null)
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
            Db.ChangeTracker.Clear();
            return refused.Problem;
        }
    }

    /// <summary>Several reads of one moment: a snapshot, on a reader's connection.</summary>
    public async Task<T> ReadTogetherAsync<T>(Func<Task<T>> read, CancellationToken ct)
    {
        if (Db.Database.CurrentTransaction is not null)
            return await read();
        if (gate is null)
        {
            await using var snapshot = await Db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
            await NameTenantAsync(ct);
            return await read();
        }
        // SQLite's readers see one moment from their first read on (WAL); a deferred transaction takes no writer's lock.
        await Db.Database.OpenConnectionAsync(ct);
        try
        {
            await using var deferred = ((SqliteConnection)Db.Database.GetDbConnection()).BeginTransaction(deferred: true);
            await using var joined = await Db.Database.UseTransactionAsync(deferred, ct);
            return await read();
        }
        finally
        {
            await Db.Database.CloseConnectionAsync();
        }
    }

    private Task NameTenantAsync(CancellationToken ct) =>
        gate is null && Db.Tenant.IsSet
            ? Db.Database.ExecuteSqlAsync($"SELECT set_config('membercloud.tenant', {Db.Tenant.Id.ToString()}, true)", ct)
            : Task.CompletedTask;

    private async Task<T> BehindGateAsync<T>(SqliteConnection writer, Func<Task<T>> work, CancellationToken ct)
    {
        var own = Db.Database.GetConnectionString();
        Db.Database.SetDbConnection(writer, contextOwnsConnection: false);
        try
        {
            return await OnceAsync(work, ct);
        }
        finally
        {
            Db.Database.SetDbConnection(null, contextOwnsConnection: true);
            Db.Database.SetConnectionString(own);
        }
    }

    private async Task<T> OnceAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        Db.ChangeTracker.Clear();
        afterwards.Clear();
        await using var transaction = await Db.Database.BeginTransactionAsync(ct);
        await NameTenantAsync(ct);
        try
        {
            var result = await work();
            await transaction.CommitAsync(ct);
            return result;
        }
        finally
        {
            // Where it failed as well: a commit whose answer was lost may have happened.
            afterwards.ForEach(act => act());
        }
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
            // What EF says of a deadlock in a query or an ExecuteUpdate: "likely due to a transient failure".
            InvalidOperationException { InnerException: DbException inner } => LostRace(inner),
            _ => false,
        };
}
