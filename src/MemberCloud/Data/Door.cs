using System.Data.Common;

namespace MemberCloud.Data;

/// <summary>
/// The hot way to the rows: what a decision needs comes in one <see cref="LoadBatch"/>, what it decided goes in one <see cref="StoreBatch"/>.
/// One class per engine turns both into the fewest round trips the engine has; the SQL a capability writes is conditions only.
/// </summary>
public interface IDoor
{
    /// <summary>
    /// Load, decide, store, again from the start when somebody else was faster: first without holding a lock between the two, then with the rows locked.
    /// After <see cref="Transactions.Attempts"/> tries the conflict goes to the caller.
    /// </summary>
    /// <param name="line">Works that name the same are done one after the other in this process: they would get in each other's way.</param>
    /// <param name="locked">With the rows locked from the first try on: right for work on many rows at once.</param>
    Task<T> RunAsync<T>(
        Guid tenant,
        IComparable line,
        Func<IDoorSession, Task<T>> work,
        CancellationToken ct,
        bool locked = false
    );

    /// <summary>The door inside a transaction that is open already.</summary>
    IDoorSession Join(Guid tenant, DbTransaction transaction);

    /// <summary>A look without a lock, each batch for itself: it waits for nobody who writes.</summary>
    IDoorReads Look(Guid tenant);
}

/// <summary>What is read through a door.</summary>
public interface IDoorReads
{
    /// <summary>An empty batch costs nothing.</summary>
    Task LoadAsync(LoadBatch batch, CancellationToken ct);
}

/// <summary>One pass through a door.</summary>
public interface IDoorSession : IDoorReads
{
    /// <summary>All of it or nothing. <see cref="ConflictException"/> when a guarded row was not as it was loaded.</summary>
    Task StoreAsync(StoreBatch batch, CancellationToken ct);
}

/// <summary>Somebody else changed the row first. Trying again from the load is right; storing again is not.</summary>
public sealed class ConflictException(string what) : Exception($"{what} was changed by somebody else.");

/// <summary>
/// The rows of one table for each of many keys. <paramref name="Where"/> is standard SQL over the table's columns; <c>{0}</c>, <c>{1}</c> stand for
/// the parts of a key, whose types are <paramref name="Keys"/>. The tenant is compared by the door. Make it once, keep it in a static field.
/// </summary>
public sealed record Lookup<T>(string Where, Type[] Keys, string Order = "", int Limit = 0)
    where T : class, ITenantOwned
{
    /// <summary>Lock the rows until the transaction ends, in the order of the keys, where the engine locks rows and the session holds a transaction.</summary>
    public bool Locks { get; init; }

    /// <summary>Keep others from locking or removing the rows until the transaction ends; they may still be changed, and held by many. As <see cref="Locks"/> otherwise.</summary>
    public bool Holds { get; init; }

    // What a statement was made for: the one object, not one that says the same.
    public bool Equals(Lookup<T>? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>Update by primary key: sets the named properties. With a guard, only where the guard's stored value is still the expected one.</summary>
public sealed record Update<T>(string[] Set, Guard<T>? Guard = null)
    where T : class, ITenantOwned
{ // What a statement was made for: the one object, not one that says the same.
    public bool Equals(Update<T>? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>
/// Adds to a number of rows named by primary key, one after the other in the order given, each as it stands in the database then: only where it stays within
/// the row's limit (<see cref="ConflictException"/> otherwise), where there is one. Taking off is always allowed.
/// </summary>
/// <param name="Key">Which row it is: several are written in this order, everywhere.</param>
public sealed record Increase<T>(string Property, Func<T, IComparable> Key, string? Limit = null)
    where T : class, ITenantOwned;

/// <summary>A property and the value it must still have in the database.</summary>
/// <param name="Key">
/// Which row it is: nobody writes one that another is writing, and several are written in this order. Something else of the same batch fails where the guard does: an entry of
/// the same number, for one.
/// </param>
public sealed record Guard<T>(string Property, Func<T, long> Expected, Func<T, IComparable>? Key = null)
    where T : class, ITenantOwned;

/// <summary>What an engine does with each kind of step.</summary>
internal interface IDoorSteps
{
    void Select<T>(LoadBatch.SelectStep<T> step)
        where T : class, ITenantOwned;
    void Require<T>(StoreBatch.RequireStep<T> step)
        where T : class, ITenantOwned;
    void Insert<T>(StoreBatch.InsertStep<T> step)
        where T : class, ITenantOwned;
    void Update<T>(StoreBatch.UpdateStep<T> step)
        where T : class, ITenantOwned;
    void Increase<T>(StoreBatch.IncreaseStep<T> step)
        where T : class, ITenantOwned;
}

/// <summary>A row of another tenant was about to be written. A bug of ours, never a caller's mistake: nothing is written.</summary>
public sealed class TenantViolationException() : InvalidOperationException("A row of another tenant was about to be written.");
