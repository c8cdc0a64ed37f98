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
        if (reads || endpoint.Permission() is not { } permission || permission.Anyone)
            return await next(context);
        var scope = http.RequestServices.GetRequiredService<TenantScope>();
        if (!permission.Audited && scope.Caller.Kind != CallerKind.Staff)
            return await next(context);
        // Bulk and hot paths commit by themselves: staff may call none of them.
        if (endpoint.Metadata.GetMetadata<KeepsOwnAnswers>() is not null)
            throw new InvalidOperationException($"{endpoint.Operation()} keeps its own answers: it cannot be audited.");
        var transactions = http.RequestServices.GetRequiredService<Transactions>();
        if (endpoint.Metadata.GetMetadata<AnswersAfterwards>() is not null)
        {
            await WriteAsync(http, scope, transactions);
            return await next(context);
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
        var inner = answer is INestedHttpResult nested ? nested.Result : answer;
        if (inner is IStatusCodeHttpResult { StatusCode: >= 400 })
            throw new Refused(answer);
        await WriteAsync(context.HttpContext, scope, transactions);
        return answer;
    }

    private static Task WriteAsync(HttpContext http, TenantScope scope, Transactions transactions)
    {
        var trail = transactions.Db.Trail;
        // The brand's own id of a person is personal: such a path is told by the member's id.
        var named = http.GetRouteValue("id") ?? http.GetRouteValue("orderNo") ?? http.GetRouteValue("name");
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
