using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Billing;

/// <summary>What is done about an event.</summary>
public enum GatewayEventState
{
    /// <summary>Nothing yet.</summary>
    Waiting,

    /// <summary>What it says is taken into account.</summary>
    Applied,

    /// <summary>Nothing will be: it is of a type that says nothing to us.</summary>
    Ignored,
}

/// <summary>Something a gateway told us: written as it came, before anything is done about it.</summary>
public sealed class GatewayEvent : ITenantOwned
{
    public const int EventIdLength = 255;
    public const int TypeLength = 100;
    public const int ReferenceLength = 255;

    public Guid TenantId { get; init; }
    public required string Gateway { get; init; }

    /// <summary>The gateway's own id of the event: the same one comes again and again until it is answered well.</summary>
    public required string EventId { get; init; }
    public required string Type { get; init; }

    /// <summary>The gateway's id of what it is about.</summary>
    public string? Reference { get; init; }

    /// <summary>JSON of <see cref="StripeObject"/>: the fields we use, nothing personal, no secret.</summary>
    public required string Body { get; init; }
    public GatewayEventState State { get; init; }

    /// <summary>By the gateway's clock, whole seconds: two of one second have no order.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>By the wall clock.</summary>
    public DateTime ReceivedAt { get; init; }
    public DateTime? AppliedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<GatewayEvent>
    {
        public void Configure(EntityTypeBuilder<GatewayEvent> builder)
        {
            builder.ToTable("gateway_events");
            builder.HasKey(e => new
            {
                e.TenantId,
                e.Gateway,
                e.EventId,
            });
            // What waits, oldest first.
            builder.HasIndex(e => new
            {
                e.TenantId,
                e.State,
                e.ReceivedAt,
            });
            builder.Property(e => e.Gateway).HasMaxLength(GatewaySettings.NameLength);
            builder.Property(e => e.EventId).HasMaxLength(EventIdLength);
            builder.Property(e => e.Type).HasMaxLength(TypeLength);
            builder.Property(e => e.Reference).HasMaxLength(ReferenceLength);
        }
    }
}
