using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Billing;

/// <summary>What the fake gateway knows of a payment or a refund: as outside of us as a gateway's own database is.</summary>
public sealed class FakePayment : ITenantOwned
{
    public Guid TenantId { get; init; }

    /// <summary>The idempotency key.</summary>
    public Guid Id { get; init; }
    public long Amount { get; init; }

    /// <summary>Of a refund the payment; null for a payment.</summary>
    public Guid? RefundOf { get; init; }
    public Guid? InvoiceId { get; init; }

    /// <summary>Taken, or given back. False: refused.</summary>
    public bool Taken { get; set; }

    /// <summary>From when on that is so.</summary>
    public DateTime At { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<FakePayment>
    {
        public void Configure(EntityTypeBuilder<FakePayment> builder)
        {
            builder.ToTable("fake_payments");
            builder.HasKey(p => new { p.TenantId, p.Id });
        }
    }
}

/// <summary>
/// A gateway for sandboxes that takes nobody's money. The payment method says what happens: fake_ok is paid, fake_decline is refused, fake_unknown_charged is paid without an
/// answer, fake_unknown_not_charged gives no answer and is not paid, fake_late is under way for two days and then paid.
/// </summary>
public sealed class FakeGateway(Transactions transactions, TenantScope scope) : IPaymentGateway
{
    public const string GatewayName = "fake";
    public const string Ok = "fake_ok";
    public const string Decline = "fake_decline";
    public const string UnknownCharged = "fake_unknown_charged";
    public const string UnknownNotCharged = "fake_unknown_not_charged";
    public const string Late = "fake_late";
    private const int LateDays = 2;

    /// <summary>All payment methods there are.</summary>
    public static readonly IReadOnlyList<string> Methods = [Ok, Decline, UnknownCharged, UnknownNotCharged, Late];

    public string Name => GatewayName;

    public Task<GatewayAnswer> PrepareAsync(GatewayCharge charge, CancellationToken ct) =>
        Task.FromResult(new GatewayAnswer(GatewayOutcome.Prepared, $"fake_{charge.Key:N}"));

    public async Task<GatewayAnswer> ConfirmAsync(GatewayCharge charge, CancellationToken ct)
    {
        if (charge.Method == UnknownNotCharged)
            return new(GatewayOutcome.Unknown);
        var payment = await KeepAsync(
            new()
            {
                TenantId = scope.Id,
                Id = charge.Key,
                InvoiceId = charge.InvoiceId,
                Amount = charge.Amount,
                Taken = charge.Method is Ok or UnknownCharged or Late,
                At = charge.Method == Late ? scope.Tenant.Local.PlusDays(scope.Now, LateDays) : scope.Now,
            },
            ct
        );
        return charge.Method == UnknownCharged ? new(GatewayOutcome.Unknown) : Said(payment);
    }

    public async Task<GatewayAnswer> LookUpAsync(GatewayCharge charge, CancellationToken ct) =>
        await FindAsync(charge.Key, ct) is { } payment ? Said(payment) : new(GatewayOutcome.Absent);

    public async Task<GatewayAnswer> RefundAsync(GatewayRefund refund, CancellationToken ct) =>
        Said(
            await KeepAsync(
                new()
                {
                    TenantId = scope.Id,
                    Id = refund.Key,
                    RefundOf = Guid.ParseExact(refund.Payment["fake_".Length..], "N"),
                    Amount = refund.Amount,
                    Taken = true,
                    At = scope.Now,
                },
                ct
            )
        );

    private GatewayAnswer Said(FakePayment payment) =>
        payment switch
        {
            { Taken: false } => new(GatewayOutcome.Declined, Reference(payment), "card_declined"),
            _ when payment.At > scope.Now => new(GatewayOutcome.Pending, Reference(payment)),
            _ => new(GatewayOutcome.Succeeded, Reference(payment)),
        };

    private static string Reference(FakePayment payment) => $"fake_{payment.Id:N}";

    /// <summary>One effect for one key.</summary>
    private Task<FakePayment> KeepAsync(FakePayment payment, CancellationToken ct) =>
        transactions.RunAsync(
            async () =>
            {
                if (await FindAsync(payment.Id, ct) is { } known)
                    return known;
                transactions.Db.Add(payment);
                await transactions.Db.SaveChangesAsync(ct);
                return payment;
            },
            ct
        );

    private Task<FakePayment?> FindAsync(Guid key, CancellationToken ct) =>
        transactions.Db.Set<FakePayment>().AsNoTracking().FirstOrDefaultAsync(p => p.Id == key, ct);
}
