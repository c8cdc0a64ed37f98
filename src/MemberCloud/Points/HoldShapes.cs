using System.ComponentModel.DataAnnotations;
using MemberCloud.Shared;

namespace MemberCloud.Points;

/// <summary>Points to be set aside.</summary>
/// <param name="Amount">1 to 10^12.</param>
/// <param name="TtlSeconds">For how long, 1 to 2,678,400 (31 days); then they go back by themselves.</param>
/// <param name="Reference">What they are set aside for, in your own terms.</param>
/// <param name="Currency">points unless given.</param>
public sealed record HoldRequest(
    [property: Required, Range(1, Money.Max)] long Amount,
    [property: Required, Range(1, HoldRules.MaxSeconds)] int TtlSeconds,
    [property: Required] ReferenceShape Reference,
    [property: StringLength(Currencies.CodeLength)] string? Currency = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (HoldRules.CheckoutOf(Reference.ToReference()) is not null)
            yield return new("/reference", "reference_reserved", "Holds that refer to a checkout are made by checkouts.");
    }
}

/// <summary>How much of a hold is spent.</summary>
/// <param name="Amount">1 to what is held; all of it unless given. To spend nothing, release the hold.</param>
public sealed record CaptureRequest([property: Range(1, Money.Max)] long? Amount = null);

/// <summary>Points set aside.</summary>
/// <param name="Id"><c>hld_...</c></param>
/// <param name="State">held, then one of captured, released, expired for good.</param>
/// <param name="Amount">What was set aside.</param>
/// <param name="Captured">What of it was spent.</param>
/// <param name="Released">What of it went back.</param>
/// <param name="ExpiresAt">The first instant at which it no longer holds.</param>
/// <param name="ResolvedAt">When it was captured, released or ran out; null until then.</param>
/// <param name="Reference">What it was for.</param>
public sealed record HoldShape(
    string Id,
    string MemberId,
    string Currency,
    HoldState State,
    long Amount,
    long Captured,
    long Released,
    ReferenceShape Reference,
    DateTime CreatedAt,
    DateTime ExpiresAt,
    DateTime? ResolvedAt
)
{
    public static HoldShape Of(PointsHold h) =>
        new(
            Ids.Show(IdPrefix.Hold, h.Id),
            Ids.Show(IdPrefix.Member, h.MemberId),
            h.Currency,
            h.State,
            h.Amount,
            h.Captured,
            h.State == HoldState.Held ? 0 : h.Amount - h.Captured,
            new(h.ReferenceType, h.ReferenceId),
            h.CreatedAt,
            h.ExpiresAt,
            h.ResolvedAt
        );
}

/// <summary>What holds may be, and what is said of one that has its outcome. Pure.</summary>
public static class HoldRules
{
    public const int MaxSeconds = 31 * 24 * 60 * 60;

    /// <summary>The type of reference that is checkouts' alone.</summary>
    public const string Checkout = "checkout";

    /// <summary>What holds of a checkout refer to, and nobody else's do.</summary>
    public static Reference OfCheckout(Guid id) => new(Checkout, Ids.Show(IdPrefix.Checkout, id));

    /// <summary>The checkout that set the points aside; null = the brand did.</summary>
    public static Guid? CheckoutOf(Reference reference) =>
        reference.Type == Checkout && Ids.TryRead(IdPrefix.Checkout, reference.Id, out var id) ? id : null;

    /// <summary>Why it cannot be captured or released; null = it can. What a checkout set aside goes its way.</summary>
    /// <param name="checkout">The checkout that asks; null = the brand does.</param>
    public static Problem? Refuse(PointsHold hold, Guid? checkout = null) =>
        hold.State != HoldState.Held ? Resolved(hold)
        : CheckoutOf(new(hold.ReferenceType, hold.ReferenceId)) is { } owner && owner != checkout
            ? Problem.Conflict("hold_of_checkout", "A checkout set the points aside: commit or cancel it.") with
            {
                Extra = new Dictionary<string, object?> { ["checkout_id"] = Ids.Show(IdPrefix.Checkout, owner) },
            }
        : null;

    /// <summary>A hold has one outcome: the second who asks is told the first one's.</summary>
    public static Problem Resolved(PointsHold hold) =>
        Problem.Conflict(
            hold.State switch
            {
                HoldState.Captured => "hold_captured",
                HoldState.Released => "hold_released",
                HoldState.Expired or HoldState.Held => "hold_expired",
            },
            "The hold has its outcome already."
        ) with
        {
            Extra = new Dictionary<string, object?> { ["outcome"] = HoldShape.Of(hold) },
        };
}
