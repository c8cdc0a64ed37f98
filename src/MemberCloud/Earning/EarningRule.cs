using System.ComponentModel.DataAnnotations;
using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Earning;

/// <summary>What earns, how much, when it settles and when it ends. Every change makes a new version; entries keep the one they were made with.</summary>
/// <param name="Name">Up to 100 characters.</param>
/// <param name="Trigger">order.paid, order.completed, member.joined, member.birthday, check_in, review, share, referral, profile.completed or custom:&lt;type&gt;.</param>
/// <param name="Currency">points, growth, one of the brand's own, or coupons: the formula names a template then.</param>
/// <param name="Conditions">All given ones must hold.</param>
/// <param name="Caps">Limits per member.</param>
/// <param name="Budget">
/// Points (coupons) it may issue to all members in all, 0 to 10^12; null = no limit. When less is left than an earning asks for, the rest is issued. A reversed earning gives
/// back what it took.
/// </param>
/// <param name="Settle">For orders 7 days after completion unless given; for everything else at once. Coupons come at once.</param>
/// <param name="Expiry">Never unless given. Coupons end as their template says.</param>
/// <param name="Active">True unless given.</param>
public sealed record RuleBody(
    [property: Required, Text(100, IsName = true)] string Name,
    [property: Required, RegularExpression(EarningRules.TriggerPattern), StringLength(60)] string Trigger,
    [property: Required, StringLength(Currencies.CodeLength)] string Currency,
    [property: Required] RuleFormula Formula,
    RuleConditions? Conditions = null,
    RuleCaps? Caps = null,
    [property: Range(0, Money.Max)] long? Budget = null,
    RuleSettle? Settle = null,
    RuleExpiry? Expiry = null,
    bool Active = true
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (Currency == Currencies.Coupons != Formula?.Coupon is not null)
            yield return new("/formula", "one_of", "The currency coupons goes with formula.coupon, and needs it.");
        if (Currency == Currencies.Coupons && Settle is not null)
            yield return new("/settle", "not_applicable", "Coupons come at once.");
        if (Currency == Currencies.Coupons && Expiry is not null)
            yield return new("/expiry", "not_applicable", "Coupons end as their template says.");
    }
}

/// <summary>When a rule applies. Empty lists and nulls ask for nothing.</summary>
/// <param name="MinAmount">Least net of the eligible lines, minor units.</param>
/// <param name="Skus">Lines of other SKUs do not count.</param>
/// <param name="Categories">Lines of other categories do not count.</param>
/// <param name="PlanIds">Only for members who have one of these paid plans in force when it happens.</param>
/// <param name="Tags">The member has at least one of them.</param>
/// <param name="FirstOrder">Only the member's first order.</param>
/// <param name="From">Facts from this instant on.</param>
/// <param name="Until">Facts before this instant.</param>
/// <param name="Channels">Only in these channels.</param>
/// <param name="Stores">Only in these stores.</param>
/// <param name="TierIds">Only for members on one of these tiers, by growth or by a paid plan.</param>
public sealed record RuleConditions(
    [property: Range(0, Money.Max)] long MinAmount = 0,
    [property: MaxLength(500)] IReadOnlyList<string>? Skus = null,
    [property: MaxLength(500)] IReadOnlyList<string>? Categories = null,
    [property: MaxLength(100)] IReadOnlyList<string>? Channels = null,
    [property: MaxLength(500)] IReadOnlyList<string>? Stores = null,
    [property: MaxLength(50)] IReadOnlyList<string>? TierIds = null,
    [property: MaxLength(50)] IReadOnlyList<string>? PlanIds = null,
    [property: MaxLength(50)] IReadOnlyList<string>? Tags = null,
    bool FirstOrder = false,
    [property: Instant] DateTime? From = null,
    [property: Instant] DateTime? Until = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (From >= Until)
            yield return new("/until", "out_of_order", "A window ends after it begins.");
    }
}

/// <summary>How much: a fixed number, per amount of the eligible lines' net, or coupons.</summary>
/// <param name="Fixed">Points, 1 to 10^9.</param>
/// <param name="TierMultiplier">Multiplies by the member's better tier or by a perk of points, whichever is larger, before the one rounding down; not of coupons.</param>
/// <param name="Coupon">Coupons of a template.</param>
public sealed record RuleFormula(
    [property: Range(1, 1_000_000_000)] long? Fixed = null,
    PerAmount? PerAmount = null,
    bool TierMultiplier = false,
    RuleCoupon? Coupon = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (new object?[] { Fixed, PerAmount, Coupon }.Count(way => way is not null) != 1)
            yield return new("", "one_of", "A formula is one of fixed, per_amount and coupon.");
        if (Coupon is not null && TierMultiplier)
            yield return new("/tier_multiplier", "not_applicable", "Coupons are not multiplied.");
    }
}

/// <summary>
/// Coupons given under their template's state, audience, limits and stock, and the rule's caps and budget: as many as these allow. What they do not allow is not given
/// later; the event coupon.reward_refused tells it.
/// </summary>
/// <param name="TemplateId"><c>tpl_...</c></param>
/// <param name="Quantity">1 to 20.</param>
public sealed record RuleCoupon([property: Required, Text(60)] string TemplateId, [property: Range(1, 20)] int Quantity = 1);

/// <summary>floor(net / unit) * points.</summary>
/// <param name="Unit">Minor units, 1 to 10^9.</param>
/// <param name="Points">1 to 10^6.</param>
public sealed record PerAmount([property: Range(1, 1_000_000_000)] long Unit, [property: Range(1, 1_000_000)] long Points);

