namespace MemberCloud.Rules.Tests.Tidy;

public sealed class SqlTests
{
    [Fact]
    public void Nothing_outlives_the_transaction_on_a_connection() =>
        Repository.Keeps(Repository.Product.SelectMany(Sql.LeavesNothing));

    [Fact]
    public void Sql_of_one_engine_stays_in_data() => Repository.Keeps(Repository.Product.SelectMany(Sql.EnginesStayInData));

    [Fact]
    public void Platform_tables_are_reached_by_one_class() =>
        Repository.Keeps(Repository.Product.SelectMany(Sql.PlatformHasOneDoor));

    [Theory]
    [InlineData("\"SELECT set_config('membercloud.tenant', $1, false)\"")]
    [InlineData("$\"SELECT SET_CONFIG('membercloud.tenant', {Name(tenant)}, FALSE)\"")]
    [InlineData("\"SET row_security = off\"")]
    [InlineData("\"\"\"\n    SET search_path TO other\n    \"\"\"")]
    [InlineData("\"SELECT pg_advisory_lock(1)\"")]
    [InlineData("\"SELECT pg_try_advisory_lock(1)\"")]
    [InlineData("\"CREATE TEMP TABLE t (id int)\"")]
    [InlineData("\"CREATE TEMPORARY TABLE t (id int)\"")]
    [InlineData("\"LISTEN outbox\"")]
    [InlineData("\"DECLARE c CURSOR WITH HOLD FOR SELECT 1\"")]
    public void What_stays_on_a_connection_is_caught(string text) => Assert.NotEmpty(Sql.LeavesNothing(In("Data", text)));

    [Theory]
    [InlineData("\"SELECT set_config('membercloud.tenant', $1, true)\"")]
    [InlineData("\"SET LOCAL lock_timeout = '1s'\"")]
    [InlineData("\"UPDATE tenants SET name = $1\"")]
    [InlineData("\"SELECT pg_advisory_xact_lock(1)\"")]
    [InlineData("1 // pg_advisory_lock would outlive the transaction")]
    public void What_ends_with_the_transaction_is_fine(string text) => Assert.Empty(Sql.LeavesNothing(In("Data", text)));

    [Theory]
    [InlineData("\"SELECT * FROM unnest(@ids)\"")]
    [InlineData("\"INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING\"")]
    [InlineData("\"SELECT 1 FROM t FOR UPDATE SKIP LOCKED\"")]
    [InlineData("\"SELECT 1 FROM t FOR NO KEY UPDATE\"")]
    [InlineData("\"DELETE FROM t RETURNING id\"")]
    [InlineData("$\"SELECT {id}::uuid\"")]
    [InlineData("\"PRAGMA journal_mode\"")]
    [InlineData("\"SELECT payload::jsonb\"")]
    [InlineData("\"name ILIKE @p\"")]
    [InlineData("$\"SELECT id FROM t ORDER BY id LIMIT {take}\"")]
    [InlineData("\"\"\"\n    SELECT id FROM t\n    LIMIT 10\n    \"\"\"")]
    public void Sql_of_one_engine_outside_data_is_caught(string text)
    {
        Assert.NotEmpty(Sql.EnginesStayInData(In("Points", text)));
        Assert.Empty(Sql.EnginesStayInData(In("Data", text)));
    }

    [Theory]
    [InlineData("\"UPDATE t SET a = a + 1 WHERE id = @id\"")]
    [InlineData("\"This is the limit for updates, returning later.\"")]
    [InlineData("1 // Postgres: ON CONFLICT, in Data")]
    public void Sql_that_every_engine_understands_is_fine(string text) => Assert.Empty(Sql.EnginesStayInData(In("Points", text)));

    [Theory]
    [InlineData("src/MemberCloud/Tenancy/TenantService.cs", "db.Set<Tenant>()", true)]
    [InlineData("src/MemberCloud/Jobs/JobRunner.cs", "db.Set<JobDue>()", true)]
    [InlineData("src/MemberCloud/Jobs/TenantDirectory.cs", "db.Set<JobDue>()", true)]
    [InlineData("src/MemberCloud.Host/Program.cs", "db.Set<MemberCloud.Tenancy.Credential>()", true)]
    [InlineData("src/MemberCloud/Points/PointsLedger.cs", "new Lookup<Credential>()", true)]
    [InlineData("src/MemberCloud/Tenancy/TenantDirectory.cs", "db.Set<Tenant>()", false)]
    [InlineData("src/MemberCloud/Tenancy/TenantDirectoryJobs.cs", "db.Set<JobDue>()", false)]
    [InlineData("src/MemberCloud/Tenancy/Tenant.cs", "new EntityTypeBuilder<Tenant>()", false)]
    [InlineData("src/MemberCloud/Points/PointsLedger.cs", "db.Set<PointsLot>()", false)]
    public void A_platform_table_reached_from_elsewhere_is_caught(string path, string text, bool caught) =>
        Assert.Equal(caught, Sql.PlatformHasOneDoor(new(path, Wrap(text))).Any());

    private static Source In(string folder, string text) => new($"src/MemberCloud/{folder}/A.cs", Wrap(text));

    private static string Wrap(string text) => $"class A {{ object B() =>\n{text}\n; }}";
}
