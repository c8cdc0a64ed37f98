using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Jobs;

/// <summary>One run of a job on one tenant that found something to look at, or failed.</summary>
public sealed class JobRun : ITenantOwned
{
    public const int ReasonsLength = 2000;

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public required string Job { get; init; }

    /// <summary>The tenant's time it worked at.</summary>
    public DateTime At { get; init; }

    /// <summary>By the wall clock.</summary>
    public DateTime StartedAt { get; init; }
    public long TookMs { get; init; }
    public int Looked { get; init; }
    public int Changed { get; init; }
    public int Failed { get; init; }

    /// <summary>What could not be done, a line each; ids only.</summary>
    public string? Reasons { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<JobRun>
    {
        public void Configure(EntityTypeBuilder<JobRun> builder)
        {
            builder.ToTable("job_runs");
            builder.HasKey(r => new
            {
                r.TenantId,
                r.Job,
                r.Id,
            });
            builder.Property(r => r.Job).HasMaxLength(40);
            builder.Property(r => r.Reasons).HasMaxLength(ReasonsLength);
        }
    }
}

/// <summary>Adds up batches into a run.</summary>
public sealed class RunTally(string job, DateTime startedAt)
{
    private readonly List<string> failures = [];

    public string Job => job;
    public int Looked { get; private set; }
    public int Changed { get; private set; }
    public int Failed => failures.Count;
    public bool IsEmpty => Looked == 0 && Failed == 0;

    public void Add(JobOutcome outcome)
    {
        Looked += outcome.Looked;
        Changed += outcome.Changed;
        failures.AddRange(outcome.Failures ?? []);
    }

    public void Fail(string reason) => failures.Add(reason);

    public JobRun ToRun(TenantScope scope)
    {
        var reasons = string.Join('\n', failures.Take(20));
        return new()
        {
            TenantId = scope.Id,
            Id = Shared.Ids.New(),
            Job = job,
            At = scope.Now,
            StartedAt = startedAt,
            TookMs = (long)(scope.WallNow - startedAt).TotalMilliseconds,
            Looked = Looked,
            Changed = Changed,
            Failed = Failed,
            Reasons = failures.Count == 0 ? null : reasons[..Math.Min(reasons.Length, JobRun.ReasonsLength)],
        };
    }
}
