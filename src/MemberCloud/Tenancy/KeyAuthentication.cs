using System.Security.Claims;
using System.Text.Encodings.Web;
using MemberCloud.Shared;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MemberCloud.Tenancy;

/// <summary><c>Authorization: Bearer mc_...</c>: finds the caller, enters the tenant. The only place that decides whose request this is.</summary>
public sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    TenantDirectory directory
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Key";
    private static readonly Problem Invalid = new(
        "credential_invalid",
        "The key or token is unknown, mistyped or revoked.",
        StatusCodes.Status401Unauthorized
    );

    private Problem refusal = new(
        "credential_missing",
        "Send Authorization: Bearer with a key or token.",
        StatusCodes.Status401Unauthorized
    );

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        // Signing in finds its own brand: a credential sent along must not have entered another before.
        if (header.Length == 0 || Context.GetEndpoint()?.Permission() is { Anyone: true })
            return AuthenticateResult.NoResult();
        var caller = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? await directory.FindCallerAsync(header[7..].Trim(), Context.RequestAborted)
            : null;
        if (caller is null or { Kind: CallerKind.Invitation })
            return Refuse(Invalid);
        if (caller.ExpiresAt <= Context.RequestServices.GetRequiredService<TenantScope>().WallNow)
            return Refuse(new("credential_expired", "The token has expired: sign in again.", StatusCodes.Status401Unauthorized));
        return await EnterAsync(caller) is { } problem ? Refuse(problem) : AuthenticateResult.Success(TicketOf(caller));
    }

    private async Task<Problem?> EnterAsync(Caller caller)
    {
        var scope = Context.RequestServices.GetRequiredService<TenantScope>();
        if (caller.TenantId is not { } id)
        {
            scope.EnterPlatform(caller);
            return null;
        }
        scope.Prefers = Languages.Preferred(Request);
        var tenant = await directory.FindAsync(id, Context.RequestAborted);
        if (tenant is null)
            return Invalid;
        if (tenant.Status != TenantStatus.Active)
            return new(
                $"tenant_{Words<TenantStatus>.Of(tenant.Status)}",
                "The brand is suspended or closed.",
                StatusCodes.Status403Forbidden
            );
        if (Request.Headers["X-Tenant"] is { Count: > 0 } named && named != tenant.Slug)
            return await RefuseMismatchAsync(scope, tenant, caller);
        scope.Enter(tenant, caller);
        return null;
    }

    /// <summary>A person who names another brand than their own is written down where they belong.</summary>
    private async Task<Problem> RefuseMismatchAsync(TenantScope scope, TenantInfo tenant, Caller caller)
    {
        if (caller.Kind == CallerKind.Staff)
        {
            scope.Enter(tenant, caller);
            var log = Context.RequestServices.GetRequiredService<AuditLog>();
            await log.WriteAsync(caller, "TenantMismatch", null, null, new([]), Context.RequestAborted);
        }
        return new("tenant_mismatch", "X-Tenant names another brand than the credential's.", StatusCodes.Status403Forbidden);
    }

    private AuthenticateResult Refuse(Problem problem)
    {
        refusal = problem;
        return AuthenticateResult.Fail(problem.Code);
    }

    private static AuthenticationTicket TicketOf(Caller caller)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller.CredentialId.ToString())], SchemeName);
        return new(new ClaimsPrincipal(identity), SchemeName);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (refusal.Status == StatusCodes.Status401Unauthorized)
            Response.Headers.WWWAuthenticate = "Bearer";
        return refusal.ToHttp().ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        (
            Context.RequestServices.GetRequiredService<TenantScope>().Caller.Kind == CallerKind.Staff
                ? new Problem("role_missing", "Your role does not allow this.", StatusCodes.Status403Forbidden)
                : new Problem("scope_missing", "The credential's scopes do not allow this.", StatusCodes.Status403Forbidden)
        )
            .ToHttp()
            .ExecuteAsync(Context);
}
