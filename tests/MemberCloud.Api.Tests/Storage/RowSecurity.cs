using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using MemberCloud.Members;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MemberCloud.Api.Tests.Storage;

/// <summary>PostgreSQL's own wall between brands, behind the application's: the serving role sees what the tenant set in the transaction may see.</summary>
public sealed class RowSecurity(Clouds clouds) : ApiTests(clouds)
{
    private const string Violation = "42501"; // insufficient_privilege: row security and missing grants alike

    private async Task<(TestCloud Cloud, Brand Mine, Brand Theirs)> TwoBrandsAsync()
    {
        var cloud = await On("postgres");
        var (mine, theirs) = (await cloud.NewBrand(), await cloud.NewBrand());
        foreach (var brand in new[] { mine, theirs })
        {
            (await brand.Post("/v1/attributes", new { name = "size", type = "number" })).Must(201);
            (await brand.Post("/v1/currencies", new { code = "beans", name = "Beans" })).Must(201);
            await brand.Tier("base", 0, 0);
            await brand.Tier("gold", 1, 50);
            await brand.Rule(
                new
                {
                    name = "r",
                    trigger = "order.paid",
                    currency = "points",
                    formula = new { @fixed = 1 },
                    caps = new { per_day = 5 },
                }
            );
            await brand.GrowthPerUnit();
            var ann = await brand.Member("ann", new { tags = new[] { "vip" } });
            (await brand.Post($"/v1/members/{ann}/identities", new { channel = "c", subject = "s" })).Must(201);
            await brand.Report(brand.Order("ann", "2026-01-09T00:00:00Z", no: "A-1"));
            await brand.Post(
                "/v1/events",
                new
                {
                    id = "e",
                    type = "check_in",
                    external_id = "ann",
                    occurred_at = "2026-01-09T00:00:00Z",
                }
            );
            await brand.Post("/v1/jobs/ledger.verify/run");
        }
        return (cloud, mine, theirs);
    }

    /// <summary>As requests are served: the same role, and a tenant set for one transaction or none.</summary>
    private static async Task<T> As<T>(TestCloud cloud, Guid? tenant, Func<NpgsqlConnection, Task<T>> work)
    {
        var source = cloud.Host.Services.GetRequiredService<NpgsqlDataSource>();
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (tenant is { } id)
            await Run(connection, $"SELECT set_config('membercloud.tenant', '{id}', true)");
        return await work(connection);
    }

