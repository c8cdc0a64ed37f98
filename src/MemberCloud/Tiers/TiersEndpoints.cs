using System.ComponentModel.DataAnnotations;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Tiers;

/// <summary>A tier to be added.</summary>
/// <param name="Rank">0 is the entry tier, which needs no growth and has no end. Unique, never changes.</param>
/// <param name="GrowthThreshold">Qualifying growth that reaches it; rises with the rank.</param>
/// <param name="ValidMonths">Months it is valid for and over which growth qualifies, 1 to 120; 12 unless given.</param>
/// <param name="PointsMultiplierBp">In basis points, 0 to 1,000,000; 10,000 (once) unless given. Used by rules with tier_multiplier.</param>
/// <param name="Perks">Ids of the perks it entitles to, up to 50.</param>
public sealed record TierRequest(
    [property: Required, Text(100, IsName = true)] string Name,
    [property: Required, Range(0, 1000)] int? Rank,
    [property: Required, Range(0, Money.Max)] long? GrowthThreshold,
    [property: Range(1, 120)] int? ValidMonths = null,
    [property: Range(0, 1_000_000)] int? PointsMultiplierBp = null,
    [property: MaxLength(TierPerks.Most)] IReadOnlyList<string>? Perks = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check() => TierPerks.Check(Perks);
}

/// <summary>What to change of a tier; what is absent stays. Members keep what they reached until its end.</summary>
/// <param name="Perks">Ids of the perks it entitles to, up to 50, in place of those before. What was granted stays granted.</param>
public sealed record TierChangeRequest(
    [property: Text(100, IsName = true)] string? Name = null,
    [property: Range(0, Money.Max)] long? GrowthThreshold = null,
    [property: Range(1, 120)] int? ValidMonths = null,
    [property: Range(0, 1_000_000)] int? PointsMultiplierBp = null,
    [property: MaxLength(TierPerks.Most)] IReadOnlyList<string>? Perks = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check() => TierPerks.Check(Perks);
}

/// <summary>A tier.</summary>
/// <param name="Perks">Ids of the perks it entitles to.</param>
public sealed record TierShape(
    string Id,
    string Name,
    int Rank,
    long GrowthThreshold,
    int ValidMonths,
    int PointsMultiplierBp,
    IReadOnlyList<string> Perks
)
{
    public static TierShape Of(Tier t) =>
        new(
            Ids.Show(IdPrefix.Tier, t.Id),
            t.Name,
            t.Rank,
            t.GrowthThreshold,
            t.ValidMonths,
            t.PointsMultiplierBp,
            TierPerks.Read(t.Perks)
        );
}

/// <summary>One change of a member's tier, or one review passed.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="FromTierId">The tier before; null for the first.</param>
/// <param name="ToTierId">The tier after.</param>
/// <param name="At">When, by the brand's clock.</param>
/// <param name="ValidUntil">The next review; null for the entry tier.</param>
/// <param name="Reason">Why; null in lines older than reasons.</param>
/// <param name="WelcomedTierIds">Tiers whose welcome this step brought, lowest first: each once in a member's life.</param>
public sealed record TierHistoryShape(
    TierStepKind Kind,
    string? FromTierId,
    string? ToTierId,
    DateTime At,
    DateTime? ValidUntil,
    TierReason? Reason,
    IReadOnlyList<string> WelcomedTierIds
)
{
    public static TierHistoryShape Of(TierHistory h) =>
        new(h.Kind, Show(h.FromTierId), Show(h.ToTierId), h.At, h.ValidUntil, h.Reason, h.Welcomed?.Split(',') ?? []);

    private static string? Show(Guid? tier) => tier is { } id ? Ids.Show(IdPrefix.Tier, id) : null;
}

/// <summary>The brand's tiers.</summary>
public static class TiersEndpoints
{
    public static IServiceCollection AddTiers(this IServiceCollection services) =>
        services.AddScoped<TierService>().AddScoped<ISegmentPart, SegmentByTier>();

