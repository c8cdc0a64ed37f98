using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Perks;

/// <summary>What members have of perks, and using it.</summary>
public static class PerkUseEndpoints
{
    internal static void MapPerkUses(this IEndpointRouteBuilder app)
    {
        var held = app.MapBrand("/v1/members/{id}/perks", "Perks");
        held.MapGet("", ListMemberPerks);
        held.MapPost("{perkId}/reserve", ReservePerk).RequireIdempotencyKey();
        held.MapPost("{perkId}/consume", ConsumePerk).RequireIdempotencyKey();
        var reservations = app.MapBrand("/v1/perk-reservations/{id}", "Perks");
        reservations.MapGet("", GetPerkReservation);
        reservations.MapPost("commit", CommitPerk).RequireIdempotencyKey();
        reservations.MapPost("release", ReleasePerk).RequireIdempotencyKey();
        app.MapBrand("/v1/perks/{id}/codes", "Configuration").MapPost("", AddPerkCodes).RequireIdempotencyKey().TakesLong();
    }

    /// <summary>Lists the perks a member has now, by their tier and their paid plans, with what is left of each.</summary>
    /// <remarks>Of one perk that several entitle to the member has the quantity once. Up to 200.</remarks>
    public static async Task<Results<Ok<Page<MemberPerkShape>>, ProblemHttpResult>> ListMemberPerks(
        string id,
        MemberService members,
        MemberPerks perks,
        CancellationToken ct
    ) =>
        await members.FindAsync(id, ct) is { } member
            ? TypedResults.Ok(new Page<MemberPerkShape>(await perks.OfAsync(member, ct), null))
            : Problem.NotFound("member").ToHttp();

    /// <summary>Sets some of a perk aside for a time: it is then committed or released, or its time runs out.</summary>
    /// <remarks>
    /// What goes back goes to the period it came from. Errors: reference_reserved (400), perk_used_up, perk_not_held (neither the tier nor a plan in force entitles to it), too_many_reservations
    /// (409) beyond 100 open ones of the perk, erased_member (409), not_applicable (422) for kinds that hold all the time or are given out by themselves.
    /// </remarks>
    private static async Task<Results<Created<PerkReservationShape>, ProblemHttpResult>> ReservePerk(
        string id,
        string perkId,
        ReservePerk body,
        PerkUses uses,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Read(id, perkId) is var (member, perk)
            ? (await uses.ReserveAsync(member, perk, body, ct)).ToCreated(use => PerkReservationShape.Of(use, scope.Now))
            : Problem.NotFound("member or perk").ToHttp();

    /// <summary>Uses some of a perk at once: reserve and commit in one.</summary>
    /// <remarks>
    /// Of partner_code the answer has the codes. Errors: reference_reserved (400), perk_used_up, perk_not_held (neither the tier nor a plan in force entitles to it), pool_empty,
    /// too_many_reservations, erased_member (409), not_applicable (422) for kinds that hold all the time or are given out by themselves.
    /// </remarks>
    private static async Task<Results<Created<PerkReservationShape>, ProblemHttpResult>> ConsumePerk(
        string id,
        string perkId,
        ConsumePerk body,
        PerkUses uses,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Read(id, perkId) is var (member, perk)
            ? (await uses.ConsumeAsync(member, perk, body, ct)).ToCreated(use => PerkReservationShape.Of(use, scope.Now))
            : Problem.NotFound("member or perk").ToHttp();

    /// <summary>Reads a reservation, with the codes it handed out. One past its time counts as expired, even if no job has run.</summary>
    private static async Task<Results<Ok<PerkReservationShape>, ProblemHttpResult>> GetPerkReservation(
        string id,
        PerkUses uses,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.PerkReservation, id, out var reservation) && await uses.FindAsync(reservation, ct) is { } use
            ? TypedResults.Ok(PerkReservationShape.Of(use, scope.Now))
            : Problem.NotFound("reservation").ToHttp();

    /// <summary>Uses what a reservation keeps.</summary>
    /// <remarks>
    /// A reservation has one outcome. Errors: reservation_committed, reservation_released, reservation_expired (409, with the outcome), reservation_of_checkout (409, with checkout_id),
    /// pool_empty, erased_member (409).
    /// </remarks>
    private static async Task<Results<Ok<PerkReservationShape>, ProblemHttpResult>> CommitPerk(
        string id,
        PerkUses uses,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.PerkReservation, id, out var reservation)
            ? (await uses.CommitAsync(reservation, ct)).ToOk(use => PerkReservationShape.Of(use, scope.Now))
            : Problem.NotFound("reservation").ToHttp();

    /// <summary>Gives back what a reservation keeps, to the period it came from.</summary>
    /// <remarks>
    /// A reservation has one outcome. Errors: reservation_committed, reservation_released, reservation_expired (409, with the outcome), reservation_of_checkout (409, with checkout_id),
    /// erased_member (409).
    /// </remarks>
    private static async Task<Results<Ok<PerkReservationShape>, ProblemHttpResult>> ReleasePerk(
        string id,
        PerkUses uses,
        TenantScope scope,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.PerkReservation, id, out var reservation)
            ? (await uses.ReleaseAsync(reservation, ct)).ToOk(use => PerkReservationShape.Of(use, scope.Now))
            : Problem.NotFound("reservation").ToHttp();

    /// <summary>Adds codes of a partner to a perk of the kind partner_code: each is handed out once.</summary>
    /// <remarks>Codes that the perk has already are counted and passed over. Errors: pool_full (409) beyond 1,000,000, not_applicable (422) for perks of another kind.</remarks>
    private static async Task<Results<Created<PerkCodesShape>, ProblemHttpResult>> AddPerkCodes(
        string id,
        PerkCodesRequest body,
        PartnerCodes codes,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Perk, id, out var perk)
            ? (await codes.AddAsync(perk, body.Codes, ct)).ToCreated(PerkCodesShape.Of)
            : Problem.NotFound("perk").ToHttp();

    private static (Guid Member, Guid Perk)? Read(string id, string perkId) =>
        Ids.TryRead(IdPrefix.Member, id, out var member) && Ids.TryRead(IdPrefix.Perk, perkId, out var perk)
            ? (member, perk)
            : null;
}
