using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations;

namespace MemberCloud.Data;

/// <summary>Gives every tenant-owned table its row security as it is created: no value set = no rows, for the owner too (FORCE).</summary>
#pragma warning disable EF1001 // The base class takes Npgsql's options by their internal type; there is no public one.
public sealed class PostgresRowSecurity(MigrationsSqlGeneratorDependencies dependencies, INpgsqlSingletonOptions options)
    : NpgsqlMigrationsSqlGenerator(dependencies, options)
#pragma warning restore EF1001
{
    /// <summary>The sub-select is worked out once a statement; without it the setting is read and parsed again for each row.</summary>
    public const string Predicate = "tenant_id = (SELECT nullif(current_setting('membercloud.tenant', true), '')::uuid)";

    protected override void Generate(
        CreateTableOperation operation,
        IModel? model,
        MigrationCommandListBuilder builder,
        bool terminate = true
    )
    {
        base.Generate(operation, model, builder, terminate);
        if (!IsTenantOwned(model, operation.Name))
            return;
        builder.AppendLine($"ALTER TABLE {operation.Name} ENABLE ROW LEVEL SECURITY;");
        builder.AppendLine($"ALTER TABLE {operation.Name} FORCE ROW LEVEL SECURITY;");
        builder.AppendLine($"CREATE POLICY tenant ON {operation.Name} USING ({Predicate});");
        builder.EndCommand();
    }

    /// <summary>Whether the convention marked the table's entity.</summary>
    public static bool IsTenantOwned(IModel? model, string table) =>
        model?.GetEntityTypes().Any(e => e.GetTableName() == table && e.FindAnnotation(Conventions.TenantOwned) is not null)
        == true;
}
