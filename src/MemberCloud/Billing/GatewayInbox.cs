using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Billing;

/// <summary>Takes in what gateways tell us: proved, then stored once, and nothing more. What it means is worked out afterwards, from the table.</summary>
public sealed class GatewayInbox(Transactions transactions, TenantScope scope, TenantDirectory directory, GatewayService gateways)
{
    private static readonly Problem NoEvent = new("bad_value", "This is not an event of Stripe's.", 400);

    private MemberCloudDb Db => transactions.Db;

    /// <summary>Null when it is stored, now or before. A suspended brand's events are stored too: what happened to its money has happened.</summary>
    public async Task<Problem?> TakeFromStripeAsync(string slug, string? signature, byte[] body, CancellationToken ct)
    {
        if (await directory.FindBySlugAsync(slug, ct) is not { } tenant)
            return Problem.NotFound("brand");
        scope.Enter(tenant);
        if (await gateways.FindAsync(StripeGateway.Called, ct) is not { } settings)
            return GatewayService.NotConnected;
        var secret = tenant.Keys.OpenText(settings.WebhookSecret, tenant.Id);
        if (StripeSignature.Check(signature, body, secret, scope.WallNow) is { } refusal)
            return refusal;
        if (StripeEvents.Open(tenant.Id, body, scope.WallNow) is not { } sent)
            return NoEvent;
        await StoreAsync(sent, ct);
        return null;
    }

    /// <summary>Of the same event twice at once, one meets the other's key and finds it stored the next time.</summary>
    private Task StoreAsync(GatewayEvent sent, CancellationToken ct) =>
        transactions.RunAsync(
            async () =>
            {
                if (await Db.Set<GatewayEvent>().AnyAsync(e => e.Gateway == sent.Gateway && e.EventId == sent.EventId, ct))
                    return;
                Db.Add(sent);
                await Db.SaveChangesAsync(ct);
            },
            ct
        );
}
