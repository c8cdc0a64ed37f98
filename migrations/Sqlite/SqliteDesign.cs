using MemberCloud.Data;
using Microsoft.EntityFrameworkCore.Design;

namespace MemberCloud.Migrations.Sqlite;

/// <summary>For the tools that make migrations; nothing connects.</summary>
public sealed class SqliteDesign : IDesignTimeDbContextFactory<MemberCloudDb>
{
    public MemberCloudDb CreateDbContext(string[] args) =>
        new(Engines.ForMigrations(DatabaseOptions.Sqlite, "Data Source=:memory:").Options, new CurrentTenant());
}
