using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Tenancy;

/// <summary>A job did its work on a subject for a period: at most once, whoever runs and however often.</summary>
public sealed class JobEffect : ITenantOwned
{
    public Guid TenantId { get; init; }
    public required string Job { get; init; }
    public Guid SubjectId { get; init; }
    public required string Period { get; init; }

    /// <summary>The tenant's time at which it was done, where a later run asks for it.</summary>
    public DateTime? At { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<JobEffect>
    {
        public void Configure(EntityTypeBuilder<JobEffect> builder)
        {
            builder.ToTable("job_effects");
            builder.HasKey(e => new
            {
                e.TenantId,
                e.Job,
                e.SubjectId,
                e.Period,
            });
            builder.Property(e => e.Job).HasMaxLength(40);
            builder.Property(e => e.Period).HasMaxLength(20);
        }
    }
}
