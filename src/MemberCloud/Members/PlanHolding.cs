using System.Globalization;
using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Members;

/// <summary>
/// A paid plan that a member has in force: what audiences, tiers and perks ask for. Written with the membership, by whoever writes that; none while it is paused, suspended or
/// over. It counts from <see cref="Since"/> until before <see cref="Until"/>, whether or not a job has run.
/// </summary>
public sealed class PlanHolding : ITenantOwned
{
    /// <summary>What members have, or had: <see cref="IsInForce"/> says which.</summary>
    public static readonly Lookup<PlanHolding> OfMember = new("member_id = {0}", [typeof(Guid)]);

    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }

    /// <summary>One of each family at most.</summary>
    public required string Family { get; init; }
    public Guid PlanId { get; set; }
    public Guid MembershipId { get; set; }

    /// <summary>The tier it lifts the member to.</summary>
    public Guid? TierId { get; set; }

    /// <summary>The perks of the plan version that was agreed to, as shown outside, by commas.</summary>
    public string Perks { get; set; } = "";
    public DateTime Since { get; set; }

    /// <summary>Perks go on until then if nothing more happens: the end of what is paid, and of the grace after it where it renews by itself.</summary>
    public DateTime Until { get; set; }

    /// <summary>The term under way, which perks of the period <c>term</c> go by.</summary>
    public DateTime TermStartsAt { get; set; }

    public DateTime TermEndsAt { get; set; }

    /// <summary>The ends of further terms that are paid ahead, by commas; null for none. Each begins where the one before it ends.</summary>
    public string? TermsAhead { get; set; }

    /// <summary>The term under way at an instant: of what is paid the last one after its end.</summary>
    public (DateTime StartsAt, DateTime EndsAt) TermAt(DateTime at)
    {
        var (start, end) = (TermStartsAt, TermEndsAt);
        foreach (var next in TermsAhead?.Split(',') ?? [])
        {
            if (at < end)
                break;
            (start, end) = (end, DateTime.Parse(next, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind));
        }
        return (start, end);
    }

    /// <summary>As <see cref="TermsAhead"/> keeps them.</summary>
    public static string? Ahead(IEnumerable<DateTime> ends) =>
        string.Join(',', ends.Select(e => e.ToString("O", CultureInfo.InvariantCulture))) is { Length: > 0 } text ? text : null;

    public bool IsInForce(DateTime at) => Since <= at && at < Until;

    internal sealed class Configuration : IEntityTypeConfiguration<PlanHolding>
    {
        public void Configure(EntityTypeBuilder<PlanHolding> builder)
        {
            builder.ToTable("plan_holdings");
            builder.HasKey(h => new
            {
                h.TenantId,
                h.MemberId,
                h.Family,
            });
            builder.HasIndex(h => new { h.TenantId, h.PlanId }).HasDatabaseName("ix_plan_holdings_plan");
            builder.Property(h => h.Family).HasMaxLength(40);
        }
    }
}