    private static async Task<int> Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> Count(NpgsqlConnection connection, string table)
    {
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static List<string> Tables(TestCloud cloud, string annotation)
    {
        using var scope = cloud.Host.Services.CreateScope();
        var model = scope.ServiceProvider.GetRequiredService<MemberCloudDb>().Model;
        return [.. model.GetEntityTypes().Where(e => e.FindAnnotation(annotation) is not null).Select(e => e.GetTableName()!)];
    }

    [SkippableFact]
    public async Task With_no_tenant_set_a_raw_select_returns_no_row_of_any_brands_table()
    {
        var (cloud, mine, _) = await TwoBrandsAsync();
        var tables = Tables(cloud, Conventions.TenantOwned);
        Assert.True(tables.Count >= 15, $"{tables.Count} tables");

        foreach (var table in tables)
            Assert.Equal((table, 0L), (table, await As(cloud, null, c => Count(c, table))));

        // Not for want of rows: with the tenant set, most of them have some.
        var filled = 0;
        foreach (var table in tables)
            filled += await As(cloud, mine.TenantId, c => Count(c, table)) > 0 ? 1 : 0;
        Assert.True(filled >= 12, $"Only {filled} of {tables.Count} tables hold rows.");
    }

    [SkippableFact]
    public async Task With_the_read_filter_off_another_brands_rows_do_not_come()
    {
        var (cloud, mine, theirs) = await TwoBrandsAsync();

        var seen = await cloud.Host.InsideAsync(
            mine.Id,
            s =>
                s.GetRequiredService<MemberCloudDb>()
                    .Set<Member>()
                    .IgnoreQueryFilters()
                    .Select(m => m.TenantId)
                    .Distinct()
                    .ToListAsync()
        );
        Assert.Equal([mine.TenantId], seen);
        foreach (var table in Tables(cloud, Conventions.TenantOwned))
            Assert.Equal(
                (table, 0L),
                (table, await As(cloud, mine.TenantId, c => Count(c, $"{table} WHERE tenant_id = '{theirs.TenantId}'")))
            );
    }

    [SkippableFact]
    public async Task The_setting_ends_with_its_transaction()
    {
        var (cloud, mine, _) = await TwoBrandsAsync();
        await using var source = NpgsqlDataSource.Create(
            cloud.Host.Services.GetRequiredService<NpgsqlDataSource>().ConnectionString
                + $";Password={TestHost.Secrets.ServingPassword()};Maximum Pool Size=1"
        );
        await using (var connection = await source.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await Run(connection, $"SELECT set_config('membercloud.tenant', '{mine.TenantId}', true)");
            Assert.True(await Count(connection, "members") > 0);
            await transaction.CommitAsync();
        }

        await using var next = await source.OpenConnectionAsync();
        Assert.Equal(0, await Count(next, "members"));
    }

    [SkippableFact]
    public async Task The_database_refuses_a_row_for_another_brand()
    {
        var (cloud, mine, theirs) = await TwoBrandsAsync();
        string Insert(Guid tenant) =>
            $"INSERT INTO member_attributes (tenant_id, name, type) VALUES ('{tenant}', 'planted', 'text')";

        var foreign = await Assert.ThrowsAsync<PostgresException>(() =>
            As(cloud, mine.TenantId, c => Run(c, Insert(theirs.TenantId)))
        );
        var nobody = await Assert.ThrowsAsync<PostgresException>(() => As(cloud, null, c => Run(c, Insert(mine.TenantId))));

        Assert.Equal((Violation, Violation), (foreign.SqlState, nobody.SqlState));
        Assert.Equal(1, await As(cloud, mine.TenantId, c => Run(c, Insert(mine.TenantId))));
        Assert.Equal(
            0,
            await As(cloud, mine.TenantId, c => Run(c, $"UPDATE members SET name = 'x' WHERE tenant_id = '{theirs.TenantId}'"))
        );
        Assert.Equal(
            0,
            await As(cloud, mine.TenantId, c => Run(c, $"DELETE FROM member_tags WHERE tenant_id = '{theirs.TenantId}'"))
        );
        var moved = await Assert.ThrowsAsync<PostgresException>(() =>
            As(cloud, mine.TenantId, c => Run(c, $"UPDATE member_attributes SET tenant_id = '{theirs.TenantId}'"))
        );
        Assert.Equal(Violation, moved.SqlState);
    }

    [SkippableFact]
    public async Task What_is_only_ever_added_cannot_be_changed_or_removed_by_the_serving_role()
    {
        var (cloud, mine, _) = await TwoBrandsAsync();
        var tables = Tables(cloud, Conventions.AppendOnly);
        Assert.Contains("points_entries", tables);
        Assert.Contains("points_moves", tables);

        foreach (var table in tables)
        {
            var changed = await Assert.ThrowsAsync<PostgresException>(() =>
                As(cloud, mine.TenantId, c => Run(c, $"UPDATE {table} SET tenant_id = tenant_id"))
            );
            var removed = await Assert.ThrowsAsync<PostgresException>(() =>
                As(cloud, mine.TenantId, c => Run(c, $"DELETE FROM {table}"))
            );
            Assert.Equal((table, Violation, Violation), (table, changed.SqlState, removed.SqlState));
        }
    }

    [SkippableTheory]
    [InlineData("Username=postgres")]
    [InlineData("Username=mc_bypass")]
    [InlineData("Username=mc_owner")]
    public async Task A_host_whose_serving_role_row_security_does_not_bind_refuses_to_start(string login)
    {
        TestCloud.RequirePostgres();
        var connection = await (await PostgresCluster.GetAsync()).NewDatabaseAsync();
        var role = login.Split('=')[1];
        if (role != "postgres")
            await PostgresCluster.ExecuteAsync(
                connection,
                $"DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN {(role == "mc_bypass" ? "BYPASSRLS" : "")}"
            );
        if (role == "mc_owner")
            await PostgresCluster.ExecuteAsync(connection, $"ALTER TABLE points_accounts OWNER TO {role}");
        var serving = connection.Replace("Username=postgres", login, StringComparison.Ordinal);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            TestHost.StartAsync("postgres", connection, "api", "--Database:Migrate=false", $"--Database:AppConnection={serving}")
        );

        Assert.Contains("row security", refusal.Message, StringComparison.Ordinal);
        if (role == "mc_owner")
            await PostgresCluster.ExecuteAsync(connection, $"REASSIGN OWNED BY {role} TO postgres; DROP OWNED BY {role}");
        if (role != "postgres")
            await PostgresCluster.ExecuteAsync(connection, $"DROP ROLE {role}");
    }
}
