using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Billing;

/// <summary>The gateways that the brand has connected, and the only writer of their settings. Secrets go in; only the last four digits come out.</summary>
public sealed class GatewayService(Transactions transactions, TenantScope scope)
{
    public static readonly Problem Unknown = new(
        "gateway_unknown",
        "There is no such gateway, or it is not connected: stripe is one.",
        404
    );
    public static readonly Problem NotConnected = Problem.Conflict(
        "gateway_not_connected",
        "The brand has not connected this gateway."
    );

    private MemberCloudDb Db => transactions.Db;

    public Task<List<GatewaySettings>> AllAsync(CancellationToken ct) =>
        Db.Set<GatewaySettings>().AsNoTracking().OrderBy(g => g.Name).ToListAsync(ct);

    /// <summary>Null where the brand has not connected it.</summary>
    public Task<GatewaySettings?> FindAsync(string name, CancellationToken ct) =>
        Db.Set<GatewaySettings>().AsNoTracking().FirstOrDefaultAsync(g => g.Name == name, ct);

    public Task<Result<GatewaySettings>> PutAsync(
        string name,
        GatewayKeys body,
        Func<long, Problem?> stale,
        CancellationToken ct
    ) =>
        transactions.DecideAsync<GatewaySettings>(
            async () =>
            {
                if (name != StripeGateway.Called)
                    return Unknown;
                var mode = scope.Tenant.Mode == TenantMode.Live ? GatewayMode.Live : GatewayMode.Test;
                if (body.SecretKey is { } key && GatewayKeys.ModeOf(key) != mode)
                    return Problem.Contradiction("key_wrong_mode", "A live brand takes live keys, a sandbox test keys.");
                var settings = await Db.Set<GatewaySettings>().FirstOrDefaultAsync(g => g.Name == name, ct);
                if (settings is null && (body.SecretKey is null || body.WebhookSecret is null))
                    return Problem.Field(
                        body.SecretKey is null ? "/secret_key" : "/webhook_secret",
                        "required",
                        "A gateway is connected with both its secrets."
                    );
                if (settings is not null && stale(settings.Version) is { } old)
                    return old;
                if (settings is null)
                    Db.Add(settings = new() { TenantId = scope.Id, Name = name });
                Apply(settings, body, mode);
                await Db.SaveChangesAsync(ct);
                return settings;
            },
            ct
        );

    private void Apply(GatewaySettings settings, GatewayKeys body, GatewayMode mode)
    {
        if (body.SecretKey is { } key)
            settings.SetSecretKey(scope.Tenant.Keys, key);
        if (body.WebhookSecret is { } secret)
            settings.SetWebhookSecret(scope.Tenant.Keys, secret);
        (settings.Mode, settings.SetAt) = (mode, scope.WallNow);
    }
}
