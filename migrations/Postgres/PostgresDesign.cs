using MemberCloud.Data;
using Microsoft.EntityFrameworkCore.Design;

namespace MemberCloud.Migrations.Postgres;

/// <summary>For the tools that make migrations; nothing connects.</summary>
public sealed class PostgresDesign : IDesignTimeDbContextFactory<MemberCloudDb>
{
    public MemberCloudDb CreateDbContext(string[] args) =>
        new(Engines.ForMigrations(DatabaseOptions.Postgres, "Host=127.0.0.1;Database=design").Options, new CurrentTenant());
}
