using Npgsql;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>Rows of PostgreSQL that somebody else holds for a while: whoever wants to write them waits.</summary>
public sealed class HeldRows : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;

    private HeldRows(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>Every points account of a brand.</summary>
    public static async Task<HeldRows> AccountsAsync(Brand brand)
    {
        var connection = new NpgsqlConnection(brand.Cloud.Connection + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"BEGIN; SELECT 1 FROM points_accounts WHERE {brand.Mine} FOR UPDATE";
        await command.ExecuteNonQueryAsync();
        return new(connection);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
