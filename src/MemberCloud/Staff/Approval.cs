using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Staff;

/// <summary>pending: waits for a second person. expired: nobody decided in time.</summary>
public enum ApprovalState
{
    /// <summary>Waits for a second person.</summary>
    Pending,

    /// <summary>Agreed to, and done.</summary>
    Approved,

    /// <summary>Not agreed to; nothing was done.</summary>
    Rejected,

    /// <summary>Nobody decided in time.</summary>
    Expired,
}

/// <summary>Something above somebody's limit, which another person must agree to.</summary>
public sealed class Approval : ITenantOwned, IVersioned
{
    public const int ReasonLength = 200;
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }

    /// <summary>What is to be done: the operation that was called.</summary>
    public required string Operation { get; init; }

    /// <summary>JSON of the request, for whoever carries it out.</summary>
    public required string Request { get; set; }
    public Guid? MemberId { get; init; }

    /// <summary>What it weighs against the limit.</summary>
    public long Amount { get; init; }
    public required string Reason { get; set; }
    public CallerKind RequesterKind { get; init; }
    public Guid RequesterId { get; init; }

    /// <summary>Whose request it is: of a key that somebody made, its maker's.</summary>
    public Guid ActorId { get; init; }
    public ApprovalState State { get; set; }

    /// <summary>By the tenant's clock, as all its times.</summary>
    public DateTime RequestedAt { get; init; }
    public DateTime ExpiresAt { get; init; }
    public Guid? DecidedBy { get; set; }
    public DateTime? DecidedAt { get; set; }
    public string? Note { get; set; }
    public long Version { get; set; }

    /// <summary>Honest: past its end it counts as expired, whether or not anything has written that.</summary>
    public ApprovalState StateAt(DateTime now) =>
        State == ApprovalState.Pending && ExpiresAt <= now ? ApprovalState.Expired : State;

    internal sealed class Configuration : IEntityTypeConfiguration<Approval>
    {
        public void Configure(EntityTypeBuilder<Approval> builder)
        {
            builder.ToTable("approvals");
            builder.HasKey(a => new { a.TenantId, a.Id });
            builder.HasIndex(a => new
            {
                a.TenantId,
                a.State,
                a.Id,
            });
            builder.Property(a => a.Operation).HasMaxLength(60);
            builder.Property(a => a.Reason).HasMaxLength(ReasonLength);
            builder.Property(a => a.Note).HasMaxLength(ReasonLength);
        }
    }
}

/// <summary>One person's, or key's, part of the daily limit: its row is the lock under which uses are counted.</summary>
public sealed class Allowance : ITenantOwned, IVersioned
{
    public Guid TenantId { get; init; }
    public Guid ActorId { get; init; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Allowance>
    {
        public void Configure(EntityTypeBuilder<Allowance> builder)
        {
            builder.ToTable("staff_allowances");
            builder.HasKey(a => new { a.TenantId, a.ActorId });
        }
    }
}

/// <summary>What was done within the limit, and when by the tenant's clock.</summary>
public sealed class AllowanceUse : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid ActorId { get; init; }
    public Guid Id { get; init; }
    public DateTime At { get; init; }
    public long Amount { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<AllowanceUse>
    {
        public void Configure(EntityTypeBuilder<AllowanceUse> builder)
        {
            builder.ToTable("staff_allowance_uses");
            builder.HasKey(u => new
            {
                u.TenantId,
                u.ActorId,
                u.Id,
            });
            builder.HasIndex(u => new
            {
                u.TenantId,
                u.ActorId,
                u.At,
            });
        }
    }
}
