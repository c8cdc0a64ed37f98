using MemberCloud.Api.Tests.Cloud;
using Npgsql;

namespace MemberCloud.Api.Tests.Storage;

/// <summary>Carts and answers are long texts: PostgreSQL packs them the cheap way.</summary>
public sealed class Compression(Clouds clouds) : ApiTests(clouds)
{
    [SkippableFact]
    public async Task Long_texts_are_packed_by_lz4()
    {
        var cloud = await On("postgres");
        await using var connection = new NpgsqlConnection(cloud.Connection);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT string_agg(DISTINCT a.attcompression::text, ','), count(DISTINCT c.oid) FILTER (WHERE c.relname IN ('checkouts', 'idempotency'))
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped AND a.attstorage = 'x'
              AND c.relname <> '__EFMigrationsHistory'
            """;
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();

        Assert.Equal(("l", 2), (reader.GetString(0), reader.GetInt64(1)));
    }
}
