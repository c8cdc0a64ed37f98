using MemberCloud.Data;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Update;

namespace MemberCloud.Migrations.SqlServer;

/// <summary>
/// Gives every tenant-owned table a security policy, in a batch of its own after the table. The key is the session value <c>membercloud.tenant</c> (16 bytes);
/// none set = no rows, and no write.
/// </summary>
public sealed class SqlServerRowSecurity(MigrationsSqlGeneratorDependencies dependencies, ICommandBatchPreparer batches)
    : SqlServerMigrationsSqlGenerator(dependencies, batches)
{
    private const string Function = "dbo.membercloud_tenant";

    private const string CreateFunction =
        $"IF OBJECT_ID(N'{Function}') IS NULL EXEC(N'CREATE FUNCTION {Function}(@tenant_id binary(16)) RETURNS TABLE WITH SCHEMABINDING AS "
        + "RETURN SELECT 1 AS ok WHERE @tenant_id = CAST(SESSION_CONTEXT(N''membercloud.tenant'') AS binary(16))');";

    protected override void Generate(
        CreateTableOperation operation,
        IModel? model,
        MigrationCommandListBuilder builder,
        bool terminate = true
    )
    {
        base.Generate(operation, model, builder, terminate);
        if (!PostgresRowSecurity.IsTenantOwned(model, operation.Name))
            return;
        var table = $"dbo.{operation.Name}";
        builder.AppendLine(CreateFunction).EndCommand();
        builder
            .AppendLine($"CREATE SECURITY POLICY dbo.tenant_{operation.Name}")
            .AppendLine($"ADD FILTER PREDICATE {Function}(tenant_id) ON {table},")
            .AppendLine($"ADD BLOCK PREDICATE {Function}(tenant_id) ON {table} AFTER INSERT,")
            .AppendLine($"ADD BLOCK PREDICATE {Function}(tenant_id) ON {table} AFTER UPDATE")
            .AppendLine("WITH (STATE = ON, SCHEMABINDING = ON);")
            .EndCommand();
    }
}
