using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Billing;

/// <summary>The gateways there are, by name, and which of them a brand may use.</summary>
public sealed class Gateways(IEnumerable<IPaymentGateway> gateways, GatewayService connected, TenantScope scope)
{
    /// <summary>The gateway of a name; null for <see cref="Payment.Offline"/>, which is none, and for names that are none.</summary>
    public IPaymentGateway? Find(string name) => gateways.FirstOrDefault(g => g.Name == name);

    /// <summary>Why a brand cannot be paid through it; null = it can.</summary>
    public async Task<Problem?> CheckAsync(string name, CancellationToken ct) =>
        name switch
        {
            Payment.Offline => null,
            _ when Find(name) is null => Problem.Contradiction("gateway_unknown", $"There is no gateway {name}."),
            FakeGateway.GatewayName => scope.Tenant.Mode == TenantMode.Live
                ? Problem.Contradiction("sandbox_only", "The fake gateway is for sandboxes.")
                : null,
            _ => await connected.FindAsync(name, ct) is null ? GatewayService.NotConnected : null,
        };
}
