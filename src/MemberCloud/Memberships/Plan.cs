using System.ComponentModel.DataAnnotations;
using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Memberships;

/// <summary>What a term is counted in, by the brand's local calendar.</summary>
public enum TermUnit
{
    /// <summary>Calendar days.</summary>
    Day,

    /// <summary>Calendar months.</summary>
    Month,

    /// <summary>Calendar years.</summary>
    Year,
}

/// <summary>What is paid back when a membership is cancelled at once.</summary>
public enum RefundPolicy
{
    /// <summary>All of it within 7 days while no perk was used, else nothing.</summary>
    FullIfUnused,

    /// <summary>The fee less the value of the perks used, not below 0.</summary>
    LessPerksUsed,

    /// <summary>The part of the days that are left.</summary>
    Prorata,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>How long one payment lasts.</summary>
/// <param name="Count">1 to 3650 days, 1 to 120 months, 1 to 10 years.</param>
/// <param name="Unit">What is counted.</param>
public sealed record PlanTerm([property: Required, Range(1, PlanTerm.MaxDays)] int Count, [property: Required] TermUnit? Unit)
    : IChecked
{
    public const int MaxDays = 3650;

    public IEnumerable<FieldProblem> Check()
    {
        var most = Unit!.Value switch
        {
            TermUnit.Day => MaxDays,
            TermUnit.Month => 120,
            TermUnit.Year => 10,
        };
        if (Count > most)
            yield return new("/count", "out_of_range", $"A term is at most {most} of these, which is ten years.");
    }
}

/// <summary>What the first terms cost.</summary>
/// <param name="Price">Minor units, 0 to 10^12, below the plan's price.</param>
/// <param name="Terms">How many terms, 1 to 120.</param>
public sealed record PlanIntro(
    [property: Required, Range(0, Money.Max)] long Price,
    [property: Required, Range(1, 120)] int Terms
);

/// <summary>What a paid membership sells. Every change makes a new version; consents and notices keep the one they were about.</summary>
/// <param name="Name">Up to 100 characters.</param>
/// <param name="Family">1 to 40 of a-z, 0-9, _ and -, beginning with a letter. A member has one live membership of a family. Never changes.</param>
/// <param name="Price">For one term, minor units, 1 to 10^12.</param>
/// <param name="Term">How long one payment lasts.</param>
/// <param name="TierId">The tier it lifts the member to while it is active; null = none.</param>
/// <param name="TrialDays">Days before the first payment, 0 to 365; none unless given.</param>
/// <param name="GraceDays">Days that perks go on after a failed renewal, 0 to 90; 7 unless given.</param>
/// <param name="Intro">What the first terms cost; null = the price.</param>
/// <param name="Perks">Ids of the perks it entitles to, up to 50.</param>
/// <param name="RefundPolicy">full_if_unused unless given.</param>
/// <param name="Active">Whether it can be bought. True unless given.</param>
public sealed record PlanBody(
    [property: Required, Text(100, IsName = true, Plain = true)] string Name,
    [property: Required, RegularExpression("[a-z][a-z0-9_-]*"), StringLength(Plan.FamilyLength)] string Family,
    [property: Required, Range(1, Money.Max)] long Price,
    [property: Required] PlanTerm Term,
    [property: Text(60)] string? TierId = null,
    [property: Range(0, 365)] int TrialDays = 0,
    [property: Range(0, 90)] int GraceDays = 7,
    PlanIntro? Intro = null,
    [property: MaxLength(50)] IReadOnlyList<string>? Perks = null,
    RefundPolicy RefundPolicy = RefundPolicy.FullIfUnused,
    bool Active = true
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (Intro?.Price >= Price)
            yield return new("/intro/price", "intro_not_below_price", "The first terms cost less than the others.");
        if (Perks is not null && Perks.Distinct(StringComparer.Ordinal).Count() < Perks.Count)
            yield return new("/perks", "duplicate", "A perk is named once.");
    }
}

/// <summary>A plan as it stands.</summary>
public sealed class Plan : ITenantOwned, IVersioned
{
    public const int FamilyLength = 40;

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }

    /// <summary>1, 2, 3 ... with every change.</summary>
    public int PlanVersion { get; set; }

    /// <summary>Members who agreed to an older version go over to this one, at the first renewal they were told of; 0 = each keeps theirs.</summary>
    public int MembersVersion { get; set; }

    /// <summary>A member has one live membership of a family.</summary>
    public required string Family { get; init; }

    /// <summary>JSON of <see cref="PlanBody"/>.</summary>
    public required string Body { get; set; }
    public DateTime CreatedAt { get; init; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Plan>
    {
        public void Configure(EntityTypeBuilder<Plan> builder)
        {
            builder.ToTable("plans");
            builder.HasKey(p => new { p.TenantId, p.Id });
            builder.Property(p => p.Family).HasMaxLength(FamilyLength);
        }
    }
}

/// <summary>A plan as it stood: what a consent's or a notice's plan_version means.</summary>
public sealed class PlanVersion : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid PlanId { get; init; }
    public int Number { get; init; }
    public required string Body { get; init; }
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<PlanVersion>
    {
        public void Configure(EntityTypeBuilder<PlanVersion> builder)
        {
            builder.ToTable("plan_versions");
            builder
                .IsAppendOnly()
                .HasKey(p => new
                {
                    p.TenantId,
                    p.PlanId,
                    p.Number,
                });
        }
    }
}
