using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Perks;

/// <summary>What to change of a perk; what is absent stays. What was given out before stays as it was given.</summary>
/// <param name="Quantity">1 to 1,000,000.</param>
/// <param name="Period">After what the quantity begins anew.</param>
/// <param name="RolloverMax">0 to 1,000,000.</param>
/// <param name="Priority">-1,000 to 1,000.</param>
/// <param name="Value">What one use is worth, minor units, 0 to 10^12; null = nothing.</param>
/// <param name="Config">In place of the whole config before.</param>
/// <param name="Active">false: it is given no more.</param>
public sealed record PerkChange(
    string? Name = null,
    int? Quantity = null,
    PerkPeriod? Period = null,
    int? RolloverMax = null,
    int? Priority = null,
    Optional<long?> Value = default,
    PerkConfig? Config = null,
    bool? Active = null
)
{
    public PerkBody ApplyTo(PerkBody body) =>
        body with
        {
            Name = Name ?? body.Name,
            Quantity = Quantity ?? body.Quantity,
            Period = Period ?? body.Period,
            RolloverMax = RolloverMax ?? body.RolloverMax,
            Priority = Priority ?? body.Priority,
            Value = Value.Or(body.Value),
            Config = Config ?? body.Config,
            Active = Active ?? body.Active,
        };
}

/// <summary>A perk as it stands.</summary>
/// <param name="Id"><c>perk_...</c></param>
/// <param name="Kind">What it is.</param>
/// <param name="Quantity">How often it can be used in a period.</param>
/// <param name="Period">After what the quantity begins anew.</param>
/// <param name="RolloverMax">Most of what is left of a period that goes over into the next.</param>
/// <param name="Priority">Of two that serve, the higher is used first.</param>
/// <param name="Value">What one use is worth, minor units; null = nothing.</param>
/// <param name="Currency">The brand's currency, ISO 4217.</param>
/// <param name="Config">What the kind asks for.</param>
/// <param name="Active">Whether it is given.</param>
public sealed record PerkShape(
    string Id,
    string Name,
    PerkKind Kind,
    int Quantity,
    PerkPeriod Period,
    int RolloverMax,
    int Priority,
    long? Value,
    string Currency,
    PerkConfig Config,
    bool Active,
    DateTime CreatedAt
)
{
    public static PerkShape Of(Perk perk, string currency)
    {
        var b = Json.Read<PerkBody>(perk.Body);
        return new(
            Ids.Show(IdPrefix.Perk, perk.Id),
            b.Name,
            b.Kind!.Value,
            b.Quantity,
            b.Period,
            b.RolloverMax,
            b.Priority,
            b.Value,
            currency,
            b.Config ?? new(),
            b.Active,
            perk.CreatedAt
        );
    }
}

/// <summary>The brand's perks.</summary>
public static class PerksEndpoints
{
    public static IServiceCollection AddPerks(this IServiceCollection services) =>
        services
            .AddScoped<PerkService>()
            .AddScoped<ITierPerks, PerksOfTiers>()
            .AddScoped<Entitlements>()
            .AddScoped<MemberPerks>()
            .AddScoped<PartnerCodes>()
            .AddScoped<PerkHoldings>()
            .AddScoped<PackService>()
            .AddScoped<PerkUses>();

    public static void MapPerks(this IEndpointRouteBuilder app)
    {
        var perks = app.MapBrand("/v1/perks", "Configuration");
        perks.MapPost("", AddPerk);
        perks.MapGet("", ListPerks);
        perks.MapGet("{id}", GetPerk);
        perks.MapPatch("{id}", ChangePerk);
        app.MapPerkUses();
    }

    /// <summary>Adds a perk.</summary>
    /// <remarks>Errors: not_applicable, one_of, duplicate, markup_not_allowed (400), too_many_perks (409) beyond 200, template_unknown (422).</remarks>
    private static async Task<Results<Created<PerkShape>, ProblemHttpResult>> AddPerk(
        PerkBody body,
        PerkService perks,
        TenantScope scope,
        CancellationToken ct
    ) => (await perks.AddAsync(body, ct)).ToCreated(p => PerkShape.Of(p, scope.Tenant.Currency));

    /// <summary>Lists the perks, oldest first.</summary>
    private static async Task<Ok<Page<PerkShape>>> ListPerks(PerkService perks, TenantScope scope, CancellationToken ct) =>
        TypedResults.Ok(
            new Page<PerkShape>([.. (await perks.AllAsync(ct)).Select(p => PerkShape.Of(p, scope.Tenant.Currency))], null)
        );

    /// <summary>Reads a perk.</summary>
    private static async Task<Results<Ok<PerkShape>, ProblemHttpResult>> GetPerk(
        string id,
        PerkService perks,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (
            !Ids.TryRead(IdPrefix.Perk, id, out var perkId)
            || (await perks.AllAsync(ct)).FirstOrDefault(p => p.Id == perkId) is not { } perk
        )
            return Problem.NotFound("perk").ToHttp();
        ETags.Show(http, perk.Version);
        return TypedResults.Ok(PerkShape.Of(perk, scope.Tenant.Currency));
    }

    /// <summary>Changes a perk.</summary>
    /// <remarks>If-Match is honoured (412 stale). Errors: not_applicable, one_of, duplicate, markup_not_allowed (400), template_unknown (422).</remarks>
    private static async Task<Results<Ok<PerkShape>, ProblemHttpResult>> ChangePerk(
        string id,
        PerkChange body,
        PerkService perks,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Perk, id, out var perkId)
            ? (await perks.ChangeAsync(perkId, body.ApplyTo, version => ETags.Stale(http, version), ct)).ToOk(p =>
                PerkShape.Of(p, scope.Tenant.Currency)
            )
            : Problem.NotFound("perk").ToHttp();
}
