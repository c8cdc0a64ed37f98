using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Migrations;

namespace MemberCloud.Migrations.SqlServer;

/// <summary>For the tools that make and script migrations; nothing connects.</summary>
public sealed class SqlServerDesign : IDesignTimeDbContextFactory<MemberCloudDb>
{
    public MemberCloudDb CreateDbContext(string[] args) => new(Options("Server=127.0.0.1;Database=design"), new CurrentTenant());

    public static DbContextOptions<MemberCloudDb> Options(string connection) =>
        new DbContextOptionsBuilder<MemberCloudDb>()
            .UseSqlServer(connection, o => o.MigrationsAssembly(typeof(SqlServerDesign).Assembly.GetName().Name))
            .ReplaceService<IMigrationsSqlGenerator, SqlServerRowSecurity>()
            .Options;
}
