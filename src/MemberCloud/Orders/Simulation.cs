using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Orders;

/// <summary>How far a simulation has come.</summary>
public enum SimulationState
{
    /// <summary>Being worked on, or waiting for its turn.</summary>
    Running,

    /// <summary>Every order was looked at.</summary>
    Done,

    /// <summary>It could not be finished; the reason says why.</summary>
    Failed,
}

/// <summary>What is tried on past orders.</summary>
public enum SimulationKind
{
    /// <summary>A rule: what it would have issued.</summary>
    EarningRule,

    /// <summary>A coupon, had every member it is for had one: what it would have taken off.</summary>
    CouponTemplate,

    /// <summary>A price list: what it would have taken off.</summary>
    PriceList,
}

/// <summary>
/// A rule or an offer tried on past orders. Everything it knows is in this row: what is tried as it stood when it was asked for, how far it got, and what it added up so far.
/// Each batch moves the row on by one version, so a worker killed anywhere loses nothing and two workers do nothing twice.
/// </summary>
public sealed class Simulation : ITenantOwned
{
    public const int ReasonLength = 200;

    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public SimulationKind Kind { get; init; }

    /// <summary>What is tried, and its version.</summary>
    public Guid SubjectId { get; init; }
    public int SubjectVersion { get; init; }

    /// <summary>JSON of it; of a price list without its entries, which its version has.</summary>
    public required string Body { get; init; }

    /// <summary>Of a hundred members so many are looked at; null = all.</summary>
    public int? SamplePercent { get; init; }

    /// <summary>Orders from this instant on: by when they were paid or completed (as a rule's trigger says); for an offer by when they happened.</summary>
    public DateTime FromAt { get; init; }

    /// <summary>And before this one.</summary>
    public DateTime UntilAt { get; init; }
    public SimulationState State { get; init; }

    /// <summary>JSON of <see cref="SimulationSums"/>.</summary>
    public required string Sums { get; init; }

    /// <summary>Its place among those that run at once; null when it ended. Unique, so that no race lets more run.</summary>
    public int? Slot { get; init; }
    public string? Reason { get; init; }

    /// <summary>By the wall clock, as its end.</summary>
    public DateTime StartedAt { get; init; }
    public DateTime? FinishedAt { get; init; }

    /// <summary>Rises with every batch; the guard of the next.</summary>
    public long Version { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Simulation>
    {
        public void Configure(EntityTypeBuilder<Simulation> builder)
        {
            builder.ToTable("simulations");
            builder.HasKey(s => new { s.TenantId, s.Id });
            builder
                .HasIndex(s => new { s.TenantId, s.Slot })
                .IsUnique()
                .HasFilter("slot IS NOT NULL")
                .HasDatabaseName("ux_simulations_slot");
            builder.Property(s => s.Reason).HasMaxLength(ReasonLength);
        }
    }
}
