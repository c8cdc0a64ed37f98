using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Perks;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Profile;

/// <summary>Everything about a member on one screen.</summary>
/// <param name="Tier">Null where the brand has no tier the member is on.</param>
/// <param name="Membership">Paid membership is not there yet: always null.</param>
/// <param name="Member">Who it is.</param>
/// <param name="Points">Of the currency points, as of now.</param>
/// <param name="Coupons">How many can be used now.</param>
/// <param name="Perks">Perks by tier and paid plans, with what is left of each.</param>
public sealed record SummaryShape(
    MemberShape Member,
    TierSummary? Tier,
    object? Membership,
    PointsSummary Points,
    CouponsSummary Coupons,
    IReadOnlyList<MemberPerkShape> Perks
) : IPersonal
{
    string IPersonal.Whose => Member.Id;
}

/// <summary>The member's tier and the way to the next.</summary>
/// <param name="Growth">Qualifying growth for the next tier (for this one, at the top).</param>
/// <param name="ValidUntil">The review; null for the entry tier.</param>
/// <param name="Rank">0 is the entry tier.</param>
/// <param name="Next">The tier above; null at the top.</param>
public sealed record TierSummary(string Name, int Rank, long Growth, NextTier? Next, DateTime? ValidUntil);

/// <summary>The tier above.</summary>
/// <param name="GrowthMissing">Growth to earn until it is reached.</param>
public sealed record NextTier(string Name, long GrowthMissing);

/// <summary>Spendable points, as of now.</summary>
/// <param name="Available">Can be spent.</param>
/// <param name="Pending">Earned, not settled.</param>
/// <param name="Held">Kept by holds.</param>
public sealed record PointsSummary(long Available, long Pending, long Held);

/// <summary>Coupons that can be used now.</summary>
/// <param name="Usable">How many.</param>
public sealed record CouponsSummary(int Usable);

/// <summary>What reaches over several capabilities: making and changing a member (joining may earn), and the summary.</summary>
public static class ProfileEndpoints
{
    public static IServiceCollection AddProfile(this IServiceCollection services) =>
        services
            .AddScoped<ProfileService>()
            .AddScoped<SavingsService>()
            .AddScoped<ProfileReads>()
            .AddScoped<EraseService>()
            .AddScoped<MemberHoldings>()
            .AddScoped<WalletHoldings>()
            .AddScoped<MemberExport>()
            .AddScoped<MergeService>();

    public static void MapProfile(this IEndpointRouteBuilder app)
    {
        var members = app.MapBrand("/v1/members", "Members");
        members.MapPut("by-external-id/{externalId}", UpsertMember);
        members.MapPatch("{id}", ChangeMember);
        members.MapGet("{id}/summary", GetSummary);

        var brand = app.MapBrand("/v1/brand", "Brand");
        brand.MapPatch("", ChangeBrand);
    }

    /// <summary>Makes the member of the brand's own id (201), or changes it (200).</summary>
    /// <remarks>An absent field is unchanged, null clears; tags are replaced, attributes merged by key. Errors: bad_phone, bad_email, unknown_attribute (400), erased_member (409).</remarks>
    private static async Task<Results<Created<MemberShape>, Ok<MemberShape>, ProblemHttpResult>> UpsertMember(
        string externalId,
        MemberChange body,
        ProfileService profile,
        TenantScope scope,
        CancellationToken ct
    )
    {
        externalId = PathText.Decode(externalId);
        if (new TextAttribute(Member.ExternalIdLength).Problem(externalId) is { } wrong)
            return Problem
                .Field("/external_id", wrong, $"An external id has 1 to {Member.ExternalIdLength} characters.")
                .ToHttp();
        var result = await profile.UpsertAsync(externalId, body, ct);
        if (result.Problem is { } problem)
            return problem.ToHttp();
        var shape = MemberShape.Of(result.Value.Member, result.Value.Tags, scope.Tenant);
        return result.Value.IsNew ? TypedResults.Created((string?)null, shape) : TypedResults.Ok(shape);
    }

    /// <summary>Changes a member.</summary>
    /// <remarks>An absent field is unchanged, null clears; tags are replaced, attributes merged by key. Errors: bad_phone, bad_email, unknown_attribute (400), erased_member (409).</remarks>
    private static async Task<Results<Ok<MemberShape>, ProblemHttpResult>> ChangeMember(
        string id,
        MemberChange body,
        ProfileService profile,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Member, id, out var memberId)
            ? (await profile.ChangeAsync(memberId, body, ct)).ToOk(done => MemberShape.Of(done.Member, done.Tags, scope.Tenant))
            : Problem.NotFound("member").ToHttp();

    /// <summary>Reads a member with tier, points and what else they hold, as of now.</summary>
    internal static async Task<Results<Ok<SummaryShape>, ProblemHttpResult>> GetSummary(
        string id,
        ProfileService profile,
        MemberService members,
        MemberPerks perks,
        TenantScope scope,
        CancellationToken ct
    )
    {
        if (await members.FindAsync(id, ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        var (tier, points, usable) = await profile.SummaryAsync(member.Id, ct);
        var shape = MemberShape.Of(member, await members.TagsAsync(member.Id, ct), scope.Tenant);
        return TypedResults.Ok(new SummaryShape(shape, tier, null, points, new(usable), await perks.OfAsync(member, ct)));
    }

    /// <summary>Changes the brand's own settings.</summary>
    /// <remarks>
    /// The time zone can change only before the first order (409 has_orders),
    /// staff_daily_limit only by an owner or a key with the scope unattended (403 owner_only). If-Match is honoured (412 stale).
    /// </remarks>
    private static async Task<Results<Ok<BrandShape>, ProblemHttpResult>> ChangeBrand(
        BrandChange body,
        ProfileService profile,
        HttpContext http,
        CancellationToken ct
    ) => (await profile.ChangeBrandAsync(body, version => ETags.Stale(http, version), ct)).ToOk(BrandShape.Of);
}