/// <summary>
/// Most points of this rule for one member: per event, local day, local month, ever. What a cap leaves of an earning is issued; a reversed earning gives back
/// what it took.
/// </summary>
/// <param name="PerEvent">Points for one order or event; null = no limit.</param>
/// <param name="PerDay">Points in one local day; null = no limit.</param>
/// <param name="PerMonth">Points in one local month; null = no limit.</param>
/// <param name="PerMember">Points ever; null = no limit.</param>
public sealed record RuleCaps(
    [property: Range(0, Money.Max)] long? PerEvent = null,
    [property: Range(0, Money.Max)] long? PerDay = null,
    [property: Range(0, Money.Max)] long? PerMonth = null,
    [property: Range(0, Money.Max)] long? PerMember = null
);

/// <summary>What points wait for.</summary>
public enum SettleOn
{
    /// <summary>Until the brand settles them.</summary>
    Explicit,
}

/// <summary>When points settle.</summary>
/// <param name="AfterDays">Local days after completion (orders) or the fact (others), same wall time; 0 = at once. 0 to 3650.</param>
/// <param name="On">explicit: only when the brand says so.</param>
public sealed record RuleSettle([property: Range(0, 3650)] int? AfterDays = null, SettleOn? On = null) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (AfterDays is null == (On is null))
            yield return new("", "one_of", "Settle is either after_days or on.");
    }
}

/// <summary>How the end of points is counted.</summary>
public enum ExpiryName
{
    /// <summary>They do not end.</summary>
    Never,

    /// <summary>At the end of the local day, that many months after becoming available.</summary>
    Months,

    /// <summary>On 31 December of the N-th following year.</summary>
    YearEnd,

    /// <summary>After that many months without earning or spending.</summary>
    Inactive,
}

/// <summary>When points end, counted from becoming available.</summary>
/// <param name="Policy">never, months (end of the local day), year_end (31 December of the N-th following year), inactive (N months without earning or spending).</param>
/// <param name="Months">For months and inactive, 1 to 600.</param>
/// <param name="Years">For year_end, 0 to 50.</param>
public sealed record RuleExpiry(
    [property: Required] ExpiryName? Policy,
    [property: Range(1, 600)] int? Months = null,
    [property: Range(0, 50)] int? Years = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (Policy is ExpiryName.Months or ExpiryName.Inactive != Months is not null)
            yield return new("/months", "one_of", "months goes with the policies months and inactive, and they need it.");
        if (Policy is ExpiryName.YearEnd != Years is not null)
            yield return new("/years", "one_of", "years goes with the policy year_end, and it needs it.");
    }

    public ExpiryPolicy ToPolicy() =>
        Policy!.Value switch
        {
            ExpiryName.Never => ExpiryPolicy.Never,
            ExpiryName.Months => new(ExpiryKind.Months, Months!.Value),
            ExpiryName.YearEnd => new(ExpiryKind.YearEnd, Years!.Value),
            ExpiryName.Inactive => new(ExpiryKind.Inactive, Months!.Value),
        };
}

/// <summary>A rule as it stands.</summary>
public sealed class EarningRule : ITenantOwned, IVersioned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public int RuleVersion { get; set; }

    /// <summary>JSON of <see cref="RuleBody"/>.</summary>
    public required string Body { get; set; }
    public bool Active { get; set; }
    public DateTime CreatedAt { get; init; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<EarningRule>
    {
        public void Configure(EntityTypeBuilder<EarningRule> builder)
        {
            builder.ToTable("earning_rules");
            builder.HasKey(r => new { r.TenantId, r.Id });
        }
    }
}

/// <summary>A rule as it stood: what an entry's rule_version means.</summary>
public sealed class EarningRuleVersion : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid RuleId { get; init; }
    public int RuleVersion { get; init; }
    public required string Body { get; init; }
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<EarningRuleVersion>
    {
        public void Configure(EntityTypeBuilder<EarningRuleVersion> builder)
        {
            builder.ToTable("earning_rule_versions");
            builder
                .IsAppendOnly()
                .HasKey(r => new
                {
                    r.TenantId,
                    r.RuleId,
                    r.RuleVersion,
                });
        }
    }
}

/// <summary>What one member got from one rule in one period (day:2026-03-10, month:2026-03, ever). Decided and written under the member's account row.</summary>
public sealed class EarningCap : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public Guid RuleId { get; init; }
    public required string Period { get; init; }
    public long Used { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<EarningCap>
    {
        public void Configure(EntityTypeBuilder<EarningCap> builder)
        {
            builder.ToTable("earning_caps");
            builder.HasKey(c => new
            {
                c.TenantId,
                c.MemberId,
                c.RuleId,
                c.Period,
            });
            builder.Property(c => c.Period).HasMaxLength(20);
        }
    }
}

/// <summary>An event a brand reported: its id makes it happen once.</summary>
public sealed class ReportedEvent : ITenantOwned
{
    public const int IdLength = 100;

    public Guid TenantId { get; init; }
    public required string EventId { get; init; }
    public Guid MemberId { get; init; }

    /// <summary>Fingerprint of what was reported: the same id with other contents is refused.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>JSON of what it earned.</summary>
    public required string Earned { get; init; }
    public DateTime OccurredAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<ReportedEvent>
    {
        public void Configure(EntityTypeBuilder<ReportedEvent> builder)
        {
            builder.ToTable("reported_events");
            builder.IsAppendOnly().HasKey(e => new { e.TenantId, e.EventId });
            builder.HasIndex(e => new { e.TenantId, e.MemberId });
            builder.Property(e => e.EventId).HasMaxLength(IdLength);
            builder.Property(e => e.Hash).HasMaxLength(32);
        }
    }
}
