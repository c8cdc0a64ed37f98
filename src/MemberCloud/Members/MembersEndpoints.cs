using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Members;

/// <summary>Looking members up, their identities, and the attributes a brand keeps.</summary>
public static class MembersEndpoints
{
    public static IServiceCollection AddMembers(this IServiceCollection services) =>
        services
            .AddScoped<MemberService>()
            .AddScoped<ConsentService>()
            .AddScoped<MemberTokens>()
            .AddScoped<MemberErasure>()
            .AddScoped<MemberMerges>();

    public static void MapMembers(this IEndpointRouteBuilder app)
    {
        var members = app.MapBrand("/v1/members", "Members");
        members.MapGet("", ListMembers);
        members.MapGet("{id}", GetMember);
        members.MapPost("{id}/identities", BindIdentity);
        members.MapGet("{id}/identities", ListIdentities);
        members.MapPost("search", SearchMembers).WithMetadata(new OnlyReads());
        members.MapPost("{id}/tokens", CreateMemberToken);

        var attributes = app.MapBrand("/v1/attributes", "Configuration");
        attributes.MapGet("", ListAttributes);
        attributes.MapPost("", DefineAttribute);
    }

    /// <summary>Lists members, newest last, or looks them up.</summary>
    /// <remarks>At most one of external_id, phone, email and tag is given. Phone and e-mail are compared by blind index, so the whole value is needed.</remarks>
    /// <param name="external_id">The brand's own id of the person.</param>
    /// <param name="phone">E.164, the whole number.</param>
    /// <param name="email">The whole address.</param>
    /// <param name="tag">One tag.</param>
    private static async Task<Results<Ok<Page<MemberShape>>, ProblemHttpResult>> ListMembers(
        [AsParameters] PageRequest page,
        MemberCloudDb db,
        TenantScope scope,
        CancellationToken ct,
        string? external_id = null,
        string? phone = null,
        string? email = null,
        string? tag = null
    )
    {
        if (new[] { external_id, phone, email, tag }.Count(f => f is not null) > 1)
            return Problem.Field("/query", "too_many", "Look up by one of external_id, phone, email and tag.").ToHttp();
        var rows = Filter(db, scope.Tenant, external_id, phone, email, tag);
        return await ShowAsync(db, scope.Tenant, page, rows, external_id ?? phone ?? email ?? tag ?? "", ct);
    }

    /// <summary>Looks members up by something personal, which does not stand in a URL that way.</summary>
    /// <remarks>Exactly one of phone, email, external_id and identity is given. Phone and e-mail are compared by blind index, so the whole value is needed. Errors: one_of (400).</remarks>
    private static Task<Results<Ok<Page<MemberShape>>, ProblemHttpResult>> SearchMembers(
        MemberSearch body,
        MemberCloudDb db,
        TenantScope scope,
        CancellationToken ct
    )
    {
        var rows = body.Identity is { } identity
            ? db.Set<Member>()
                .AsNoTracking()
                .Where(m =>
                    db.Set<MemberIdentity>()
                        .Any(i => i.Channel == identity.Channel && i.Subject == identity.Subject && i.MemberId == m.Id)
                )
            : Filter(db, scope.Tenant, body.ExternalId, body.Phone, body.Email, null);
        var what = body.ExternalId ?? body.Phone ?? body.Email ?? $"{body.Identity!.Channel}/{body.Identity.Subject}";
        return ShowAsync(db, scope.Tenant, new(body.Cursor, body.Limit), rows, what, ct);
    }

    private static async Task<Results<Ok<Page<MemberShape>>, ProblemHttpResult>> ShowAsync(
        MemberCloudDb db,
        TenantInfo tenant,
        PageRequest page,
        IQueryable<Member> rows,
        string what,
        CancellationToken ct
    )
    {
        // A cursor stands in a URL: it says which list it belongs to, and not whom was looked for.
        var list = $"members:{Convert.ToHexStringLower(tenant.Keys.BlindIndex("list", what).AsSpan(0, 8))}";
        var after = page.After(list);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        // Whoever was merged into another is found as that one.
        var alike = rows;
        rows = db.Set<Member>()
            .AsNoTracking()
            .Where(m => m.MergedInto == null && alike.Any(a => a.Id == m.Id || a.MergedInto == m.Id));
        if (after.Value is { } cursor && Ids.TryRead(IdPrefix.Member, cursor, out var last))
            rows = rows.Where(m => m.Id.CompareTo(last) > 0);
        var found = await rows.OrderBy(m => m.Id).Take(page.Size + 1).ToListAsync(ct);
        var ids = found.Select(m => m.Id).ToList();
        var tags = (await db.Set<MemberTag>().Where(t => ids.Contains(t.MemberId)).ToListAsync(ct)).ToLookup(
            t => t.MemberId,
            t => t.Tag
        );
        return TypedResults.Ok(
            Page.From(found, page, list, m => Ids.Show(IdPrefix.Member, m.Id), m => MemberShape.Of(m, tags[m.Id], tenant))
        );
    }

