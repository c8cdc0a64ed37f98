using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Billing;

/// <summary>The only writer of payment methods.</summary>
public sealed class PaymentMethods(Transactions transactions, TenantScope scope, Gateways gateways, StripeClient stripe)
{
    public const int MaxPerMember = 50;

    private static readonly Problem Unknown = Problem.Contradiction("method_unknown", "There is no such payment method.");

    private IQueryable<PaymentMethod> Methods => transactions.Db.Set<PaymentMethod>().AsNoTracking();

    public async Task<IReadOnlyList<PaymentMethod>> OfAsync(Guid member, CancellationToken ct) =>
        await Methods.Where(m => m.MemberId == member).OrderBy(m => m.Id).Take(MaxPerMember).ToListAsync(ct);

    public Task<PaymentMethod?> FindAsync(Guid id, CancellationToken ct) => Methods.FirstOrDefaultAsync(m => m.Id == id, ct);

    /// <summary>Why nobody can be paid through a gateway; null = the brand can.</summary>
    public Task<Problem?> CheckAsync(string gateway, CancellationToken ct) => gateways.CheckAsync(gateway, ct);

    /// <summary>The one that a request names of a member: by our id, or, in a sandbox, by what the fake gateway is to do. Null where it names none.</summary>
    public async Task<Result<PaymentMethod?>> NamedAsync(Guid member, string gateway, string? named, CancellationToken ct)
    {
        if (named is null)
            return (PaymentMethod?)null;
        if (gateway == FakeGateway.GatewayName && FakeGateway.Methods.Contains(named))
            return await KeepAsync(member, gateway, named, null, ct);
        var id = Ids.TryRead(IdPrefix.PaymentMethod, named, out var read) ? read : Guid.Empty;
        var known = await Methods.FirstOrDefaultAsync(m => m.Id == id && m.MemberId == member && m.Gateway == gateway, ct);
        return known is null ? Unknown : known;
    }

    public async Task<Result<SavedMethodShape>> SaveAsync(Guid member, NewPaymentMethod asked, CancellationToken ct)
    {
        if (await CheckAsync(asked.Gateway, ct) is { } problem)
            return problem;
        if (asked.Gateway == Payment.Offline)
            return Problem.Contradiction("gateway_unknown", "Nothing is charged offline.");
        if (await Methods.CountAsync(m => m.MemberId == member, ct) >= MaxPerMember)
            return Problem.Conflict("too_many_methods", $"At most {MaxPerMember} payment methods are kept of a member.");
        if (asked.Gateway == StripeGateway.Called)
            return await SaveAtStripeAsync(member, asked.PaymentMethod, ct);
        if (asked.PaymentMethod is null)
            return Problem.Contradiction("method_missing", "Say what the fake gateway is to do.");
        if (!FakeGateway.Methods.Contains(asked.PaymentMethod))
            return Unknown;
        return Kept(await KeepAsync(member, asked.Gateway, asked.PaymentMethod, null, ct));
    }

    private async Task<Result<SavedMethodShape>> SaveAtStripeAsync(Guid member, string? method, CancellationToken ct)
    {
        var customer = await stripe.CustomerAsync(member, ct);
        if (customer.Object?.Id is not { } known)
            return NoAnswer;
        if (method is null)
        {
            var begun = await stripe.SaveMethodAsync(known, member, Ids.New(), ct);
            return begun.Object?.ClientSecret is { } secret
                ? new SavedMethodShape(null, new("confirm", ClientSecret: secret))
                : NoAnswer;
        }
        var attached = await stripe.AttachMethodAsync(method, known, ct);
        return attached.Object is not null ? Kept(await KeepAsync(member, StripeGateway.Called, method, known, ct))
            : attached.SaysNothing ? NoAnswer
            : Unknown;
    }

    private static SavedMethodShape Kept(PaymentMethod method) => new(PaymentMethodShape.Of(method), null);

    private static Problem NoAnswer { get; } =
        new("gateway_away", "The gateway does not answer now: try again.", StatusCodes.Status503ServiceUnavailable)
        {
            RetryAfter = 10,
        };

    private Task<PaymentMethod> KeepAsync(
        Guid member,
        string gateway,
        string reference,
        string? customer,
        CancellationToken ct
    ) =>
        transactions.RunAsync(
            async () =>
            {
                var known = await Methods.FirstOrDefaultAsync(
                    m => m.MemberId == member && m.Gateway == gateway && m.Reference == reference,
                    ct
                );
                if (known is not null)
                    return known;
                var made = new PaymentMethod
                {
                    TenantId = scope.Id,
                    Id = Ids.New(),
                    MemberId = member,
                    Gateway = gateway,
                    Reference = reference,
                    Customer = customer,
                    AddedAt = scope.Now,
                };
                transactions.Db.Add(made);
                await transactions.Db.SaveChangesAsync(ct);
                return made;
            },
            ct
        );
}
