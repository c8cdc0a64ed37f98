using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Host;

/// <summary>Counts requests once it is known whose they are, and before anything is done for them.</summary>
public sealed class QuotaGate(RequestDelegate next, Quotas quotas)
{
    public async Task InvokeAsync(HttpContext http, CurrentTenant tenant, TenantScope scope)
    {
        if (http.User.Identity is not { IsAuthenticated: true })
        {
            // A credential that did not hold counts as a write does: somebody tries keys.
            var counts = IsWrite(http.Request) || http.Request.Headers.Authorization.Count > 0;
            if (!counts || await TakeAsync(http, quotas.Address(http.Connection.RemoteIpAddress)))
                await next(http);
            return;
        }
        var own = tenant.IsSet ? scope.Tenant.RateQuota : null;
        var credential = quotas.Credential(scope.Caller.Id, own);
        if (!tenant.IsSet)
        {
            if (await TakeAsync(http, credential))
                await next(http);
            return;
        }
        if (!await TakeAsync(http, credential, quotas.Tenant(tenant.Id, own)))
            return;
        // The body comes at its sender's pace: read before the turn, so that slow senders hold none.
        if (IsWrite(http.Request))
            await Bodies.ReadAsync(http);
        using var turn = await quotas.TurnAsync(tenant.Id, http.RequestAborted);
        if (turn.IsAcquired)
            await next(http);
        else
            await RefuseAsync(http, "The brand has too many requests under way at once; wait for their answers.", 1);
    }

    /// <summary>From each bucket a token, the narrower one first: what it refuses does not cost the wider one.</summary>
    private async Task<bool> TakeAsync(HttpContext http, params Bucket[] buckets)
    {
        // When the answer begins: a handled exception has emptied the header fields by then.
        http.Response.OnStarting(ShowAsync, (http, quotas, buckets));
        foreach (var bucket in buckets)
        {
            if (quotas.TryTake(bucket, out var retryAfter))
                continue;
            await RefuseAsync(
                http,
                $"More than {bucket.PerSecond} requests a second of one {bucket.Policy}; slow down.",
                retryAfter
            );
            return false;
        }
        return true;
    }

    private static Task ShowAsync(object state)
    {
        var (http, quotas, buckets) = ((HttpContext, Quotas, Bucket[]))state;
        quotas.Show(http.Response.Headers, buckets);
        return Task.CompletedTask;
    }

    private static Task RefuseAsync(HttpContext http, string detail, int retryAfter) =>
        Refusals.WriteAsync(http, new Problem("rate_limited", detail, 429) { RetryAfter = retryAfter });

    private static bool IsWrite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);
}

/// <summary>Puts quotas in front of the endpoints.</summary>
public static class QuotaSetup
{
    public static void AddQuotas(this IServiceCollection services, IConfiguration settings) =>
        services.AddSingleton(QuotaOptions.Read(settings)).AddSingleton<Quotas>();
}
