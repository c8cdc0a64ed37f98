using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Tenancy;

/// <summary>Brands (for platform operators) and brand keys.</summary>
public static class TenancyEndpoints
{
    public static IServiceCollection AddTenancy(this IServiceCollection services)
    {
        services.AddSingleton<TenantDirectory>();
        services.AddSingleton<TenantCache>();
        services.AddSingleton<TenantService>();
        services.AddScoped<TenantScope>();
        // The core only: nothing here needs cookies or data protection keys on disk.
        services.AddAuthenticationCore(options => options.AddScheme<KeyAuthentication>(KeyAuthentication.SchemeName, null));
        services.AddTransient<KeyAuthentication>().AddWebEncoders();
        services.AddAuthorization();
        services.AddScoped<IAuthorizationHandler, PermissionHandler>().AddScoped<AuditLog>();
        return services;
    }

    public static void MapTenancy(this IEndpointRouteBuilder app)
    {
        var platform = app.MapGroup("/platform/v1/tenants")
            .WithTags("Platform")
            .RequirePermission()
            .AddEndpointFilter(Validation.Filter);
        platform.MapPost("", CreateTenant);
        platform.MapGet("", ListTenants);
        platform.MapGet("{id}", GetTenant);
        platform.MapPatch("{id}", ChangeTenant);
        platform.MapPost("{id}/suspend", SuspendTenant);
        platform.MapPost("{id}/resume", ResumeTenant);
        platform.MapPost("{id}/close", CloseTenant);

        var keys = app.MapBrand("/v1/keys", "Keys");
        keys.MapPost("", CreateKey);
        keys.MapGet("", ListKeys);
        keys.MapDelete("{id}", RevokeKey);

        var brand = app.MapBrand("/v1/brand", "Brand");
        brand.MapGet("", GetBrand);
    }

    /// <summary>A group of operations that brands call: requests are checked, and answered once per Idempotency-Key.</summary>
    public static RouteGroupBuilder MapBrand(this IEndpointRouteBuilder app, string path, string tag) =>
        app.MapGroup(path)
            .WithTags(tag)
            .RequirePermission()
            .AddEndpointFilter(RetryAfter.Filter)
            .AddEndpointFilter(Validation.Filter)
            .AddEndpointFilter(Idempotency.Filter)
            .AddEndpointFilter(Audit.Filter);

    /// <summary>Opens a brand.</summary>
    /// <remarks>Answers with the brand's first key and the owner's invitation, whose secrets are shown only here. Errors: not_a_sandbox (400), slug_taken (409).</remarks>
    private static async Task<Results<Created<TenantShape>, ProblemHttpResult>> CreateTenant(
        NewTenant body,
        TenantService tenants,
        CancellationToken ct
    ) =>
        (await tenants.CreateAsync(body, ct)).ToCreated(made =>
            TenantShape.Of(made.Tenant) with
            {
                ApiKey = KeySecretShape.Of(made.Key),
                Owner = new(made.Owner.Secret, made.Owner.Credential.ExpiresAt!.Value),
            }
        );

    /// <summary>Lists brands by slug.</summary>
    private static async Task<Results<Ok<Page<TenantShape>>, ProblemHttpResult>> ListTenants(
        [AsParameters] PageRequest page,
        TenantDirectory directory,
        CancellationToken ct
    )
    {
        if (page.After("tenants") is var after && after.Problem is { } problem)
            return problem.ToHttp();
        var rows = await directory.ListAsync(after.Value, page.Size + 1, ct);
        return TypedResults.Ok(Page.From(rows, page, "tenants", t => t.Slug, TenantShape.Of));
    }

    /// <summary>Reads a brand.</summary>
    private static async Task<Results<Ok<TenantShape>, ProblemHttpResult>> GetTenant(
        string id,
        TenantDirectory directory,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Tenant, id, out var tenantId) && await directory.FindAsync(tenantId, ct) is { } tenant
            ? TypedResults.Ok(TenantShape.Of(tenant))
            : Problem.NotFound("brand").ToHttp();

    /// <summary>Changes a brand's name or its rate quota.</summary>
    private static Task<Results<Ok<TenantShape>, ProblemHttpResult>> ChangeTenant(
        string id,
        TenantChange body,
        TenantDirectory directory,
        CancellationToken ct
    ) =>
        ShowAsync(
            id,
            tenantId =>
                directory.ChangeAsync(
                    tenantId,
                    tenant =>
                    {
                        tenant.Name = body.Name ?? tenant.Name;
                        tenant.RateQuota = body.RateQuota ?? tenant.RateQuota;
                        return null;
                    },
                    ct
                )
        );

