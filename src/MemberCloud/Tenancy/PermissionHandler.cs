using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace MemberCloud.Tenancy;

/// <summary>Enforces <see cref="Permissions"/>: which operation this is, the endpoint says; who calls, the scope knows.</summary>
public sealed class PermissionHandler(TenantScope scope) : AuthorizationHandler<PermissionHandler.Requirement>
{
    public sealed class Requirement : IAuthorizationRequirement;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, Requirement requirement)
    {
        if (
            context is { User.Identity.IsAuthenticated: true, Resource: HttpContext http }
            && http.GetEndpoint()?.Permission() is { } permission
            && permission.Allows(scope.Caller)
        )
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

/// <summary>The table at the endpoints.</summary>
public static class PermissionEndpoints
{
    private static readonly AuthorizationPolicy ByTable = new AuthorizationPolicyBuilder(KeyAuthentication.SchemeName)
        .RequireAuthenticatedUser()
        .AddRequirements(new PermissionHandler.Requirement())
        .Build();

    /// <summary>Callable by whom the table names; without a credential where it says so.</summary>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            var operation = endpoint.Metadata.OfType<MethodInfo>().FirstOrDefault()?.Name;
            var permission =
                Permissions.Find(operation ?? "")
                ?? throw new InvalidOperationException($"{operation} ({endpoint.DisplayName}) has no row in Permissions.");
            endpoint.Metadata.Add(permission);
            if (!permission.Anyone)
                endpoint.Metadata.Add(ByTable);
        });
        return builder;
    }

    public static Permission? Permission(this Endpoint endpoint) => endpoint.Metadata.GetMetadata<Permission>();

    /// <summary>The name of an operation: its handler's.</summary>
    public static string Operation(this Endpoint endpoint) => endpoint.Metadata.GetMetadata<MethodInfo>()?.Name ?? "";
}