    public static void MapTiers(this IEndpointRouteBuilder app)
    {
        var tiers = app.MapBrand("/v1/tiers", "Configuration");
        tiers.MapPost("", AddTier);
        tiers.MapGet("", ListTiers);
        tiers.MapGet("{id}", GetTier);
        tiers.MapPatch("{id}", ChangeTier);
        tiers.MapDelete("{id}", RemoveTier);
        app.MapBrand("/v1/members/{id}/tier-history", "Members").MapGet("", ListTierHistory);
    }

    /// <summary>Adds a tier.</summary>
    /// <remarks>Errors: duplicate (400), rank_taken, too_many_tiers (409), thresholds_not_rising, perk_unknown (422).</remarks>
    private static async Task<Results<Created<TierShape>, ProblemHttpResult>> AddTier(
        TierRequest body,
        TierService tiers,
        CancellationToken ct
    ) => (await tiers.AddAsync(body, ct)).ToCreated(TierShape.Of);

    /// <summary>Lists the tiers by rank.</summary>
    private static async Task<Ok<Page<TierShape>>> ListTiers(TierService tiers, CancellationToken ct) =>
        TypedResults.Ok(new Page<TierShape>([.. (await tiers.LadderAsync(ct)).Select(TierShape.Of)], null));

    /// <summary>Reads a tier.</summary>
    private static async Task<Results<Ok<TierShape>, ProblemHttpResult>> GetTier(
        string id,
        TierService tiers,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (
            !Ids.TryRead(IdPrefix.Tier, id, out var tierId)
            || (await tiers.LadderAsync(ct)).FirstOrDefault(t => t.Id == tierId) is not { } tier
        )
            return Problem.NotFound("tier").ToHttp();
        ETags.Show(http, tier.Version);
        return TypedResults.Ok(TierShape.Of(tier));
    }

    /// <summary>Changes a tier.</summary>
    /// <remarks>If-Match is honoured (412 stale). Errors: duplicate (400), thresholds_not_rising, perk_unknown (422).</remarks>
    private static async Task<Results<Ok<TierShape>, ProblemHttpResult>> ChangeTier(
        string id,
        TierChangeRequest body,
        TierService tiers,
        HttpContext http,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Tier, id, out var tierId)
            ? (await tiers.ChangeAsync(tierId, body, version => ETags.Stale(http, version), ct)).ToOk(TierShape.Of)
            : Problem.NotFound("tier").ToHttp();

    /// <summary>Removes a tier nobody stands on.</summary>
    /// <remarks>Errors: tier_in_use (409).</remarks>
    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveTier(
        string id,
        TierService tiers,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Tier, id, out var tierId))
            return Problem.NotFound("tier").ToHttp();
        var removed = await tiers.RemoveAsync(tierId, ct);
        return removed.Problem is { } problem ? problem.ToHttp() : TypedResults.NoContent();
    }

    /// <summary>Lists a member's tier changes and reviews, newest first.</summary>
    private static async Task<Results<Ok<Page<TierHistoryShape>>, ProblemHttpResult>> ListTierHistory(
        string id,
        [AsParameters] PageRequest page,
        MemberService members,
        MemberCloudDb db,
        CancellationToken ct
    )
    {
        if (await members.FindAsync(id, ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        var list = $"tier-history:{id}";
        var after = page.After(list);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        var rows = db.Set<TierHistory>().AsNoTracking().Where(h => h.MemberId == member.Id);
        if (Guid.TryParse(after.Value, out var last))
            rows = rows.Where(h => h.Id.CompareTo(last) < 0);
        var found = await rows.OrderByDescending(h => h.Id).Take(page.Size + 1).ToListAsync(ct);
        return TypedResults.Ok(Page.From(found, page, list, h => h.Id.ToString(), TierHistoryShape.Of));
    }
}
