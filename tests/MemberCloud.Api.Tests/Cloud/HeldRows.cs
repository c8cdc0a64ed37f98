using Npgsql;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>Rows of PostgreSQL that somebody else holds for a while: whoever wants to write them waits.</summary>
public sealed class HeldRows : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private HeldRows(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>Every points account of a brand.</summary>
    public static Task<HeldRows> AccountsAsync(Brand brand) => OfAsync(brand, "points_accounts");

    /// <summary>Every member of a brand.</summary>
    public static Task<HeldRows> MembersAsync(Brand brand) => OfAsync(brand, "members");

    /// <summary>Changes something and lets go.</summary>
    public async Task ChangeAsync(string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = $"{sql}; COMMIT";
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<HeldRows> OfAsync(Brand brand, string table)
    {
        var connection = new NpgsqlConnection(brand.Cloud.Connection + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"BEGIN; SELECT 1 FROM {table} WHERE {brand.Mine} FOR UPDATE";
        await command.ExecuteNonQueryAsync();
        return new(connection);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
