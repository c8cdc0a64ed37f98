using System.Security.Claims;
using System.Text.Encodings.Web;
using MemberCloud.Shared;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
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
    private const string OperatorScope = "operator";
    private const string ScopeClaim = "scope";

    private Problem refusal = new(
        "credential_missing",
        "Send Authorization: Bearer with a key.",
        StatusCodes.Status401Unauthorized
    );

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.Length == 0)
            return AuthenticateResult.NoResult();
        var caller = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? await directory.FindCallerAsync(header[7..].Trim(), Context.RequestAborted)
            : null;
        if (caller is null)
            return Refuse(
                new("credential_invalid", "The key is unknown, mistyped or revoked.", StatusCodes.Status401Unauthorized)
            );
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
        var tenant = await directory.FindAsync(id, Context.RequestAborted);
        if (tenant is null)
            return new("credential_invalid", "The key is unknown, mistyped or revoked.", StatusCodes.Status401Unauthorized);
        if (Request.Headers["X-Tenant"] is { Count: > 0 } named && named != tenant.Slug)
            return new("tenant_mismatch", "X-Tenant names another brand than the key's.", StatusCodes.Status403Forbidden);
        if (tenant.Status != TenantStatus.Active)
            return new(
                $"tenant_{Data.Words<TenantStatus>.Of(tenant.Status)}",
                "The brand is suspended or closed.",
                StatusCodes.Status403Forbidden
            );
        scope.Enter(tenant, caller);
        return null;
    }

    private AuthenticateResult Refuse(Problem problem)
    {
        refusal = problem;
        return AuthenticateResult.Fail(problem.Code);
    }

    private static AuthenticationTicket TicketOf(Caller caller)
    {
        IEnumerable<string> scopes = caller.IsOperator ? [OperatorScope] : caller.Scopes;
        var identity = new ClaimsIdentity(scopes.Select(s => new Claim(ScopeClaim, s)), SchemeName);
        return new(new ClaimsPrincipal(identity), SchemeName);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (refusal.Status == StatusCodes.Status401Unauthorized)
            Response.Headers.WWWAuthenticate = "Bearer";
        return refusal.ToHttp().ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        new Problem("scope_missing", "The key's scopes do not allow this.", StatusCodes.Status403Forbidden)
            .ToHttp()
            .ExecuteAsync(Context);

    internal static AuthorizationPolicy Requires(string scope) =>
        new AuthorizationPolicyBuilder(SchemeName).RequireAuthenticatedUser().RequireClaim(ScopeClaim, scope).Build();

    internal static AuthorizationPolicy RequiresOperator() => Requires(OperatorScope);
}

/// <summary>Which scope an operation needs, said where it is mapped.</summary>
public static class ScopeRequirement
{
    /// <summary>Callable with a brand key that has this scope.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(KeyAuthentication.Requires(scope)).WithMetadata(new RequiredScope(scope));

    /// <summary>Callable with a platform operator's key.</summary>
    public static TBuilder RequireOperator<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(KeyAuthentication.RequiresOperator());
}

/// <summary>Shown in the OpenAPI document.</summary>
public sealed record RequiredScope(string Scope);
