using MemberCloud.Data;
using MemberCloud.Tenancy;

namespace MemberCloud.Host;

/// <summary>Reads Idempotency-Key on brands' writes before the endpoint reads the body.</summary>
public sealed class IdempotencyHeader(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http, CurrentTenant tenant, TenantScope scope)
    {
        if (tenant.IsSet && !HttpMethods.IsGet(http.Request.Method))
        {
            // A person's keys stay theirs when they sign in again.
            if (await Idempotency.ReadAsync(http, scope.Caller.Id, scope.WallNow, scope.Tenant.Keys) is { } problem)
            {
                await problem.ToHttp().ExecuteAsync(http);
                return;
            }
        }
        await next(http);
    }
}
