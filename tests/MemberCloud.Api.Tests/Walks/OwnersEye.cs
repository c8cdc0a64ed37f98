using System.Data.Common;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MemberCloud.Api.Tests.Walks;

/// <summary>Looks at a brand's rows as the owner of the database, whom no filter and no row security binds.</summary>
public sealed class OwnersEye : IAsyncDisposable
{
    /// <summary>Written by reading or refusing as well: when a key was last used, the answers kept for an Idempotency-Key, guesses at a password or a code.</summary>
    private static readonly string[] Ignored = ["last_used_at"];
    private static readonly string[] IgnoredTables = ["idempotency", "staff_sign_in_tries", "coupon_hour_counts"];

    private readonly bool isPostgres;
    private readonly DbConnection connection;
    private readonly List<(string Table, string Owner, List<string> Columns)> tables;

    private OwnersEye(TestCloud cloud, DbConnection connection)
    {
        (isPostgres, this.connection) = (cloud.IsPostgres, connection);
        using var scope = cloud.Host.Services.CreateScope();
        var model = scope.ServiceProvider.GetRequiredService<MemberCloudDb>().Model;
        tables =
        [
            .. from entity in model.GetEntityTypes()
            let owner = OwnerOf(entity)
            where owner is not null && !IgnoredTables.Contains(entity.GetTableName())
            select (
                entity.GetTableName()!,
                owner,
                entity.GetProperties().Select(p => p.GetColumnName()).Except(Ignored).ToList()
            ),
        ];
    }

    public static async Task<OwnersEye> OpenAsync(TestCloud cloud)
    {
        DbConnection connection = cloud.IsPostgres
            ? new NpgsqlConnection(cloud.Connection + ";Pooling=false")
            : new SqliteConnection(cloud.Connection + ";Pooling=false;Mode=ReadOnly");
        await connection.OpenAsync();
        return new(cloud, connection);
    }

    /// <summary>A number that moves whenever anything at all was written: cheaper than looking.</summary>
    public async Task<string> TickAsync()
    {
        await using var command = connection.CreateCommand();
        command.CommandText = isPostgres ? "SELECT pg_snapshot_xmax(pg_current_snapshot())::text" : "PRAGMA data_version";
        return (await command.ExecuteScalarAsync())!.ToString()!;
    }

    /// <summary>Each table with the hash, or the text, of the brand's rows in it.</summary>
    public async Task<Dictionary<string, string>> RowsAsync(Brand brand)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = string.Join(" UNION ALL ", tables.Select(t => isPostgres ? Postgres(t, brand) : Sqlite(t, brand)));
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new Dictionary<string, string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0), reader.IsDBNull(1) ? "" : reader.GetString(1));
        return rows;
    }

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();

    /// <summary>The column that says whose a row is.</summary>
    private static string? OwnerOf(IEntityType entity) =>
        entity.FindProperty(nameof(ITenantOwned.TenantId)) is { } owner ? owner.GetColumnName()
        : entity.GetTableName() == "tenants" ? "id"
        : null;

    private static string Postgres((string Table, string Owner, List<string> Columns) t, Brand brand) =>
        $"SELECT '{t.Table}', md5(string_agg(r, '|' ORDER BY r)) FROM (SELECT jsonb_build_array({string.Join(", ", t.Columns)})::text r"
        + $" FROM {t.Table} WHERE {t.Owner} = '{brand.TenantId}') x";

    private static string Sqlite((string Table, string Owner, List<string> Columns) t, Brand brand) =>
        $"SELECT '{t.Table}', group_concat(r, '|' ORDER BY r) FROM (SELECT {string.Join(" || ',' || ", t.Columns.Select(c => $"quote({c})"))} r"
        + $" FROM {t.Table} WHERE {t.Owner} = X'{Convert.ToHexString(brand.TenantId.ToByteArray(bigEndian: true))}')";
}