    private static IQueryable<Member> Filter(
        MemberCloudDb db,
        TenantInfo tenant,
        string? externalId,
        string? phone,
        string? email,
        string? tag
    )
    {
        var rows = db.Set<Member>().AsNoTracking();
        if (externalId is not null)
            return rows.Where(m => m.ExternalId == externalId);
        if (phone is not null)
        {
            var index = tenant.Keys.BlindIndex("phone", PhoneRules.Normalise(phone, tenant.Country) ?? "");
            return rows.Where(m => m.PhoneIndex == index);
        }
        if (email is not null)
        {
            var index = tenant.Keys.BlindIndex("email", Emails.Read(email) ?? "");
            return rows.Where(m => m.EmailIndex == index);
        }
        return tag is null ? rows : rows.Where(m => db.Set<MemberTag>().Any(t => t.Tag == tag && t.MemberId == m.Id));
    }

    /// <summary>Reads a member.</summary>
    private static async Task<Results<Ok<MemberShape>, ProblemHttpResult>> GetMember(
        string id,
        MemberService members,
        TenantScope scope,
        CancellationToken ct
    ) =>
        await members.FindAsync(id, ct) is { } member
            ? TypedResults.Ok(MemberShape.Of(member, await members.TagsAsync(member.Id, ct), scope.Tenant))
            : Problem.NotFound("member").ToHttp();

    /// <summary>Binds a channel's identity to a member. Binding it again is fine.</summary>
    /// <remarks>Errors: identity_taken (409) when another member has it, too_many_identities (409) beyond 20, erased_member (409).</remarks>
    private static async Task<Results<Created<BoundIdentityShape>, ProblemHttpResult>> BindIdentity(
        string id,
        IdentityShape body,
        MemberService members,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Member, id, out var memberId)
            ? (await members.BindIdentityAsync(memberId, body, ct)).ToCreated(i => new BoundIdentityShape(
                i.Channel,
                i.Subject,
                id
            ))
            : Problem.NotFound("member").ToHttp();

    /// <summary>Makes a short-lived token with which the member's page acts for the member (/v1/me).</summary>
    /// <remarks>A member has at most 20: the oldest go. Errors: erased_member (409).</remarks>
    private static async Task<Results<Created<MemberTokenShape>, ProblemHttpResult>> CreateMemberToken(
        string id,
        NewMemberToken body,
        MemberTokens tokens,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Member, id, out var memberId)
            ? (await tokens.MakeAsync(memberId, body, ct)).ToCreated(token => token)
            : Problem.NotFound("member").ToHttp();

    /// <summary>Lists a member's identities.</summary>
    private static async Task<Results<Ok<Page<IdentityShape>>, ProblemHttpResult>> ListIdentities(
        string id,
        MemberService members,
        MemberCloudDb db,
        CancellationToken ct
    )
    {
        if (await members.FindAsync(id, ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        var rows = await db.Set<MemberIdentity>()
            .AsNoTracking()
            .Where(i => i.MemberId == member.Id)
            .OrderBy(i => i.BoundAt)
            .ToListAsync(ct);
        return TypedResults.Ok(new Page<IdentityShape>([.. rows.Select(i => new IdentityShape(i.Channel, i.Subject))], null));
    }

    /// <summary>Lists the attributes the brand keeps of its members.</summary>
    private static async Task<Ok<Page<AttributeShape>>> ListAttributes(MemberService members, CancellationToken ct) =>
        TypedResults.Ok(
            new Page<AttributeShape>(
                [.. (await members.AttributesAsync(ct)).Select(a => new AttributeShape(a.Name, a.Type))],
                null
            )
        );

    /// <summary>Defines an attribute.</summary>
    /// <remarks>Errors: attribute_exists (409), too_many_attributes (409) beyond 100.</remarks>
    private static async Task<Results<Created<AttributeShape>, ProblemHttpResult>> DefineAttribute(
        AttributeShape body,
        MemberService members,
        CancellationToken ct
    ) => (await members.DefineAsync(body, ct)).ToCreated(a => new AttributeShape(a.Name, a.Type));
}
