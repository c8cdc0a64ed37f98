using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>
/// Takes what gateways told us into account. Events come late, twice and out of order: money that was taken counts whenever that is heard; of anything else the gateway itself is asked, so
/// that no order of events makes a difference.
/// </summary>
public sealed class GatewayEventsJob(
    Transactions transactions,
    TenantScope scope,
    PaymentCollector collector,
    MembershipCommands commands
) : ITenantJob
{
    public const string Name = "payments.events";

    private IQueryable<GatewayEvent> Waiting =>
        transactions.Db.Set<GatewayEvent>().AsNoTracking().Where(e => e.State == GatewayEventState.Waiting);

    private IQueryable<PaymentAttempt> Attempts => transactions.Db.Set<PaymentAttempt>().AsNoTracking();

    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        Waiting.MinAsync(e => (DateTime?)e.ReceivedAt, ct);

    public async Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var events = await Waiting.OrderBy(e => e.ReceivedAt).Take(batch).ToListAsync(ct);
        var (changed, failures) = await OneByOne.RunAsync(events, some => ApplyAsync(some, ct), e => e.EventId);
        return new(events.Count, changed, events.Count == batch && failures.Count == 0, Failures: failures);
    }

    private async Task<int> ApplyAsync(IReadOnlyList<GatewayEvent> events, CancellationToken ct)
    {
        foreach (var one in events)
        {
            if (StripeEvents.Read(one) is { } news)
                await HearAsync(one.Gateway, news, ct);
            await transactions.RunAsync(
                () =>
                    transactions
                        .Db.Set<GatewayEvent>()
                        .Where(e => e.Gateway == one.Gateway && e.EventId == one.EventId)
                        .ExecuteUpdateAsync(
                            set =>
                                set.SetProperty(e => e.State, GatewayEventState.Applied)
                                    .SetProperty(e => e.AppliedAt, scope.WallNow),
                            ct
                        ),
                ct
            );
        }
        return events.Count;
    }

    private async Task HearAsync(string gateway, GatewayNews news, CancellationToken ct)
    {
        var payment = news.Payment ?? news.Answer.Reference;
        var about = await Attempts
            .Where(a => a.Gateway == gateway && (a.Id == news.Key || (a.RefundOf == null && a.Reference == payment)))
            .OrderByDescending(a => a.Id == news.Key)
            .FirstOrDefaultAsync(ct);
        if (about is null)
            return;
        switch (news.Topic)
        {
            case GatewayTopic.Payment or GatewayTopic.Refund when news.Answer.Outcome == GatewayOutcome.Succeeded:
                await collector.HearAsync(about.Id, news.Answer, ct);
                break;
            case GatewayTopic.Payment or GatewayTopic.Refund when about.IsOpen:
                await collector.LookAsync(about.Id, ct);
                break;
            case GatewayTopic.Chargeback:
                await HearAsync(about, news.Amount ?? about.Amount, MembershipReason.Chargeback, ct);
                break;
            case GatewayTopic.Refunded when news.Amount > about.Refunded:
                await HearAsync(about, news.Amount.Value, MembershipReason.Refunded, ct);
                break;
            case GatewayTopic.Payment or GatewayTopic.Refund or GatewayTopic.Refunded or GatewayTopic.Method:
                break;
        }
    }

    private Task HearAsync(PaymentAttempt about, long amount, MembershipReason reason, CancellationToken ct) =>
        commands.HearOfRefundAsync(about.MembershipId, about.Id, amount, reason, ct);
}
