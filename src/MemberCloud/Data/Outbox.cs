using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Data;

/// <summary>Something happened that others are told of. Written in the transaction of what happened, relayed by state, never by "id above the last".</summary>
public sealed class OutboxEvent : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public required string Type { get; init; }

    /// <summary>What it is about, for example a member's id.</summary>
    public Guid SubjectId { get; init; }

    /// <summary>JSON. Ids and amounts only: never a name, a phone number or an address.</summary>
    public required string Data { get; init; }

    /// <summary>When it happened, by the tenant's clock.</summary>
    public DateTime OccurredAt { get; init; }
    public bool Relayed { get; init; }

    public static OutboxEvent Of<T>(Guid tenant, string type, Guid subject, T data, DateTime occurredAt) =>
        new()
        {
            TenantId = tenant,
            Id = Ids.New(),
            Type = type,
            SubjectId = subject,
            Data = Json.Write(data),
            OccurredAt = occurredAt,
        };

    internal sealed class Configuration : IEntityTypeConfiguration<OutboxEvent>
    {
        public void Configure(EntityTypeBuilder<OutboxEvent> builder)
        {
            builder.ToTable("outbox");
            builder.HasKey(e => new { e.TenantId, e.Id });
            builder.Property(e => e.Type).HasMaxLength(60);
        }
    }
}

/// <summary>Adds events to the transaction that is open.</summary>
public sealed class Outbox(MemberCloudDb db)
{
    public void Add<T>(string type, Guid subject, T data, DateTime occurredAt) =>
        db.Add(OutboxEvent.Of(db.Tenant.Id, type, subject, data, occurredAt));
}
