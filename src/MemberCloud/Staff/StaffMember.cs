using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Staff;

/// <summary>invited: has no password yet. active: may sign in. disabled: may not.</summary>
public enum StaffState
{
    Invited,
    Active,
    Disabled,
}

/// <summary>A person who works for a brand.</summary>
public sealed class StaffMember : ITenantOwned, IVersioned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public required string Name { get; set; }

    /// <summary>Encrypted under the tenant's key; found by its blind index.</summary>
    public required byte[] EmailSealed { get; init; }
    public required byte[] EmailIndex { get; init; }
    public StaffRole Role { get; set; }
    public StaffState State { get; set; }

    /// <summary>By the framework's hasher (PBKDF2); null before the invitation is accepted.</summary>
    public byte[]? PasswordHash { get; set; }

    /// <summary>Who invited, and when by the tenant's clock: who was invited a moment ago approves nothing of who invited.</summary>
    public Guid? InvitedBy { get; set; }
    public DateTime InvitedAt { get; set; }

    /// <summary>By the wall clock.</summary>
    public DateTime? LastSignedInAt { get; set; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<StaffMember>
    {
        public void Configure(EntityTypeBuilder<StaffMember> builder)
        {
            builder.ToTable("staff");
            builder.HasKey(s => new { s.TenantId, s.Id });
            builder.HasIndex(s => new { s.TenantId, s.EmailIndex }).IsUnique().HasDatabaseName("ux_staff_email");
            builder.Property(s => s.Name).HasMaxLength(100);
            builder.Property(s => s.EmailSealed).HasMaxLength(300);
            builder.Property(s => s.EmailIndex).HasMaxLength(32);
            builder.Property(s => s.PasswordHash).HasMaxLength(200);
        }
    }
}

/// <summary>Guesses at one e-mail's password, whether or not anybody has that e-mail: the answer must not tell.</summary>
public sealed class SignInTries : ITenantOwned, IVersioned
{
    public Guid TenantId { get; init; }

    /// <summary>Blind index of the e-mail.</summary>
    public required byte[] Subject { get; init; }
    public int Failures { get; set; }

    /// <summary>No try before, by the wall clock.</summary>
    public DateTime NextAt { get; set; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<SignInTries>
    {
        public void Configure(EntityTypeBuilder<SignInTries> builder)
        {
            builder.ToTable("staff_sign_in_tries");
            builder.HasKey(t => new { t.TenantId, t.Subject });
            builder.Property(t => t.Subject).HasMaxLength(32);
        }
    }
}
