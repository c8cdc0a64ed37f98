using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Staff;

/// <summary>Signing in, and who works for the brand.</summary>
public static class StaffEndpoints
{
    public static IServiceCollection AddStaff(this IServiceCollection services)
    {
        services
            .AddOptions<PasswordHasherOptions>()
            .Configure<IConfiguration>(
                (o, settings) => o.IterationCount = settings.GetValue("Staff:PasswordIterations", 210_000)
            );
        services.AddSingleton<IPasswordHasher<StaffMember>, PasswordHasher<StaffMember>>().AddSingleton<Passwords>();
        services.AddScoped<StaffService>().AddScoped<SignInService>().AddScoped<Sessions>();
        return services.AddScoped<ApprovalService>().AddScoped<ApprovalRequests>().AddScoped<Allowances>();
    }

    public static void MapStaff(this IEndpointRouteBuilder app)
    {
        var staff = app.MapBrand("/v1/staff", "Staff");
        staff.MapPost("login", SignIn);
        staff.MapPost("invitations/accept", AcceptInvitation);
        staff.MapPost("logout", SignOut);
        staff.MapPost("password", ChangePassword).WithMetadata(new KeepsOwnAnswers(), new AuditsItself());
        staff.MapGet("me", GetOwnStaff);
        staff.MapGet("", ListStaff);
        staff.MapPost("", InviteStaff);
        staff.MapGet("{id}", GetStaff);
        staff.MapPatch("{id}", ChangeStaff);
        staff.MapPost("{id}/invitation", InviteStaffAgain);
        app.MapApprovals();
        app.MapAudit();
    }

    /// <summary>Signs in.</summary>
    /// <remarks>
    /// Unknown people and wrong passwords get the same answer. Tries are slowed, and after ten locked for 15 minutes.
    /// Errors: sign_in_failed (401), too_many_tries (429), tenant_suspended, tenant_closed (403).
    /// </remarks>
    private static async Task<Results<Ok<SessionShape>, ProblemHttpResult>> SignIn(
        SignIn body,
        SignInService signIn,
        TenantScope scope,
        CancellationToken ct
    ) => (await signIn.SignInAsync(body, ct)).ToOk(session => SessionShape.Of(session, scope.Tenant));

    /// <summary>Takes up an invitation: sets the password and signs in.</summary>
    /// <remarks>
    /// Errors: not_found (404), invitation_used, invitation_expired, staff_exists (409), too_short, too_long, password_guessable, bad_email (400),
    /// tenant_suspended, tenant_closed (403).
    /// </remarks>
    private static async Task<Results<Ok<SessionShape>, ProblemHttpResult>> AcceptInvitation(
        Acceptance body,
        SignInService signIn,
        TenantScope scope,
        CancellationToken ct
    ) => (await signIn.AcceptAsync(body, ct)).ToOk(session => SessionShape.Of(session, scope.Tenant));

    /// <summary>Signs out: the token ends.</summary>
    private static async Task<NoContent> SignOut(SignInService signIn, CancellationToken ct)
    {
        await signIn.SignOutAsync(ct);
        return TypedResults.NoContent();
    }

    /// <summary>Changes one's own password. Other sessions end.</summary>
    /// <remarks>Errors: password_wrong (403), too_short, too_long, password_guessable (400), too_many_tries (429).</remarks>
    private static async Task<Results<NoContent, ProblemHttpResult>> ChangePassword(
        PasswordChange body,
        SignInService signIn,
        CancellationToken ct
    ) => (await signIn.ChangePasswordAsync(body, ct)).Problem is { } problem ? problem.ToHttp() : TypedResults.NoContent();

    /// <summary>Reads who is signed in, and what they may do.</summary>
    private static async Task<Ok<WhoAmI>> GetOwnStaff(MemberCloudDb db, TenantScope scope, CancellationToken ct)
    {
        var id = scope.Caller.SubjectId;
        var staff = await db.Set<StaffMember>().AsNoTracking().SingleAsync(s => s.Id == id, ct);
        var may = Permissions.All.Where(p => p.Value.Allows(scope.Caller)).Select(p => p.Key);
        return TypedResults.Ok(
            new WhoAmI(StaffShape.Of(staff, scope.Tenant), scope.Tenant.Slug, [.. may.Order(StringComparer.Ordinal)])
        );
    }

    /// <summary>Lists the brand's staff, oldest first.</summary>
    private static async Task<Results<Ok<Page<StaffShape>>, ProblemHttpResult>> ListStaff(
        [AsParameters] PageRequest page,
        MemberCloudDb db,
        TenantScope scope,
        CancellationToken ct
    )
    {
        var after = page.After("staff");
        if (after.Problem is { } problem)
            return problem.ToHttp();
        var rows = db.Set<StaffMember>().AsNoTracking();
        if (Ids.TryRead(IdPrefix.Staff, after.Value, out var last))
            rows = rows.Where(s => s.Id.CompareTo(last) > 0);
        var found = await rows.OrderBy(s => s.Id).Take(page.Size + 1).ToListAsync(ct);
        return TypedResults.Ok(
            Page.From(found, page, "staff", s => Ids.Show(IdPrefix.Staff, s.Id), s => StaffShape.Of(s, scope.Tenant))
        );
    }

    /// <summary>Invites somebody.</summary>
    /// <remarks>The invitation is shown only in this answer, and is good for 7 days: hand it to the person. Errors: staff_exists, too_many_staff (409), bad_email (400).</remarks>
    private static async Task<Results<Created<StaffShape>, ProblemHttpResult>> InviteStaff(
        NewStaff body,
        StaffService staff,
        TenantScope scope,
        CancellationToken ct
    ) => (await staff.InviteAsync(body, ct)).ToCreated(invited => StaffShape.Of(invited, scope.Tenant));

    /// <summary>Reads a member of staff.</summary>
    private static async Task<Results<Ok<StaffShape>, ProblemHttpResult>> GetStaff(
        string id,
        MemberCloudDb db,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (
            !Ids.TryRead(IdPrefix.Staff, id, out var staffId)
            || await db.Set<StaffMember>().AsNoTracking().FirstOrDefaultAsync(s => s.Id == staffId, ct) is not { } staff
        )
            return Problem.NotFound("member of staff").ToHttp();
        ETags.Show(http, staff.Version);
        return TypedResults.Ok(StaffShape.Of(staff, scope.Tenant));
    }

    /// <summary>Changes somebody's name or role, disables or enables them. Their sessions end.</summary>
    /// <remarks>If-Match is honoured (412 stale). Errors: last_owner (409).</remarks>
    private static async Task<Results<Ok<StaffShape>, ProblemHttpResult>> ChangeStaff(
        string id,
        StaffChange body,
        StaffService staff,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Staff, id, out var staffId)
            ? (await staff.ChangeAsync(staffId, body, version => ETags.Stale(http, version), ct)).ToOk(s =>
                StaffShape.Of(s, scope.Tenant)
            )
            : Problem.NotFound("member of staff").ToHttp();

    /// <summary>Invites somebody again who lost the invitation or the password. Invitations and sessions before end.</summary>
    /// <remarks>The old password ends at once. Errors: staff_disabled, last_owner (409).</remarks>
    private static async Task<Results<Ok<StaffShape>, ProblemHttpResult>> InviteStaffAgain(
        string id,
        StaffService staff,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Staff, id, out var staffId)
            ? (await staff.InviteAgainAsync(staffId, ct)).ToOk(invited => StaffShape.Of(invited, scope.Tenant))
            : Problem.NotFound("member of staff").ToHttp();
}
