using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Tenancy;

/// <summary>When to look at a tenant for a job next, and how far it got. A platform table: sweeps read it, then work one tenant at a time.</summary>
public sealed class JobDue
{
    public Guid TenantId { get; init; }
    public required string Job { get; init; }

    /// <summary>By the wall clock.</summary>
    public DateTime NextDue { get; set; }

    /// <summary>A worker has it until then, by the wall clock; past it, another may take it.</summary>
    public DateTime? LeaseUntil { get; set; }

    /// <summary>When it had its last turn, by the wall clock: who waited longest goes first.</summary>
    public DateTime ServedAt { get; set; }

    /// <summary>The tenant's time of the last complete run.</summary>
    public DateTime? LastRun { get; set; }
    public string? Cursor { get; set; }

    /// <summary>Failures in a row, for the back-off.</summary>
    public int Failures { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<JobDue>
    {
        public void Configure(EntityTypeBuilder<JobDue> builder)
        {
            builder.ToTable("job_due");
            builder.HasKey(d => new { d.TenantId, d.Job });
            builder
                .HasIndex(d => new
                {
                    d.Job,
                    d.NextDue,
                    d.ServedAt,
                })
                .HasDatabaseName("ix_job_due_next");
            builder.Property(d => d.Job).HasMaxLength(40);
            builder.Property(d => d.Cursor).HasMaxLength(400);
        }
    }
}