    /// <summary>Suspends a brand: its keys answer 403 tenant_suspended, nothing is charged or issued, nothing expires.</summary>
    private static Task<Results<Ok<TenantShape>, ProblemHttpResult>> SuspendTenant(
        string id,
        TenantService tenants,
        CancellationToken ct
    ) => ShowAsync(id, tenantId => tenants.SetStatusAsync(tenantId, TenantStatus.Suspended, ct));

    /// <summary>Lets a suspended brand go on. What fell due meanwhile expires 7 days after.</summary>
    private static Task<Results<Ok<TenantShape>, ProblemHttpResult>> ResumeTenant(
        string id,
        TenantService tenants,
        CancellationToken ct
    ) => ShowAsync(id, tenantId => tenants.SetStatusAsync(tenantId, TenantStatus.Active, ct));

    /// <summary>Closes a brand for good.</summary>
    private static Task<Results<Ok<TenantShape>, ProblemHttpResult>> CloseTenant(
        string id,
        TenantService tenants,
        CancellationToken ct
    ) => ShowAsync(id, tenantId => tenants.SetStatusAsync(tenantId, TenantStatus.Closed, ct));

    private static async Task<Results<Ok<TenantShape>, ProblemHttpResult>> ShowAsync(
        string id,
        Func<Guid, Task<Result<TenantInfo>>> change
    ) =>
        Ids.TryRead(IdPrefix.Tenant, id, out var tenantId)
            ? (await change(tenantId)).ToOk(TenantShape.Of)
            : Problem.NotFound("brand").ToHttp();

    /// <summary>Makes a brand key.</summary>
    /// <remarks>The secret is shown only in this answer. To exchange a key: make the new one, move to it, revoke the old. Errors: scope_beyond_own (403), too_many_keys (409).</remarks>
    private static async Task<Results<Created<KeySecretShape>, ProblemHttpResult>> CreateKey(
        NewBrandKey body,
        TenantService tenants,
        TenantScope scope,
        Transactions transactions,
        CancellationToken ct
    ) => (await tenants.AddKeyAsync(transactions, scope.Tenant, scope.Caller, body, ct)).ToCreated(KeySecretShape.Of);

    /// <summary>Lists the brand's keys, revoked ones too, without their secrets.</summary>
    private static async Task<Ok<Page<KeyShape>>> ListKeys(TenantDirectory directory, TenantScope scope, CancellationToken ct) =>
        TypedResults.Ok(new Page<KeyShape>([.. (await directory.CredentialsAsync(scope.Id, ct)).Select(KeyShape.Of)], null));

    /// <summary>Revokes a key. It stops on this node at once, on every node within seconds.</summary>
    /// <remarks>Errors: scope_beyond_own (403).</remarks>
    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeKey(
        string id,
        TenantDirectory directory,
        TenantScope scope,
        Transactions transactions,
        CancellationToken ct
    )
    {
        if (
            !Ids.TryRead(IdPrefix.Key, id, out var keyId)
            || (await directory.CredentialsAsync(scope.Id, ct)).Find(c => c.Id == keyId && c.RevokedAt is null) is not { } key
        )
            return Problem.NotFound("key").ToHttp();
        if (key.Scopes.Split(' ').Any(s => !scope.Caller.Scopes.Contains(s)))
            return new Problem("scope_beyond_own", "A key can only revoke keys that may do no more than itself.", 403).ToHttp();
        if (!await directory.RevokeAsync(transactions, scope.Id, keyId, ct))
            return Problem.NotFound("key").ToHttp();
        transactions.Db.Trail.Note(
            "credentials",
            id,
            new
            {
                key.Name,
                key.Scopes,
                Revoked = true,
            }
        );
        return TypedResults.NoContent();
    }

    /// <summary>Reads the brand's own settings.</summary>
    private static Ok<BrandShape> GetBrand(TenantScope scope, HttpContext http)
    {
        ETags.Show(http, scope.Tenant.ConfigVersion);
        return TypedResults.Ok(BrandShape.Of(scope.Tenant));
    }
}
