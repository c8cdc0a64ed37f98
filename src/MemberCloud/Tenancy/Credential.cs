using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Tenancy;

/// <summary>A key, without the key: its hash finds the tenant. No tenant = a platform operator's. A platform table.</summary>
public sealed class Credential
{
    public Guid Id { get; init; }
    public Guid? TenantId { get; init; }
    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret. The secret has 160 random bits, so a slow hash would add nothing.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The first characters of the secret, for people who compare keys.</summary>
    public required string Hint { get; init; }

    /// <summary>Space-separated.</summary>
    public required string Scopes { get; init; }
    public DateTime CreatedAt { get; init; }

    /// <summary>By the wall clock, to the minute.</summary>
    public DateTime? LastUsedAt { get; set; }
    public DateTime? RevokedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Credential>
    {
        public void Configure(EntityTypeBuilder<Credential> builder)
        {
            builder.ToTable("credentials");
            builder.HasKey(c => c.Id);
            builder.HasIndex(c => c.Hash).IsUnique().HasDatabaseName("ux_credentials_hash");
            builder.HasIndex(c => new { c.TenantId, c.Id }).HasDatabaseName("ix_credentials_tenant");
            builder.HasOne<Tenant>().WithMany().HasForeignKey(c => c.TenantId);
            builder.Property(c => c.Name).HasMaxLength(100);
            builder.Property(c => c.Hash).HasMaxLength(32);
            builder.Property(c => c.Hint).HasMaxLength(20);
            builder.Property(c => c.Scopes).HasMaxLength(400);
        }
    }
}

/// <summary>Who calls: a key's identity and what it may do.</summary>
public sealed record Caller(Guid CredentialId, Guid? TenantId, IReadOnlySet<string> Scopes)
{
    public bool IsOperator => TenantId is null;
}

/// <summary>What a brand's key may be allowed to do.</summary>
public static class Scopes
{
    public const string Configure = "configure";
    public const string Keys = "keys";
    public const string MembersRead = "members:read";
    public const string MembersWrite = "members:write";
    public const string PointsRead = "points:read";
    public const string PointsWrite = "points:write";
    public const string OrdersRead = "orders:read";
    public const string OrdersWrite = "orders:write";
    public const string EventsWrite = "events:write";
    public const string Operations = "operations";

    public static IReadOnlyList<string> All { get; } =
    [Configure, Keys, MembersRead, MembersWrite, PointsRead, PointsWrite, OrdersRead, OrdersWrite, EventsWrite, Operations];
}
