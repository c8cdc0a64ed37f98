using System.ComponentModel.DataAnnotations;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Billing;

/// <summary>A payment method to be kept for charges without the member.</summary>
/// <param name="Gateway">stripe, or fake in a sandbox.</param>
/// <param name="PaymentMethod">The gateway's id of it, as the gateway's own script on the member's page gave it; absent with stripe: it is still to be made, with next_action.</param>
public sealed record NewPaymentMethod(
    [property: Required, RegularExpression("[a-z]{1,20}")] string Gateway,
    [property: Text(255)] string? PaymentMethod = null
);

/// <summary>A payment method that was kept, or what the member has to do to make one.</summary>
/// <param name="NextAction">The gateway's script asks the member for a card with it; then call again with the payment_method it gave.</param>
public sealed record SavedMethodShape(PaymentMethodShape? PaymentMethod, PaymentAction? NextAction);

/// <summary>How members pay: kept as the gateways call it, never a card's number.</summary>
internal static class PaymentMethodsEndpoints
{
    public static void MapPaymentMethods(this IEndpointRouteBuilder app)
    {
        var methods = app.MapBrand("/v1/members/{id}/payment-methods", "Payments");
        methods.MapGet("", ListPaymentMethods);
        methods.MapPost("", SavePaymentMethod).WithMetadata(new AnswersAfterwards());
    }

    /// <summary>Lists a member's payment methods, oldest first, at most 50.</summary>
    private static async Task<Results<Ok<Page<PaymentMethodShape>>, ProblemHttpResult>> ListPaymentMethods(
        string id,
        MemberService members,
        PaymentMethods methods,
        CancellationToken ct
    ) =>
        await members.FindAsync(id, ct) is { } member
            ? TypedResults.Ok(
                new Page<PaymentMethodShape>([.. (await methods.OfAsync(member.Id, ct)).Select(PaymentMethodShape.Of)], null)
            )
            : Problem.NotFound("member").ToHttp();

    /// <summary>Keeps a payment method for charges without the member.</summary>
    /// <remarks>
    /// The same again is that one. Errors: not_found (404) for the member, erased_member, gateway_not_connected, too_many_methods (409) beyond 50, gateway_unknown, sandbox_only,
    /// method_unknown, method_missing (422), gateway_away (503).
    /// </remarks>
    private static async Task<Results<Ok<SavedMethodShape>, ProblemHttpResult>> SavePaymentMethod(
        string id,
        NewPaymentMethod body,
        MemberService members,
        PaymentMethods methods,
        CancellationToken ct
    ) =>
        await members.FindAsync(id, ct) is not { } member ? Problem.NotFound("member").ToHttp()
        : member.ErasedAt is not null ? MemberRules.Erased.ToHttp()
        : (await methods.SaveAsync(member.Id, body, ct)).ToOk(s => s);
}
