using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace MemberCloud.Data;

/// <summary>The write guard of the change tracker: every row is the current tenant's, and every save is inside a transaction.</summary>
public sealed class TenantWriteGuard : SaveChangesInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result) =>
        throw new InvalidOperationException("Saving does I/O: use SaveChangesAsync.");

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    )
    {
        var db = (MemberCloudDb)eventData.Context!;
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("Writes happen inside Transactions.RunAsync.");
        foreach (var entry in db.ChangeTracker.Entries())
        {
            if (entry.Entity is ITenantOwned row && entry.State is not EntityState.Unchanged && row.TenantId != db.Tenant.Id)
                throw new TenantViolationException();
            if (entry is { State: EntityState.Modified, Entity: IVersioned versioned })
                versioned.Version++;
            db.Trail.Record(entry);
        }
        return base.SavingChangesAsync(eventData, result, cancellationToken);
    }
}

/// <summary>
/// PostgreSQL: names the tenant in the same round trip as a read outside a transaction. The statement in front inserts nothing and returns no
/// result set, so EF finds its own where it expects it; the setting ends with the implicit transaction both share.
/// </summary>
public sealed class PostgresTenantReads : DbCommandInterceptor
{
    private const string Name =
        "INSERT INTO tenants (id) SELECT NULL::uuid WHERE set_config('membercloud.tenant', @mc_tenant, true) IS NULL;\n";

    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result
    )
    {
        Prefix(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default
    )
    {
        Prefix(command, eventData);
        return ValueTask.FromResult(result);
    }

    private static void Prefix(DbCommand command, CommandEventData eventData)
    {
        if (eventData.Context is not MemberCloudDb { Tenant.IsSet: true } db || command.Transaction is not null)
            return;
        command.CommandText = Name + command.CommandText;
        command.Parameters.Add(new NpgsqlParameter("mc_tenant", db.Tenant.Id.ToString()));
    }
}
