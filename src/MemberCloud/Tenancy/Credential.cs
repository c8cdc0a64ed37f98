using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Tenancy;

/// <summary>What opens a door: a system's key, a session of staff, a member's token, an invitation.</summary>
public enum CredentialKind
{
    Key,
    Staff,
    Member,
    Invitation,
}

/// <summary>A key or token, without the secret: its hash finds the tenant. No tenant = a platform operator's. A platform table.</summary>
public sealed class Credential
{
    public Guid Id { get; init; }
    public Guid? TenantId { get; init; }
    public CredentialKind Kind { get; init; }

    /// <summary>Whose it is: the member of staff, or the member. None for a key.</summary>
    public Guid? SubjectId { get; init; }
    public required string Name { get; init; }

    /// <summary>Of a key that somebody made: the person, or the first key, that it goes back to. What it does counts as theirs.</summary>
    public Guid? RootId { get; init; }

    /// <summary>SHA-256 of the secret. The secret has 160 random bits, so a slow hash would add nothing.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The first characters of the secret, for people who compare keys.</summary>
    public required string Hint { get; init; }

    /// <summary>A key's scopes, space-separated; the role for staff and their invitations.</summary>
    public required string Scopes { get; init; }

    /// <summary>By the wall clock; null = until revoked.</summary>
    public DateTime? ExpiresAt { get; init; }
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
            builder
                .HasIndex(c => new
                {
                    c.TenantId,
                    c.Kind,
                    c.SubjectId,
                })
                .HasDatabaseName("ix_credentials_subject");
            builder.HasIndex(c => c.ExpiresAt).HasDatabaseName("ix_credentials_expires_at");
            builder.HasOne<Tenant>().WithMany().HasForeignKey(c => c.TenantId);
            builder.Property(c => c.Name).HasMaxLength(100);
            builder.Property(c => c.Hash).HasMaxLength(32);
            builder.Property(c => c.Hint).HasMaxLength(20);
            builder.Property(c => c.Scopes).HasMaxLength(400);
        }
    }
}

/// <summary>Who calls: a platform operator, a brand's key, staff, a member, or somebody with an invitation.</summary>
public enum CallerKind
{
    Operator,
    Key,
    Staff,
    Member,
    Invitation,
}

/// <summary>Who calls, and what they may do.</summary>
/// <param name="Role">Of staff.</param>
/// <param name="SubjectId">The member of staff, or the member.</param>
/// <param name="ExpiresAt">By the wall clock; null = until revoked.</param>
public sealed record Caller(
    CallerKind Kind,
    Guid CredentialId,
    Guid? TenantId,
    IReadOnlySet<string> Scopes,
    StaffRole? Role = null,
    Guid? SubjectId = null,
    DateTime? ExpiresAt = null,
    Guid? RootId = null
)
{
    /// <summary>Who calls: the person, whatever the session; else the key.</summary>
    public Guid Id => SubjectId ?? CredentialId;

    /// <summary>Whose acts these are: the person, or the key; of a key that was made, its maker's.</summary>
    public Guid ActorId => RootId ?? Id;

    public static Caller Of(Credential c)
    {
        var kind = c.TenantId is null
            ? CallerKind.Operator
            : c.Kind switch
            {
                CredentialKind.Key => CallerKind.Key,
                CredentialKind.Staff => CallerKind.Staff,
                CredentialKind.Member => CallerKind.Member,
                CredentialKind.Invitation => CallerKind.Invitation,
            };
        StaffRole? role = kind is CallerKind.Staff or CallerKind.Invitation ? Words<StaffRole>.Parse(c.Scopes) : null;
        // An owner gives keys what an owner may: everything. Other roles make none.
        IEnumerable<string> scopes = kind switch
        {
            CallerKind.Key => c.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            CallerKind.Staff when role == StaffRole.Owner => Tenancy.Scopes.All,
            _ => [],
        };
        return new(kind, c.Id, c.TenantId, scopes.ToHashSet(StringComparer.Ordinal), role, c.SubjectId, c.ExpiresAt, c.RootId);
    }
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
    public const string CouponsRead = "coupons:read";
    public const string CouponsWrite = "coupons:write";
    public const string MembershipsRead = "memberships:read";
    public const string MembershipsWrite = "memberships:write";
    public const string OrdersRead = "orders:read";
    public const string OrdersWrite = "orders:write";
    public const string EventsWrite = "events:write";
    public const string Operations = "operations";

    /// <summary>Not for an operation: such a key passes the limits above which a second person must agree.</summary>
    public const string Unattended = "unattended";

    public static IReadOnlyList<string> All { get; } =
    [
        Configure,
        Keys,
        MembersRead,
        MembersWrite,
        PointsRead,
        PointsWrite,
        CouponsRead,
        CouponsWrite,
        MembershipsRead,
        MembershipsWrite,
        OrdersRead,
        OrdersWrite,
        EventsWrite,
        Operations,
        Unattended,
    ];
}
