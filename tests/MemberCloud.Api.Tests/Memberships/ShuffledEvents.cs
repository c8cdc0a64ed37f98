using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Memberships;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>What a gateway tells of one payment, in every order in which it can come.</summary>
public sealed class ShuffledEvents(Clouds clouds) : ApiTests(clouds)
{
    /// <summary>Of a first try that failed, of the second, that it succeeded (told twice), that 10.00 went back in the gateway's pages.</summary>
    private static readonly (string Type, string Body)[] Told =
    [
        (
            "payment_intent.payment_failed",
            """{ "object": "payment_intent", "status": "requires_payment_method", "amount": 10000"""
        ),
        ("payment_intent.processing", """{ "object": "payment_intent", "status": "processing", "amount": 10000"""),
        ("payment_intent.succeeded", """{ "object": "payment_intent", "status": "succeeded", "amount": 10000"""),
        ("payment_intent.succeeded", """{ "object": "payment_intent", "status": "succeeded", "amount": 10000"""),
        ("charge.refunded", """{ "object": "charge", "amount": 10000, "amount_refunded": 1000"""),
    ];

    private static IEnumerable<int[]> Orders(int[] left) =>
        left.Length == 0
            ?
            [
                [],
            ]
            : left.SelectMany(first => Orders([.. left.Where(i => i != first)]).Select(rest => (int[])[first, .. rest]));

    [SkippableTheory, EveryEngine]
    public async Task All_orders_of_five_events_come_to_the_same_end(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-10T02:00:00Z", zone: "UTC");
        var plan = await brand.Plan(unit: "month", price: 10_000, more: new { refund_policy = "prorata" });
        var orders = Orders([0, 1, 2, 3, 4]).ToList();
        Assert.Equal(120, orders.Count);
        foreach (var some in Enumerable.Range(0, orders.Count).Chunk(16))
            await Task.WhenAll(
                some.Select(async i => (await brand.Buy(await brand.Member($"m-{i:000}"), plan, "fake_late")).Must(201))
            );
        var attempts = await brand.Inside(db => db.Set<PaymentAttempt>().OrderBy(a => a.Id).ToListAsync());
        await TellAsync(brand, attempts, orders);

        while (await brand.Count<GatewayEvent>(e => e.State == GatewayEventState.Waiting) > 0)
            (await brand.Post("/v1/jobs/payments.events/run")).Must(200);
        await brand.MoveTo("2026-01-13T02:00:00Z");

        var ends = await brand.Inside(db =>
            (
                from m in db.Set<Membership>()
                join a in db.Set<PaymentAttempt>() on m.Id equals a.MembershipId
                join i in db.Set<Invoice>() on m.Id equals i.MembershipId
                select new
                {
                    m.State,
                    m.PaidUntil,
                    m.Bills,
                    Attempt = a.State,
                    a.Refunded,
                    Invoice = i.State,
                    i.Worth,
                }
            ).ToListAsync()
        );
        Assert.Equal(120, ends.Count);
        var end = Assert.Single(ends.Distinct());
        Assert.Equal(
            (MembershipState.Active, AttemptState.Succeeded, InvoiceState.Paid, 1000, 9000, 1),
            (end.State, end.Attempt, end.Invoice, end.Refunded, end.Worth, end.Bills)
        );
    }

    /// <summary>Each attempt's events, as they were taken in one order.</summary>
    private static Task TellAsync(Brand brand, List<PaymentAttempt> attempts, List<int[]> orders) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            services =>
                services
                    .GetRequiredService<Transactions>()
                    .RunAsync(
                        async () =>
                        {
                            var db = services.GetRequiredService<MemberCloudDb>();
                            foreach (var (attempt, order) in attempts.Zip(orders))
                                db.AddRange(order.Select((told, turn) => EventOf(brand, attempt, told, turn)));
                            return await db.SaveChangesAsync();
                        },
                        default
                    )
        );

    private static GatewayEvent EventOf(Brand brand, PaymentAttempt attempt, int told, int turn) =>
        new()
        {
            TenantId = brand.TenantId,
            Gateway = FakeGateway.GatewayName,
            EventId = $"evt_{attempt.Id:N}_{told}",
            Type = Told[told].Type,
            Body = Told[told].Body + $$""", "currency": "cny", "metadata": { "key": "{{attempt.Id}}" } }""",
            State = GatewayEventState.Waiting,
            CreatedAt = DateTime.UnixEpoch,
            ReceivedAt = new DateTime(2026, 1, 10, 2, 0, turn, DateTimeKind.Utc),
        };
}
