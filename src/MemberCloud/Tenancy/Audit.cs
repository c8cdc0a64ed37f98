using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Tenancy;

/// <summary>
/// Endpoint filter: what staff change, and what anybody changes of the configuration, is written to the audit log in the transaction of the change.
/// A refusal changes nothing and is not written.
/// </summary>
public static class Audit
{
    public static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var endpoint = http.GetEndpoint()!;
        var reads = HttpMethods.IsGet(http.Request.Method) || endpoint.Metadata.GetMetadata<OnlyReads>() is not null;
        if (endpoint.Permission() is not { } permission || permission.Anyone || (reads && !permission.Audited))
            return await next(context);
        if (endpoint.Metadata.GetMetadata<AuditsItself>() is not null)
            return await next(context);
        var scope = http.RequestServices.GetRequiredService<TenantScope>();
        if (!permission.Audited && scope.Caller.Kind != CallerKind.Staff)
            return await next(context);
        // Bulk and hot paths commit by themselves: staff may call none of them.
        if (endpoint.Metadata.GetMetadata<KeepsOwnAnswers>() is not null)
            throw new InvalidOperationException($"{endpoint.Operation()} keeps its own answers: it cannot be audited.");
        var transactions = http.RequestServices.GetRequiredService<Transactions>();
        // What commits on its way, or only reads, is written down once it is known that it was done.
        if (reads || endpoint.Metadata.GetMetadata<AnswersAfterwards>() is not null)
        {
            var answer = await next(context);
            if (!IsRefusal(answer))
                await WriteAsync(http, scope, transactions, answer);
            return answer;
        }
        try
        {
            return await transactions.RunAsync(() => RunAsync(context, next, scope, transactions), http.RequestAborted);
        }
        catch (Refused refused)
        {
            return refused.Answer;
        }
    }

    private static async Task<object?> RunAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next,
        TenantScope scope,
        Transactions transactions
    )
    {
        transactions.Db.Trail.Start();
        var answer = await next(context);
        if (IsRefusal(answer))
            throw new Refused(answer);
        await WriteAsync(context.HttpContext, scope, transactions, answer);
        return answer;
    }

    private static bool IsRefusal(object? answer) => Idempotency.Inner(answer) is IStatusCodeHttpResult { StatusCode: >= 400 };

    /// <summary>What was made is named by its answer.</summary>
    private static string? IdOf(object? answer) =>
        Idempotency.ValueOf(answer) is { } value
            ? (value.GetType().GetProperty("Id") ?? value.GetType().GetProperty("ApprovalId"))?.GetValue(value) as string
            : null;

    private static Task WriteAsync(HttpContext http, TenantScope scope, Transactions transactions, object? answer)
    {
        var trail = transactions.Db.Trail;
        // The brand's own id of a person is personal: such a path is told by the member's id.
        var named = http.GetRouteValue("id") ?? http.GetRouteValue("orderNo") ?? http.GetRouteValue("name") ?? IdOf(answer);
        var subject = named is string text && text.Length <= AuditEntry.SubjectLength ? text : null;
        var member = Ids.TryRead(IdPrefix.Member, subject, out var id) ? id : trail.MemberId;
        if (member is { } about)
            subject ??= Ids.Show(IdPrefix.Member, about);
        return http
            .RequestServices.GetRequiredService<AuditLog>()
            .WriteAsync(
                scope.Caller,
                http.GetEndpoint()!.Operation(),
                subject,
                member,
                new(trail.Changes, trail.Reason),
                http.RequestAborted
            );
    }

    /// <summary>Carries a refusal out of the transaction it undoes.</summary>
    private sealed class Refused(object? answer) : Exception
    {
        public object? Answer => answer;
    }
}

/// <summary>Marks an operation that writes its own line of the audit log, because it must not run in one transaction.</summary>
public sealed record AuditsItself;
