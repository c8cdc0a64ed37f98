using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Earning;

/// <summary>
/// One part of a rule's budget. A budget lies in <see cref="Buckets"/> rows so that many earnings at once do not wait for one row; the sum over them is what
/// counts. Locked after the accounts, in the order of rule and bucket.
/// </summary>
public sealed class EarningBudget : ITenantOwned
{
    public const int Buckets = 16;

    public Guid TenantId { get; init; }
    public Guid RuleId { get; init; }
    public int Bucket { get; init; }

    /// <summary>What may be issued from here. The shares add up to the budget; below <see cref="Used"/>, in the first bucket alone, after a budget was lowered.</summary>
    public long Share { get; set; }

    /// <summary>What was issued from here, less what came back. All that comes back comes to the first bucket, which may go below zero by it.</summary>
    public long Used { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<EarningBudget>
    {
        public void Configure(EntityTypeBuilder<EarningBudget> builder)
        {
            builder.ToTable("earning_budgets").ChangesOften();
            builder.HasKey(b => new
            {
                b.TenantId,
                b.RuleId,
                b.Bucket,
            });
        }
    }
}
