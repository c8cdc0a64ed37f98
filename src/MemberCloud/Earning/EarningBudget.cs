using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Earning;

/// <summary>One part of a rule's budget.</summary>
public sealed class EarningBudget : IBucket<EarningBudget>
{
    public Guid TenantId { get; init; }
    public Guid RuleId { get; init; }
    public int Bucket { get; init; }
    public long Share { get; set; }
    public long Used { get; set; }

    Guid IBucket<EarningBudget>.Owner => RuleId;

    static string IBucket<EarningBudget>.OwnerColumn => "rule_id";

    static string IBucket<EarningBudget>.OwnerProperty => nameof(RuleId);

    static EarningBudget IBucket<EarningBudget>.New(Guid tenant, Guid owner, int bucket) =>
        new()
        {
            TenantId = tenant,
            RuleId = owner,
            Bucket = bucket,
        };

    /// <summary>What each rule issued out of its budget so far.</summary>
    public static Task<Dictionary<Guid, long>> UsedAsync(
        MemberCloudDb db,
        IReadOnlyCollection<Guid> rules,
        CancellationToken ct
    ) =>
        db.Set<EarningBudget>()
            .Where(b => rules.Contains(b.RuleId))
            .GroupBy(b => b.RuleId)
            .Select(g => new { g.Key, Used = g.Sum(b => b.Used) })
            .ToDictionaryAsync(g => g.Key, g => Math.Max(0, g.Used), ct);

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
