using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Billing;

/// <summary>Whether a gateway's keys move money.</summary>
public enum GatewayMode
{
    /// <summary>They do. Of live brands only.</summary>
    Live,

    /// <summary>They do not. Of sandboxes only.</summary>
    Test,
}

/// <summary>The brand's own account at a gateway: what it calls us with and we call it with, sealed under the brand's key.</summary>
public sealed class GatewaySettings : ITenantOwned, IVersioned
{
    public const int NameLength = 20;

    public Guid TenantId { get; init; }

    /// <summary>As gateways are named: stripe.</summary>
    public required string Name { get; init; }
    public GatewayMode Mode { get; set; }

    /// <summary>Sealed.</summary>
    public byte[] SecretKey { get; private set; } = [];
    public string SecretKeyLast4 { get; private set; } = "";

    /// <summary>Sealed.</summary>
    public byte[] WebhookSecret { get; private set; } = [];
    public string WebhookSecretLast4 { get; private set; } = "";

    /// <summary>By the wall clock, as keys are.</summary>
    public DateTime SetAt { get; set; }
    public long Version { get; set; }

    public void SetSecretKey(TenantKeys keys, string secret) =>
        (SecretKey, SecretKeyLast4) = (keys.SealText(secret, TenantId), secret[^4..]);

    public void SetWebhookSecret(TenantKeys keys, string secret) =>
        (WebhookSecret, WebhookSecretLast4) = (keys.SealText(secret, TenantId), secret[^4..]);

    internal sealed class Configuration : IEntityTypeConfiguration<GatewaySettings>
    {
        public void Configure(EntityTypeBuilder<GatewaySettings> builder)
        {
            builder.ToTable("gateway_settings");
            builder.HasKey(g => new { g.TenantId, g.Name });
            builder.Property(g => g.Name).HasMaxLength(NameLength);
            builder.Property(g => g.SecretKeyLast4).HasMaxLength(4);
            builder.Property(g => g.WebhookSecretLast4).HasMaxLength(4);
        }
    }
}
