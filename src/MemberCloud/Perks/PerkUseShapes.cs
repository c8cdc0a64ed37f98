using System.ComponentModel.DataAnnotations;
using MemberCloud.Points;
using MemberCloud.Shared;

namespace MemberCloud.Perks;

/// <summary>Some of a perk to be set aside.</summary>
/// <param name="Quantity">1 to 1,000; 1 unless given.</param>
/// <param name="TtlSeconds">For how long, 1 to 2,678,400 (31 days); then it goes back by itself. 900 unless given.</param>
/// <param name="Reference">What for, in your own terms.</param>
public sealed record ReservePerk(
    [property: Range(1, ReservePerk.Most)] int Quantity = 1,
    [property: Range(1, HoldRules.MaxSeconds)] int TtlSeconds = 900,
    ReferenceShape? Reference = null
) : IChecked
{
    public const int Most = 1_000;

    public IEnumerable<FieldProblem> Check() => PerkUseRules.CheckReference(Reference);
}

/// <summary>Some of a perk to be used at once.</summary>
/// <param name="Quantity">1 to 1,000; 1 unless given.</param>
/// <param name="Reference">What for, in your own terms.</param>
public sealed record ConsumePerk([property: Range(1, ReservePerk.Most)] int Quantity = 1, ReferenceShape? Reference = null)
    : IChecked
{
    public IEnumerable<FieldProblem> Check() => PerkUseRules.CheckReference(Reference);
}

/// <summary>Some of a perk set aside, and what became of it.</summary>
/// <param name="Id"><c>prs_...</c></param>
/// <param name="PerkId"><c>perk_...</c></param>
/// <param name="State">reserved, then one of committed, released, expired for good.</param>
/// <param name="Quantity">How much.</param>
/// <param name="Value">What all of it was worth then, minor units; null = nothing was said.</param>
/// <param name="Codes">The partner's codes that were handed out.</param>
/// <param name="Reference">What it is for; null = nothing was said.</param>
/// <param name="ExpiresAt">The first instant at which it no longer keeps anything.</param>
/// <param name="ResolvedAt">When it was committed, released or ran out; null until then.</param>
public sealed record PerkReservationShape(
    string Id,
    string MemberId,
    string PerkId,
    PerkReservationState State,
    int Quantity,
    long? Value,
    IReadOnlyList<string> Codes,
    ReferenceShape? Reference,
    DateTime CreatedAt,
    DateTime ExpiresAt,
    DateTime? ResolvedAt
)
{
    /// <summary>As it reads at an instant, whether or not a job has run.</summary>
    public static PerkReservationShape Of(PerkUse use, DateTime now)
    {
        var (r, state) = (use.Reservation, use.Reservation.StateAt(now));
        return new(
            Ids.Show(IdPrefix.PerkReservation, r.Id),
            Ids.Show(IdPrefix.Member, r.MemberId),
            Ids.Show(IdPrefix.Perk, r.PerkId),
            state,
            r.Quantity,
            r.Value,
            use.Codes,
            r.ReferenceType is { } type ? new(type, r.ReferenceId!) : null,
            r.CreatedAt,
            r.ExpiresAt,
            state == PerkReservationState.Expired ? r.ExpiresAt : r.ResolvedAt
        );
    }
}

/// <summary>Codes of a partner.</summary>
/// <param name="Codes">1 to 10,000, of 1 to 100 characters each.</param>
public sealed record PerkCodesRequest(
    [property: Required, MinLength(1), MaxLength(PartnerCodes.MostAtOnce)] IReadOnlyList<string> Codes
) : IChecked
{
    private static readonly TextAttribute OneCode = new(PerkCode.Length);

    public IEnumerable<FieldProblem> Check() =>
        Codes
            .Select((code, i) => (Code: OneCode.Problem(code), Pointer: $"/codes/{i}"))
            .Where(c => c.Code is not null)
            .Select(c => new FieldProblem(c.Pointer, c.Code!, $"A code has 1 to {PerkCode.Length} characters."));
}

/// <summary>Codes that were added.</summary>
/// <param name="Added">New ones.</param>
/// <param name="Duplicates">Those that the pool had already, or that were given twice: passed over.</param>
/// <param name="Total">Codes of the perk, those handed out included.</param>
/// <param name="Left">Codes that are not handed out yet.</param>
public sealed record PerkCodesShape(int Added, int Duplicates, long Total, long Left)
{
    public static PerkCodesShape Of(AddedCodes done) =>
        new(done.Added, done.Duplicates, done.Pool.Added, done.Pool.Added - done.Pool.Taken);
}
