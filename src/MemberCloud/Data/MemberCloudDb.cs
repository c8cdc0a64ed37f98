using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Data;

/// <summary>
/// The one database context. Capabilities bring their tables with <see cref="IEntityTypeConfiguration{T}"/> and reach them with <c>Set&lt;T&gt;()</c>.
/// Writes happen inside <see cref="Transactions"/>; the hot ones through its <see cref="IDoor"/>.
/// </summary>
public sealed class MemberCloudDb(DbContextOptions<MemberCloudDb> options, CurrentTenant tenant) : DbContext(options)
{
    /// <summary>Name of the read filter that keeps tenants apart; the database's row security holds without it.</summary>
    public const string TenantFilter = "tenant";

    public CurrentTenant Tenant { get; } = tenant;

    /// <summary>What this context changes, while the audit log asks for it.</summary>
    public ChangeTrail Trail { get; } = new();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(MemberCloudDb).Assembly);
        Conventions.Apply(modelBuilder, this, Database.ProviderName);
    }
}
