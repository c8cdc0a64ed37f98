using MemberCloud.Points;
using MemberCloud.Shared;

namespace MemberCloud.Perks;

/// <summary>Which perks are used one by one, and what is said where they cannot be. Pure.</summary>
public static class PerkUseRules
{
    public static Problem UsedUp { get; } = Problem.Conflict("perk_used_up", "Less of the perk is left in this period.");

    public static Problem TooMany { get; } =
        Problem.Conflict("too_many_reservations", $"A member has at most {PerkWork.MaxOpen} open reservations of a perk.");

    public static Problem PoolEmpty { get; } =
        Problem.Conflict("pool_empty", "The perk has not as many codes left. Nothing was used.");

    /// <summary>Some hold all the time, some the job gives out; the others are used when the member wants.</summary>
    public static bool IsTaken(PerkKind kind) =>
        kind switch
        {
            PerkKind.FreeShipping or PerkKind.PartnerCode or PerkKind.Service or PerkKind.Custom => true,
            PerkKind.PointsMultiplier or PerkKind.MemberPrice or PerkKind.EarlyAccess => false,
            PerkKind.CouponPack or PerkKind.BirthdayGift => false,
        };

    /// <summary>Whether a member has so and so much of it in a period.</summary>
    public static bool HasQuantity(PerkKind kind) => IsTaken(kind) || kind == PerkKind.CouponPack;

    /// <summary>Why a perk cannot be used by a member at all; null = it can, where some is left.</summary>
    public static Problem? Refuse(HeldPerk? held) =>
        held is null ? Problem.NotFound("perk")
        : !IsTaken(held.Body.Kind!.Value)
            ? Problem.Contradiction("not_applicable", "Perks of this kind hold all the time, or are given out by themselves.")
        : held.Sources.Count == 0
            ? Problem.Conflict("perk_not_held", "Neither the member's tier nor a paid plan in force entitles to the perk.")
        : null;

    public static IEnumerable<FieldProblem> CheckReference(ReferenceShape? reference)
    {
        if (reference is not null && HoldRules.CheckoutOf(reference.ToReference()) is not null)
            yield return new("/reference", "reference_reserved", "Reservations that refer to a checkout are made by checkouts.");
    }

    /// <summary>What a checkout set aside goes its way; null = the brand did.</summary>
    public static Problem? OfCheckout(PerkReservation reservation) =>
        reservation is { ReferenceType: { } type, ReferenceId: { } id } && HoldRules.CheckoutOf(new(type, id)) is { } checkout
            ? Problem.Conflict("reservation_of_checkout", "A checkout set the perk aside: commit or cancel it.") with
            {
                Extra = new Dictionary<string, object?> { ["checkout_id"] = Ids.Show(IdPrefix.Checkout, checkout) },
            }
            : null;

    /// <summary>A reservation has one outcome: the second who asks is told the first one's.</summary>
    public static Problem Resolved(PerkUse use, DateTime now) =>
        Problem.Conflict(
            use.Reservation.State switch
            {
                PerkReservationState.Committed => "reservation_committed",
                PerkReservationState.Released => "reservation_released",
                PerkReservationState.Expired or PerkReservationState.Reserved => "reservation_expired",
            },
            "The reservation has its outcome already."
        ) with
        {
            Extra = new Dictionary<string, object?> { ["outcome"] = PerkReservationShape.Of(use, now) },
        };
}
